package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAPITokensAreListedAndRevoked(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.String())
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if _, err := w.Write([]byte(`{"items":[{"id":"abc","name":"grafana","createdAt":"2026-05-01T00:00:00Z"}]}`)); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	for _, output := range []string{"table", "json"} {
		code, out, errOut := try(t, "token", "list", "--server", server.URL, "--api-token", "x", "-o", output)
		if code != 0 || !strings.Contains(out, "grafana") || !strings.Contains(out, "abc") {
			t.Errorf("%s: %d %s %s", output, code, out, errOut)
		}
	}
	if code, _, errOut := try(t, "token", "revoke", "abc", "--server", server.URL, "--api-token", "x"); code != 0 {
		t.Errorf("revoke: %d %s", code, errOut)
	}
	if got := strings.Join(asked, " "); got != "GET /api/v1/api-tokens GET /api/v1/api-tokens DELETE /api/v1/api-tokens/abc" {
		t.Errorf("asked: %s", got)
	}
}
