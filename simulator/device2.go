package simulator

import (
	"context"
	"slices"
	"strings"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/station"
)

// itemsPerReport is how many variables one NotifyReport has.
const itemsPerReport = 20

func key21(c ocpp21.Component, v ocpp21.Variable) string {
	return joinKey(c.Name, v.Name, v.Instance.Or(""))
}

func (s *Station) getVariables2(_ context.Context, req *ocpp21.GetVariablesRequest) (*ocpp21.GetVariablesResponse, error) {
	resp := &ocpp21.GetVariablesResponse{}
	for _, d := range req.GetVariableData {
		resp.GetVariableResult = append(resp.GetVariableResult, s.getVariable2(d))
	}
	return resp, nil
}

func (s *Station) getVariable2(d ocpp21.GetVariableData) ocpp21.GetVariableResult {
	r := ocpp21.GetVariableResult{Component: d.Component, Variable: d.Variable, AttributeType: d.AttributeType}
	v, ok := s.vars.get(key21(d.Component, d.Variable))
	switch {
	case !ok && !s.vars.hasComponent(d.Component.Name):
		r.AttributeStatus = ocpp21.GetVariableStatusUnknownComponent
	case !ok:
		r.AttributeStatus = ocpp21.GetVariableStatusUnknownVariable
	case d.AttributeType != "" && d.AttributeType != ocpp21.AttributeTypeActual:
		r.AttributeStatus = ocpp21.GetVariableStatusNotSupportedAttributeType
	case v.writeOnly: // B06.FR.09
		r.AttributeStatus = ocpp21.GetVariableStatusRejected
	default:
		r.AttributeStatus, r.AttributeValue = ocpp21.GetVariableStatusAccepted, ocpp.Some(s.dynamic(d.Component.Name+"."+d.Variable.Name, v.value))
	}
	return r
}

// dynamic returns the value of a variable that has its own mind.
func (s *Station) dynamic(key, value string) string {
	if strings.EqualFold(key, "ClockCtrlr.DateTime") {
		return ocpp.At(s.now()).String()
	}
	return value
}

func (s *Station) setVariables2(_ context.Context, req *ocpp21.SetVariablesRequest) (*ocpp21.SetVariablesResponse, error) {
	resp := &ocpp21.SetVariablesResponse{}
	for _, d := range req.SetVariableData {
		resp.SetVariableResult = append(resp.SetVariableResult, s.setVariable2(d))
	}
	return resp, nil
}

func (s *Station) setVariable2(d ocpp21.SetVariableData) ocpp21.SetVariableResult {
	r := ocpp21.SetVariableResult{Component: d.Component, Variable: d.Variable, AttributeType: d.AttributeType}
	if d.AttributeType != "" && d.AttributeType != ocpp21.AttributeTypeActual {
		r.AttributeStatus = ocpp21.SetVariableStatusNotSupportedAttributeType
		return r
	}
	key := key21(d.Component, d.Variable)
	if strings.EqualFold(key, "SecurityCtrlr.BasicAuthPassword") {
		r.AttributeStatus = word(s.newPassword(station.BasicAuthPassword(d.AttributeValue)), ocpp21.SetVariableStatusAccepted, ocpp21.SetVariableStatusRejected)
		return r
	}
	switch s.change(key, d.AttributeValue) {
	case setAccepted:
		r.AttributeStatus = ocpp21.SetVariableStatusAccepted
	case setReboot:
		r.AttributeStatus = ocpp21.SetVariableStatusRebootRequired
	case setUnknown:
		r.AttributeStatus = word(s.vars.hasComponent(d.Component.Name), ocpp21.SetVariableStatusUnknownVariable, ocpp21.SetVariableStatusUnknownComponent)
	default:
		r.AttributeStatus = ocpp21.SetVariableStatusRejected
	}
	return r
}

// newPassword takes over a password that the CSMS has set, after the answer (A01). It reports false when it is none.
func (s *Station) newPassword(password []byte, err error) bool {
	if err == nil {
		s.after(func(context.Context) { s.client.UpdatePassword(password) })
	}
	return err == nil
}

