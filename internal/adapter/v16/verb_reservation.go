package v16

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// askReserve makes a ReserveNow (1.6 5.13). Connector 0 is any.
func askReserve(v *fleet.ReserveRequest) (adapter.Instruction, error) {
	if v.ConnectorType != "" {
		return nil, fleet.NotInVersion("/connectorType", "OCPP 1.6 knows no types of connectors: give the number of the connector as evse")
	}
	tag, err := idTag("/idToken/value", v.IDToken.Value)
	if err != nil {
		return nil, err
	}
	req := &ocpp16.ReserveNowRequest{
		ConnectorID: v.EVSE, ExpiryDate: ocpp.At(v.ExpiresAt), IDTag: tag, ReservationID: int(v.ReservationID),
	}
	if v.Group != nil {
		if tag, err = idTag("/groupIdToken/value", v.Group.Value); err != nil {
			return nil, err
		}
		req.ParentIDTag = adapter.OptString(tag)
	}
	return req, nil
}

// askCancelReservation makes a CancelReservation (1.6 5.2).
func askCancelReservation(v *fleet.CancelReservationRequest) (adapter.Instruction, error) {
	return &ocpp16.CancelReservationRequest{ReservationID: int(v.ReservationID)}, nil
}
