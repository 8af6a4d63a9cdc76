package v201

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// learnVariables takes what a station told of its variables: GetVariables (B06) and SetVariables (B05).
func learnVariables(station string, req, resp any) []fleet.Event {
	learned := fleet.VariablesReported{Station: station, Received: time.Now()}
	switch resp := resp.(type) {
	case *ocpp201.GetVariablesResponse:
		learned.Action, learned.List = "GetVariables", got(resp)
	case *ocpp201.SetVariablesResponse:
		if req, ok := req.(*ocpp201.SetVariablesRequest); ok {
			learned.Action, learned.List = "SetVariables", set(req, resp)
		}
	}
	for i, v := range learned.List {
		v.Station, v.Received, v.Source = station, learned.Received, learned.Action
		learned.List[i] = v.Redacted()
	}
	if len(learned.List) == 0 {
		return nil
	}
	return []fleet.Event{learned}
}

func got(resp *ocpp201.GetVariablesResponse) (list []fleet.Variable) {
	for i := range resp.GetVariableResult {
		r := &resp.GetVariableResult[i]
		if value, ok := r.AttributeValue.Get(); ok && r.AttributeStatus == ocpp201.GetVariableStatusAccepted {
			list = append(list, fleet.Variable{Setting: setting(&r.Component, &r.Variable), Attribute: attribute(r.AttributeType), Value: &value})
		}
	}
	return list
}

// set pairs results with what was sent, by what they are about: a station may answer in another order.
func set(req *ocpp201.SetVariablesRequest, resp *ocpp201.SetVariablesResponse) (list []fleet.Variable) {
	taken := map[string]bool{}
	for i := range resp.SetVariableResult {
		r := &resp.SetVariableResult[i]
		if r.AttributeStatus == ocpp201.SetVariableStatusAccepted || r.AttributeStatus == ocpp201.SetVariableStatusRebootRequired {
			taken[fleet.Variable{Setting: setting(&r.Component, &r.Variable), Attribute: attribute(r.AttributeType)}.Key()] = true
		}
	}
	for i := range req.SetVariableData {
		d := &req.SetVariableData[i]
		v := fleet.Variable{
			Setting: setting(&d.Component, &d.Variable), Attribute: attribute(d.AttributeType), Value: &d.AttributeValue, Written: true,
		}
		if taken[v.Key()] {
			list = append(list, v)
		}
	}
	return list
}
