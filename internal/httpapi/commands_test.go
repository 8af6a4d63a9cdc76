package httpapi_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

func TestACommandIsPassedOnAndItsAnswerBack(t *testing.T) {
	r := newRig(t)
	r.fleet.answer = httpapi.CommandAnswer{Version: "1.6", Response: []byte(`{"status":"Accepted"}`), Took: 40 * time.Millisecond}
	got := r.do(http.MethodPost, "/api/v1/stations/CP-001/commands", `{"action":"Reset","payload":{"type":"Soft"},"timeout":10}`, http.StatusOK)
	if got["response"].(map[string]any)["status"] != "Accepted" || got["version"] != "1.6" || got["seconds"] != 0.04 {
		t.Errorf("answer: %v", got)
	}
	if c := r.fleet.got; c.Station != "CP-001" || c.Action != "Reset" || string(c.Payload) != `{"type":"Soft"}` || c.Timeout != 10*time.Second {
		t.Errorf("command: %+v", c)
	}
	r.do(http.MethodPost, "/api/v1/stations/CP-001/commands", `{"action":"ClearCache"}`, http.StatusOK)
	if c := r.fleet.got; string(c.Payload) != "{}" || c.Timeout != 30*time.Second {
		t.Errorf("defaults: %+v", c)
	}
}

func TestACommandThatFailsSaysHow(t *testing.T) {
	fail := func(o httpapi.CommandOutcome) error {
		return &httpapi.CommandError{Outcome: o, Detail: "detail", Pointer: "/type", Code: "NotSupported"}
	}
	for _, c := range []struct {
		err     error
		status  int
		pointer string
	}{
		{store.ErrNotFound, 404, ""},
		{fail(httpapi.CommandOffline), 409, ""},
		{fail(httpapi.CommandBlocked), 409, ""},
		{fail(httpapi.CommandUnknown), 422, "/action"},
		{fail(httpapi.CommandInvalid), 422, "/payload/type"},
		{fail(httpapi.CommandBusy), 503, ""},
		{fail(httpapi.CommandRefused), 502, ""},
		{fail(httpapi.CommandLost), 502, ""},
		{fail(httpapi.CommandGarbled), 502, ""},
		{fail(httpapi.CommandTimeout), 504, ""},
	} {
		r := newRig(t)
		r.fleet.err = c.err
		p := r.do(http.MethodPost, "/api/v1/stations/A/commands", `{"action":"Reset","payload":{}}`, c.status)
		if c.pointer != "" && firstFault(t, p) != c.pointer {
			t.Errorf("%v: %v", c.err, p)
		}
		if c.status == 502 && p["code"] != "NotSupported" {
			t.Errorf("%v: code %v", c.err, p["code"])
		}
	}
}

func TestWrongCommandsAreRefused(t *testing.T) {
	r := newRig(t)
	for body, want := range map[string]string{
		`{"payload":{}}`:                       "/action",
		`{"action":"Reset","payload":[]}`:      "/payload",
		`{"action":"Reset","payload":"x"}`:     "/payload",
		`{"action":"Reset","timeout":0}`:       "/timeout",
		`{"action":"Reset","timeout":61}`:      "/timeout",
		`{"action":"Reset","pay":{"type":1}}`:  "/pay",
		`{"action":"Reset","payload":{"a":1}`:  "-",
		`{"action":"","payload":{"a":"hush"}}`: "/action",
	} {
		status := http.StatusUnprocessableEntity
		if want == "-" {
			status = http.StatusBadRequest
		}
		p := r.do(http.MethodPost, "/api/v1/stations/A/commands", body, status)
		if want != "-" && firstFault(t, p) != want {
			t.Errorf("%s: fault at %q, want %q", body, firstFault(t, p), want)
		}
		if strings.Contains(fmt.Sprint(p), "hush") {
			t.Errorf("%s: the value is echoed: %v", body, p)
		}
	}
}

// A command may take longer than the HTTP server gives other requests: both deadlines are moved.
func TestALongCommandOutlivesTheServersTimeouts(t *testing.T) {
	r := newRig(t)
	r.fleet.wait = 300 * time.Millisecond
	r.fleet.answer = httpapi.CommandAnswer{Version: "1.6", Response: []byte(`{}`)}
	srv := httptest.NewUnstartedServer(r.http)
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
	srv.Start()
	defer srv.Close()
	req, err := http.NewRequest(http.MethodPost, srv.URL+"/api/v1/stations/A/commands", strings.NewReader(`{"action":"Reset"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK || err != nil {
		t.Errorf("%d %s %v", resp.StatusCode, body, err)
	}
	resp.Body.Close()
}
