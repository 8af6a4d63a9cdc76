package v21

import (
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

func reservation(req *ocpp21.ReservationStatusUpdateRequest) []fleet.Record {
	return []fleet.Record{fleet.ReservationUpdate{
		ReservationID: int64(req.ReservationID), Status: string(req.ReservationUpdateStatus),
	}}
}
