package httpapi_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

func TestABulkCommandIsPassedOnAndCounted(t *testing.T) {
	r := newRig(t)
	r.fleet.bulk = httpapi.BulkResult{
		Action: "Reset", Selected: 3, Sent: 2, Answered: 1, Refused: 1, Invalid: 1, Statuses: map[string]int{"Accepted": 1}, Seconds: 0.5,
		Problems: []httpapi.BulkProblem{{Version: "2.1", Stations: 1, Detail: "no", Pointer: "/payload/type"}},
		Failures: []httpapi.BulkFailure{{Station: "A", Outcome: "refused", Detail: "no", Code: "NotSupported"}},
	}
	body := `{"action":"Reset","payload":{"type":"Soft"},"timeout":10,"select":{"stations":["A","B"],"online":true,"version":"1.6"},"concurrency":7,"details":3}`
	got := r.do(http.MethodPost, "/api/v1/commands", body, http.StatusOK)
	if err := schemas(t, r)("BulkResult").Validate(got); err != nil {
		t.Error(err)
	}
	if got["selected"] != 3.0 || got["statuses"].(map[string]any)["Accepted"] != 1.0 {
		t.Errorf("answer: %v", got)
	}
	b := r.fleet.gotBulk
	if b.Action != "Reset" || string(b.Payload) != `{"type":"Soft"}` || b.Timeout != 10*time.Second || b.Concurrency != 7 || b.Details != 3 {
		t.Errorf("passed on: %+v", b)
	}
	if s := b.Select; len(s.Stations) != 2 || !s.Online || s.Version != "1.6" || s.All {
		t.Errorf("selection: %+v", s)
	}
	r.do(http.MethodPost, "/api/v1/commands", `{"action":"ClearCache","select":{"all":true}}`, http.StatusOK)
	if b := r.fleet.gotBulk; string(b.Payload) != "{}" || b.Timeout != 30*time.Second || b.Concurrency != 2000 || b.Details != 20 || !b.Select.All {
		t.Errorf("defaults: %+v", b)
	}
}

func TestWrongBulkCommandsAreRefused(t *testing.T) {
	r := newRig(t)
	for body, want := range map[string]string{
		`{"action":"Reset"}`:                                         "/select",
		`{"action":"Reset","select":{}}`:                             "/select",
		`{"action":"Reset","select":{"stations":[]}}`:                "/select",
		`{"action":"Reset","select":{"online":true}}`:                "/select",
		`{"action":"Reset","select":{"all":true,"stations":["A"]}}`:  "/select",
		`{"action":"Reset","select":{"all":true,"version":"1.5"}}`:   "/select/version",
		`{"action":"Reset","select":{"all":true,"but":"A"}}`:         "/select/but",
		`{"action":"Reset","select":{"all":true},"concurrency":0.5}`: "/concurrency",
		`{"action":"Reset","select":{"all":true},"details":1001}`:    "/details",
		`{"action":"Reset","select":{"all":true},"timeout":61}`:      "/timeout",
		`{"action":"Reset","select":{"all":true},"payload":[]}`:      "/payload",
		`{"select":{"all":true}}`:                                    "/action",
	} {
		p := r.do(http.MethodPost, "/api/v1/commands", body, http.StatusUnprocessableEntity)
		if got := firstFault(t, p); got != want {
			t.Errorf("%s: fault at %q, want %q", body, got, want)
		}
	}
	if r.fleet.gotBulk.Action != "" {
		t.Errorf("passed on: %+v", r.fleet.gotBulk)
	}
}

func TestABulkCommandThatCannotBeginSaysWhy(t *testing.T) {
	for err, status := range map[error]int{
		store.ErrUnavailable: http.StatusServiceUnavailable,
		&httpapi.CommandError{Outcome: httpapi.CommandBusy, Detail: "too many"}: http.StatusServiceUnavailable,
	} {
		r := newRig(t)
		r.fleet.err = err
		r.do(http.MethodPost, "/api/v1/commands", `{"action":"ClearCache","select":{"all":true}}`, status)
	}
}
