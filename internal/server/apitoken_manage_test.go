package server

import (
	"io"
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

// A stream that was opened with a token ends when the token is revoked, and no other stream does.
func TestARevokedTokenEndsItsStreams(t *testing.T) {
	r := serve(t, Config{})
	client := &http.Client{Timeout: patience}
	t.Cleanup(client.CloseIdleConnections)
	open := func() (id string, body io.ReadCloser) {
		t.Helper()
		made := r.api(http.MethodPost, "/api-tokens", `{"name":"follower"}`, http.StatusCreated)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+r.srv.APIAddr().String()+"/api/v1/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+made["token"].(string))
		resp, err := client.Do(req)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatal(resp, err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return made["id"].(string), resp.Body
	}
	first, ending := open()
	_, staying := open()
	r.api(http.MethodDelete, "/api-tokens/"+first, "", http.StatusNoContent)
	text, err := io.ReadAll(ending)
	if err != nil || !strings.Contains(string(text), ": the API token is not valid any more") {
		t.Errorf("the stream ended with %v after %q", err, text)
	}
	r.api(http.MethodPost, "/stations", `{"id":"CP-1"}`, http.StatusCreated)
	for said := ""; !strings.Contains(said, "station.created"); {
		b := make([]byte, 4096)
		n, err := staying.Read(b)
		if said += string(b[:n]); err != nil {
			t.Fatalf("the other stream ended with %v after %q", err, said)
		}
	}
}
