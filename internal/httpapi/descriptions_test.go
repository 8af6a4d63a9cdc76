package httpapi_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Everything that can be sent is described in words: each parameter, and each field of each body, those of objects in it, too.
// The arguments of verbs are among it, and "chargeyard verbs" prints the same words.
func TestEverythingThatCanBeSentIsDescribed(t *testing.T) {
	d := described{t, newRig(t).do(http.MethodGet, "/openapi.json", "", http.StatusOK), 0}
	for path, item := range d.doc["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			if op, ok := op.(map[string]any); ok {
				d.operation(method+" "+path, op)
			}
		}
	}
	if d.fields < 500 {
		t.Errorf("only %d fields were looked at", d.fields)
	}
}

// described looks for what has no description.
type described struct {
	t      *testing.T
	doc    map[string]any
	fields int
}

func (d *described) operation(name string, op map[string]any) {
	parameters, _ := op["parameters"].([]any)
	for _, p := range parameters {
		p := p.(map[string]any)
		d.demand(name+" "+p["name"].(string), p)
	}
	body, _ := op["requestBody"].(map[string]any)
	content, _ := body["content"].(map[string]any)
	for media := range maps.Values(content) {
		d.inside(name+" ", media.(map[string]any)["schema"], nil)
	}
}

func (d *described) demand(place string, of map[string]any) {
	d.fields++
	if text, _ := of["description"].(string); text == "" {
		d.t.Errorf("%s is not described", place)
	}
}

// inside goes into objects and lists. seen are the names on the way, for a schema may have itself in it.
func (d *described) inside(place string, s any, seen []string) {
	schema, _ := s.(map[string]any)
	for schema["$ref"] != nil {
		name := strings.TrimPrefix(schema["$ref"].(string), "#/components/schemas/")
		if slices.Contains(seen, name) {
			return
		}
		seen = append(seen, name)
		schema = d.doc["components"].(map[string]any)["schemas"].(map[string]any)[name].(map[string]any)
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, property := range properties {
		p, _ := property.(map[string]any)
		if p["readOnly"] != true {
			d.demand(place+"/"+name, p)
		}
		d.inside(place+"/"+name, p, seen)
	}
	if schema["items"] != nil {
		d.inside(place+"/0", schema["items"], seen)
	}
}
