package v201

import (
	"strings"
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// askStart makes a RequestStartTransaction (F01, F02).
func askStart(v *fleet.StartRequest) (adapter.Instruction, error) {
	if v.Limit != nil {
		return nil, adapter.NoLimits("/transactionLimit", "2.0.1")
	}
	token, err := tokenOf("/idToken", v.IDToken)
	if err != nil {
		return nil, err
	}
	req := &ocpp201.RequestStartTransactionRequest{IDToken: *token, RemoteStartID: int(v.RemoteStartID), EVSEID: adapter.OptInt(v.EVSE)}
	if v.Group != nil {
		if req.GroupIDToken, err = tokenOf("/groupIdToken", *v.Group); err != nil {
			return nil, err
		}
	}
	if v.Install != nil {
		req.ChargingProfile, err = wireProfile(v.Install)
	}
	return req, err
}

// maxIDToken is how long an idToken may be (2.0.1 Part 2, IdTokenType).
const maxIDToken = 36

// tokenTypes are the types of tokens.
var tokenTypes = []ocpp201.IDTokenType{
	ocpp201.IDTokenTypeCentral, ocpp201.IDTokenTypeEMAID, ocpp201.IDTokenTypeISO14443, ocpp201.IDTokenTypeISO15693,
	ocpp201.IDTokenTypeKeyCode, ocpp201.IDTokenTypeLocal, ocpp201.IDTokenTypeMACAddress, ocpp201.IDTokenTypeNoAuthorization,
}

// tokenOf returns a token as OCPP 2.0.1 takes it.
func tokenOf(pointer string, t fleet.TokenArgument) (*ocpp201.IDToken, error) {
	if utf8.RuneCountInString(t.Value) > maxIDToken {
		return nil, fleet.NotInVersion(pointer+"/value", "OCPP 2.0.1 takes tokens of at most %d characters", maxIDToken)
	}
	if t.Type == "" {
		t.Type = fleet.CentralToken
	}
	for _, known := range tokenTypes {
		if strings.EqualFold(t.Type, string(known)) {
			return &ocpp201.IDToken{IDToken: t.Value, Type: known}, nil
		}
	}
	return nil, fleet.NotInVersion(pointer+"/type", "OCPP 2.0.1 has no such type of token: give one of Central, eMAID, ISO14443, ISO15693, KeyCode, Local, MacAddress, NoAuthorization")
}

// askStop makes a RequestStopTransaction (F03).
func askStop(v *fleet.StopRequest) (adapter.Instruction, error) {
	return &ocpp201.RequestStopTransactionRequest{TransactionID: v.Running.ID}, nil
}

// askUnlock makes an UnlockConnector (F05).
func askUnlock(v *fleet.UnlockRequest) (adapter.Instruction, error) {
	return &ocpp201.UnlockConnectorRequest{EVSEID: v.EVSE, ConnectorID: max(v.Connector, 1)}, nil
}

// askTransactionStatus makes a GetTransactionStatus (E14).
func askTransactionStatus(v *fleet.TransactionStatusRequest) (adapter.Instruction, error) {
	return &ocpp201.GetTransactionStatusRequest{TransactionID: adapter.OptString(v.Running.ID)}, nil
}
