package server

import (
	"net/http"
	"strings"
	"testing"
)

// A token that was made through the API works until it is revoked, and then at once no more.
func TestAPITokensThroughTheAPI(t *testing.T) {
	r := serve(t, Config{})
	made := r.api(http.MethodPost, "/api-tokens", `{"name":"grafana"}`, http.StatusCreated)
	token := made["token"].(string)
	ask := func(want int) {
		t.Helper()
		req, err := http.NewRequest(http.MethodGet, "http://"+r.srv.APIAddr().String()+"/api/v1/stations", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("status %d, want %d", resp.StatusCode, want)
		}
	}
	ask(http.StatusOK)
	if _, err := NewAPIToken(r.srv.data.path, "by hand"); err != nil {
		t.Fatal(err)
	}
	list := r.items("/api-tokens")
	if len(list) != 2 || list[0]["name"] != "grafana" || list[1]["name"] != "by hand" {
		t.Errorf("listed: %v", list)
	}
	r.api(http.MethodDelete, "/api-tokens/"+made["id"].(string), "", http.StatusNoContent)
	ask(http.StatusUnauthorized)
	r.api(http.MethodDelete, "/api-tokens/"+made["id"].(string), "", http.StatusNotFound)
	if strings.Contains(r.log.String(), token) {
		t.Error("the token is in the log")
	}
}
