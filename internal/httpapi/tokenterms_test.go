package httpapi_test

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

const terms = `"validFrom":"2026-01-01T00:00:00Z","hours":[{"days":["Mon","Fri"],"from":"08:00","to":"18:00"},{"from":"22:00","to":"24:00"}],
	"timeZone":"Europe/Berlin","stations":[{"station":"A","evses":[1,2]},{"station":"B"},{"tag":"depot"}],"concurrent":2,"language":"de-DE","message":"Moin","chargingPriority":-3`

func TestTheTermsOfAToken(t *testing.T) {
	r := newRig(t)
	r.do(http.MethodPost, "/api/v1/tokens", `{"value":"CARD",`+terms+`}`, http.StatusCreated)
	want := fleet.Token{
		ValidFrom: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Hours:     fleet.Hours{Zone: "Europe/Berlin", Periods: []fleet.Period{{Days: []string{"Mon", "Fri"}, From: "08:00", To: "18:00"}, {From: "22:00", To: "24:00"}}},
		Places:    []fleet.Place{{Station: "A", EVSEs: []int{1, 2}}, {Station: "B"}, {Tag: "depot"}}, Concurrent: 2, Language: "de-DE", Message: "Moin", Priority: -3,
	}
	got := r.store.tokens[fleet.IDToken{Value: "card"}]
	want.IDToken, want.Status, want.CreatedAt = got.IDToken, got.Status, got.CreatedAt
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	shown := r.do(http.MethodGet, "/api/v1/tokens/CARD", "", http.StatusOK)
	wantFields(t, shown, map[string]any{"concurrent": 2.0, "language": "de-DE", "message": "Moin", "chargingPriority": -3.0, "timeZone": "Europe/Berlin", "validFrom": "2026-01-01T00:00:00Z"})
	if list := shown["stations"].([]any); len(list) != 3 || list[0].(map[string]any)["station"] != "A" {
		t.Errorf("stations: %v", list)
	}
	r.do(http.MethodPatch, "/api/v1/tokens/CARD", `{"concurrent":3,"stations":[{"station":"C"}]}`, http.StatusOK)
	got = r.store.tokens[fleet.IDToken{Value: "card"}]
	if got.Concurrent != 3 || len(got.Places) != 1 || got.Message != "Moin" || len(got.Hours.Periods) != 2 {
		t.Errorf("after a change: %+v", got)
	}
	shown = r.do(http.MethodPatch, "/api/v1/tokens/CARD", `{"validFrom":null,"hours":null,"timeZone":null,"stations":null,"concurrent":null,"language":null,"message":null,"chargingPriority":null}`, http.StatusOK)
	wantFields(t, shown, map[string]any{"concurrent": nil, "language": nil, "message": nil, "chargingPriority": 0.0, "timeZone": nil, "validFrom": nil})
	if len(shown["hours"].([]any))+len(shown["stations"].([]any)) != 0 {
		t.Errorf("after null: %v", shown)
	}
	r.do(http.MethodPut, "/api/v1/tokens/CARD", `{`+terms+`}`, http.StatusOK)
	if got = r.store.tokens[fleet.IDToken{Value: "card"}]; got.Concurrent != 2 {
		t.Errorf("after PUT: %+v", got)
	}
}

func TestTermsThatCannotBe(t *testing.T) {
	r := newRig(t)
	r.do(http.MethodPost, "/api/v1/tokens", `{"value":"CARD"}`, http.StatusCreated)
	for body, place := range map[string]string{
		`{"timeZone":"Europe/Atlantis"}`:                              "/timeZone",
		`{"timeZone":"Local"}`:                                        "/timeZone",
		`{"hours":[{"from":"08:00","to":"09:00","days":["Monday"]}]}`: "/hours/0/days/0",
		`{"hours":[{"from":"8:00","to":"09:00"}]}`:                    "/hours/0/from",
		`{"concurrent":0}`:                                            "/concurrent",
		`{"stations":[{"station":"A","evses":[0]}]}`:                  "/stations/0/evses/0",
		`{"stations":[{"station":"A"},{"evses":[1]}]}`:                "/stations/1",
		`{"stations":[{"station":"A","tag":"B"}]}`:                    "/stations/0",
		`{"chargingPriority":10}`:                                     "/chargingPriority",
		`{"chargingPriority":-10}`:                                    "/chargingPriority",
		`{"language":"d"}`:                                            "/language",
	} {
		for method, path := range map[string]string{http.MethodPut: "/api/v1/tokens/CARD", http.MethodPatch: "/api/v1/tokens/CARD"} {
			got := r.do(method, path, body, http.StatusUnprocessableEntity)
			if fault := got["errors"].([]any)[0].(map[string]any); fault["pointer"] != place {
				t.Errorf("%s %s: %v, want %s", method, body, fault, place)
			}
		}
	}
	if got := r.store.tokens[fleet.IDToken{Value: "card"}]; got.Hours.Zone != "" || got.Concurrent != 0 {
		t.Errorf("it changed: %+v", got)
	}
}

