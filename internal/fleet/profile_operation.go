package fleet

// Modes of operation, in the words of OCPP 2.1.
const (
	ModeIdle               = "Idle"
	ModeChargingOnly       = "ChargingOnly"
	ModeCentralSetpoint    = "CentralSetpoint"
	ModeExternalSetpoint   = "ExternalSetpoint"
	ModeExternalLimits     = "ExternalLimits"
	ModeCentralFrequency   = "CentralFrequency"
	ModeLocalFrequency     = "LocalFrequency"
	ModeLocalLoadBalancing = "LocalLoadBalancing"
)

// valueRule says whether a value has to be there.
type valueRule uint8

const (
	mayBeThere valueRule = iota
	hasToBeThere
	mustNotBeThere
)

// operation says which values a period of a mode has (OCPP 2.1 Part 2, Q 2.2, and Q02 to Q10).
type operation struct {
	limit, dischargeLimit, setpoint valueRule
	dynamic                         bool   // only in a dynamic profile
	clause                          string // where it says so
}

func operationOf(mode string) operation {
	switch mode {
	case "", ModeChargingOnly:
		return operation{hasToBeThere, mustNotBeThere, mustNotBeThere, false, "Q02.FR.02"}
	case ModeCentralSetpoint:
		return operation{mustNotBeThere, mustNotBeThere, hasToBeThere, false, "Q03.FR.02"}
	case ModeCentralFrequency:
		return operation{mustNotBeThere, mustNotBeThere, hasToBeThere, true, "Q07.FR.02, Q07.FR.03"}
	case ModeExternalSetpoint:
		return operation{mayBeThere, mayBeThere, mustNotBeThere, false, "Q05.FR.01"}
	case ModeExternalLimits:
		return operation{mustNotBeThere, mustNotBeThere, mustNotBeThere, false, "Q05.FR.02"}
	case ModeLocalLoadBalancing:
		return operation{mayBeThere, mayBeThere, mustNotBeThere, false, "Q09.FR.04, Q09.FR.05"}
	case ModeLocalFrequency:
		return operation{mustNotBeThere, mustNotBeThere, mustNotBeThere, false, "Q08.FR.01"}
	case ModeIdle:
		return operation{mustNotBeThere, mustNotBeThere, mustNotBeThere, false, "Q10.FR.01"}
	}
	return operation{} // what there is, the version says
}

// checkOperation demands the values of a period's mode.
func (p Profile) checkOperation(f *Faults, s *SchedulePeriod) {
	mode, o := s.OperationMode, operationOf(s.OperationMode)
	if mode == "" && s.Limit == "" && s.Setpoint == "" {
		f.add("/limit", "it has a limit")
		return
	}
	if mode == "" {
		mode = ModeChargingOnly
	}
	check := func(pointer string, value Decimal, rule valueRule) {
		f.addIf(rule == hasToBeThere && value == "", pointer, "a period of %s has one (%s)", mode, o.clause)
		f.addIf(rule == mustNotBeThere && value != "", pointer, "a period of %s has none (%s)", mode, o.clause)
	}
	check("/limit", s.Limit, o.limit)
	check("/dischargeLimit", s.DischargeLimit, o.dischargeLimit)
	check("/setpoint", s.Setpoint, o.setpoint)
	f.addIf(o.dynamic && p.Kind != KindDynamic, "/operationMode", "%s is for profiles of the kind Dynamic (%s)", mode, o.clause)
}
