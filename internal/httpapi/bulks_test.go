package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

var bulkOperations = []string{
	"get /api/v1/bulks", "post /api/v1/bulks", "get /api/v1/bulks/{id}", "delete /api/v1/bulks/{id}", "get /api/v1/bulks/{id}/commands",
}

// fakeBulks has one bulk.
type fakeBulks struct {
	started  fleet.Bulk
	startErr error
	order    httpapi.BulkOrder
	stopped  string
}

func (f *fakeBulks) StartBulk(_ context.Context, o httpapi.BulkOrder) (fleet.Bulk, error) {
	f.order = o
	return f.started, f.startErr
}

func (f *fakeBulks) StopBulk(_ context.Context, id string) (fleet.Bulk, error) {
	f.stopped = id
	return f.started, f.startErr
}

func (f *fakeStore) Bulk(_ context.Context, id string) (fleet.Bulk, error) {
	if f.keptBulk == nil || id != f.keptBulk.ID {
		return fleet.Bulk{}, store.ErrNotFound
	}
	return *f.keptBulk, f.err
}

func (f *fakeStore) ListBulks(_ context.Context, q store.BulkQuery) (store.Page[fleet.Bulk], error) {
	f.asked = q
	p := store.Page[fleet.Bulk]{}
	if f.keptBulk != nil {
		p.Items = append(p.Items, *f.keptBulk)
	}
	return p, f.err
}

func keptBulk(state fleet.BulkState) fleet.Bulk {
	return fleet.Bulk{
		Number: 3, ID: "b-1", Key: "mine", Action: "Reset", Payload: []byte(`{"type":"Soft"}`), Select: fleet.BulkSelection{Tag: "depot"},
		Concurrency: 200, Timeout: 30 * time.Second, CreatedAt: noonOfCommands, ExpiresAt: noonOfCommands.Add(time.Hour), State: state, Stations: 3,
		Counts: map[fleet.CommandState]int{fleet.StateAnswered: 2, fleet.StateQueued: 1}, Statuses: map[string]int{"Accepted": 2},
	}
}

func TestABulkIsOrdered(t *testing.T) {
	r := newRig(t)
	r.fleet.started = keptBulk(fleet.BulkRunning)
	req := httptest.NewRequest(http.MethodPost, "/api/v1/bulks", strings.NewReader(`{"action":"Reset","payload":{"type":"Soft"},"timeout":5,
		"concurrency":50,"pace":2.5,"expires":60,"key":"mine","wait":1.5,
		"select":{"online":true,"version":"1.6","vendor":"V","model":"M","firmware":"F","tag":"depot"}}`))
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	r.http.ServeHTTP(rec, req)
	if rec.Code != http.StatusAccepted || rec.Header().Get("Location") != "/api/v1/bulks/b-1" {
		t.Errorf("%d %v %s", rec.Code, rec.Header(), rec.Body)
	}
	want := httpapi.BulkOrder{
		Action: "Reset", Payload: []byte(`{"type":"Soft"}`), Timeout: 5 * time.Second, Concurrency: 50, Pace: 2.5, Expires: time.Minute, Key: "mine",
		Wait:   1500 * time.Millisecond,
		Select: fleet.BulkSelection{Online: true, Version: "1.6", Vendor: "V", Model: "M", Firmware: "F", Tag: "depot"},
	}
	if !reflect.DeepEqual(r.fleet.order, want) {
		t.Errorf("%+v, want %+v", r.fleet.order, want)
	}
	r.fleet.started = keptBulk(fleet.BulkDone)
	got := r.do(http.MethodPost, "/api/v1/bulks", `{"action":"ClearCache","select":{"stations":["A","B"]}}`, http.StatusOK)
	if err := schemas(t, r)("BulkView").Validate(got); err != nil {
		t.Error(err)
	}
	want = httpapi.BulkOrder{
		Action: "ClearCache", Payload: []byte(`{}`), Timeout: 30 * time.Second, Concurrency: 200, Expires: time.Hour,
		Select: fleet.BulkSelection{Named: true, Stations: []string{"A", "B"}},
	}
	if !reflect.DeepEqual(r.fleet.order, want) {
		t.Errorf("%+v, want %+v", r.fleet.order, want)
	}
	counts, statuses := got["counts"].(map[string]any), got["statuses"].(map[string]any)
	if counts["answered"] != 2.0 || counts["queued"] != 1.0 || statuses["Accepted"] != 2.0 || got["pace"] != nil || got["select"].(map[string]any)["tag"] != "depot" {
		t.Errorf("%v", got)
	}
}

