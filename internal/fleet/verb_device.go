package fleet

import "fmt"

// deviceVerbs are about the device model, its monitors, and reports.
func deviceVerbs() []VerbKind {
	return []VerbKind{
		verb[GetVariablesRequest]("Read variables or configuration keys", `The values are kept, and are in the list of the station's variables afterwards. Without variables a station of OCPP 1.6 tells
all its keys; in 2.x ask for a report instead.`, `{"variables":[{"component":"OCPPCommCtrlr","variable":"HeartbeatInterval"}]}`),
		verb[SetVariablesRequest]("Set variables or a configuration key", `Each value is taken over or not by itself: mixed means that some were not. What the station said of each is in the response and in the list
of device answers. rebootRequired: from the next start on. OCPP 1.6 sets one key at a time: the one that is given as variable, or the one that a variable of 2.x was there, so that one request
is for stations of all versions. Passwords and keys are sent, but never kept, so a request with one cannot
wait for its station; the key of the station itself is better changed with rotate-key.`, `{"values":[{"component":"OCPPCommCtrlr","variable":"HeartbeatInterval","value":"300"}]}`),
		verb[ReportBaseRequest]("Ask for a report on the device model", `The station answers, and sends the report in parts afterwards. Its requestId is in the payload: the list of the station's reports, with
requestId, says when it is complete; what it says is in the list of variables. OCPP 1.6 has no reports: get-variables without variables reads all keys.`, `{"base":"full"}`),
		verb[ReportCustomRequest]("Ask for a report on some components", `As report-base, on components that fulfil one of the criteria, or on those that are named. notFound means that there are none, and
that no report follows.`, `{"criteria":["Problem"]}`),
		verb[SetMonitorsRequest]("Set monitors on variables", `The station gives each one an id, and tells events when the value passes the threshold. Each is set or not by itself. An id replaces the monitor of that
id. OCPP 1.6 has none.`, `{"monitors":[{"component":"EVSE","evse":1,"variable":"Temperature","type":"UpperThreshold","value":80,"severity":4}]}`),
		verb[ClearMonitorsRequest]("Remove monitors", `By their ids, as in the list of the station's monitors. Those that the station came with cannot be removed. OCPP 1.6 has none.`, `{"ids":[7]}`),
		verb[ReportMonitorsRequest]("Ask for a report on monitors", `As report-base; what it says is in the list of the station's monitors. Without anything it is about all. OCPP 1.6 has none.`, `{"criteria":["ThresholdMonitoring"]}`),
		verb[MonitoringBaseRequest]("Set which monitors there are", `FactoryDefault and HardWiredOnly remove those that were set. OCPP 1.6 has none.`, `{"base":"All"}`),
		verb[MonitoringLevelRequest]("Set which events are told", `Those of this severity and graver ones: 0 is the gravest. OCPP 1.6 has none.`, `{"severity":4}`),
	}
}

// VariableArgument names a variable of the device model, or a configuration key, in the arguments of a verb.
type VariableArgument struct {
	Component         string `json:"component,omitempty" minLength:"1" maxLength:"50" doc:"Component (OCPP 2.x); a configuration key of OCPP 1.6 has none" example:"OCPPCommCtrlr"`
	ComponentInstance string `json:"componentInstance,omitempty" minLength:"1" maxLength:"50" doc:"Instance of the component (OCPP 2.x)"`
	EVSE              int    `json:"evse,omitempty" minimum:"1" maximum:"2147483647" doc:"EVSE of the component (OCPP 2.x); left out: the station" example:"1"`
	Connector         int    `json:"connector,omitempty" minimum:"1" maximum:"2147483647" doc:"Connector of the EVSE (OCPP 2.x)" example:"1"`
	Variable          string `json:"variable" minLength:"1" maxLength:"50" doc:"Variable, or configuration key of OCPP 1.6" example:"HeartbeatInterval"`
	VariableInstance  string `json:"variableInstance,omitempty" minLength:"1" maxLength:"50" doc:"Instance of the variable (OCPP 2.x)"`
}

// Setting is the name as the domain has it.
func (a VariableArgument) Setting() Setting {
	return Setting(a)
}

func (a VariableArgument) check(at string) error {
	switch {
	case a.Variable == "":
		return WrongArgument(at+"/variable", "say which")
	case a.Connector != 0 && a.EVSE == 0:
		return WrongArgument(at+"/connector", "say of which EVSE the connector is")
	case a.Component == "" && (a.ComponentInstance != "" || a.EVSE != 0):
		return WrongArgument(at+"/component", "say which component")
	}
	return nil
}

