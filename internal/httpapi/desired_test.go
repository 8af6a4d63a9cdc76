package httpapi_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

func TestDesiredValuesAreAsDescribed(t *testing.T) {
	r := deviceRig(t)
	r.store.stations["B"] = fleet.StationDetail{Station: fleet.Station{ID: "B", Version: "2.1"}}
	schema := schemas(t, r)
	for _, c := range []struct{ method, path, body, schema string }{
		{"PUT", "/stations/A/desired", `{"values":[{"variable":"HeartbeatInterval","value":"300"}]}`, "ListDesiredValue"},
		{"GET", "/stations/A/desired?drift=true&state=drift", "", "ListDesiredValue"},
		{"GET", "/stations/A/variables?drift=true", "", "ListVariable"},
		{"GET", "/drift", "", "ListDesiredValue"},
		{"GET", "/drift/summary", "", "DriftSummary"},
		{"PUT", "/desired", `{"select":{"stations":["B"]},"values":[{"component":"C","variable":"V","value":"1"}],"apply":false}`, "FleetDesired"},
		{"DELETE", "/stations/A/desired?variable=HeartbeatInterval", "", "Undesired"},
	} {
		got := r.do(c.method, "/api/v1"+c.path, c.body, http.StatusOK)
		if err := schema(c.schema).Validate(got); err != nil {
			t.Errorf("%s %s: %v", c.method, c.path, err)
		}
	}
	got := r.do("GET", "/api/v1/drift/summary", "", http.StatusOK)
	if total := got["total"].(map[string]any); total["drift"] != 2.0 || total["same"] != 3.0 || total["refused"] != 1.0 || len(got["variables"].([]any)) != 2 {
		t.Errorf("summary: %v", got)
	}
}

func TestDesiredValuesRefuseWhatCannotBe(t *testing.T) {
	r := deviceRig(t)
	r.store.stations["OLD"] = fleet.StationDetail{Station: fleet.Station{ID: "OLD", Version: "1.6"}}
	r.store.stations["NEW"] = fleet.StationDetail{Station: fleet.Station{ID: "NEW", Version: "2.1"}}
	for _, c := range []struct{ path, body, pointer string }{
		{"/stations/A/desired", `{"values":[]}`, "/values"},
		{"/stations/A/desired", `{"values":[{"variable":"AuthorizationKey","value":"x"}]}`, "/values/0/variable"},
		{"/stations/A/desired", `{"values":[{"variable":"a","value":"1"},{"component":"SecurityCtrlr","variable":"BasicAuthPassword","value":"x"}]}`, "/values/1/variable"},
		{"/stations/A/desired", `{"values":[{"variable":"Url","value":"https://me:secret@x"}]}`, "/values/0/value"},
		{"/stations/A/desired", `{"values":[{"variable":"a","value":"1"},{"variable":"A","value":"2"}]}`, "/values/1"},
		{"/stations/A/desired", `{"values":[{"variable":"a","evse":1,"value":"1"}]}`, "/values/0/component"},
		{"/stations/OLD/desired", `{"values":[{"component":"C","variable":"a","value":"1"}]}`, "/values/0/component"},
		{"/stations/NEW/desired", `{"values":[{"variable":"a","value":"1"}]}`, "/values/0/component"},
		{"/desired", `{"select":{},"values":[{"variable":"a","value":"1"}]}`, "/select"},
		{"/desired", `{"select":{"stations":["A"],"tag":"x"},"values":[{"variable":"a","value":"1"}]}`, "/select/stations"},
		{"/desired", `{"select":{"all":true},"values":[{"variable":"Password","value":"1"}]}`, "/values/0/variable"},
	} {
		if got := firstFault(t, r.do("PUT", "/api/v1"+c.path, c.body, http.StatusUnprocessableEntity)); got != c.pointer {
			t.Errorf("%s %s: fault at %q", c.path, c.body, got)
		}
	}
	if len(r.store.devices.desired) != 0 {
		t.Errorf("something is wanted: %v", r.store.devices.desired)
	}
	r.do("PUT", "/api/v1/stations/X/desired", `{"values":[{"variable":"a","value":"1"}]}`, http.StatusNotFound)
	r.do("DELETE", "/api/v1/stations/X/desired", "", http.StatusNotFound)
	r.do("POST", "/api/v1/stations/X/apply-desired", "", http.StatusNotFound)
	r.do("POST", "/api/v1/stations/A/apply-desired", "", http.StatusConflict)
	got := r.do("PUT", "/api/v1/desired", `{"select":{"stations":["OLD","NEW","X","OLD"]},"values":[{"variable":"a","value":"1"}]}`, http.StatusOK)
	if got["selected"] != 3.0 || got["changed"] != 1.0 || got["skipped"] != 1.0 || got["unknown"] != 1.0 {
		t.Errorf("%v", got)
	}
}

// One request wants of each station what its version can have.
func TestDesiredValuesOfAMixedFleet(t *testing.T) {
	r := deviceRig(t)
	for id, version := range map[string]string{"OLD": "1.6", "NEW": "2.1", "NEXT": ""} {
		r.store.stations[id] = fleet.StationDetail{Station: fleet.Station{ID: id, Version: version}}
	}
	got := r.do("PUT", "/api/v1/desired", `{"select":{"stations":["OLD","NEW","NEXT"]},"values":[{"variable":"a","value":"1"},{"component":"C","variable":"a","value":"1"}]}`, http.StatusOK)
	if got["selected"] != 3.0 || got["changed"] != 3.0 || got["skipped"] != 0.0 {
		t.Errorf("%v", got)
	}
	var wanted []string
	for _, d := range r.store.devices.desired {
		wanted = append(wanted, d.Station+" "+d.Setting.Component)
	}
	slices.Sort(wanted)
	if want := []string{"NEW C", "NEXT ", "NEXT C", "OLD "}; !slices.Equal(wanted, want) {
		t.Errorf("wanted of %q, want %q", wanted, want)
	}
}
