package v16

import (
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// maxIDTag is how long an idTag may be (1.6 7.28).
const maxIDTag = 20

// askStart makes a RemoteStartTransaction (1.6 5.11). An idTag has no type.
func askStart(v *fleet.StartRequest) (adapter.Instruction, error) {
	if v.Limit != nil {
		return nil, adapter.NoLimits("/transactionLimit", "1.6")
	}
	if v.Group != nil {
		return nil, fleet.NotInVersion("/groupIdToken", "OCPP 1.6 does not tell the station the group when it starts: leave it out. The station learns it when it asks about the token")
	}
	tag, err := idTag("/idToken/value", v.IDToken.Value)
	if err != nil {
		return nil, err
	}
	req := &ocpp16.RemoteStartTransactionRequest{IDTag: tag, ConnectorID: adapter.OptInt(v.EVSE)}
	if v.Install != nil {
		req.ChargingProfile, err = wireProfile(v.Install)
	}
	return req, err
}

// idTag returns the value of a token as OCPP 1.6 takes it.
func idTag(pointer, value string) (string, error) {
	if utf8.RuneCountInString(value) > maxIDTag {
		return "", fleet.NotInVersion(pointer, "OCPP 1.6 takes tokens of at most %d characters", maxIDTag)
	}
	return value, nil
}

// askStop makes a RemoteStopTransaction (1.6 5.12).
func askStop(v *fleet.StopRequest) (adapter.Instruction, error) {
	if v.Running.Number == 0 {
		return nil, fleet.NotInVersion("/transaction", "in OCPP 1.6 the id of a transaction is a number, and this system knows none of this transaction: reset the station to end it")
	}
	return &ocpp16.RemoteStopTransactionRequest{TransactionID: v.Running.Number}, nil
}

// askUnlock makes an UnlockConnector (1.6 5.18).
func askUnlock(v *fleet.UnlockRequest) (adapter.Instruction, error) {
	connector, err := connectorOf(v.EVSE, v.Connector)
	if err != nil {
		return nil, err
	}
	return &ocpp16.UnlockConnectorRequest{ConnectorID: connector}, nil
}