func (s *Station) getBaseReport2(_ context.Context, req *ocpp21.GetBaseReportRequest) (*ocpp21.GetBaseReportResponse, error) {
	switch req.ReportBase {
	case ocpp21.ReportBaseSummaryInventory:
		s.reportVariables(req.RequestID, func(key string) bool {
			return strings.HasSuffix(key, "AvailabilityState") || strings.HasSuffix(key, ".Problem")
		})
	case ocpp21.ReportBaseConfigurationInventory:
		s.reportVariables(req.RequestID, func(key string) bool { v, _ := s.vars.get(key); return !v.readOnly })
	default:
		s.reportVariables(req.RequestID, func(string) bool { return true })
	}
	return &ocpp21.GetBaseReportResponse{Status: "Accepted"}, nil
}

// getReport2 reports what is named; components that do not say otherwise are available, enabled and not a problem
// (B08.FR.07).
func (s *Station) getReport2(_ context.Context, req *ocpp21.GetReportRequest) (*ocpp21.GetReportResponse, error) {
	if len(req.ComponentVariable) == 0 && slices.Contains(req.ComponentCriteria, ocpp21.ComponentCriterion("Problem")) && len(req.ComponentCriteria) == 1 {
		return &ocpp21.GetReportResponse{Status: "EmptyResultSet"}, nil
	}
	n := s.reportVariables(req.RequestID, func(key string) bool { return named(req.ComponentVariable, key) })
	return &ocpp21.GetReportResponse{Status: word[ocpp21.GenericDeviceModelStatus](n > 0, "Accepted", "EmptyResultSet")}, nil
}

// named reports whether a variable is among some; a component alone names all of its variables, and none names all there are.
func named(list []ocpp21.ComponentVariable, key string) bool {
	component, name, instance := splitKey(key)
	return len(list) == 0 || slices.ContainsFunc(list, func(cv ocpp21.ComponentVariable) bool {
		return strings.EqualFold(cv.Component.Name, component) &&
			(cv.Variable == nil || strings.EqualFold(cv.Variable.Name, name) && strings.EqualFold(cv.Variable.Instance.Or(instance), instance))
	})
}

// reportVariables sends some variables in parts, after the answer, and returns how many there are.
func (s *Station) reportVariables(requestID int, wanted func(key string) bool) int {
	var data []any
	for _, key := range s.vars.keys() {
		if wanted(key) {
			data = append(data, s.reportData(key))
		}
	}
	if len(data) > 0 {
		s.after(func(ctx context.Context) { s.inParts(ctx, "NotifyReport", "reportData", requestID, data) })
	}
	return len(data)
}

func (s *Station) reportData(key string) any {
	v, _ := s.vars.get(key)
	component, name, instance := splitKey(key)
	attribute := map[string]any{"type": "Actual", "mutability": mutability(v), "persistent": true, "constant": false}
	if !v.writeOnly { // B07.FR.03
		attribute["value"] = s.dynamic(key, v.value)
	}
	variable := map[string]any{"name": name}
	if instance != "" {
		variable["instance"] = instance
	}
	return map[string]any{
		"component": map[string]any{"name": component}, "variable": variable, "variableAttribute": []any{attribute},
		"variableCharacteristics": map[string]any{"dataType": word(v.numeric, "integer", "string"), "supportsMonitoring": v.numeric},
	}
}

func mutability(v variable) string {
	switch {
	case v.readOnly:
		return "ReadOnly"
	case v.writeOnly:
		return "WriteOnly"
	}
	return "ReadWrite"
}

// inParts sends a report of several messages, with seqNo from 0 and tbc in all but the last.
func (s *Station) inParts(ctx context.Context, action, field string, requestID int, data []any) {
	for seqNo := 0; seqNo == 0 || len(data) > 0; seqNo++ {
		part := data[:min(itemsPerReport, len(data))]
		data = data[len(part):]
		m := map[string]any{
			"requestId": requestID, "generatedAt": ocpp.At(s.now()), "seqNo": seqNo, "tbc": len(data) > 0,
		}
		if len(part) > 0 {
			m[field] = part
		}
		s.tell2(ctx, action, m)
	}
}

// setNetworkProfile2 takes a profile for another slot than the first, which is in use (B09).
func (s *Station) setNetworkProfile2(_ context.Context, req *ocpp21.SetNetworkProfileRequest) (*ocpp21.SetNetworkProfileResponse, error) {
	lower := req.ConnectionData.SecurityProfile < int(s.client.MinProfile())
	ok := req.ConfigurationSlot > 0 && req.ConfigurationSlot < 4 && !lower
	return &ocpp21.SetNetworkProfileResponse{Status: word[ocpp21.SetNetworkProfileStatus](ok, "Accepted", "Rejected")}, nil
}
