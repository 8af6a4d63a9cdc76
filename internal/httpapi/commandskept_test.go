package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

var commandOperations = []string{"get /api/v1/commands", "get /api/v1/commands/{id}", "delete /api/v1/commands/{id}"}

var noonOfCommands = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func keptCommand(state fleet.CommandState) fleet.Command {
	return fleet.Command{
		Number: 7, ID: "c-1", Key: "mine", Station: "A", Version: "1.6", Action: "Reset", Payload: []byte(`{"type":"Soft"}`), Lane: fleet.LanePeople,
		CreatedAt: noonOfCommands, ExpiresAt: noonOfCommands.Add(time.Hour), State: state, Detail: "so it is",
	}
}

func TestACommandIsKeptWhenAnythingAsksForThat(t *testing.T) {
	for field, want := range map[string]httpapi.QueuedCommand{
		`"wait":0`:            {Lane: fleet.LanePeople},
		`"wait":1.5`:          {Lane: fleet.LanePeople, Wait: 1500 * time.Millisecond},
		`"expires":60`:        {Lane: fleet.LanePeople, Expires: time.Minute},
		`"key":"a"`:           {Lane: fleet.LanePeople, Key: "a"},
		`"lane":"bulk"`:       {Lane: fleet.LaneBulk},
		`"version":"2.0.1"`:   {Lane: fleet.LanePeople, Version: "2.0.1"},
		`"expires":2592000`:   {Lane: fleet.LanePeople, Expires: 30 * 24 * time.Hour},
		`"lane":"charging"`:   {Lane: fleet.LaneCharging},
		`"wait":60,"key":"b"`: {Lane: fleet.LanePeople, Wait: time.Minute, Key: "b"},
	} {
		r := newRig(t)
		r.fleet.kept = keptCommand(fleet.StateQueued)
		got := r.do(http.MethodPost, "/api/v1/stations/A/commands", `{"action":"Reset","payload":{"type":"Soft"},`+field+`}`, http.StatusAccepted)
		if err := schemas(t, r)("KeptCommand").Validate(got); err != nil {
			t.Error(err)
		}
		want.Station, want.Action, want.Payload = "A", "Reset", r.fleet.gotKept.Payload
		g := r.fleet.gotKept
		if string(g.Payload) != `{"type":"Soft"}` || g.Key != want.Key || g.Lane != want.Lane || g.Wait != want.Wait || g.Expires != want.Expires || g.Version != want.Version {
			t.Errorf("%s: %+v", field, g)
		}
		if got["state"] != "queued" || r.fleet.got.Action != "" {
			t.Errorf("%s: %v, sent at once %+v", field, got, r.fleet.got)
		}
	}
}

func TestTheEndOfAKeptCommandIsItsAnswer(t *testing.T) {
	for state, status := range map[fleet.CommandState]int{
		fleet.StateQueued: 202, fleet.StateSent: 202, fleet.StateAnswered: 200, fleet.StateRefused: 502, fleet.StateTimeout: 504,
		fleet.StateUnknown: 502, fleet.StateExpired: 409, fleet.StateCanceled: 409,
	} {
		r := newRig(t)
		c := keptCommand(state)
		if state == fleet.StateAnswered {
			c.Response, c.SentAt, c.EndedAt = []byte(`{"status":"Accepted"}`), noonOfCommands, noonOfCommands.Add(2*time.Second)
		}
		r.fleet.kept = c
		got := r.do(http.MethodPost, "/api/v1/stations/A/commands", `{"action":"Reset","wait":1}`, status)
		switch {
		case status == 200 && (got["seconds"] != 2.0 || got["response"].(map[string]any)["status"] != "Accepted"):
			t.Errorf("%s: %v", state, got)
		case status > 202 && !strings.Contains(got["detail"].(string), "so it is; see /api/v1/commands/c-1"):
			t.Errorf("%s: %v", state, got)
		}
	}
	r := newRig(t)
	r.fleet.kept = keptCommand(fleet.StateAnswered) // with what cannot be understood
	r.do(http.MethodPost, "/api/v1/stations/A/commands", `{"action":"Reset","wait":1}`, http.StatusBadGateway)
}

