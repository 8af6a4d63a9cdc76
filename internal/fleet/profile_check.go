package fleet

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Check returns what is wrong with a profile wherever it is to be installed. Pointers are those of the API.
func (p Profile) Check() Faults {
	var f Faults
	p.checkWords(&f)
	p.checkTimes(&f)
	f.addIf(p.StackLevel < 0 || p.StackLevel > MaxStackLevel, "/stackLevel", "it is from 0 to %d", MaxStackLevel)
	f.addIf(p.MaxOffline != nil && *p.MaxOffline < 0, "/maxOffline", "it is not negative")
	f.addIf(p.UpdateInterval != nil && *p.UpdateInterval < 0, "/updateInterval", "it is not negative")
	f.addIf(p.UpdateInterval != nil && p.Kind != KindDynamic, "/updateInterval", "only a profile of the kind Dynamic is updated (K01.FR.122)")
	switch n := len(p.Schedules); {
	case n == 0:
		f.add("/schedules", "a profile has a schedule")
	case n > MaxProfileSchedules:
		f.add("/schedules", "there are at most %d", MaxProfileSchedules)
	case n > 1 && p.Purpose != PurposeTx:
		f.add("/schedules", "only a TxProfile may have several, for a vehicle with ISO 15118 to choose from (K01.FR.34)")
	}
	for i := range p.Schedules {
		f = append(f, p.checkSchedule(&p.Schedules[i]).Under(fmt.Sprintf("/schedules/%d", i))...)
	}
	return f
}

func (p Profile) checkWords(f *Faults) {
	switch {
	case p.Purpose == PurposeExternal:
		f.add("/purpose", "limits of this purpose are set by others than the CSMS (K01.FR.22)")
	case !slices.Contains(ProfilePurposes(), p.Purpose):
		f.add("/purpose", "it is one of %s", listed(ProfilePurposes()))
	case (p.Purpose == PurposeStationMax || p.Purpose == PurposeGeneration) && p.Kind == KindRelative:
		f.add("/kind", "a limit of the station cannot be relative to the start of a transaction (K01.FR.38)")
	}
	f.addIf(!slices.Contains(ProfileKinds(), p.Kind), "/kind", "it is one of %s", listed(ProfileKinds()))
	switch {
	case p.Kind != KindRecurring:
		f.addIf(p.Recurrency != "", "/recurrency", "only a profile of the kind Recurring recurs")
	case p.Recurrency != RecurrencyDaily && p.Recurrency != RecurrencyWeekly:
		f.add("/recurrency", "a recurring profile is Daily or Weekly")
	}
}

func (p Profile) checkTimes(f *Faults) {
	f.addIf(!p.ValidTo.IsZero() && !p.ValidTo.After(p.ValidFrom), "/validTo", "it is after validFrom")
}

// listed lists words.
func listed[T ~string](words []T) string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = string(w)
	}
	return strings.Join(list, ", ")
}

func (p Profile) checkSchedule(s *ChargingSchedule) Faults {
	var f Faults
	f.addIf(s.Unit != UnitAmperes && s.Unit != UnitWatts, "/unit", "it is A or W")
	switch p.Kind {
	case KindAbsolute, KindRecurring:
		f.addIf(s.Start.IsZero(), "/start", "the schedule of an absolute or recurring profile says when it starts (K01.FR.40)")
	case KindRelative:
		f.addIf(!s.Start.IsZero(), "/start", "the schedule of a relative profile starts with the transaction, and has no time (K01.FR.41)")
	case KindDynamic:
		f.addIf(len(s.Periods) > 1, "/periods", "a dynamic profile has one period, whose values change")
	}
	p.checkDuration(&f, s)
	checkRate(&f, "/minRate", s.MinRate)
	p.checkSchedule21(&f, s)
	switch n := len(s.Periods); {
	case n == 0:
		f.add("/periods", "a schedule has at least one period")
	case n > MaxSchedulePeriods:
		f.add("/periods", "there are at most %d", MaxSchedulePeriods)
	}
	for i := range s.Periods {
		f = append(f, p.checkPeriod(s, i).Under(fmt.Sprintf("/periods/%d", i))...)
	}
	return f
}

