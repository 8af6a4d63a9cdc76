package httpapi_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

func (f *fakeStore) SummarizeRefusals(_ context.Context, q store.RefusalQuery) (fleet.RefusalSummary, error) {
	f.asked = q
	count := []fleet.RefusalCount{{Key: "K", Times: 3, Reason: "unknown", Detail: "d"}}
	return fleet.RefusalSummary{Times: 3, Reasons: count, Stations: count, Addresses: count}, f.err
}

func TestRefusalsAreFilteredAndCounted(t *testing.T) {
	r := newRig(t, func(o *httpapi.Options) {
		o.Refusals = func() map[string]int64 { return map[string]int64{"busy": 7} }
	})
	const filter = "station=A&address=192.0.2.1&reason=unknown&since=2026-05-01T00:00:00Z&limit=5"
	want := store.RefusalQuery{
		Station: "A", Address: "192.0.2.1", Reason: "unknown", Limit: 5, Since: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC),
	}
	for _, path := range []string{"/api/v1/refusals", "/api/v1/refusals/summary"} {
		r.do(http.MethodGet, path+"?"+filter, "", http.StatusOK)
		if r.store.asked != want {
			t.Errorf("%s asked %+v", path, r.store.asked)
		}
		if p := r.do(http.MethodGet, path+"?reason=nothing", "", http.StatusUnprocessableEntity); firstFault(t, p) != "reason" {
			t.Errorf("%s: %v", path, p)
		}
	}
	got := r.do(http.MethodGet, "/api/v1/refusals/summary", "", http.StatusOK)
	wantFields(t, got["sinceStart"].(map[string]any), map[string]any{"busy": 7.0})
	wantFields(t, got["stations"].([]any)[0].(map[string]any), map[string]any{"station": "K", "times": 3.0, "reason": "unknown", "detail": "d"})
}
