package server

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/decode"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/ocpp"
)

// plan makes of what somebody wants the request that each station is to get. One goroutine uses it.
type plan struct {
	action  string
	payload json.RawMessage
	verb    fleet.Verb             // nil: it is an action
	checked map[ocpp.Version]error // why the request cannot be kept for a version, or the version lacks the verb; nil: it can
}

func newPlan(action string, payload json.RawMessage, v fleet.Verb) *plan {
	return &plan{action: action, payload: payload, verb: v, checked: map[ocpp.Version]error{}}
}

// lacks says why no station of a version can be asked for the verb, whatever its state; nil: some can.
func (p *plan) lacks(v ocpp.Version) error {
	err, known := p.checked[v]
	if !known {
		err = lacking(v, p.verb)
		p.checked[v] = err
	}
	return err
}

// lacking is the refusal of a verb, or of an argument, that a version does not have. Which transaction is meant is found out at
// each station.
func lacking(version ocpp.Version, v fleet.Verb) error {
	_, err := translate(version, v)
	wrong, ok := errors.AsType[*fleet.VerbError](err)
	if ok && wrong.Reason == fleet.VerbVersion && wrong.Argument != "/transaction" {
		return wrong
	}
	return nil
}

// request is what one station is to get.
type request struct {
	action  string
	payload json.RawMessage
	version ocpp.Version
}

// requestFor returns the request for one station that speaks a version. Its errors are *httpapi.CommandError: the station
// cannot be asked for that.
func (p *plan) requestFor(_ context.Context, _ string, v ocpp.Version) (request, error) {
	err, known := p.checked[v]
	if !known {
		err = keepable(v, p.action, p.payload)
		p.checked[v] = err
	}
	return request{p.action, p.payload, v}, err
}

// keepable says why a request cannot be kept.
func keepable(v ocpp.Version, action string, payload json.RawMessage) error {
	if err := sendable(v, action, payload); err != nil {
		return err
	}
	return secretless(payload)
}

// sendable says why a request is none of a version.
func sendable(v ocpp.Version, action string, payload json.RawMessage) error {
	if err := checkRequest(v, action, payload); err != nil {
		return commandError(explained(err, v, action))
	}
	return lawful(v, action, payload)
}

// secretless refuses a payload that holds a secret.
func secretless(payload json.RawMessage) error {
	if !holdsSecret(payload) {
		return nil
	}
	return &httpapi.CommandError{Outcome: httpapi.CommandSecret, Detail: "it holds a secret, and secrets are not kept: send it at once, without anything that asks for more than now"}
}

// checkRequest does what csms.Station.Check does, without a station.
func checkRequest(v ocpp.Version, action string, payload json.RawMessage) error {
	for _, p := range protocols() {
		if p.Version() != v {
			continue
		}
		info, ok := p.Action(action)
		if !ok || info.SentBy&ocpp.CSMSEnd == 0 || info.Kind != ocpp.KindCall {
			break
		}
		return ocpp.Unmarshal(payload, info.NewRequest(), ocpp.DecodeOptions{Policy: ocpp.Strict})
	}
	return csms.ErrNotCSMSAction
}

// explained adds to a payload that breaks the schema what it has there instead.
func explained(err error, v ocpp.Version, action string) error {
	invalid, ok := errors.AsType[*ocpp.ValidationError](err)
	if !ok {
		return err
	}
	expected := decode.Expected(v, action, invalid.Violation)
	if expected == "" {
		return err
	}
	violation := invalid.Violation
	violation.Detail += "; expected " + expected
	return &ocpp.ValidationError{Violation: violation}
}
