package server

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
)

// pages follows the cursors of a list and returns a field of each item.
func (r *rig) pages(path, field string) (values []any, n int) {
	r.t.Helper()
	cursor := ""
	for {
		page := r.api(http.MethodGet, path+"&cursor="+cursor, "", http.StatusOK)
		n++
		for _, item := range page["items"].([]any) {
			values = append(values, item.(map[string]any)[field])
		}
		next, more := page["next"].(string)
		if !more {
			return values, n
		}
		cursor = next
	}
}

func TestListsComeInPages(t *testing.T) {
	r := serve(t, Config{})
	for i := range 5 {
		r.create(fmt.Sprintf("CP-%d", i), 0)
	}
	p := r.connect("CP-0", "ocpp1.6", login{})
	for i := range 5 {
		p.call("StartTransaction", fmt.Sprintf(`{"connectorId":1,"idTag":"T%d","meterStart":%d,"timestamp":"2026-05-01T10:0%d:00Z"}`, i, i, i))
		p.call("MeterValues", fmt.Sprintf(`{"connectorId":1,"transactionId":1,"meterValue":[{"timestamp":"2026-05-01T11:0%d:00Z","sampledValue":[{"value":"%d"}]}]}`, i, i))
	}
	for _, c := range []struct {
		path, field string
		want        []any
	}{
		{"/stations?limit=2", "id", []any{"CP-0", "CP-1", "CP-2", "CP-3", "CP-4"}},
		{"/transactions?limit=2", "idToken", []any{"T4", "T3", "T2", "T1", "T0"}},
		{"/transactions/CP-0:1/samples?limit=2", "value", []any{0.0, 1.0, 2.0, 3.0, 4.0}},
	} {
		if got, n := r.pages(c.path, c.field); !slices.Equal(got, c.want) || n != 3 {
			t.Errorf("%s: %v in %d pages, want %v in 3", c.path, got, n, c.want)
		}
	}
	for _, path := range []string{"/stations", "/transactions", "/transactions/CP-0:1/samples", "/refusals"} {
		r.api(http.MethodGet, path+"?cursor=mine", "", http.StatusBadRequest)
	}
}
