package httpapi_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

func TestATransactionHasItsFields(t *testing.T) {
	r := newRig(t)
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	r.store.transactions = []fleet.Transaction{{
		Station: "CP-001", ID: "17", Number: 17, EVSE: 1, Connector: 1, Token: fleet.IDToken{Value: "CAFE"},
		StartedAt: start, EndedAt: start.Add(time.Hour), MeterStart: "1000", MeterStop: "2000.50", StopReason: "Local",
	}}
	list := r.do(http.MethodGet, "/api/v1/transactions?station=CP-001&active=false", "", http.StatusOK)
	got := list["items"].([]any)[0].(map[string]any)
	for field, want := range map[string]any{
		"id": "CP-001:17", "station": "CP-001", "transactionId": "17", "evse": 1.0, "connector": 1.0, "idToken": "CAFE",
		"startedAt": "2026-05-01T12:00:00Z", "endedAt": "2026-05-01T13:00:00Z", "meterStart": 1000.0, "meterStop": 2000.5,
		"meterLast": nil, "stopReason": "Local", "active": false,
	} {
		if v, there := got[field]; !there || v != want {
			t.Errorf("%s is %v (there: %v), want %v", field, v, there, want)
		}
	}
	if _, there := list["next"]; there {
		t.Errorf("the last page has a cursor: %v", list)
	}
	if q := r.store.asked.(store.TransactionQuery); q.Station != "CP-001" || q.Active == nil || *q.Active {
		t.Errorf("query: %+v", q)
	}
}

func TestATransactionIsStoppedWhereItGoesOn(t *testing.T) {
	r := newRig(t)
	r.fleet.done = httpapi.VerbAnswer{Sent: httpapi.Sent{Version: "1.6", Action: "RemoteStopTransaction", Payload: httpapi.Payload(`{}`)}, Response: httpapi.Payload(`{"status":"Accepted"}`)}
	r.store.transactions = []fleet.Transaction{{Station: "CP-001", ID: "17", Number: 17, Active: true}, {Station: "CP-001", ID: "16", Number: 16}}
	for _, body := range []string{``, `{}`, `{"timeout":5,"wait":1}`} {
		got := r.do(http.MethodPost, "/api/v1/transactions/CP-001:17/stop", body, http.StatusOK)
		if err := schemas(t, r)("VerbResult").Validate(got); err != nil || got["verb"] != "stop" || got["status"] != "accepted" {
			t.Error(err, got)
		}
		if ask := r.fleet.gotVerb; ask.Station != "CP-001" || ask.Verb.(*fleet.StopRequest).Transaction != "CP-001:17" || (ask.Kept != nil) != (len(body) > 2) {
			t.Errorf("%+v", ask)
		}
	}
	r.fleet.gotVerb = httpapi.VerbCommand{}
	if p := r.do(http.MethodPost, "/api/v1/transactions/CP-001:16/stop", "", http.StatusConflict); p["reason"] != "over" {
		t.Errorf("%v", p)
	}
	r.do(http.MethodPost, "/api/v1/transactions/CP-001:99/stop", "", http.StatusNotFound)
	if p := r.do(http.MethodPost, "/api/v1/transactions/CP-001:17/stop", `{"evse":1}`, http.StatusUnprocessableEntity); firstFault(t, p) != "/evse" {
		t.Errorf("%v", p)
	}
	if r.fleet.gotVerb.Verb != nil {
		t.Errorf("passed on: %+v", r.fleet.gotVerb)
	}
	r.fleet.keptErr = fleet.NotInVersion("/transaction", "no")
	p := r.do(http.MethodPost, "/api/v1/transactions/CP-001:17/stop", "", http.StatusUnprocessableEntity)
	if fault := p["errors"].([]any)[0].(map[string]any); fault["parameter"] != "id" || fault["pointer"] != nil {
		t.Errorf("%v", p)
	}
}

func TestTransactionsAreFiltered(t *testing.T) {
	r := newRig(t)
	r.do(http.MethodGet, "/api/v1/transactions?since=2026-05-01T00:00:00Z&until=2026-06-01T00:00:00Z&token=CAFE&trouble=true&limit=5", "", http.StatusOK)
	q := r.store.asked.(store.TransactionQuery)
	if q.Trouble == nil || !*q.Trouble {
		t.Errorf("query: %+v", q)
	}
	q.Trouble = nil
	since, until := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	if want := (store.TransactionQuery{Limit: 5, Since: since, Until: until, Token: "CAFE"}); q != want {
		t.Errorf("query: %+v, want %+v", q, want)
	}
	for _, wrong := range []string{"since", "until", "trouble"} {
		if got := firstFault(t, r.do(http.MethodGet, "/api/v1/transactions?"+wrong+"=yesterday", "", http.StatusUnprocessableEntity)); got != wrong {
			t.Errorf("%s: fault at %q", wrong, got)
		}
	}
}

