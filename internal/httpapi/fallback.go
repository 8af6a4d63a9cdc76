package httpapi

import (
	"net/http"
	"strings"
)

// fallback answers what no operation matches: 405 with Allow when another method would, else 404.
func fallback(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if allowed := methodsOf(mux, r); len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			writeProblem(w, problem(http.StatusMethodNotAllowed, r.Method+" is not possible here"))
			return
		}
		writeProblem(w, problem(http.StatusNotFound, "there is nothing at this path; /openapi.json lists what there is"))
	})
}

// index answers at the address that the banner names: where to go on.
func index(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, "application/json", map[string]string{
		"description": "/openapi.json", "stations": prefix + "/stations", "transactions": prefix + "/transactions", "refusals": prefix + "/refusals", "tokens": prefix + "/tokens",
		"events": prefix + "/events",
	})
}

// methodsOf returns the methods that the path of a request has an operation for.
func methodsOf(mux *http.ServeMux, r *http.Request) []string {
	var allowed []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := r.Clone(r.Context())
		probe.Method = m
		if _, pattern := mux.Handler(probe); pattern != "" && pattern != "/" {
			allowed = append(allowed, m)
		}
	}
	return allowed
}