// checkSchedule21 checks what only OCPP 2.1 has.
func (p Profile) checkSchedule21(f *Faults, s *ChargingSchedule) {
	if s.RandomizedDelay != nil {
		f.addIf(*s.RandomizedDelay < 0 || *s.RandomizedDelay > maxInt32, "/randomizedDelay", "it is from 0 to %d", maxInt32)
		f.addIf(*s.RandomizedDelay > 0 && p.Purpose != PurposeTx && p.Purpose != PurposeTxDefault, "/randomizedDelay",
			"only a TxProfile or TxDefaultProfile has one (K01.FR.95)")
	}
	if l := s.LimitAtSoC; l != nil {
		f.addIf(l.SoC < 0 || l.SoC > 100, "/limitAtSoC/soc", "it is from 0 to 100")
		f.addIf(l.Limit == "", "/limitAtSoC/limit", "it has one")
		checkRate(f, "/limitAtSoC/limit", l.Limit)
	}
	checkRate(f, "/powerTolerance", s.PowerTolerance)
	local := slices.ContainsFunc(s.Periods, func(p SchedulePeriod) bool { return p.OperationMode == ModeLocalFrequency })
	f.addIf(local && s.Unit != UnitWatts, "/unit", "a curve of powers is in W (Q08.FR.05)")
}

func (p Profile) checkDuration(f *Faults, s *ChargingSchedule) {
	if s.Seconds == nil {
		return
	}
	f.addIf(*s.Seconds < 1, "/seconds", "it lasts at least a second")
	f.addIf(p.Purpose == PurposePriority, "/seconds", "priority charging has no duration (K01.FR.70)")
	f.addIf(p.Kind == KindRecurring && *s.Seconds > p.Recurrency.seconds(), "/seconds", "it is longer than the time after which it recurs")
}

func (p Profile) checkPeriod(s *ChargingSchedule, i int) Faults {
	var f Faults
	at := &s.Periods[i]
	f.addIf(!p.allows(at.OperationMode), "/operationMode", "a %s has no periods of this mode (K01.FR.111, K01.FR.113)", p.Purpose)
	switch {
	case i == 0:
		f.addIf(at.Start != 0, "/start", "the first period starts at 0 (K01.FR.31)")
	case at.Start <= s.Periods[i-1].Start:
		f.add("/start", "periods are in the order of their starts (K01.FR.35)")
	case s.Seconds != nil && at.Start >= *s.Seconds:
		f.add("/start", "the schedule is over by then (K01.FR.11)")
	}
	f.addIf(at.Start > maxInt32, "/start", "it is at most %d", maxInt32)
	p.checkOperation(&f, at)
	for pointer, limit := range phasesOf("/limit", at.Limit, at.LimitL2, at.LimitL3) {
		checkRate(&f, pointer, limit)
	}
	for pointer, limit := range phasesOf("/dischargeLimit", at.DischargeLimit, at.DischargeLimitL2, at.DischargeLimitL3) {
		checkTenths(&f, pointer, limit)
		f.addIf(limit.Compare("0") > 0, pointer, "it is not above 0")
	}
	for pointer, setpoint := range phasesOf("/setpoint", at.Setpoint, at.SetpointL2, at.SetpointL3) {
		checkTenths(&f, pointer, setpoint)
	}
	for pointer, setpoint := range phasesOf("/setpointReactive", at.SetpointReactive, at.SetpointReactiveL2, at.SetpointReactiveL3) {
		checkTenths(&f, pointer, setpoint)
	}
	f.addIf(at.Phases != nil && (*at.Phases < 1 || *at.Phases > 3), "/phases", "there are 1 to 3 phases")
	if at.PhaseToUse != nil {
		f.addIf(*at.PhaseToUse < 1 || *at.PhaseToUse > 3, "/phaseToUse", "it is 1, 2 or 3")
		f.addIf(at.Phases == nil || *at.Phases != 1, "/phaseToUse", "only when one phase is used can it be said which one (K01.FR.19)")
	}
	return f
}