// Rows of an older program may hold numbers that JSON does not know.
func TestUntidyNumbersAreReadable(t *testing.T) {
	for stored, want := range map[fleet.Decimal]any{"0012.5": 12.5, ".5": 0.5, "5.": 5.0, "no": nil, "": nil} {
		r := newRig(t)
		r.store.transactions = []fleet.Transaction{{Station: "CP-001", ID: "17", MeterLast: stored}}
		if got := r.do(http.MethodGet, "/api/v1/transactions/17", "", http.StatusOK)["meterLast"]; got != want {
			t.Errorf("%q is %v, want %v", stored, got, want)
		}
	}
}

func TestATransactionIsFoundByListIdAndByItsOwn(t *testing.T) {
	r := newRig(t)
	for _, tx := range [][2]string{{"A", "T:1"}, {"B", "T:1"}, {"A", "T2"}, {"x:y", "a/b"}, {"T", "9"}, {"A+B", "1"}, {"50%", "a b"}} {
		r.store.transactions = append(r.store.transactions, fleet.Transaction{Station: tx[0], ID: tx[1]})
	}
	for path, want := range map[string]string{
		"A:T%253A1":         "A",   // the id of the list, escaped once more for the path
		"B:T%253A1":         "B",   //
		"T2":                "A",   // unambiguous
		"x%253Ay:a%252Fb":   "x:y", //
		"x%253Ay%3Aa%252Fb": "x:y", // clients may escape the colon, too
		"A+B:1":             "A+B", // pasted as the list shows it
		"A%2BB:1":           "A+B",
		"50%25:a%20b":       "50%",
	} {
		if got := r.do(http.MethodGet, "/api/v1/transactions/"+path, "", http.StatusOK); got["station"] != want {
			t.Errorf("%s: %v", path, got["station"])
		}
	}
	r.do(http.MethodGet, "/api/v1/transactions/T:1", "", http.StatusConflict)
	r.do(http.MethodGet, "/api/v1/transactions/nothing", "", http.StatusNotFound)
	r.do(http.MethodGet, "/api/v1/transactions/nothing/samples", "", http.StatusNotFound)
}

func TestIDsForPathsAreRead(t *testing.T) {
	r := newRig(t)
	for _, tx := range [][2]string{{"A+B", "1"}, {"x:y", "a/b"}, {"50%", "a b"}, {"%41", "?"}, {"ü", "#:"}, {"A", "B"}} {
		r.store.transactions = []fleet.Transaction{{Station: tx[0], ID: tx[1]}}
		id := r.do(http.MethodGet, "/api/v1/transactions", "", http.StatusOK)["items"].([]any)[0].(map[string]any)["id"].(string)
		if got := r.do(http.MethodGet, "/api/v1/transactions/"+url.PathEscape(id), "", http.StatusOK); got["station"] != tx[0] {
			t.Errorf("%v has the id %s, which finds %v", tx, id, got["station"])
		}
	}
}

func TestSamplesKeepTheirDigits(t *testing.T) {
	r := newRig(t)
	r.store.transactions = []fleet.Transaction{{Station: "A", ID: "T"}}
	r.store.samples = []fleet.TransactionSample{
		{SeqNo: 0, Sample: fleet.Sample{Value: "12.50", Unit: "Wh", Signed: &fleet.SignedValue{Data: "sig"}}},
		{SeqNo: 1, Sample: fleet.Sample{Text: "n/a", Measurand: "Voltage", Phase: "L1"}},
	}
	items := r.do(http.MethodGet, "/api/v1/transactions/A:T/samples?limit=5", "", http.StatusOK)["items"].([]any)
	first, second := items[0].(map[string]any), items[1].(map[string]any)
	if first["value"] != 12.5 || first["measurand"] != fleet.EnergyRegister || first["seqNo"] != 0.0 ||
		first["signed"].(map[string]any)["data"] != "sig" {
		t.Errorf("first: %v", first)
	}
	if second["value"] != nil || second["text"] != "n/a" || second["phase"] != "L1" || second["seqNo"] != 1.0 {
		t.Errorf("second: %v", second)
	}
	if q := r.store.asked.(store.SampleQuery); q.Station != "A" || q.ID != "T" || q.Limit != 5 {
		t.Errorf("query: %+v", q)
	}
}
