package fleet

import (
	"fmt"
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
	checkRate(&f, "/limit", at.Limit)
	checkTenths(&f, "/setpoint", at.Setpoint)
	if checkTenths(&f, "/dischargeLimit", at.DischargeLimit); at.DischargeLimit.Compare("0") > 0 {
		f.add("/dischargeLimit", "it is not above 0")
	}
	f.addIf(at.Phases != nil && (*at.Phases < 1 || *at.Phases > 3), "/phases", "there are 1 to 3 phases")
	if at.PhaseToUse != nil {
		f.addIf(*at.PhaseToUse < 1 || *at.PhaseToUse > 3, "/phaseToUse", "it is 1, 2 or 3")
		f.addIf(at.Phases == nil || *at.Phases != 1, "/phaseToUse", "only when one phase is used can it be said which one (K01.FR.19)")
	}
	return f
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
	for i := range p.Schedules {
		for k, period := range p.Schedules[i].Periods {
			at := fmt.Sprintf("/schedules/%d/periods/%d", i, k)
			f.addIf(period.Limit == "", at+"/limit", "in OCPP %s every period has a limit", version)
			f.addIf(period.Setpoint != "", at+"/setpoint", only21, version)
			f.addIf(period.DischargeLimit != "", at+"/dischargeLimit", only21, version)
			f.addIf(period.OperationMode != "", at+"/operationMode", only21, version)
			f.addIf(version == "1.6" && period.PhaseToUse != nil, at+"/phaseToUse", "OCPP 1.6 cannot say which phase is used")
		}
	}
	return f
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

// Check returns what a station cannot do of a profile, as far as it said.
func (l ChargingLimits) Check(p Profile) Faults {
	var f Faults
	switch level := l.LimitLevel(); {
	case p.StackLevel < level:
	case l.MaxStackLevel != nil && p.StackLevel > *l.MaxStackLevel:
		f.add("/stackLevel", "the highest stack level of the station is %d", *l.MaxStackLevel)
	default:
		f.add("/stackLevel", "levels from %d on are kept for limits, so that neither overwrites the other", level)
	}
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
