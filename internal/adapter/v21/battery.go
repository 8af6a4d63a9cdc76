package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// batterySwap keeps each battery by itself; what belongs together has the same request id (S03.FR.03).
func batterySwap(req *ocpp21.BatterySwapRequest) []fleet.Record {
	list := make([]fleet.Record, 0, len(req.BatteryData))
	for i := range req.BatteryData {
		b := &req.BatteryData[i]
		list = append(list, fleet.BatterySwap{
			RequestID: int64(req.RequestID), Event: string(req.EventType), IDToken: req.IDToken.IDToken, IDTokenType: req.IDToken.Type,
			EVSE: int64(b.EVSEID), SerialNumber: b.SerialNumber, StateOfCharge: adapter.Decimal(b.SoC), StateOfHealth: adapter.Decimal(b.SoH),
			ProductionDate: b.ProductionDate.Time, VendorInfo: b.VendorInfo.Or(""),
		})
	}
	return list
}