// AttributeArgument names an attribute of a variable.
type AttributeArgument struct {
	VariableArgument
	Attribute string `json:"attribute,omitempty" enum:"Actual,Target,MinSet,MaxSet" doc:"Which value of the variable (OCPP 2.x). Left out: Actual"`
}

// AttributeName is the attribute, also when it is left out.
func (a AttributeArgument) AttributeName() string {
	if a.Attribute == "" {
		return AttributeActual
	}
	return a.Attribute
}

// GetVariablesRequest reads variables.
type GetVariablesRequest struct {
	Variables []AttributeArgument `json:"variables,omitempty" maxItems:"500" doc:"Which; stations take so many at once as their variable ItemsPerMessage says. Left out: all keys (OCPP 1.6)"`
}

// VerbName is the verb's name in the API.
func (*GetVariablesRequest) VerbName() string { return "get-variables" }

// Check demands names.
func (r *GetVariablesRequest) Check() error {
	for i, v := range r.Variables {
		if err := v.check(fmt.Sprintf("/variables/%d", i)); err != nil {
			return err
		}
	}
	return nil
}

// SetVariablesRequest sets variables.
type SetVariablesRequest struct {
	Values []ValueArgument `json:"values" minItems:"1" maxItems:"500" doc:"One in OCPP 1.6; in 2.x stations take so many at once as their variable ItemsPerMessage says"`
}

// ValueArgument is a value for a variable.
type ValueArgument struct {
	AttributeArgument
	Value string `json:"value" maxLength:"2500" doc:"As text" example:"300"`
}

// VerbName is the verb's name in the API.
func (*SetVariablesRequest) VerbName() string { return "set-variables" }

// Check demands values, one for each variable.
func (r *SetVariablesRequest) Check() error {
	if len(r.Values) == 0 {
		return WrongArgument("/values", "give at least one")
	}
	return CheckValues("/values", r.Values)
}

// CheckValues demands names, and one value for each (B05.FR.13).
func CheckValues(at string, values []ValueArgument) error {
	seen := map[string]bool{}
	for i, v := range values {
		at := fmt.Sprintf("%s/%d", at, i)
		if err := v.check(at); err != nil {
			return err
		}
		key := Variable{Setting: v.Setting(), Attribute: v.AttributeName()}.Key()
		if seen[key] {
			return WrongArgument(at, "there is a value for this before")
		}
		seen[key] = true
	}
	return nil
}

// ReportBaseRequest asks for a report on the device model.
type ReportBaseRequest struct {
	Base string `json:"base,omitempty" enum:"full,configuration,summary" doc:"full: everything. configuration: what can be set. summary: what is out of order, and the state of connectors. Left out: full"`

	RequestID int64 `json:"-"`
}

// VerbName is the verb's name in the API.
func (*ReportBaseRequest) VerbName() string { return "report-base" }

// Check refuses what is no base.
func (r *ReportBaseRequest) Check() error {
	switch r.Base {
	case "", "full", "configuration", "summary":
		return nil
	}
	return WrongArgument("/base", "not one of full, configuration, summary")
}

// ComponentArgument names a component, or one variable of it.
type ComponentArgument struct {
	Component         string `json:"component" minLength:"1" maxLength:"50" doc:"Name of the component" example:"EVSE"`
	ComponentInstance string `json:"componentInstance,omitempty" minLength:"1" maxLength:"50" doc:"Left out: any"`
	EVSE              int    `json:"evse,omitempty" minimum:"1" maximum:"2147483647" doc:"Left out: any" example:"1"`
	Connector         int    `json:"connector,omitempty" minimum:"1" maximum:"2147483647" doc:"Left out: any" example:"1"`
	Variable          string `json:"variable,omitempty" minLength:"1" maxLength:"50" doc:"Left out: all" example:"Temperature"`
	VariableInstance  string `json:"variableInstance,omitempty" minLength:"1" maxLength:"50" doc:"Left out: any"`
}

func checkComponents(list []ComponentArgument) error {
	for i, c := range list {
		at := fmt.Sprintf("/components/%d", i)
		switch {
		case c.Component == "":
			return WrongArgument(at+"/component", "say which")
		case c.Connector != 0 && c.EVSE == 0:
			return WrongArgument(at+"/connector", "say of which EVSE the connector is")
		case c.VariableInstance != "" && c.Variable == "":
			return WrongArgument(at+"/variable", "say of which variable the instance is")
		}
	}
	return nil
}

// ReportCustomRequest asks for a report on some components.
type ReportCustomRequest struct {
	Criteria   []string            `json:"criteria,omitempty" maxItems:"4" enum:"Active,Available,Enabled,Problem" doc:"Components that fulfil one of them"`
	Components []ComponentArgument `json:"components,omitempty" maxItems:"500" doc:"Only these"`

	RequestID int64 `json:"-"`
}

