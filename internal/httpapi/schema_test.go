package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
)

// Every answer must be what /openapi.json says it is: full ones, and ones of which nothing is known.
func TestAnswersAreAsDescribed(t *testing.T) {
	r := newRig(t)
	now := time.Now()
	id := int64(0)
	r.store.stations["FULL"] = fleet.StationDetail{
		Station: fleet.Station{ID: "FULL", Version: "1.6", ConnectedAt: now, Vendor: "V", BootStatus: fleet.BootPending},
		EVSEs:   []fleet.EVSE{{ID: 1, Connectors: []fleet.Connector{{EVSE: 1, Connector: 1}, {EVSE: 1, Status: "X", Since: now}}}, {ID: 2}},
	}
	r.store.stations["EMPTY"] = fleet.StationDetail{}
	r.store.transactions = []fleet.Transaction{
		{Station: "FULL", ID: "1", Token: fleet.IDToken{Value: "A", Type: "B"}, MeterStart: "1.50", MeterStop: "-2", StartedAt: now, RemoteStartID: &id},
		{Station: "EMPTY", ID: "2"},
	}
	r.store.samples = []fleet.TransactionSample{
		{Sample: fleet.Sample{Value: "1", Signed: &fleet.SignedValue{Data: "x"}}}, {Sample: fleet.Sample{Text: "?"}},
	}
	r.fleet.answer = httpapi.CommandAnswer{Version: "1.6", Response: []byte(`{"a":{"b":[1]}}`)}
	schema := schemas(t, r)
	for _, c := range []struct {
		method, path, body string
		status             int
		schema             string
	}{
		{"GET", "/stations", "", 200, "ListStationDetail"},
		{"GET", "/stations/FULL", "", 200, "StationDetail"},
		{"GET", "/stations/EMPTY", "", 200, "StationDetail"},
		{"POST", "/stations", `{"id":"KEY"}`, 201, "CreatedStation"},
		{"POST", "/stations", `{"id":"CERT","securityProfile":3}`, 201, "CreatedStation"},
		{"POST", "/stations", `{"id":"KEY"}`, 409, "Problem"},
		{"POST", "/stations", `{}`, 422, "Problem"},
		{"POST", "/stations/KEY/key", "", 200, "StationKey"},
		{"GET", "/transactions", "", 200, "ListTransaction"},
		{"GET", "/transactions/FULL:1", "", 200, "Transaction"},
		{"GET", "/transactions/FULL:1/samples", "", 200, "ListSample"},
		{"POST", "/stations/FULL/commands", `{"action":"Reset"}`, 200, "CommandResult"},
		{"GET", "/refusals", "", 200, "ListRefusal"},
		{"GET", "/refusals/summary", "", 200, "RefusalSummary"},
		{"POST", "/tokens", `{"value":"A","type":"eMAID"}`, 201, "Token"},
		{"PUT", "/tokens/B", `{"expiry":"2001-01-01T00:00:00Z"}`, 201, "Token"},
		{"GET", "/tokens", "", 200, "ListToken"},
		{"GET", "/api-tokens", "", 200, "ListAPIToken"},
		{"POST", "/api-tokens", `{"name":"x"}`, 201, "CreatedAPIToken"},
	} {
		got := r.do(c.method, "/api/v1"+c.path, c.body, c.status)
		if err := schema(c.schema).Validate(got); err != nil {
			t.Errorf("%s %s: %v", c.method, c.path, err)
		}
	}
}

// schemas compiles the schemas of the description on demand.
func schemas(t *testing.T, r *rig) func(name string) *jsonschema.Schema {
	t.Helper()
	rec := httptest.NewRecorder()
	r.http.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	var doc any
	if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("mem:openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	return func(name string) *jsonschema.Schema {
		s, err := c.Compile("mem:openapi.json#/components/schemas/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}
