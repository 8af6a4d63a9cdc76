package httpapi_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Conflicts answers with one for each transaction.
func (f *fakeStore) Conflicts(_ context.Context, station, id string) ([]fleet.Conflict, error) {
	f.asked = [2]string{station, id}
	return []fleet.Conflict{{Transaction: id, Key: "3", Received: time.Now(), First: []byte(`{"a":1}`), Second: []byte(`{"a":2}`)}}, f.err
}

// Anomalies answers with one for each transaction.
func (f *fakeStore) Anomalies(_ context.Context, station, id string) ([]fleet.Anomaly, error) {
	f.asked = [2]string{station, id}
	return []fleet.Anomaly{{Transaction: id, Kind: "time", Key: "stop", Received: time.Now(), Detail: "D", Content: []byte(`{"a":1}`)}}, f.err
}

func TestWhatATransactionContradictsCanBeRead(t *testing.T) {
	r := newRig(t)
	r.store.transactions = []fleet.Transaction{{Station: "A", ID: "1", Anomalies: fleet.AnomalyTime}, {Station: "B", ID: "2"}, {Station: "C", ID: "2"}}
	schema := schemas(t, r)
	for path, name := range map[string]string{"/conflicts": "ListConflict", "/anomalies": "ListAnomaly"} {
		for _, id := range []string{"A:1", "1"} {
			got := r.do(http.MethodGet, "/api/v1/transactions/"+id+path, "", http.StatusOK)
			if err := schema(name).Validate(got); err != nil || len(got["items"].([]any)) != 1 || r.store.asked != [2]string{"A", "1"} {
				t.Errorf("%s: %v %v", path, err, got)
			}
		}
		r.do(http.MethodGet, "/api/v1/transactions/A:3"+path, "", http.StatusNotFound)
		r.do(http.MethodGet, "/api/v1/transactions/2"+path, "", http.StatusConflict)
		r.do(http.MethodGet, "/api/v1/transactions/1"+path+"?limit=1", "", http.StatusUnprocessableEntity)
	}
}