// VerbName is the verb's name in the API.
func (*ReportCustomRequest) VerbName() string { return "report-custom" }

// Check demands criteria or components.
func (r *ReportCustomRequest) Check() error {
	if len(r.Criteria) == 0 && len(r.Components) == 0 {
		return WrongArgument("/components", "give criteria or components; for everything there is report-base")
	}
	return checkComponents(r.Components)
}

// MonitorArgument is a monitor to set.
type MonitorArgument struct {
	VariableArgument
	Type        string  `json:"type" enum:"UpperThreshold,LowerThreshold,Delta,Periodic,PeriodicClockAligned,TargetDelta,TargetDeltaRelative" doc:"TargetDelta, TargetDeltaRelative: OCPP 2.1" example:"UpperThreshold"`
	Value       float64 `json:"value" doc:"Threshold, difference, or interval in seconds" example:"80"`
	Severity    int     `json:"severity" minimum:"0" maximum:"9" doc:"From 0 (danger) to 9 (debug)" example:"4"`
	Transaction bool    `json:"transaction,omitempty" doc:"Watch during transactions only"`
	ID          *int64  `json:"id,omitempty" minimum:"0" maximum:"2147483647" doc:"Of the monitor to replace; left out: a new one"`
}

// SetMonitorsRequest sets monitors.
type SetMonitorsRequest struct {
	Monitors []MonitorArgument `json:"monitors" minItems:"1" maxItems:"500" doc:"What to watch, each with its component and variable"`
}

// VerbName is the verb's name in the API.
func (*SetMonitorsRequest) VerbName() string { return "set-monitors" }

// Check demands monitors that can be: a difference is not negative (N04.FR.14).
func (r *SetMonitorsRequest) Check() error {
	if len(r.Monitors) == 0 {
		return WrongArgument("/monitors", "give at least one")
	}
	for i, m := range r.Monitors {
		at := fmt.Sprintf("/monitors/%d", i)
		if err := m.check(at); err != nil {
			return err
		}
		if m.Value < 0 && m.Type != "UpperThreshold" && m.Type != "LowerThreshold" {
			return WrongArgument(at+"/value", "a difference or an interval is not negative")
		}
	}
	return nil
}

// ClearMonitorsRequest removes monitors.
type ClearMonitorsRequest struct {
	IDs []int64 `json:"ids" minItems:"1" maxItems:"500" minimum:"0" maximum:"2147483647" doc:"As in the list of the station's monitors"`
}

// VerbName is the verb's name in the API.
func (*ClearMonitorsRequest) VerbName() string { return "clear-monitors" }

// Check demands ids.
func (r *ClearMonitorsRequest) Check() error {
	if len(r.IDs) == 0 {
		return WrongArgument("/ids", "give at least one")
	}
	return nil
}

// ReportMonitorsRequest asks for a report on monitors.
type ReportMonitorsRequest struct {
	Criteria   []string            `json:"criteria,omitempty" maxItems:"3" enum:"ThresholdMonitoring,DeltaMonitoring,PeriodicMonitoring" doc:"Only monitors of these kinds"`
	Components []ComponentArgument `json:"components,omitempty" maxItems:"500" doc:"Only monitors of these"`

	RequestID int64 `json:"-"`
}

// VerbName is the verb's name in the API.
func (*ReportMonitorsRequest) VerbName() string { return "report-monitors" }

// Check refuses components without a name.
func (r *ReportMonitorsRequest) Check() error { return checkComponents(r.Components) }

// MonitoringBaseRequest sets which monitors there are.
type MonitoringBaseRequest struct {
	Base string `json:"base" enum:"All,FactoryDefault,HardWiredOnly" doc:"All: those that the station came with and those that were set. FactoryDefault: those that it came with. HardWiredOnly: those that cannot be removed"`
}

// VerbName is the verb's name in the API.
func (*MonitoringBaseRequest) VerbName() string { return "monitoring-base" }

// Check demands a base.
func (r *MonitoringBaseRequest) Check() error {
	if r.Base == "" {
		return WrongArgument("/base", "say which")
	}
	return nil
}

// MonitoringLevelRequest sets which events are told.
type MonitoringLevelRequest struct {
	Severity int `json:"severity" minimum:"0" maximum:"9" doc:"From 0 (danger) to 9 (debug)" example:"4"`
}

// VerbName is the verb's name in the API.
func (*MonitoringLevelRequest) VerbName() string { return "monitoring-level" }

// Check refuses what is no severity.
func (r *MonitoringLevelRequest) Check() error {
	if r.Severity < 0 || r.Severity > 9 {
		return WrongArgument("/severity", "from 0 to 9")
	}
	return nil
}
