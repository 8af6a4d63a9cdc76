package v201

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// learnVariables takes what a station told of its variables: GetVariables (B06) and SetVariables (B05).
func learnVariables(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp201.GetVariablesResponse:
		return adapter.VariablesTold(station, "GetVariables", got(resp))
	case *ocpp201.SetVariablesResponse:
		if req, ok := req.(*ocpp201.SetVariablesRequest); ok {
			return append(adapter.VariablesTold(station, req.OCPPAction().Name, set(req, resp)), variablesSet(station, req, resp))
		}
	}
	return nil
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

// set returns the values that were taken over.
func set(req *ocpp201.SetVariablesRequest, resp *ocpp201.SetVariablesResponse) (list []fleet.Variable) {
	asked := askedValues(req)
	for i := range resp.SetVariableResult {
		r := &resp.SetVariableResult[i]
		v := fleet.Variable{Setting: setting(&r.Component, &r.Variable), Attribute: attribute(r.AttributeType), Written: true}
		value, ok := asked[v.Key()]
		if ok && (r.AttributeStatus == ocpp201.SetVariableStatusAccepted || r.AttributeStatus == ocpp201.SetVariableStatusRebootRequired) {
			v.Value = &value
			list = append(list, v)
		}
	}
	return list
}

// variablesSet keeps all results. They are paired with what was sent by what they are about: a station may answer in
// another order.
func variablesSet(station string, req *ocpp201.SetVariablesRequest, resp *ocpp201.SetVariablesResponse) fleet.Event {
	asked := askedValues(req)
	e := adapter.Changed(station, req.OCPPAction().Name)
	for i := range resp.SetVariableResult {
		r := &resp.SetVariableResult[i]
		a := answer(string(r.AttributeStatus), r.AttributeStatusInfo)
		a.Station, a.Action, a.Received = station, e.Action, e.Received
		a.Setting, a.Attribute = setting(&r.Component, &r.Variable), attribute(r.AttributeType)
		value, ok := asked[fleet.Variable{Setting: a.Setting, Attribute: a.Attribute}.Key()]
		if ok {
			a.Value = adapter.SecretFree(a.Setting, value)
			e.Answers = append(e.Answers, a)
		}
	}
	return e
}

func askedValues(req *ocpp201.SetVariablesRequest) map[string]string {
	asked := map[string]string{}
	for i := range req.SetVariableData {
		d := &req.SetVariableData[i]
		asked[fleet.Variable{Setting: setting(&d.Component, &d.Variable), Attribute: attribute(d.AttributeType)}.Key()] = d.AttributeValue
	}
	return asked
}
