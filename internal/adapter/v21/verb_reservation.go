package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// askReserve makes a ReserveNow (H01).
func askReserve(v *fleet.ReserveRequest) (adapter.Instruction, error) {
	req := &ocpp21.ReserveNowRequest{
		ID: int(v.ReservationID), ExpiryDateTime: ocpp.At(v.ExpiresAt), IDToken: *tokenOf(v.IDToken), EVSEID: adapter.OptInt(v.EVSE),
		ConnectorType: adapter.OptString(v.ConnectorType),
	}
	if v.Group != nil {
		req.GroupIDToken = tokenOf(*v.Group)
	}
	return req, nil
}

// askCancelReservation makes a CancelReservation (H02).
func askCancelReservation(v *fleet.CancelReservationRequest) (adapter.Instruction, error) {
	return &ocpp21.CancelReservationRequest{ReservationID: int(v.ReservationID)}, nil
}
