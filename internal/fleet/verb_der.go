package fleet

import "slices"

// UpdateScheduleRequest changes the values of a dynamic charging profile.
type UpdateScheduleRequest struct {
	ID             int64    `json:"id" minimum:"1" maximum:"2147483647" doc:"Id of the profile at the station" example:"1001"`
	Limit          *float64 `json:"limit,omitempty" minimum:"0" maximum:"1000000000" doc:"In the unit of the profile" example:"11000"`
	Setpoint       *float64 `json:"setpoint,omitempty" minimum:"-1000000000" maximum:"1000000000" doc:"What to follow as closely as possible"`
	DischargeLimit *float64 `json:"dischargeLimit,omitempty" minimum:"-1000000000" maximum:"0" doc:"Not above 0"`
}

// VerbName is the verb's name in the API.
func (*UpdateScheduleRequest) VerbName() string { return "update-schedule" }

// Check demands a value.
func (r *UpdateScheduleRequest) Check() error {
	if r.Limit == nil && r.Setpoint == nil && r.DischargeLimit == nil {
		return WrongArgument("/limit", "give a limit, a setpoint or a dischargeLimit")
	}
	var f Faults
	checkRate(&f, "/limit", decimalOf(r.Limit))
	checkTenths(&f, "/setpoint", decimalOf(r.Setpoint))
	checkTenths(&f, "/dischargeLimit", decimalOf(r.DischargeLimit))
	return firstFault(VerbWrong, f)
}

// Values returns the values as numbers; "" is none.
func (r *UpdateScheduleRequest) Values() (limit, setpoint, discharge Decimal) {
	return decimalOf(r.Limit), decimalOf(r.Setpoint), decimalOf(r.DischargeLimit)
}

// derProperty returns the property of SetDERControl of OCPP 2.1 with the settings of a type of controls; "": there is none.
func derProperty(kind string) string {
	switch kind {
	case "EnterService":
		return "enterService"
	case "FixedPFAbsorb":
		return "fixedPFAbsorb"
	case "FixedPFInject":
		return "fixedPFInject"
	case "FixedVar":
		return "fixedVar"
	case "FreqDroop":
		return "freqDroop"
	case "Gradients":
		return "gradient"
	case "LimitMaxDischarge":
		return "limitMaxDischarge"
	}
	if slices.Contains(derCurves(), kind) {
		return "curve"
	}
	return ""
}

// derCurves are the types of controls that are curves.
func derCurves() []string {
	return []string{
		"FreqWatt", "HFMayTrip", "HFMustTrip", "HVMayTrip", "HVMomCess", "HVMustTrip", "LFMustTrip", "LVMayTrip", "LVMomCess", "LVMustTrip",
		"PowerMonitoringMustTrip", "VoltVar", "VoltWatt", "WattPF", "WattVar",
	}
}

// SetDERRequest sets a control of distributed energy resources.
type SetDERRequest struct {
	ID       string         `json:"id" minLength:"1" maxLength:"36" doc:"Of the control; one of the same id is replaced" example:"c1"`
	Type     string         `json:"type" maxLength:"64" doc:"As in OCPP 2.1: EnterService, FreqDroop, FreqWatt, FixedPFAbsorb, FixedPFInject, FixedVar, Gradients, HFMustTrip, HFMayTrip, HVMustTrip, HVMomCess, HVMayTrip, LimitMaxDischarge, LFMustTrip, LVMustTrip, LVMomCess, LVMayTrip, PowerMonitoringMustTrip, VoltVar, VoltWatt, WattPF, WattVar" example:"LimitMaxDischarge"`
	Default  bool           `json:"default,omitempty" doc:"It holds when nothing else is scheduled"`
	Settings map[string]any `json:"settings" doc:"The object of its type in SetDERControl of OCPP 2.1: priority and the values" example:"{\"priority\":1,\"pctMaxDischargePower\":50}"`
}

// VerbName is the verb's name in the API.
func (*SetDERRequest) VerbName() string { return "set-der-control" }

// Check demands a type that there is.
func (r *SetDERRequest) Check() error {
	switch {
	case r.ID == "":
		return WrongArgument("/id", "it has an id")
	case derProperty(r.Type) == "":
		return WrongArgument("/type", "there is no such control in OCPP 2.1")
	case !r.Default && (r.Type == "EnterService" || r.Type == "Gradients"):
		return WrongArgument("/default", "a control of this type is always a default (R04.FR.14)")
	}
	for _, name := range []string{"startTime", "duration"} {
		if _, there := r.Settings[name]; there && r.Default {
			return WrongArgument("/settings/"+name, "a default has no time (R04.FR.12)")
		}
	}
	return nil
}

// Property returns the property of SetDERControl that holds the settings.
func (r *SetDERRequest) Property() string { return derProperty(r.Type) }

// GetDERRequest asks which controls of distributed energy resources are set.
type GetDERRequest struct {
	ID      string `json:"id,omitempty" minLength:"1" maxLength:"36" doc:"Only this one"`
	Type    string `json:"type,omitempty" maxLength:"64" doc:"Only those of this type" example:"LimitMaxDischarge"`
	Default *bool  `json:"default,omitempty" doc:"Only defaults, or only those that are scheduled"`

	RequestID int64 `json:"-"`
}

// VerbName is the verb's name in the API.
func (*GetDERRequest) VerbName() string { return "get-der-controls" }

// Check refuses types that there are not.
func (r *GetDERRequest) Check() error { return checkDERType(r.Type) }

func checkDERType(kind string) error {
	if kind != "" && derProperty(kind) == "" {
		return WrongArgument("/type", "there is no such control in OCPP 2.1")
	}
	return nil
}

// ClearDERRequest removes controls of distributed energy resources.
type ClearDERRequest struct {
	ID      string `json:"id,omitempty" minLength:"1" maxLength:"36" doc:"Only this one" example:"c1"`
	Type    string `json:"type,omitempty" maxLength:"64" doc:"Only those of this type"`
	Default bool   `json:"default,omitempty" doc:"Defaults instead of those that are scheduled"`
}

// VerbName is the verb's name in the API.
func (*ClearDERRequest) VerbName() string { return "clear-der-controls" }

// Check refuses types that there are not.
func (r *ClearDERRequest) Check() error { return checkDERType(r.Type) }
