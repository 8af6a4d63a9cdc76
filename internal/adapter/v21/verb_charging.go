package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// askLimit makes a SetChargingProfile, or a ClearChargingProfile of the same one.
func askLimit(v *fleet.LimitRequest) (adapter.Instruction, error) {
	if v.Install == nil {
		return &ocpp21.ClearChargingProfileRequest{ChargingProfileID: ocpp.Some(int(v.Clear))}, nil
	}
	return askInstall(v.Install)
}

// askInstall makes a SetChargingProfile (K01).
func askInstall(i *fleet.Installation) (adapter.Instruction, error) {
	wire, err := wireProfile(i)
	if err != nil {
		return nil, err
	}
	return &ocpp21.SetChargingProfileRequest{EVSEID: int(i.At.EVSE), ChargingProfile: *wire}, nil
}

// wireProfile returns a profile as the version has it.
func wireProfile(i *fleet.Installation) (*ocpp21.ChargingProfile, error) {
	if err := i.CheckVersion("2.1"); err != nil {
		return nil, err
	}
	p := &i.Profile
	wire := &ocpp21.ChargingProfile{
		ID: int(i.ID), StackLevel: int(p.StackLevel), ChargingProfilePurpose: ocpp21.ChargingProfilePurpose(p.Purpose),
		ChargingProfileKind: ocpp21.ChargingProfileKind(p.Kind), RecurrencyKind: ocpp21.RecurrencyKind(p.Recurrency),
		ValidFrom: adapter.Time(p.ValidFrom), ValidTo: adapter.Time(p.ValidTo),
		MaxOfflineDuration: adapter.OptRef(p.MaxOffline), DynUpdateInterval: adapter.OptRef(p.UpdateInterval),
		InvalidAfterOfflineDuration: adapter.OptTrue(p.EndsOffline),
	}
	if i.At.TransactionID != "" {
		wire.TransactionID = ocpp.Some(i.Running.ID)
	}
	for k := range p.Schedules {
		wire.ChargingSchedule = append(wire.ChargingSchedule, scheduleOf(&p.Schedules[k]))
	}
	return wire, nil
}

func scheduleOf(s *fleet.ChargingSchedule) ocpp21.ChargingSchedule {
	wire := ocpp21.ChargingSchedule{
		ID: int(s.ID), ChargingRateUnit: ocpp21.ChargingRateUnit(s.Unit), Duration: adapter.OptRef(s.Seconds), StartSchedule: adapter.Time(s.Start),
		MinChargingRate: adapter.OptWire(s.MinRate), UseLocalTime: adapter.OptTrue(s.LocalTime), RandomizedDelay: adapter.OptRef(s.RandomizedDelay),
		PowerTolerance: adapter.OptWire(s.PowerTolerance),
	}
	if l := s.LimitAtSoC; l != nil {
		wire.LimitAtSoC = &ocpp21.LimitAtSoC{SoC: int(l.SoC), Limit: adapter.Wire(l.Limit)}
	}
	for i := range s.Periods {
		wire.ChargingSchedulePeriod = append(wire.ChargingSchedulePeriod, periodOf(&s.Periods[i]))
	}
	return wire
}

func periodOf(p *fleet.SchedulePeriod) ocpp21.ChargingSchedulePeriod {
	wire := ocpp21.ChargingSchedulePeriod{
		StartPeriod: int(p.Start), Limit: adapter.OptWire(p.Limit), NumberPhases: adapter.OptRef(p.Phases), PhaseToUse: adapter.OptRef(p.PhaseToUse),
		DischargeLimit: adapter.OptWire(p.DischargeLimit), Setpoint: adapter.OptWire(p.Setpoint), OperationMode: ocpp21.OperationMode(p.OperationMode),
		LimitL2: adapter.OptWire(p.LimitL2), LimitL3: adapter.OptWire(p.LimitL3),
		DischargeLimitL2: adapter.OptWire(p.DischargeLimitL2), DischargeLimitL3: adapter.OptWire(p.DischargeLimitL3),
		SetpointL2: adapter.OptWire(p.SetpointL2), SetpointL3: adapter.OptWire(p.SetpointL3), SetpointReactive: adapter.OptWire(p.SetpointReactive),
		SetpointReactiveL2: adapter.OptWire(p.SetpointReactiveL2), SetpointReactiveL3: adapter.OptWire(p.SetpointReactiveL3),
		PreconditioningRequest: adapter.OptBool(p.Preconditioning), EVSESleep: adapter.OptBool(p.EVSESleep), V2XBaseline: adapter.OptWire(p.Baseline),
	}
	for _, c := range p.FreqWattCurve {
		wire.V2XFreqWattCurve = append(wire.V2XFreqWattCurve, ocpp21.V2XFreqWattPoint{Frequency: adapter.Wire(c.Frequency), Power: adapter.Wire(c.Power)})
	}
	for _, c := range p.SignalWattCurve {
		wire.V2XSignalWattCurve = append(wire.V2XSignalWattCurve, ocpp21.V2XSignalWattPoint{Signal: int(c.Signal), Power: adapter.Wire(c.Power)})
	}
	return wire
}

// askClearProfiles makes a ClearChargingProfile (K10).
func askClearProfiles(v *fleet.ClearProfilesRequest) (adapter.Instruction, error) {
	if v.ID != 0 {
		return &ocpp21.ClearChargingProfileRequest{ChargingProfileID: ocpp.Some(int(v.ID))}, nil
	}
	return &ocpp21.ClearChargingProfileRequest{ChargingProfileCriteria: &ocpp21.ClearChargingProfile{
		EVSEID: adapter.OptRef(v.EVSE), ChargingProfilePurpose: ocpp21.ChargingProfilePurpose(v.Purpose), StackLevel: adapter.OptRef(v.StackLevel),
	}}, nil
}

// askProfiles makes a GetChargingProfiles (K09).
func askProfiles(v *fleet.GetProfilesRequest) (adapter.Instruction, error) {
	criterion := ocpp21.ChargingProfileCriterion{ChargingProfilePurpose: ocpp21.ChargingProfilePurpose(v.Purpose), StackLevel: adapter.OptRef(v.StackLevel)}
	if v.ID != 0 {
		criterion.ChargingProfileID = []int{int(v.ID)}
	}
	if v.ID == 0 && v.Purpose == "" && v.StackLevel == nil { // a request has to name something (K09.FR.03): every source is everything
		criterion.ChargingLimitSource = []string{"CSO", "EMS", "SO", "Other"}
	}
	return &ocpp21.GetChargingProfilesRequest{RequestID: int(v.RequestID), EVSEID: adapter.OptRef(v.EVSE), ChargingProfile: criterion}, nil
}

// askComposite makes a GetCompositeSchedule (K08).
func askComposite(v *fleet.CompositeRequest) (adapter.Instruction, error) {
	return &ocpp21.GetCompositeScheduleRequest{EVSEID: int(v.EVSE), Duration: int(v.Seconds), ChargingRateUnit: ocpp21.ChargingRateUnit(v.Unit)}, nil
}
