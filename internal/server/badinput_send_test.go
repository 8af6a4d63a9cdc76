package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// send sends a request and returns the answer.
func (w *walker) send(method, target, contentType string, body []byte) (int, []byte) {
	status, content, _ := w.sendWith(method, target, contentType, body, nil)
	return status, content
}

func (w *walker) sendWith(method, target, contentType string, body []byte, header http.Header) (int, []byte, string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, "http://"+w.srv.APIAddr().String()+target, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	maps.Copy(req.Header, header)
	req.Header.Set("Authorization", "Bearer "+apiToken)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := w.client.Do(req)
	if err != nil {
		w.t.Errorf("%s %s: %v", method, target, err)
		return 0, nil, ""
	}
	defer resp.Body.Close()
	if resp.StatusCode < 300 && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return resp.StatusCode, nil, "" // it does not end
	}
	content, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		w.t.Errorf("%s %s: %v", method, target, err)
	}
	return resp.StatusCode, content, resp.Header.Get("Content-Type")
}

// probe is a request that is wrong.
type probe struct {
	kind        string // of mistake
	method      string
	target      string
	header      http.Header
	contentType string
	body        []byte
	place       string // pointer or parameter that the answer must name; "" none
}

// refuse sends a probe, and demands that it is refused.
func (w *walker) refuse(p probe) {
	w.t.Helper()
	w.probes++
	w.kinds[p.kind]++
	if testing.Short() && w.kinds[p.kind]%4 != 1 {
		return
	}
	w.sent++
	status, content, kind := w.sendWith(p.method, p.target, p.contentType, p.body, p.header)
	what := fmt.Sprintf("%s %s %.200s (%s at %q)", p.method, clipText(p.target), p.body, p.kind, p.place)
	if status < 400 || status > 499 {
		w.t.Errorf("%s: status %d: %.300s", what, status, content)
		return
	}
	if kind != "application/problem+json" {
		w.t.Errorf("%s: %d with Content-Type %q", what, status, kind)
	}
	if p.place != "" && !names(content, p.place) {
		w.t.Errorf("%s: the answer does not name the place: %d %.400s", what, status, content)
	}
}

// names reports whether a problem names a place.
func names(content []byte, place string) bool {
	var p struct {
		Errors []struct{ Pointer, Parameter, Detail string }
	}
	if json.Unmarshal(content, &p) != nil {
		return false
	}
	for _, e := range p.Errors {
		if (e.Pointer == place || e.Parameter == place) && e.Detail != "" {
			return true
		}
	}
	return false
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
