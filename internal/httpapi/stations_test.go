package httpapi_test

import (
	"net/http"
	"reflect"
	"regexp"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

func TestAStationIsCreatedWithAKeyThatIsShownOnce(t *testing.T) {
	r := newRig(t)
	got := r.do(http.MethodPost, "/api/v1/stations", `{"id":"CP-001"}`, http.StatusCreated)
	if got["id"] != "CP-001" || got["known"] != true || got["securityProfile"] != 1.0 {
		t.Errorf("station: %v", got)
	}
	key, _ := got["credential"].(map[string]any)["key"].(string)
	if !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(key) {
		t.Fatalf("key: %q", key)
	}
	if !r.store.credentials["CP-001"].Verify([]byte(key)) {
		t.Error("the stored credential does not know the key")
	}
	if again := r.do(http.MethodGet, "/api/v1/stations/CP-001", "", http.StatusOK); again["credential"] != nil {
		t.Errorf("the key is shown again: %v", again)
	}
	r.do(http.MethodPost, "/api/v1/stations", `{"id":"CP-001"}`, http.StatusConflict)
}

func TestStationsWithoutAPasswordGetNoKey(t *testing.T) {
	r := newRig(t)
	for id, profile := range map[string]string{"A": "0", "B": "3"} {
		got := r.do(http.MethodPost, "/api/v1/stations", `{"id":"`+id+`","securityProfile":`+profile+`}`, http.StatusCreated)
		if got["credential"] != nil || !r.store.credentials[id].IsZero() {
			t.Errorf("profile %s: %v", profile, got)
		}
	}
}

func TestWrongStationsAreRefusedWithAPointer(t *testing.T) {
	r := newRig(t)
	for body, want := range map[string]string{
		`{}`:                               "/id",
		`{"id":""}`:                        "/id",
		`{"id":"a\u0007"}`:                 "/id",
		`{"id":"."}`:                       "/id",
		`{"id":".."}`:                      "/id",
		`{"id":"A","securityProfile":4}`:   "/securityProfile",
		`{"id":"A","securityProfile":"1"}`: "/securityProfile",
		`{"id":"A","key":"x"}`:             "/key",
	} {
		if got := firstFault(t, r.do(http.MethodPost, "/api/v1/stations", body, http.StatusUnprocessableEntity)); got != want {
			t.Errorf("%s: fault at %q, want %q", body, got, want)
		}
	}
}

func TestANewKeyReplacesTheOldAndClosesTheConnection(t *testing.T) {
	r := newRig(t)
	first := r.do(http.MethodPost, "/api/v1/stations", `{"id":"A"}`, http.StatusCreated)["credential"].(map[string]any)["key"].(string)
	second := r.do(http.MethodPost, "/api/v1/stations/A/key", "", http.StatusOK)["key"].(string)
	if first == second || r.store.credentials["A"].Verify([]byte(first)) || !r.store.credentials["A"].Verify([]byte(second)) {
		t.Error("the old key works, or the new one does not")
	}
	if len(r.fleet.closed) != 1 {
		t.Errorf("closed: %v", r.fleet.closed)
	}
	r.do(http.MethodPost, "/api/v1/stations/B/key", "", http.StatusNotFound)
}

func TestADeletedStationLosesItsConnection(t *testing.T) {
	r := newRig(t)
	r.do(http.MethodPost, "/api/v1/stations", `{"id":"A"}`, http.StatusCreated)
	r.do(http.MethodDelete, "/api/v1/stations/A", "", http.StatusNoContent)
	if len(r.fleet.closed) != 1 || r.fleet.closed[0] != "A" {
		t.Errorf("closed: %v", r.fleet.closed)
	}
	r.do(http.MethodGet, "/api/v1/stations/A", "", http.StatusNotFound)
	r.do(http.MethodDelete, "/api/v1/stations/A", "", http.StatusNotFound)
}

func TestAStationShowsWhatIsKnownAndNullForTheRest(t *testing.T) {
	r := newRig(t)
	at := time.Date(2026, 5, 1, 12, 0, 0, 123456789, time.FixedZone("", 7200))
	r.store.stations["CP|1"] = fleet.StationDetail{
		Station: fleet.Station{ID: "CP|1", Online: true, Version: "2.0.1", ConnectedAt: at, Vendor: "V", BootStatus: fleet.BootAccepted},
		EVSEs:   []fleet.EVSE{{ID: 1, Connectors: []fleet.Connector{{EVSE: 1, Connector: 2, Status: "Occupied"}}}},
	}
	got := r.do(http.MethodGet, "/api/v1/stations/CP%7C1", "", http.StatusOK)
	for field, want := range map[string]any{
		"id": "CP|1", "online": true, "version": "2.0.1", "connectedAt": "2026-05-01T10:00:00.123Z", "lastMessageAt": nil,
		"vendor": "V", "model": nil, "bootStatus": "Accepted", "known": false,
	} {
		if v, there := got[field]; !there || v != want {
			t.Errorf("%s is %v (there: %v), want %v", field, v, there, want)
		}
	}
	listed := r.do(http.MethodGet, "/api/v1/stations", "", http.StatusOK)["items"].([]any)[0]
	if !reflect.DeepEqual(listed, any(got)) {
		t.Errorf("in the list it is %v", listed)
	}
	evse := got["evses"].([]any)[0].(map[string]any)
	connector := evse["connectors"].([]any)[0].(map[string]any)
	if evse["id"] != 1.0 || connector["id"] != 2.0 || connector["status"] != "Occupied" {
		t.Errorf("evse: %v", evse)
	}
}

func TestListsHaveItemsACursorAndFilters(t *testing.T) {
	r := newRig(t)
	got := r.do(http.MethodGet, "/api/v1/stations?limit=7&online=true", "", http.StatusOK)
	if items, ok := got["items"].([]any); !ok || len(items) != 0 || got["next"] != "more" {
		t.Errorf("list: %v", got)
	}
	if q := r.store.asked.(store.StationQuery); q.Limit != 7 || q.Online == nil || !*q.Online {
		t.Errorf("query: %+v", q)
	}
	if p := r.do(http.MethodGet, "/api/v1/stations?cursor=mine", "", http.StatusBadRequest); firstFault(t, p) != "cursor" {
		t.Errorf("problem: %v", p)
	}
	r.do(http.MethodGet, "/api/v1/stations?version=1.6&vendor=V&model=M&bootStatus=Pending&find=x", "", http.StatusOK)
	want := store.StationQuery{Limit: 100, Version: "1.6", Vendor: "V", Model: "M", Boot: fleet.BootPending, Find: "x", Connectors: true}
	if r.store.asked != want {
		t.Errorf("query: %+v, want %+v", r.store.asked, want)
	}
	for _, wrong := range []string{"version=1.5", "bootStatus=accepted", "limit=0", "limit=1001", "limit=x", "online=maybe", "offline=true"} {
		r.do(http.MethodGet, "/api/v1/stations?"+wrong, "", http.StatusUnprocessableEntity)
	}
}

func TestRefusalsAreListed(t *testing.T) {
	r := newRig(t)
	items := r.do(http.MethodGet, "/api/v1/refusals?since=2026-05-01T00:00:00Z", "", http.StatusOK)["items"].([]any)
	if got := items[0].(map[string]any); got["station"] != "X" || got["reason"] != "unknown" {
		t.Errorf("refusal: %v", got)
	}
	if q := r.store.asked.(store.RefusalQuery); q.Since.Year() != 2026 {
		t.Errorf("query: %+v", q)
	}
}

var _ httpapi.Store = store.Store(nil)
