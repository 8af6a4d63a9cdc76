package fleet

import "fmt"

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
	limit, dischargeLimit, setpoint, reactive valueRule
	dynamic                                   bool   // only in a dynamic profile
	clause                                    string // where it says so
}

func operationOf(mode string) operation {
	switch mode {
	case "", ModeChargingOnly:
		return operation{hasToBeThere, mustNotBeThere, mustNotBeThere, mustNotBeThere, false, "Q02.FR.02"}
	case ModeCentralSetpoint:
		return operation{mustNotBeThere, mustNotBeThere, hasToBeThere, mayBeThere, false, "Q03.FR.02"}
	case ModeCentralFrequency:
		return operation{mustNotBeThere, mustNotBeThere, hasToBeThere, mustNotBeThere, true, "Q07.FR.02, Q07.FR.03"}
	case ModeExternalSetpoint:
		return operation{mayBeThere, mayBeThere, mustNotBeThere, mustNotBeThere, false, "Q05.FR.01"}
	case ModeExternalLimits:
		return operation{mustNotBeThere, mustNotBeThere, mustNotBeThere, mustNotBeThere, false, "Q05.FR.02"}
	case ModeLocalLoadBalancing:
		return operation{mayBeThere, mayBeThere, mustNotBeThere, mustNotBeThere, false, "Q09.FR.04, Q09.FR.05"}
	case ModeLocalFrequency:
		return operation{mustNotBeThere, mustNotBeThere, mustNotBeThere, mustNotBeThere, false, "Q08.FR.01"}
	case ModeIdle:
		return operation{mustNotBeThere, mustNotBeThere, mustNotBeThere, mustNotBeThere, false, "Q10.FR.01"}
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
	s.checkPhases(f, "/limit", [3]Decimal{s.Limit, s.LimitL2, s.LimitL3}, o.limit, mode, o.clause)
	s.checkPhases(f, "/dischargeLimit", [3]Decimal{s.DischargeLimit, s.DischargeLimitL2, s.DischargeLimitL3}, o.dischargeLimit, mode, o.clause)
	s.checkPhases(f, "/setpoint", [3]Decimal{s.Setpoint, s.SetpointL2, s.SetpointL3}, o.setpoint, mode, o.clause)
	s.checkPhases(f, "/setpointReactive", [3]Decimal{s.SetpointReactive, s.SetpointReactiveL2, s.SetpointReactiveL3}, o.reactive, mode, o.clause)
	f.addIf(o.dynamic && p.Kind != KindDynamic, "/operationMode", "%s is for profiles of the kind Dynamic (%s)", mode, o.clause)
	s.checkCurves(f, mode)
	f.addIf(s.EVSESleep != nil && *s.EVSESleep && mode != ModeIdle, "/evseSleep", "an EVSE sleeps in a period of Idle only (Q10.FR.03)")
}

// checkPhases demands a value, or none of those of the three phases. Those of L2 and L3 make the other one that of L1.
func (*SchedulePeriod) checkPhases(f *Faults, pointer string, values [3]Decimal, rule valueRule, mode, clause string) {
	f.addIf(rule == hasToBeThere && values[0] == "", pointer, "a period of %s has one (%s)", mode, clause)
	for i, suffix := range []string{"", "L2", "L3"} {
		f.addIf(rule == mustNotBeThere && values[i] != "", pointer+suffix, "a period of %s has none (%s)", mode, clause)
		f.addIf(rule == mayBeThere && i > 0 && values[i] != "" && values[0] == "", pointer, "with a value for %s there is one for L1", suffix)
	}
}

// checkCurves demands what a station needs to hold the frequency of the grid by itself, and nothing of the kind elsewhere.
func (s *SchedulePeriod) checkCurves(f *Faults, mode string) {
	local := mode == ModeLocalFrequency
	f.addIf(local && s.Baseline == "", "/v2xBaseline", "a period of %s has one (Q08.FR.02)", mode)
	f.addIf(local && len(s.FreqWattCurve) < 2, "/v2xFreqWattCurve", "a period of %s has one of at least two points (Q08.FR.02)", mode)
	f.addIf(local && len(s.SignalWattCurve) == 1, "/v2xSignalWattCurve", "it has at least two points (Q08)")
	f.addIf(!local && s.Baseline != "", "/v2xBaseline", onlyLocal, mode)
	f.addIf(!local && len(s.FreqWattCurve) > 0, "/v2xFreqWattCurve", onlyLocal, mode)
	f.addIf(!local && len(s.SignalWattCurve) > 0, "/v2xSignalWattCurve", onlyLocal, mode)
	f.addIf(len(s.FreqWattCurve) > MaxCurvePoints, "/v2xFreqWattCurve", "there are at most %d points", MaxCurvePoints)
	f.addIf(len(s.SignalWattCurve) > MaxCurvePoints, "/v2xSignalWattCurve", "there are at most %d points", MaxCurvePoints)
	checkTenths(f, "/v2xBaseline", s.Baseline)
	for i, p := range s.FreqWattCurve {
		at := fmt.Sprintf("/v2xFreqWattCurve/%d", i)
		f.addIf(p.Frequency.Tidy() == "" || p.Frequency.Compare("0") <= 0, at+"/frequency", "it is above 0")
		checkTenths(f, at+"/power", p.Power)
	}
	for i, p := range s.SignalWattCurve {
		checkTenths(f, fmt.Sprintf("/v2xSignalWattCurve/%d/power", i), p.Power)
	}
}

const onlyLocal = "a period of %s has none: it is for LocalFrequency (Q08)"

// MaxCurvePoints is how many points a curve has at most (OCPP 2.1).
const MaxCurvePoints = 20
