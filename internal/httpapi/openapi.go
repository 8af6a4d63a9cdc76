package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

const description = `Stations, transactions and commands of a Chargeyard server.

Every request needs the header "Authorization: Bearer TOKEN". Errors are problems (RFC 9457). Lists answer
{"items": [...], "next": "cursor"}; give the cursor back as ?cursor= to get the next page. Times are UTC, RFC 3339.
A field that is not known is null.`

// config describes the API as a whole. Huma's own routes are off: they build the document on first use without
// synchronisation, and the documentation page loads scripts from elsewhere.
func config(version string) huma.Config {
	c := huma.DefaultConfig("Chargeyard", version)
	c.Info.Description = description
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil
	c.Formats = strictFormats()
	c.Transformers = []huma.Transformer{tidyProblem}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "Printed at the first start; `chargeyard token new` makes more"},
	}
	c.Security = []map[string][]string{{"token": {}}}
	return c
}

// openAPI renders the description of all registered operations.
func (a *api) openAPI() ([]byte, error) {
	doc := a.huma.OpenAPI()
	schemas := doc.Components.Schemas.Map()
	delete(schemas, "ErrorModel") // huma registers its error type although every operation has ours
	delete(schemas, "ErrorDetail")
	requests := requestSchemas(doc)
	for name, schema := range schemas {
		if !requests[name] {
			schema.AdditionalProperties = nil // clients must put up with fields that a later version adds
		}
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("httpapi: cannot describe the API: %w", err)
	}
	return b, nil
}

func serveOpenAPI(document []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		if _, err := w.Write(document); err != nil {
			return // the client is gone, and there is nobody else to tell
		}
	}
}

// problemResponse describes the answer of every operation that fails.
func (a *api) problemResponse() *huma.Response {
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return &huma.Response{
		Description: "A problem (RFC 9457)",
		Content:     map[string]*huma.MediaType{problemType: {Schema: schema}},
	}
}
