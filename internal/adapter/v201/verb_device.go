package v201

import (
	"fmt"
	"strconv"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// getVariables makes a GetVariables (B06).
func askGetVariables(v *fleet.GetVariablesRequest) (adapter.Instruction, error) {
	if len(v.Variables) == 0 {
		return nil, fleet.NotInVersion("/variables", "in OCPP 2.0.1 say which; for all of them there is report-base")
	}
	req := &ocpp201.GetVariablesRequest{}
	for i, a := range v.Variables {
		component, variable, err := variableOf(fmt.Sprintf("/variables/%d", i), a.VariableArgument)
		if err != nil {
			return nil, err
		}
		req.GetVariableData = append(req.GetVariableData, ocpp201.GetVariableData{
			Component: component, Variable: variable, AttributeType: ocpp201.AttributeType(a.Attribute),
		})
	}
	return req, nil
}

// setVariables makes a SetVariables (B05).
func askSetVariables(v *fleet.SetVariablesRequest) (adapter.Instruction, error) {
	req := &ocpp201.SetVariablesRequest{}
	for i, a := range v.Values {
		component, variable, err := variableOf(fmt.Sprintf("/values/%d", i), a.VariableArgument)
		if err != nil {
			return nil, err
		}
		req.SetVariableData = append(req.SetVariableData, ocpp201.SetVariableData{
			Component: component, Variable: variable, AttributeType: ocpp201.AttributeType(a.Attribute), AttributeValue: a.Value,
		})
	}
	return req, nil
}

// variableOf names a variable of a component.
func variableOf(at string, a fleet.VariableArgument) (c ocpp201.Component, v ocpp201.Variable, err error) {
	if a.Component == "" {
		return c, v, fleet.NotInVersion(at+"/component", "in OCPP 2.0.1 variables belong to components: say which")
	}
	c = ocpp201.Component{Name: a.Component, Instance: adapter.OptString(a.ComponentInstance), EVSE: place(a.EVSE, a.Connector)}
	return c, ocpp201.Variable{Name: a.Variable, Instance: adapter.OptString(a.VariableInstance)}, nil
}

// componentsOf names components, or variables of them.
func componentsOf(list []fleet.ComponentArgument) (components []ocpp201.ComponentVariable) {
	for _, a := range list {
		c := ocpp201.ComponentVariable{Component: ocpp201.Component{
			Name: a.Component, Instance: adapter.OptString(a.ComponentInstance), EVSE: place(a.EVSE, a.Connector),
		}}
		if a.Variable != "" {
			c.Variable = &ocpp201.Variable{Name: a.Variable, Instance: adapter.OptString(a.VariableInstance)}
		}
		components = append(components, c)
	}
	return components
}

// reportBase makes a GetBaseReport (B07).
func askReportBase(v *fleet.ReportBaseRequest) (adapter.Instruction, error) {
	req := &ocpp201.GetBaseReportRequest{RequestID: int(v.RequestID), ReportBase: ocpp201.ReportBaseFullInventory}
	switch v.Base {
	case "configuration":
		req.ReportBase = ocpp201.ReportBaseConfigurationInventory
	case "summary":
		req.ReportBase = ocpp201.ReportBaseSummaryInventory
	}
	return req, nil
}

// reportCustom makes a GetReport (B08).
func askReportCustom(v *fleet.ReportCustomRequest) (adapter.Instruction, error) {
	req := &ocpp201.GetReportRequest{RequestID: int(v.RequestID), ComponentVariable: componentsOf(v.Components)}
	for _, criterion := range v.Criteria {
		req.ComponentCriteria = append(req.ComponentCriteria, ocpp201.ComponentCriterion(criterion))
	}
	return req, nil
}

// setMonitors makes a SetVariableMonitoring (N04).
func askSetMonitors(v *fleet.SetMonitorsRequest) (adapter.Instruction, error) {
	req := &ocpp201.SetVariableMonitoringRequest{}
	for i, m := range v.Monitors {
		at := fmt.Sprintf("/monitors/%d", i)
		component, variable, err := variableOf(at, m.VariableArgument)
		if err != nil {
			return nil, err
		}
		if m.Type == "TargetDelta" || m.Type == "TargetDeltaRelative" {
			return nil, fleet.NotInVersion(at+"/type", "OCPP 2.0.1 has no %s: take Delta", m.Type)
		}
		value, err := ocpp.ParseDecimal(strconv.FormatFloat(m.Value, 'f', -1, 64))
		if err != nil {
			return nil, fleet.WrongArgument(at+"/value", "not a number that can be sent: %v", err)
		}
		data := ocpp201.SetMonitoringData{
			Component: component, Variable: variable, Type: ocpp201.MonitorType(m.Type), Value: value, Severity: m.Severity,
		}
		if m.Transaction {
			data.Transaction = ocpp.Some(true)
		}
		if m.ID != nil {
			data.ID = ocpp.Some(int(*m.ID))
		}
		req.SetMonitoringData = append(req.SetMonitoringData, data)
	}
	return req, nil
}

// clearMonitors makes a ClearVariableMonitoring (N06).
func askClearMonitors(v *fleet.ClearMonitorsRequest) (adapter.Instruction, error) {
	req := &ocpp201.ClearVariableMonitoringRequest{}
	for _, id := range v.IDs {
		req.ID = append(req.ID, int(id))
	}
	return req, nil
}

// reportMonitors makes a GetMonitoringReport (N02).
func askReportMonitors(v *fleet.ReportMonitorsRequest) (adapter.Instruction, error) {
	req := &ocpp201.GetMonitoringReportRequest{RequestID: int(v.RequestID), ComponentVariable: componentsOf(v.Components)}
	for _, criterion := range v.Criteria {
		req.MonitoringCriteria = append(req.MonitoringCriteria, ocpp201.MonitoringCriterion(criterion))
	}
	return req, nil
}

// monitoringBase makes a SetMonitoringBase (N03).
func askMonitoringBase(v *fleet.MonitoringBaseRequest) (adapter.Instruction, error) {
	return &ocpp201.SetMonitoringBaseRequest{MonitoringBase: ocpp201.MonitoringBase(v.Base)}, nil
}

// monitoringLevel makes a SetMonitoringLevel (N05).
func askMonitoringLevel(v *fleet.MonitoringLevelRequest) (adapter.Instruction, error) {
	return &ocpp201.SetMonitoringLevelRequest{Severity: v.Severity}, nil
}