// phasesOf yields the values of the phases that are there, under their pointers.
func phasesOf(pointer string, values ...Decimal) iter.Seq2[string, Decimal] {
	return func(yield func(string, Decimal) bool) {
		for i, suffix := range []string{"", "L2", "L3"} {
			if values[i] != "" && !yield(pointer+suffix, values[i]) {
				return
			}
		}
	}
}

// allows reports whether a purpose goes with an operation mode.
func (p Profile) allows(mode string) bool {
	switch p.Purpose {
	case PurposeStationMax, PurposePriority:
		return mode == "" || mode == ModeChargingOnly
	case PurposeGeneration:
		return mode == "" || mode == ModeChargingOnly || mode == ModeExternalLimits
	}
	return true
}

const maxInt32 = 1<<31 - 1

// checkRate demands that a limit, if it is there, is not negative and has at most one decimal.
func checkRate(f *Faults, pointer string, d Decimal) {
	checkTenths(f, pointer, d)
	f.addIf(d.Compare("0") < 0, pointer, "it is not negative")
}

// checkTenths demands that a number, if it is there, has at most one decimal: stations know no more, and refuse the rest.
func checkTenths(f *Faults, pointer string, d Decimal) {
	if d == "" {
		return
	}
	_, fraction, _ := strings.Cut(string(d.Trim()), ".")
	f.addIf(d.Tidy() == "", pointer, "it is no number")
	f.addIf(len(fraction) > 1, pointer, "it has at most one decimal")
	f.addIf(len(d.Trim()) > maxRateDigits, pointer, "it is too large")
}

// maxRateDigits bounds limits: a gigawatt is enough.
const maxRateDigits = 12

// CheckPlace returns what is wrong with installing a profile there.
func (p Profile) CheckPlace(at ProfilePlace) Faults {
	var f Faults
	f.addIf(at.EVSE < 0 || at.EVSE > MaxEVSE, "/evse", "it is from 0 to %d", MaxEVSE)
	switch p.Purpose {
	case PurposeTx:
		f.addIf(at.EVSE == 0, "/evse", "a TxProfile is for the EVSE of its transaction, not for the whole station (K01.FR.16)")
		f.addIf(at.TransactionID == "", "/transaction", "a TxProfile is for one transaction: say which one (K01.FR.03)")
	case PurposeStationMax, PurposeGeneration:
		f.addIf(at.EVSE != 0, "/evse", "a %s is for the whole station: EVSE 0 (K04.FR.03)", p.Purpose)
		fallthrough
	default:
		f.addIf(at.TransactionID != "", "/transaction", "only a TxProfile is for one transaction")
	}
	return f
}

// CheckVersion returns what a version of OCPP cannot say of a profile.
func (p Profile) CheckVersion(version string) Faults {
	var f Faults
	if version == "2.1" {
		return nil
	}
	const only21 = "OCPP %s has no such thing; OCPP 2.1 does"
	f.addIf(p.Purpose == PurposePriority || p.Purpose == PurposeGeneration, "/purpose", only21, version)
	f.addIf(p.Kind == KindDynamic, "/kind", only21, version)
	f.addIf(p.MaxOffline != nil, "/maxOffline", only21, version)
	f.addIf(p.EndsOffline, "/endsOffline", only21, version)
	f.addIf(version == "1.6" && len(p.Schedules) > 1, "/schedules", "in OCPP 1.6 a profile has one schedule")
	f.addIf(p.UpdateInterval != nil, "/updateInterval", only21, version)
	for i := range p.Schedules {
		s, at := &p.Schedules[i], fmt.Sprintf("/schedules/%d", i)
		f.addIf(s.LocalTime, at+"/useLocalTime", only21, version)
		f.addIf(s.RandomizedDelay != nil, at+"/randomizedDelay", only21, version)
		f.addIf(s.LimitAtSoC != nil, at+"/limitAtSoC", only21, version)
		f.addIf(s.PowerTolerance != "", at+"/powerTolerance", only21, version)
		for k, period := range s.Periods {
			at := fmt.Sprintf("%s/periods/%d", at, k)
			f.addIf(period.Limit == "", at+"/limit", "in OCPP %s every period has a limit", version)
			f.addIf(period.Setpoint != "", at+"/setpoint", only21, version)
			f.addIf(period.DischargeLimit != "", at+"/dischargeLimit", only21, version)
			f.addIf(period.OperationMode != "", at+"/operationMode", only21, version)
			for pointer, is := range period.only21() {
				f.addIf(is, at+pointer, only21, version)
			}
			f.addIf(version == "1.6" && period.PhaseToUse != nil, at+"/phaseToUse", "OCPP 1.6 cannot say which phase is used")
		}
	}
	return f
}

