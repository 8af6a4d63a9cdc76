package server

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/ocpp"
)

// brought is a charging profile in a payload that somebody gave as it is.
type brought struct {
	fleet.ChargingProfile
	pointer string // to it in the payload
	start   bool   // a transaction is started with it
}

// profileIn returns the charging profile that a payload brings to a station of OCPP 2.x. In OCPP 1.6 a station replaces what is in the
// way, and its profiles have other rules.
func profileIn(v ocpp.Version, action string, payload json.RawMessage) (b brought, ok bool) {
	if v == ocpp.V16 || action != "SetChargingProfile" && action != "RequestStartTransaction" {
		return b, false
	}
	for _, p := range protocols() {
		info, known := p.Action(action)
		if p.Version() != v || !known {
			continue
		}
		req := info.NewRequest()
		if ocpp.Unmarshal(payload, req, ocpp.DecodeOptions{Policy: ocpp.Strict}) != nil {
			return b, false // its schema says what is wrong
		}
		b.ChargingProfile, b.pointer, ok = installing(&ocpp.Exchange{Action: ocpp.Action{Version: v, Name: action}}, req)
	}
	b.start = action == "RequestStartTransaction"
	return b, ok
}

// lawful refuses a payload with a charging profile that no station may be sent (K01, K05, Q02 to Q10).
func lawful(v ocpp.Version, action string, payload json.RawMessage) error {
	b, ok := profileIn(v, action, payload)
	if !ok {
		return nil
	}
	p := b.Profile()
	faults := p.Check()
	if b.start {
		faults = append(faults, p.CheckForStart()...)
	} else {
		faults = append(faults, p.CheckPlace(fleet.ProfilePlace{EVSE: b.EVSE, TransactionID: b.TransactionID})...)
	}
	return b.refuse(httpapi.CommandRule, faults)
}

// takesProfile refuses a payload with a charging profile that a station has said it does not take. Who gives a payload may use the levels that
// are kept for limits.
func (c *commands) takesProfile(ctx context.Context, station string, v ocpp.Version, action string, payload json.RawMessage) error {
	b, ok := profileIn(v, action, payload)
	if !ok {
		return nil
	}
	limits, err := c.chargingLimits(ctx, station)
	if err != nil {
		return err
	}
	return b.refuse(httpapi.CommandProfile, limits.Bounds(b.Profile()))
}

// refuse says what is wrong in words of the payload, and where.
func (b brought) refuse(outcome httpapi.CommandOutcome, faults fleet.Faults) error {
	if len(faults) == 0 {
		return nil
	}
	e := &httpapi.CommandError{Outcome: outcome, Detail: faults[0].Detail, Pointer: b.wire(faults[0].Pointer)}
	for i, f := range faults[1:] {
		if i == 0 {
			e.Detail += "; also "
		} else {
			e.Detail += "; "
		}
		e.Detail += b.wire(f.Pointer) + ": " + f.Detail
	}
	return e
}

// wire makes a pointer into a profile of the API one into the payload.
func (b brought) wire(pointer string) string {
	if pointer == "/evse" {
		return "/evseId"
	}
	return b.pointer + wirePointer(pointer)
}

// wirePointer makes a pointer into a profile of the API one into a profile of OCPP 2.x.
func wirePointer(pointer string) string {
	parts := strings.Split(pointer, "/")
	for i, part := range parts {
		switch {
		case part == "start" && strings.Contains(pointer, "/periods/"):
			parts[i] = "startPeriod"
		case part == "start":
			parts[i] = "startSchedule"
		case wireNames()[part] != "":
			parts[i] = wireNames()[part]
		case strings.HasSuffix(part, "L2"), strings.HasSuffix(part, "L3"):
			parts[i] = part[:len(part)-2] + "_" + part[len(part)-2:]
		}
	}
	return strings.Join(parts, "/")
}

// wireNames are the properties of profiles that OCPP 2.x calls otherwise than the API.
func wireNames() map[string]string {
	return map[string]string{
		"purpose": "chargingProfilePurpose", "kind": "chargingProfileKind", "recurrency": "recurrencyKind", "transaction": "transactionId",
		"maxOffline": "maxOfflineDuration", "endsOffline": "invalidAfterOfflineDuration", "updateInterval": "dynUpdateInterval",
		"schedules": "chargingSchedule", "seconds": "duration", "unit": "chargingRateUnit", "minRate": "minChargingRate",
		"periods": "chargingSchedulePeriod", "phases": "numberPhases",
	}
}
