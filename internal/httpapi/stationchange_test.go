package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
)

func TestAChangeNamesWhatItChanges(t *testing.T) {
	r := newRig(t)
	r.store.stations["A"] = fleet.StationDetail{Station: fleet.Station{ID: "A"}}
	got := r.do(http.MethodPatch, "/api/v1/stations/A", `{"boot":"Pending","bootInterval":30}`, http.StatusOK)
	if got["boot"] != "Pending" || got["bootInterval"] != 30.0 || got["heartbeatInterval"] != nil || got["bootTrigger"] != nil {
		t.Errorf("got %v", got)
	}
	got = r.do(http.MethodPatch, "/api/v1/stations/A", `{"heartbeatInterval":60}`, http.StatusOK)
	if got["boot"] != "Pending" || got["bootInterval"] != 30.0 || got["heartbeatInterval"] != 60.0 {
		t.Errorf("got %v", got)
	}
	got = r.do(http.MethodPatch, "/api/v1/stations/A", `{"boot":"Default","bootInterval":0}`, http.StatusOK)
	if got["boot"] != nil || got["bootInterval"] != nil || got["heartbeatInterval"] != 60.0 {
		t.Errorf("got %v", got)
	}
}

func TestOnlyAPendingStationIsAskedToBootAgain(t *testing.T) {
	refused := &httpapi.CommandError{Outcome: httpapi.CommandTimeout}
	for name, c := range map[string]struct {
		online bool
		status fleet.BootStatus
		body   string
		answer string
		err    error
		want   any
	}{
		"released":               {true, fleet.BootPending, `{"boot":"Accepted"}`, `{"status":"Accepted"}`, nil, "Accepted"},
		"left to the default":    {true, fleet.BootPending, `{"boot":"Default"}`, `{"status":"NotImplemented"}`, nil, "NotImplemented"},
		"rejected now":           {true, fleet.BootPending, `{"boot":"Rejected"}`, `{}`, nil, nil},
		"without an answer":      {true, fleet.BootPending, `{"boot":"Accepted"}`, ``, refused, "timeout"},
		"the caller is gone":     {true, fleet.BootPending, `{"boot":"Accepted"}`, ``, http.ErrAbortHandler, "offline"},
		"not connected":          {false, fleet.BootPending, `{"boot":"Accepted"}`, ``, nil, nil},
		"pending still":          {true, fleet.BootPending, `{"boot":"Pending"}`, ``, nil, nil},
		"another interval":       {true, fleet.BootPending, `{"bootInterval":5}`, ``, nil, nil},
		"accepted, now pending":  {true, fleet.BootAccepted, `{"boot":"Pending"}`, ``, nil, nil},
		"rejected, now accepted": {true, fleet.BootRejected, `{"boot":"Accepted"}`, ``, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.store.stations["A"] = fleet.StationDetail{Station: fleet.Station{ID: "A", Online: c.online, BootStatus: c.status}}
			r.fleet.answer, r.fleet.err = httpapi.CommandAnswer{Response: []byte(c.answer)}, c.err
			got := r.do(http.MethodPatch, "/api/v1/stations/A", c.body, http.StatusOK)
			if got["bootTrigger"] != c.want {
				t.Errorf("bootTrigger is %v, want %v", got["bootTrigger"], c.want)
			}
			asked := r.fleet.got.Action != ""
			if asked != (c.want != nil || c.answer != "") || asked && string(r.fleet.got.Payload) != `{"requestedMessage":"BootNotification"}` {
				t.Errorf("sent %+v", r.fleet.got)
			}
		})
	}
}

func TestSecurityProfilesAreRaised(t *testing.T) {
	r := newRig(t)
	r.store.stations["A"] = fleet.StationDetail{Station: fleet.Station{ID: "A", Known: true, Profile: 1}}
	r.do(http.MethodPatch, "/api/v1/stations/A", `{"securityProfile":2,"boot":"Pending"}`, http.StatusConflict)
	r.store.credentials["A"] = fleet.NewCredential("key")
	p := r.do(http.MethodPatch, "/api/v1/stations/B", `{"securityProfile":2}`, http.StatusNotFound)
	if detail, _ := p["detail"].(string); !strings.Contains(detail, "POST stations creates one") {
		t.Errorf("of an unknown one: %q", detail)
	}
	got := r.do(http.MethodPatch, "/api/v1/stations/A", `{"securityProfile":2}`, http.StatusOK)
	if got["securityProfile"] != 2.0 {
		t.Errorf("it is %v", got["securityProfile"])
	}
	if want := "A below 2: its security profile was raised: it may come with profile 2 or higher"; len(r.fleet.closed) != 1 || r.fleet.closed[0] != want {
		t.Errorf("closed %q, want %q", r.fleet.closed, want)
	}
	r.do(http.MethodPatch, "/api/v1/stations/A", `{"securityProfile":1,"boot":"Pending"}`, http.StatusConflict)
	if len(r.fleet.closed) != 1 {
		t.Errorf("a refused change closed %q", r.fleet.closed[1:])
	}
	if s := r.store.stations["A"]; s.Profile != 2 || s.BootPolicy.Status != "" {
		t.Errorf("a refused change left %+v", s.Station)
	}
}

func TestBadChangesOfStationsChangeNothing(t *testing.T) {
	r := newRig(t)
	policy := fleet.BootPolicy{Status: fleet.BootPending, Retry: time.Minute}
	r.store.stations["A"] = fleet.StationDetail{Station: fleet.Station{ID: "A", BootPolicy: policy}}
	for body, pointer := range map[string]string{
		`{"boot":"accepted"}`:            "/boot",
		`{"boot":1}`:                     "/boot",
		`{"bootInterval":-1}`:            "/bootInterval",
		`{"bootInterval":1.5}`:           "/bootInterval",
		`{"bootInterval":86401}`:         "/bootInterval",
		`{"heartbeatInterval":"1m"}`:     "/heartbeatInterval",
		`{"heartbeatInterval":99999999}`: "/heartbeatInterval",
		`{"securityProfile":0}`:          "/securityProfile",
		`{"securityProfile":4}`:          "/securityProfile",
		`{"id":"B"}`:                     "/id",
		`[]`:                             "",
	} {
		p := r.do(http.MethodPatch, "/api/v1/stations/A", body, http.StatusUnprocessableEntity)
		if got := firstFault(t, p); got != pointer {
			t.Errorf("%s: fault at %q, want %q", body, got, pointer)
		}
	}
	r.do(http.MethodPatch, "/api/v1/stations/A", `{`, http.StatusBadRequest)
	r.do(http.MethodPatch, "/api/v1/stations/B", `{"boot":"Accepted"}`, http.StatusNotFound)
	if got := r.store.stations["A"].BootPolicy; got != policy {
		t.Errorf("the policy is %+v now", got)
	}
}