func TestGroupsOfTokens(t *testing.T) {
	r := newRig(t)
	got := r.do(http.MethodPut, "/api/v1/token-groups/Family", `{"concurrent":2}`, http.StatusCreated)
	wantFields(t, got, map[string]any{"name": "Family", "concurrent": 2.0, "masterPass": false, "note": nil})
	got = r.do(http.MethodPut, "/api/v1/token-groups/FAMILY", `{"masterPass":true,"note":"x"}`, http.StatusOK)
	wantFields(t, got, map[string]any{"name": "Family", "concurrent": nil, "masterPass": true, "note": "x"})
	wantFields(t, r.do(http.MethodGet, "/api/v1/token-groups/family", "", http.StatusOK), map[string]any{"name": "Family"})
	if list := r.do(http.MethodGet, "/api/v1/token-groups", "", http.StatusOK)["items"].([]any); len(list) != 1 {
		t.Errorf("list: %v", list)
	}
	r.do(http.MethodDelete, "/api/v1/token-groups/family", "", http.StatusNoContent)
	r.do(http.MethodGet, "/api/v1/token-groups/family", "", http.StatusNotFound)
	r.do(http.MethodDelete, "/api/v1/token-groups/family", "", http.StatusNotFound)
	r.do(http.MethodPut, "/api/v1/token-groups/%20x", `{}`, http.StatusUnprocessableEntity)
}

func TestWhatWouldBeDecided(t *testing.T) {
	r := newRig(t)
	r.do(http.MethodPost, "/api/v1/tokens", `{"value":"CARD","type":"eMAID","group":"G","stations":[{"station":"A","evses":[2]}]}`, http.StatusCreated)
	got := r.do(http.MethodGet, "/api/v1/tokens/card/decision?station=A", "", http.StatusOK)
	wantFields(t, got, map[string]any{"accepted": true, "status": "Accepted", "reason": "on-record", "group": "G", "until": nil})
	if list := got["evses"].([]any); len(list) != 1 || list[0] != 2.0 {
		t.Errorf("EVSEs: %v", list)
	}
	q := r.store.question
	if q.Token != (fleet.IDToken{Value: "CARD", Type: "eMAID"}) || q.Purpose != fleet.PurposeStart || time.Since(q.At) > time.Minute {
		t.Errorf("asked: %+v", q)
	}
	got = r.do(http.MethodGet, "/api/v1/tokens/card/decision?station=A&evse=1&time=2026-05-01T07:30:00Z&purpose=start", "", http.StatusOK)
	wantFields(t, got, map[string]any{"accepted": false, "status": "NotAllowedTypeEVSE", "reason": "not-here", "detail": "it may not charge at EVSE 1 of this station"})
	if q := r.store.question; q.EVSE != 1 || !q.At.Equal(time.Date(2026, 5, 1, 7, 30, 0, 0, time.UTC)) {
		t.Errorf("asked: %+v", q)
	}
	wantFields(t, r.do(http.MethodGet, "/api/v1/tokens/card/decision", "", http.StatusOK), map[string]any{"accepted": true})
	wantFields(t, r.do(http.MethodGet, "/api/v1/tokens/nobody/decision", "", http.StatusOK), map[string]any{"accepted": false, "status": "Unknown", "reason": "unknown-refused"})
	wantFields(t, r.do(http.MethodGet, "/api/v1/tokens/NoAuthorization:/decision", "", http.StatusOK), map[string]any{"accepted": true})
	r.do(http.MethodGet, "/api/v1/tokens/%20/decision", "", http.StatusUnprocessableEntity)
}
