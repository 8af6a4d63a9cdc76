package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// ListRecords answers with a full record and an empty one of the kind.
func (f *fakeStore) ListRecords(_ context.Context, q store.RecordQuery) (store.Page[fleet.KeptRecord], error) {
	f.asked = q
	var p store.Page[fleet.KeptRecord]
	if q.Cursor != "" {
		return p, store.ErrCursor
	}
	for _, none := range fleet.EveryRecord() {
		if none.Kind() == q.Kind {
			p.Items = append(p.Items, fleet.KeptRecord{Received: time.Now(), Latest: true, Record: filled(none)}, fleet.KeptRecord{Record: none})
		}
	}
	return p, f.err
}

// filled sets everything that a record says.
func filled(r fleet.Record) fleet.Record {
	v := reflect.New(reflect.TypeOf(r)).Elem()
	fill(v)
	return v.Interface().(fleet.Record)
}

func fill(v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Now()))
		return
	case json.RawMessage:
		v.Set(reflect.ValueOf(json.RawMessage(`{"a":[1]}`)))
		return
	case fleet.Decimal:
		v.SetString("1.50")
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(field)
		}
	default:
		panic(v.Kind())
	}
}

// recordPaths are the lists of records in the API's description, with the name of their schema.
func recordPaths(t *testing.T, r *rig) map[string]string {
	t.Helper()
	doc := r.do(http.MethodGet, "/openapi.json", "", http.StatusOK)
	paths := map[string]string{}
	for path, item := range doc["paths"].(map[string]any) {
		get, ok := item.(map[string]any)["get"].(map[string]any)
		if !ok {
			continue
		}
		if text := fmt.Sprint(get["parameters"]); !strings.Contains(text, "Only those that count now") {
			continue
		}
		var ref string
		b, _ := json.Marshal(get["responses"].(map[string]any)["200"])
		if _, after, ok := strings.Cut(string(b), "#/components/schemas/"); ok {
			ref, _, _ = strings.Cut(after, `"`)
		}
		paths[strings.Replace(strings.TrimPrefix(path, "/api/v1"), "{id}", "A", 1)] = ref
	}
	return paths
}

func TestEveryKindOfRecordCanBeRead(t *testing.T) {
	r := newRig(t)
	r.store.stations["A"] = fleet.StationDetail{Station: fleet.Station{ID: "A"}}
	schema := schemas(t, r)
	asked := map[fleet.RecordKind]bool{}
	for path, name := range recordPaths(t, r) {
		got := r.do(http.MethodGet, "/api/v1"+path+"?latest=true&limit=7", "", http.StatusOK)
		if err := schema(name).Validate(got); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		q := r.store.asked.(store.RecordQuery)
		asked[q.Kind] = true
		if q.Station != "A" || q.Limit != 7 || q.Latest == nil || !*q.Latest || q.EVSE != nil {
			t.Errorf("%s asks for %+v", path, q)
		}
		for name, v := range got["items"].([]any)[0].(map[string]any) {
			if v == nil || v == "" || v == 0.0 || v == false || fmt.Sprint(v) == "[]" {
				t.Errorf("%s: %s of a full record is %v", path, name, v)
			}
		}
	}
	for _, none := range fleet.EveryRecord() {
		if !asked[none.Kind()] {
			t.Errorf("records of the kind %s cannot be read", none.Kind())
		}
	}
}

func TestRecordsOfAnEVSE(t *testing.T) {
	r := newRig(t)
	r.store.stations["A"] = fleet.StationDetail{Station: fleet.Station{ID: "A"}}
	for query, want := range map[string]int64{"0": 0, "12": 12} {
		r.do(http.MethodGet, "/api/v1/stations/A/charging-limits?evse="+query, "", http.StatusOK)
		if q := r.store.asked.(store.RecordQuery); q.EVSE == nil || *q.EVSE != want {
			t.Errorf("evse=%s asks for %+v", query, q)
		}
	}
}

func TestBadQueriesOfRecordsAreRefused(t *testing.T) {
	r := newRig(t)
	r.store.stations["A"] = fleet.StationDetail{Station: fleet.Station{ID: "A"}}
	for path := range recordPaths(t, r) {
		r.do(http.MethodGet, "/api/v1"+strings.Replace(path, "/A/", "/B/", 1), "", http.StatusNotFound)
		for query, parameter := range map[string]string{
			"latest=maybe": "latest", "limit=0": "limit", "limit=1001": "limit", "limit=x": "limit", "nonsense=1": "nonsense",
			"evse=-1": "evse", "evse=x": "evse", "evse=12345678901": "evse",
		} {
			p := r.do(http.MethodGet, "/api/v1"+path+"?"+query, "", http.StatusUnprocessableEntity)
			if got := firstFault(t, p); got != parameter {
				t.Errorf("%s?%s: fault at %q", path, query, got)
			}
		}
		if p := r.do(http.MethodGet, "/api/v1"+path+"?cursor=x", "", http.StatusBadRequest); firstFault(t, p) != "cursor" {
			t.Errorf("%s: a cursor that is none: %v", path, p)
		}
	}
}

// recordOperations are the lists of records.
var recordOperations = []string{
	"get /api/v1/stations/{id}/reservation-updates",
	"get /api/v1/stations/{id}/charging-needs",
	"get /api/v1/stations/{id}/ev-schedules",
	"get /api/v1/stations/{id}/charging-limits",
	"get /api/v1/stations/{id}/charging-profiles",
	"get /api/v1/stations/{id}/priority-charging",
	"get /api/v1/stations/{id}/schedule-requests",
	"get /api/v1/stations/{id}/der-alarms",
	"get /api/v1/stations/{id}/der-events",
	"get /api/v1/stations/{id}/der-controls",
	"get /api/v1/stations/{id}/battery-swaps",
	"get /api/v1/stations/{id}/settlements",
	"get /api/v1/stations/{id}/vat-checks",
	"get /api/v1/stations/{id}/event-streams",
	"get /api/v1/stations/{id}/stream-values",
	"get /api/v1/stations/{id}/data-transfers", "get /api/v1/stations/{id}/installed-tariffs",
	"get /api/v1/stations/{id}/contradictions",
	"get /api/v1/transactions/{id}/conflicts",
	"get /api/v1/transactions/{id}/anomalies",
}
