package v16

import (
	"math"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// Stations send ids that are none; each such message would be a transaction of its own.
func TestMeterValuesWithoutAUsableIDBelongToNoTransaction(t *testing.T) {
	for _, id := range []int64{0, -1, math.MinInt64, math.MaxInt64} {
		e := meterEvent("A", &ocpp16.MeterValuesRequest{ConnectorID: 2, TransactionID: ocpp.Some(id)})
		if m, ok := e.(fleet.Metered); !ok || m.EVSE != 2 {
			t.Errorf("%d: %T", id, e)
		}
	}
	e := meterEvent("A", &ocpp16.MeterValuesRequest{ConnectorID: 2, TransactionID: ocpp.Some[int64](7)})
	if x, ok := e.(fleet.TransactionEvent); !ok || x.TransactionID != "7" {
		t.Errorf("7: %+v", e)
	}
}