// A verb for many stations is the same verb, with the same arguments, as for one.
func TestEveryVerbIsForManyStationsToo(t *testing.T) {
	r := newRig(t)
	for _, kind := range fleet.VerbKinds() {
		want := kind.New()
		if err := json.Unmarshal([]byte(kind.Example), want); err != nil {
			t.Fatal(err)
		}
		r.fleet.started = keptBulk(fleet.BulkRunning)
		r.fleet.started.Action, r.fleet.started.Payload, r.fleet.started.Verb, r.fleet.started.Arguments = "", nil, kind.Name, []byte(kind.Example)
		body := fmt.Sprintf(`{"verb":%q,"arguments":%s,"select":{"all":true}}`, kind.Name, kind.Example)
		got := r.do(http.MethodPost, "/api/v1/bulks", body, http.StatusAccepted)
		if err := schemas(t, r)("BulkView").Validate(got); err != nil || got["verb"] != kind.Name || got["payload"] != nil {
			t.Error(err, got)
		}
		r.do(http.MethodPost, "/api/v1/commands", body, http.StatusOK)
		if !reflect.DeepEqual(r.fleet.order.Verb, want) || !reflect.DeepEqual(r.fleet.gotBulk.Verb, want) || r.fleet.order.Payload != nil {
			t.Errorf("%s: %+v and %+v, want %+v", kind.Name, r.fleet.order, r.fleet.gotBulk, want)
		}
	}
	r.fleet.startErr, r.fleet.err = fleet.NotInVersion("/mode", "no"), fleet.NotInVersion("/mode", "no")
	for _, path := range []string{"/api/v1/bulks", "/api/v1/commands"} {
		p := r.do(http.MethodPost, path, `{"verb":"reset","select":{"all":true}}`, http.StatusUnprocessableEntity)
		if firstFault(t, p) != "/arguments/mode" || p["reason"] != "version" {
			t.Errorf("%v", p)
		}
	}
}

func TestWrongBulksAreRefused(t *testing.T) {
	r := newRig(t)
	for body, want := range map[string]string{
		`{"select":{"all":true}}`:                                           "/action",
		`{"action":"Reset"}`:                                                "/select",
		`{"action":"Reset","select":{}}`:                                    "/select",
		`{"action":"Reset","select":{"stations":[]}}`:                       "/select",
		`{"action":"Reset","select":{"stations":["A"],"all":true}}`:         "/select/stations",
		`{"action":"Reset","select":{"stations":["A"],"tag":"x"}}`:          "/select/stations",
		`{"action":"Reset","select":{"version":"1.5"}}`:                     "/select/version",
		`{"action":"Reset","select":{"vendor":""}}`:                         "/select/vendor",
		`{"action":"Reset","select":{"all":true},"pace":0}`:                 "/pace",
		`{"action":"Reset","select":{"all":true},"pace":1001}`:              "/pace",
		`{"action":"Reset","select":{"all":true},"concurrency":801}`:        "/concurrency",
		`{"action":"Reset","select":{"all":true},"expires":0.5}`:            "/expires",
		`{"action":"Reset","select":{"all":true},"key":"a b"}`:              "/key",
		`{"action":"Reset","select":{"all":true},"wait":61}`:                "/wait",
		`{"action":"Reset","select":{"all":true},"timeout":61}`:             "/timeout",
		`{"action":"Reset","select":{"all":true},"lane":"people"}`:          "/lane",
		`{"action":"Reset","select":{"all":true},"payload":"text"}`:         "/payload",
		`{"action":"Reset","select":{"all":true,"firmware":["1"]},"key":1}`: "/select/firmware",
	} {
		p := r.do(http.MethodPost, "/api/v1/bulks", body, http.StatusUnprocessableEntity)
		if got := firstFault(t, p); got != want && want != "/select/firmware" {
			t.Errorf("%s: fault at %q", body, got)
		}
	}
	for body, want := range map[string]string{
		`{"verb":"reset","action":"Reset","select":{"all":true}}`:                               "/verb",
		`{"verb":"dance","select":{"all":true}}`:                                                "/verb",
		`{"verb":"","select":{"all":true}}`:                                                     "/verb",
		`{"verb":"reset","payload":{},"select":{"all":true}}`:                                   "/payload",
		`{"action":"Reset","arguments":{},"select":{"all":true}}`:                               "/arguments",
		`{"verb":"reset","arguments":[],"select":{"all":true}}`:                                 "/arguments",
		`{"verb":"reset","arguments":null,"select":{"all":true}}`:                               "/arguments",
		`{"verb":"reset","arguments":{"mode":"warm"},"select":{"all":true}}`:                    "/arguments/mode",
		`{"verb":"reset","arguments":{"evse":0.5},"select":{"all":true}}`:                       "/arguments/evse",
		`{"verb":"reset","arguments":{"wait":5},"select":{"all":true}}`:                         "/arguments/wait",
		`{"verb":"start","select":{"all":true}}`:                                                "/arguments/idToken",
		`{"verb":"start","arguments":{"idToken":{"value":7}},"select":{"all":true}}`:            "/arguments/idToken/value",
		`{"verb":"stop","arguments":{"evse":1,"transaction":"x"},"select":{"all":true}}`:        "/arguments/evse",
		`{"verb":"set-variables","arguments":{"values":[{"value":"1"}]},"select":{"all":true}}`: "/arguments/values/0/variable",
	} {
		for _, path := range []string{"/api/v1/bulks", "/api/v1/commands"} {
			p := r.do(http.MethodPost, path, body, http.StatusUnprocessableEntity)
			if got := firstFault(t, p); got != want {
				t.Errorf("%s: fault at %q, want %q: %v", body, got, want, p)
			}
		}
	}
	if r.fleet.order.Action != "" || r.fleet.order.Verb != nil || r.fleet.gotBulk.Verb != nil {
		t.Errorf("passed on: %+v", r.fleet.order)
	}
	for _, c := range []struct {
		outcome httpapi.CommandOutcome
		status  int
		pointer string
	}{
		{httpapi.CommandSelect, 422, "/select"},
		{httpapi.CommandPace, 422, "/pace"},
		{httpapi.CommandSecret, 422, "/payload"},
		{httpapi.CommandUnknown, 422, "/action"},
		{httpapi.CommandKeyTaken, 409, "/key"},
		{httpapi.CommandBusy, 503, ""},
	} {
		r.fleet.startErr = &httpapi.CommandError{Outcome: c.outcome, Detail: "so it is"}
		p := r.do(http.MethodPost, "/api/v1/bulks", `{"action":"Reset","select":{"all":true}}`, c.status)
		if c.pointer != "" && firstFault(t, p) != c.pointer {
			t.Errorf("%s: %v", c.outcome, p)
		}
	}
}

