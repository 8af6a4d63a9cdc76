package httpapi

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// checkParameters is a middleware of huma that refuses what no parameter may be, whatever its type: text that is not
// UTF-8 or has control characters, a parameter that is given twice, and a query that cannot be read.
func checkParameters(ctx huma.Context, next func(huma.Context)) {
	_, w := humago.Unwrap(ctx)
	query, err := url.ParseQuery(ctx.URL().RawQuery)
	if err != nil {
		writeProblem(w, problem(http.StatusBadRequest, "the query cannot be read: "+err.Error()))
		return
	}
	var faults []Fault
	for _, p := range ctx.Operation().Parameters {
		if detail := parameterFault(ctx, p, query[p.Name]); detail != "" {
			faults = append(faults, Fault{Detail: detail, Parameter: p.Name})
		}
	}
	if len(faults) > 0 {
		writeProblem(w, problem(http.StatusUnprocessableEntity, "validation failed", faults...))
		return
	}
	next(ctx)
}

// parameterFault says what is wrong with a parameter; "" nothing.
func parameterFault(ctx huma.Context, p *huma.Param, inQuery []string) string {
	switch p.In {
	case "path":
		return textFault(ctx.Param(p.Name))
	case "query":
		if len(inQuery) > 1 && (p.Schema == nil || p.Schema.Type != huma.TypeArray) {
			return "it is given more than once"
		}
		return textFault(strings.Join(inQuery, ""))
	}
	return ""
}

func textFault(text string) string {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return "it is not UTF-8, or has a control character"
	}
	return ""
}
