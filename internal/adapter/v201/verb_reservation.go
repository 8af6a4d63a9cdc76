package v201

import (
	"strings"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// askReserve makes a ReserveNow (H01).
func askReserve(v *fleet.ReserveRequest) (adapter.Instruction, error) {
	token, err := tokenOf("/idToken", v.IDToken)
	if err != nil {
		return nil, err
	}
	req := &ocpp201.ReserveNowRequest{
		ID: int(v.ReservationID), ExpiryDateTime: ocpp.At(v.ExpiresAt), IDToken: *token, EVSEID: adapter.OptInt(v.EVSE),
	}
	if req.ConnectorType, err = connectorType(v.ConnectorType); err != nil {
		return nil, err
	}
	if v.Group != nil {
		req.GroupIDToken, err = tokenOf("/groupIdToken", *v.Group)
	}
	return req, err
}

// connectorType finds a type of connector among those that OCPP 2.0.1 knows.
func connectorType(name string) (ocpp201.Connector, error) {
	if name == "" {
		return "", nil
	}
	for _, known := range connectorTypes {
		if strings.EqualFold(name, string(known)) {
			return known, nil
		}
	}
	return "", fleet.NotInVersion("/connectorType", "OCPP 2.0.1 has no such type of connector: give one such as cCCS2, sType2 or cTesla")
}

// connectorTypes are the types of connectors (2.0.1 Part 2, ConnectorEnumType).
var connectorTypes = []ocpp201.Connector{
	ocpp201.ConnectorCCCS1, ocpp201.ConnectorCCCS2, ocpp201.ConnectorCG105, ocpp201.ConnectorCTesla,
	ocpp201.ConnectorCType1, ocpp201.ConnectorCType2, ocpp201.ConnectorS3091P16A, ocpp201.ConnectorS3091P32A,
	ocpp201.ConnectorS3093P16A, ocpp201.ConnectorS3093P32A, ocpp201.ConnectorSBS1361, ocpp201.ConnectorSCEE77,
	ocpp201.ConnectorSType2, ocpp201.ConnectorSType3, ocpp201.ConnectorOther1PhMax16A, ocpp201.ConnectorOther1PhOver16A,
	ocpp201.ConnectorOther3Ph, ocpp201.ConnectorPan, ocpp201.ConnectorWInductive, ocpp201.ConnectorWResonant,
	ocpp201.ConnectorUndetermined, ocpp201.ConnectorUnknown,
}

// askCancelReservation makes a CancelReservation (H02).
func askCancelReservation(v *fleet.CancelReservationRequest) (adapter.Instruction, error) {
	return &ocpp201.CancelReservationRequest{ReservationID: int(v.ReservationID)}, nil
}