// only21 says which of what OCPP 2.1 added last is there, by its pointer.
func (s *SchedulePeriod) only21() iter.Seq2[string, bool] {
	there := []struct {
		pointer string
		is      bool
	}{
		{"/limitL2", s.LimitL2 != ""}, {"/limitL3", s.LimitL3 != ""}, {"/dischargeLimitL2", s.DischargeLimitL2 != ""},
		{"/dischargeLimitL3", s.DischargeLimitL3 != ""}, {"/setpointL2", s.SetpointL2 != ""}, {"/setpointL3", s.SetpointL3 != ""},
		{"/setpointReactive", s.SetpointReactive != ""}, {"/setpointReactiveL2", s.SetpointReactiveL2 != ""},
		{"/setpointReactiveL3", s.SetpointReactiveL3 != ""}, {"/preconditioningRequest", s.Preconditioning != nil},
		{"/evseSleep", s.EVSESleep != nil}, {"/v2xBaseline", s.Baseline != ""}, {"/v2xFreqWattCurve", len(s.FreqWattCurve) > 0},
		{"/v2xSignalWattCurve", len(s.SignalWattCurve) > 0},
	}
	return func(yield func(string, bool) bool) {
		for _, x := range there {
			if !yield(x.pointer, x.is) {
				return
			}
		}
	}
}

// ChargingLimits is what a station said of what it can do with charging profiles. nil and empty: it did not say.
type ChargingLimits struct {
	MaxStackLevel *int64
	MaxPeriods    *int64
	Units         []string // UnitAmperes, UnitWatts
}

// usualStackLevel is the highest that is used at a station that did not say how many it has. Most have that many.
const usualStackLevel = 8

// LimitLevel returns the stack level that is kept for limits: the highest.
func (l ChargingLimits) LimitLevel() int64 {
	if l.MaxStackLevel == nil {
		return usualStackLevel
	}
	return min(*l.MaxStackLevel, MaxStackLevel)
}

// Takes reports whether a station takes limits in a unit, as far as it said.
func (l ChargingLimits) Takes(unit string) bool {
	return len(l.Units) == 0 || slices.Contains(l.Units, unit)
}

// Check returns what a station cannot do of a profile, as far as it said, and whether its level is kept for limits.
func (l ChargingLimits) Check(p Profile) Faults {
	f := l.Bounds(p)
	level := l.LimitLevel()
	f.addIf(p.StackLevel >= level && (l.MaxStackLevel == nil || p.StackLevel <= *l.MaxStackLevel), "/stackLevel",
		"levels from %d on are kept for limits, so that neither overwrites the other", level)
	return f
}

// Bounds returns what a station cannot do of a profile, as far as it said.
func (l ChargingLimits) Bounds(p Profile) Faults {
	var f Faults
	f.addIf(l.MaxStackLevel != nil && p.StackLevel > *l.MaxStackLevel, "/stackLevel", "the highest stack level of the station is %d", deref(l.MaxStackLevel))
	for i, s := range p.Schedules {
		at := fmt.Sprintf("/schedules/%d", i)
		f.addIf(!l.Takes(s.Unit), at+"/unit", "the station takes limits in %s only", strings.Join(l.Units, ", "))
		f.addIf(l.MaxPeriods != nil && int64(len(s.Periods)) > *l.MaxPeriods, at+"/periods", "the station takes at most %d periods", deref(l.MaxPeriods))
	}
	return f
}

func deref(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
