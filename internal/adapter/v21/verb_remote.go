package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// askStart makes a RequestStartTransaction (F01, F02).
func askStart(v *fleet.StartRequest) (adapter.Instruction, error) {
	req := &ocpp21.RequestStartTransactionRequest{
		IDToken: *tokenOf(v.IDToken), RemoteStartID: int(v.RemoteStartID), EVSEID: adapter.OptInt(v.EVSE),
	}
	if v.Group != nil {
		req.GroupIDToken = tokenOf(*v.Group)
	}
	var err error
	if v.Install != nil {
		req.ChargingProfile, err = wireProfile(v.Install)
	}
	return req, err
}

// tokenOf returns a token as OCPP 2.1 takes it: operators may have types of their own.
func tokenOf(t fleet.TokenArgument) *ocpp21.IDToken {
	if t.Type == "" {
		t.Type = fleet.CentralToken
	}
	return &ocpp21.IDToken{IDToken: t.Value, Type: t.Type}
}

// askStop makes a RequestStopTransaction (F03).
func askStop(v *fleet.StopRequest) (adapter.Instruction, error) {
	return &ocpp21.RequestStopTransactionRequest{TransactionID: v.Running.ID}, nil
}

// askUnlock makes an UnlockConnector (F05).
func askUnlock(v *fleet.UnlockRequest) (adapter.Instruction, error) {
	return &ocpp21.UnlockConnectorRequest{EVSEID: v.EVSE, ConnectorID: max(v.Connector, 1)}, nil
}

// askTransactionStatus makes a GetTransactionStatus (E14).
func askTransactionStatus(v *fleet.TransactionStatusRequest) (adapter.Instruction, error) {
	return &ocpp21.GetTransactionStatusRequest{TransactionID: adapter.OptString(v.Running.ID)}, nil
}
