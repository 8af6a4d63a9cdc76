package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// keyOffer is a new key on its way to a station. The zero keyOffer is none.
type keyOffer struct {
	station    string
	credential fleet.Credential
}

// resolveKey makes a key for a station that has one, unless the caller has made it.
func (c *commands) resolveKey(ctx context.Context, station string, v fleet.RotateKeyRequest) (fleet.Verb, error) {
	state, err := c.store.CredentialState(ctx, station)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && !state.Set:
		return nil, fleet.NotNow("", "the station has no key here: it comes without one, or with a certificate")
	case err == nil && v.Key == "":
		v.Key = fleet.NewKey()
	}
	return &v, err
}

// offerKey keeps the new key of a command that changes it beside the old one before it is sent: if the answer does not
// arrive, nobody knows which of them the station uses, and either must let it in. The first login with the new key ends
// the old one.
func (c *commands) offerKey(ctx context.Context, st *csms.Station, cmd httpapi.Command) (keyOffer, error) {
	key := keyIn(st.Version(), cmd)
	if key == "" {
		return keyOffer{}, nil
	}
	offer := keyOffer{st.Identity(), fleet.NewCredential(key)}
	err := c.store.OfferCredential(ctx, offer.station, offer.credential)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return keyOffer{}, nil // an open server asks strangers for no key
	case err != nil:
		return keyOffer{}, fmt.Errorf("the new key could not be stored, and was not sent: %w", err)
	}
	return offer, nil
}

// settleKey does what the end of the command says. A station that took the key over needs it from now on: the old one
// does not work any more (rule R61; 1.6 security whitepaper A01, 2.x A01.FR.03). One that will take it over when it starts
// again may come with either, until it comes with the new one (A01.FR.04). One that certainly did not take it over goes on with
// the old one. A store that fails leaves both.
func (c *commands) settleKey(ctx context.Context, offer keyOffer, cmd httpapi.Command, response json.RawMessage, err error) {
	if offer.station == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	answer := ""
	if err == nil {
		answer = keyAnswer(cmd, response)
	}
	switch {
	case answer == fleet.StatusRebootRequired:
		c.log.Info("a station takes its new key over when it starts again; either is accepted until then", "station", offer.station)
		return
	case answer == "Accepted":
		err = c.store.SetCredential(ctx, offer.station, offer.credential)
		c.log.Info("station key changed", "station", offer.station)
	case err == nil || certainlyNotDone(err):
		err = c.store.WithdrawCredential(ctx, offer.station, offer.credential)
	default:
		c.log.Warn("a station may or may not have a new key; either is accepted", "station", offer.station)
		return
	}
	if err != nil {
		c.log.Error("a key is not settled; the old one and the new one are accepted", "station", offer.station, "error", err)
	}
}

// certainlyNotDone reports whether a call without an answer has changed nothing.
func certainlyNotDone(err error) bool {
	switch outcome, _ := outcomeOf(err); outcome {
	case httpapi.CommandTimeout, httpapi.CommandLost, httpapi.CommandGarbled:
		return false
	case "":
		return ocpp.SafeToRetry(err)
	}
	return true
}

// keyIn returns the key that a command sets, and "" when it sets none.
func keyIn(v ocpp.Version, cmd httpapi.Command) string {
	switch {
	case v == ocpp.V16 && cmd.Action == "ChangeConfiguration":
		var req struct{ Key, Value string }
		if json.Unmarshal(cmd.Payload, &req) == nil && strings.EqualFold(req.Key, "AuthorizationKey") {
			return req.Value
		}
	case v != ocpp.V16 && cmd.Action == "SetVariables":
		return variableKey(cmd.Payload)
	}
	return ""
}

func variableKey(payload json.RawMessage) string {
	var req struct {
		SetVariableData []struct {
			variable
			AttributeValue string
		}
	}
	if json.Unmarshal(payload, &req) != nil {
		return ""
	}
	for _, data := range req.SetVariableData {
		if data.isKey() {
			return data.AttributeValue
		}
	}
	return ""
}

// keyAnswer returns what the answer to a command that sets the key says of it.
func keyAnswer(cmd httpapi.Command, response json.RawMessage) string {
	var resp struct {
		Status            string
		SetVariableResult []struct {
			variable
			AttributeStatus string
		}
	}
	if json.Unmarshal(response, &resp) != nil {
		return ""
	}
	if cmd.Action == "ChangeConfiguration" {
		return resp.Status
	}
	for _, result := range resp.SetVariableResult {
		if result.isKey() {
			return result.AttributeStatus
		}
	}
	return ""
}

// variable names a variable of the device model, as far as it matters here.
type variable struct {
	Component struct{ Name string }
	Variable  struct{ Name string }
}

func (v variable) isKey() bool {
	return strings.EqualFold(v.Component.Name, "SecurityCtrlr") && strings.EqualFold(v.Variable.Name, "BasicAuthPassword")
}
