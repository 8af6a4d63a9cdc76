package v201

import (
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp201"
)

func reservation(req *ocpp201.ReservationStatusUpdateRequest) []fleet.Record {
	return []fleet.Record{fleet.ReservationUpdate{
		ReservationID: int64(req.ReservationID), Status: string(req.ReservationUpdateStatus),
	}}
}
