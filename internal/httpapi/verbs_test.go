package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
)

// verbOperations are the operations that there must be: one for each verb.
func verbOperations() (list []string) {
	for _, kind := range fleet.VerbKinds() {
		list = append(list, "post /api/v1/stations/{id}/"+kind.Name)
	}
	return list
}

// Each verb is asked with its own example, which its own description allows.
func TestEveryVerbIsAskedAsItsExampleSays(t *testing.T) {
	for _, kind := range fleet.VerbKinds() {
		r := newRig(t)
		r.fleet.done = httpapi.VerbAnswer{
			Sent:     httpapi.Sent{Version: "1.6", Action: "X", Payload: httpapi.Payload(`{}`)},
			Response: httpapi.Payload(`{"status":"Accepted"}`), Took: 2 * time.Second,
		}
		got := r.do(http.MethodPost, "/api/v1/stations/A/"+kind.Name, kind.Example, http.StatusOK)
		if err := schemas(t, r)("VerbResult").Validate(got); err != nil {
			t.Errorf("%s: %v", kind.Name, err)
		}
		if got["status"] != "accepted" || got["said"] != "Accepted" || got["verb"] != kind.Name || got["seconds"] != 2.0 {
			t.Errorf("%s: %v", kind.Name, got)
		}
		want := kind.New()
		if err := json.Unmarshal([]byte(kind.Example), want); err != nil {
			t.Fatalf("%s: %v in %s", kind.Name, err, kind.Example)
		}
		if ask := r.fleet.gotVerb; ask.Station != "A" || ask.Kept != nil || ask.Timeout != 30*time.Second || !reflect.DeepEqual(ask.Verb, want) {
			t.Errorf("%s: %+v, want %+v", kind.Name, ask, want)
		}
	}
}

func TestAVerbIsKeptWhenAnythingAsksForThat(t *testing.T) {
	r := newRig(t)
	c := keptCommand(fleet.StateQueued)
	r.fleet.done = httpapi.VerbAnswer{Command: &c}
	r.do(http.MethodPost, "/api/v1/stations/A/reset", `{"mode":"hard","wait":1.5,"key":"k","lane":"bulk","expires":60,"version":"2.1","timeout":3}`, http.StatusAccepted)
	want := httpapi.QueuedCommand{Station: "A", Key: "k", Lane: fleet.LaneBulk, Version: "2.1", Expires: time.Minute, Wait: 1500 * time.Millisecond, Timeout: 3 * time.Second}
	if got := r.fleet.gotVerb; got.Kept == nil || !reflect.DeepEqual(*got.Kept, want) || got.Verb.(*fleet.ResetRequest).Mode != fleet.ResetHard {
		t.Errorf("%+v", got)
	}
	c = keptCommand(fleet.StateAnswered)
	c.Response, c.SentAt, c.EndedAt = []byte(`{"status":"Scheduled"}`), noonOfCommands, noonOfCommands.Add(time.Second)
	got := r.do(http.MethodPost, "/api/v1/stations/A/reset", `{"wait":1}`, http.StatusOK)
	if got["status"] != "scheduled" || got["action"] != "Reset" || got["seconds"] != 1.0 {
		t.Errorf("%v", got)
	}
}

// What goes wrong with a verb is told in words of the verb: its arguments, never the payload that it became.
func TestErrorsOfVerbsNameArguments(t *testing.T) {
	for name, c := range map[string]struct {
		err     error
		status  int
		pointer string
	}{
		"version": {fleet.NotInVersion("/mode", "no"), 422, "/mode"},
		"verb":    {fleet.NotInVersion("", "no"), 422, ""},
		"state":   {fleet.NotNow("/evse", "no"), 409, "/evse"},
		"schema":  {&httpapi.CommandError{Outcome: httpapi.CommandInvalid, Pointer: "/idTag", Detail: "no"}, 422, ""},
		"action":  {&httpapi.CommandError{Outcome: httpapi.CommandUnknown, Detail: "no"}, 422, ""},
		"secret":  {&httpapi.CommandError{Outcome: httpapi.CommandSecret, Detail: "no"}, 422, ""},
		"offline": {&httpapi.CommandError{Outcome: httpapi.CommandOffline, Detail: "no"}, 409, ""},
		"timeout": {&httpapi.CommandError{Outcome: httpapi.CommandTimeout, Detail: "no"}, 504, ""},
		"key":     {&httpapi.CommandError{Outcome: httpapi.CommandKeyTaken, Detail: "no"}, 409, "/key"},
	} {
		r := newRig(t)
		r.fleet.keptErr = c.err
		got := r.do(http.MethodPost, "/api/v1/stations/A/reset", ``, c.status)
		if text := fmt.Sprint(got["errors"]); !strings.Contains(got["detail"].(string), "no") || strings.Contains(text, "payload") ||
			(c.pointer == "") != (got["errors"] == nil) || !strings.Contains(text, c.pointer) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