func TestAKeptCommandTellsWhereItIs(t *testing.T) {
	r := newRig(t)
	r.fleet.kept = keptCommand(fleet.StateQueued)
	req := httptest.NewRequest(http.MethodPost, "/api/v1/stations/A/commands", strings.NewReader(`{"action":"Reset","wait":0}`))
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	r.http.ServeHTTP(rec, req)
	if rec.Header().Get("Location") != "/api/v1/commands/c-1" {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
}

func TestCommandsThatAreNotKeptSayWhy(t *testing.T) {
	for _, c := range []struct {
		err     error
		status  int
		pointer string
	}{
		{store.ErrNotFound, 404, ""},
		{&httpapi.CommandError{Outcome: httpapi.CommandOffline}, 409, ""},
		{&httpapi.CommandError{Outcome: httpapi.CommandSecret}, 422, "/payload"},
		{&httpapi.CommandError{Outcome: httpapi.CommandVersion}, 422, "/version"},
		{&httpapi.CommandError{Outcome: httpapi.CommandKeyTaken}, 409, "/key"},
		{&httpapi.CommandError{Outcome: httpapi.CommandBusy}, 503, ""},
		{&httpapi.CommandError{Outcome: httpapi.CommandInvalid, Pointer: "/type"}, 422, "/payload/type"},
	} {
		r := newRig(t)
		r.fleet.keptErr = c.err
		p := r.do(http.MethodPost, "/api/v1/stations/A/commands", `{"action":"Reset","wait":1}`, c.status)
		if c.pointer != "" && firstFault(t, p) != c.pointer {
			t.Errorf("%v: %v", c.err, p)
		}
	}
}

func TestWrongKeptCommandsAreRefused(t *testing.T) {
	r := newRig(t)
	for field, want := range map[string]string{
		`"wait":-1`: "/wait", `"wait":61`: "/wait", `"expires":0`: "/expires", `"expires":2592001`: "/expires", `"key":""`: "/key",
		`"key":"a b"`: "/key", `"lane":"fast"`: "/lane", `"version":"1.5"`: "/version", `"waits":1`: "/waits",
	} {
		p := r.do(http.MethodPost, "/api/v1/stations/A/commands", `{"action":"Reset",`+field+`}`, http.StatusUnprocessableEntity)
		if got := firstFault(t, p); got != want {
			t.Errorf("%s: fault at %q", field, got)
		}
	}
	if r.fleet.gotKept.Action != "" || r.fleet.got.Action != "" {
		t.Errorf("passed on: %+v %+v", r.fleet.gotKept, r.fleet.got)
	}
}

func TestKeptCommandsAreShownAndCanceled(t *testing.T) {
	r := newRig(t)
	c := keptCommand(fleet.StateQueued)
	r.store.kept, r.fleet.kept = &c, keptCommand(fleet.StateCanceled)
	got := r.do(http.MethodGet, "/api/v1/commands/c-1", "", http.StatusOK)
	if err := schemas(t, r)("KeptCommand").Validate(got); err != nil {
		t.Error(err)
	}
	r.do(http.MethodGet, "/api/v1/commands/c-2", "", http.StatusNotFound)
	r.do(http.MethodGet, "/api/v1/commands?station=A&state=queued&action=Reset&lane=bulk&key=k&limit=5", "", http.StatusOK)
	want := store.CommandQuery{Limit: 5, Station: "A", State: fleet.StateQueued, Action: "Reset", Lane: fleet.LaneBulk, Key: "k"}
	if r.store.asked != want {
		t.Errorf("asked %+v", r.store.asked)
	}
	r.do(http.MethodGet, "/api/v1/commands?state=lost", "", http.StatusUnprocessableEntity)
	if got := r.do(http.MethodDelete, "/api/v1/commands/c-1", "", http.StatusOK); got["state"] != "canceled" || r.fleet.canceled != "c-1" {
		t.Errorf("%v, canceled %q", got, r.fleet.canceled)
	}
	r.fleet.keptErr = &httpapi.CommandError{Outcome: httpapi.CommandTooLate, Detail: "too late"}
	r.do(http.MethodDelete, "/api/v1/commands/c-1", "", http.StatusConflict)
	r.fleet.keptErr = store.ErrNotFound
	r.do(http.MethodDelete, "/api/v1/commands/c-1", "", http.StatusNotFound)
}
