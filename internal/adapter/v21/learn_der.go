package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// learnDER takes which controls of distributed energy a station took over, and which it removed (R04). Those that it superseded
// are told by its next report: the answer does not say when.
func learnDER(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp21.SetDERControlResponse:
		if req, ok := req.(*ocpp21.SetDERControlRequest); ok {
			return derSet(station, req, answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp21.ClearDERControlResponse:
		if req, ok := req.(*ocpp21.ClearDERControlRequest); ok {
			return derCleared(station, req, answer(string(resp.Status), resp.StatusInfo))
		}
	}
	return nil
}

func derSet(station string, req *ocpp21.SetDERControlRequest, a fleet.DeviceAnswer) []fleet.Event {
	events := adapter.Said(station, req, req.ControlID, string(req.ControlType), a)
	if !a.Took() {
		return events
	}
	return append(events, adapter.Recorded(station, derControl(req)))
}

// derCleared says which controls are not there any more. One that was not found is not there.
func derCleared(station string, req *ocpp21.ClearDERControlRequest, a fleet.DeviceAnswer) []fleet.Event {
	c := fleet.DERControlsCleared{ID: req.ControlID.Or(""), Type: string(req.ControlType), Default: req.IsDefault}
	a.Station, a.Action, a.Object = station, req.OCPPAction().Name, c.Name()
	return adapter.Answered(a, adapter.When(a.Took() || a.Status == "NotFound", c)...)
}

// derControl is the control that a request sets.
func derControl(req *ocpp21.SetDERControlRequest) fleet.DERControl {
	var b derReport
	c := fleet.DERControl{ControlID: req.ControlID, ControlType: string(req.ControlType), Default: req.IsDefault, Accepted: true}
	switch {
	case req.Curve != nil:
		b.add(c, req.Curve.Priority, req.Curve.StartTime, req.Curve.Duration, *req.Curve)
	case req.EnterService != nil:
		b.add(c, req.EnterService.Priority, ocpp.Time{}, ocpp.Opt[ocpp.Decimal]{}, *req.EnterService)
	case req.FixedPFAbsorb != nil:
		b.add(c, req.FixedPFAbsorb.Priority, req.FixedPFAbsorb.StartTime, req.FixedPFAbsorb.Duration, *req.FixedPFAbsorb)
	case req.FixedPFInject != nil:
		b.add(c, req.FixedPFInject.Priority, req.FixedPFInject.StartTime, req.FixedPFInject.Duration, *req.FixedPFInject)
	case req.FixedVar != nil:
		b.add(c, req.FixedVar.Priority, req.FixedVar.StartTime, req.FixedVar.Duration, *req.FixedVar)
	case req.FreqDroop != nil:
		b.add(c, req.FreqDroop.Priority, req.FreqDroop.StartTime, req.FreqDroop.Duration, *req.FreqDroop)
	case req.Gradient != nil:
		b.add(c, req.Gradient.Priority, ocpp.Time{}, ocpp.Opt[ocpp.Decimal]{}, *req.Gradient)
	case req.LimitMaxDischarge != nil:
		b.add(c, req.LimitMaxDischarge.Priority, req.LimitMaxDischarge.StartTime, req.LimitMaxDischarge.Duration, *req.LimitMaxDischarge)
	default: // it has no settings of its own
		return c
	}
	return b.list[0].(fleet.DERControl)
}