func TestBulksAreShownAndStopped(t *testing.T) {
	r := newRig(t)
	b, c := keptBulk(fleet.BulkRunning), keptCommand(fleet.StateInvalid)
	c.Bulk = b.ID
	r.store.keptBulk, r.store.kept, r.fleet.started = &b, &c, keptBulk(fleet.BulkStopping)
	if err := schemas(t, r)("BulkView").Validate(r.do(http.MethodGet, "/api/v1/bulks/b-1", "", http.StatusOK)); err != nil {
		t.Error(err)
	}
	if p := r.do(http.MethodGet, "/api/v1/bulks/none", "", http.StatusNotFound); p["detail"] != "there is no such bulk" {
		t.Errorf("%v", p)
	}
	r.do(http.MethodGet, "/api/v1/bulks?state=running&action=Reset&verb=reset&key=k&limit=5", "", http.StatusOK)
	if want := (store.BulkQuery{Limit: 5, State: fleet.BulkRunning, Action: "Reset", Verb: "reset", Key: "k"}); r.store.asked != want {
		t.Errorf("asked %+v", r.store.asked)
	}
	list := r.do(http.MethodGet, "/api/v1/bulks/b-1/commands?state=invalid&station=A&status=Accepted", "", http.StatusOK)["items"].([]any)
	if want := (store.CommandQuery{Limit: 100, Bulk: "b-1", Station: "A", State: fleet.StateInvalid, Status: "Accepted"}); r.store.asked != want {
		t.Errorf("asked %+v", r.store.asked)
	}
	if err := schemas(t, r)("KeptCommand").Validate(list[0]); err != nil || list[0].(map[string]any)["bulk"] != "b-1" {
		t.Error(err, list)
	}
	r.do(http.MethodGet, "/api/v1/bulks/none/commands", "", http.StatusNotFound)
	if got := r.do(http.MethodDelete, "/api/v1/bulks/b-1", "", http.StatusOK); got["state"] != "stopping" || r.fleet.stopped != "b-1" {
		t.Errorf("%v, stopped %q", got, r.fleet.stopped)
	}
	r.fleet.startErr = &httpapi.CommandError{Outcome: httpapi.CommandTooLate, Detail: "over"}
	r.do(http.MethodDelete, "/api/v1/bulks/b-1", "", http.StatusConflict)
	r.fleet.startErr = store.ErrNotFound
	r.do(http.MethodDelete, "/api/v1/bulks/none", "", http.StatusNotFound)
}
