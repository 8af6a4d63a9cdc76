package server

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// A station whose clock is an hour behind is known to be so, and so are its transactions, while all times are kept as it
// said them.
func TestTheClockOfAStationIsEstimated(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("CP-001", "ocpp2.0.1", login{})
	p.call("BootNotification", `{"reason":"PowerUp","chargingStation":{"vendorName":"V","model":"M"}}`)
	behind := time.Now().Add(-time.Hour).UTC()
	event := func(seq int, kind string, offline bool, at time.Time) {
		p.call("TransactionEvent", fmt.Sprintf(`{"eventType":%q,"timestamp":%q,"triggerReason":"Trigger","seqNo":%d,"offline":%t,
			"transactionInfo":{"transactionId":"T-1"},"evse":{"id":1,"connectorId":1}}`, kind, at.Format(time.RFC3339Nano), seq, offline))
	}
	event(0, "Started", true, behind.Add(-5*time.Hour)) // it waited, which says nothing
	if got := r.api(http.MethodGet, "/transactions/T-1", "", http.StatusOK)["clockOffset"]; got != nil {
		t.Errorf("the transaction's clock is off by %v already", got)
	}
	event(1, "Updated", false, behind)
	x := r.api(http.MethodGet, "/transactions/T-1", "", http.StatusOK)
	if got, ok := x["clockOffset"].(float64); !ok || got < 3600 || got > 3660 {
		t.Errorf("the transaction's clock is off by %v, want an hour", x["clockOffset"])
	}
	if x["startedAt"] != behind.Add(-5*time.Hour).Truncate(time.Millisecond).Format(time.RFC3339Nano) {
		t.Errorf("started at %v", x["startedAt"])
	}
	r.eventually("the station's clock is known", func() bool {
		got, ok := r.api(http.MethodGet, "/stations/CP-001", "", http.StatusOK)["clockOffset"].(float64)
		return ok && got >= 3600 && got < 3660
	})
}
