package fleet_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// rightProfile is one in which nothing is wrong.
func rightProfile() fleet.Profile {
	return fleet.Profile{
		Purpose: fleet.PurposeTxDefault, Kind: fleet.KindAbsolute, StackLevel: 0,
		Schedules: []fleet.ChargingSchedule{{
			ID: 1, Unit: "A", Start: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC), Seconds: new(int64(7200)),
			Periods: []fleet.SchedulePeriod{{Limit: "16"}, {Start: 3600, Limit: "6.5"}},
		}},
	}
}

// localFrequency makes the schedule of a profile one of a station that holds the frequency by itself.
func localFrequency(p *fleet.Profile) *fleet.ChargingSchedule {
	p.Schedules[0].Unit = "W"
	p.Schedules[0].Periods = []fleet.SchedulePeriod{{
		OperationMode: fleet.ModeLocalFrequency, Baseline: "-100", FreqWattCurve: []fleet.FreqPoint{{"49.85", "-5000"}, {"50.15", "5000"}},
		SignalWattCurve: []fleet.SignalPoint{{-3, "-1"}, {12, "5000.5"}},
	}}
	return &p.Schedules[0]
}

func TestWhatIsWrongWithAProfile(t *testing.T) {
	if f := rightProfile().Check(); len(f) > 0 {
		t.Fatal(f)
	}
	local := rightProfile()
	localFrequency(&local)
	if f := local.Check(); len(f) > 0 {
		t.Fatal(f)
	}
	first := func(p *fleet.Profile) *fleet.ChargingSchedule { return &p.Schedules[0] }
	for want, change := range map[string]func(*fleet.Profile){
		"/purpose: limits of this purpose are set by others": func(p *fleet.Profile) { p.Purpose = fleet.PurposeExternal },
		"/purpose: it is one of":                             func(p *fleet.Profile) { p.Purpose = "x" },
		"/kind: it is one of":                                func(p *fleet.Profile) { p.Kind = "x" },
		"/kind: a limit of the station cannot be relative":   func(p *fleet.Profile) { p.Purpose, p.Kind = fleet.PurposeStationMax, fleet.KindRelative },
		"/recurrency: only a profile of the kind Recurring":  func(p *fleet.Profile) { p.Recurrency = fleet.RecurrencyDaily },
		"/recurrency: a recurring profile is Daily":          func(p *fleet.Profile) { p.Kind = fleet.KindRecurring },
		"/stackLevel: it is from 0":                          func(p *fleet.Profile) { p.StackLevel = -1 },
		"/validTo: it is after validFrom":                    func(p *fleet.Profile) { p.ValidFrom = time.Now(); p.ValidTo = p.ValidFrom },
		"/updateInterval: only a profile of the kind":        func(p *fleet.Profile) { p.UpdateInterval = new(int64(1)) },
		"/schedules: a profile has a schedule":               func(p *fleet.Profile) { p.Schedules = nil },
		"/schedules: only a TxProfile may have several":      func(p *fleet.Profile) { p.Schedules = append(p.Schedules, p.Schedules[0]) },
		"/schedules/0/unit: it is A or W":                    func(p *fleet.Profile) { first(p).Unit = "kW" },
		"/schedules/0/start: the schedule of an absolute":    func(p *fleet.Profile) { first(p).Start = time.Time{} },
		"/schedules/0/start: the schedule of a relative":     func(p *fleet.Profile) { p.Kind = fleet.KindRelative },
		"/schedules/0/periods: a dynamic profile has one":    func(p *fleet.Profile) { p.Kind = fleet.KindDynamic },
		"/schedules/0/seconds: priority charging":            func(p *fleet.Profile) { p.Purpose = fleet.PurposePriority },
		"/schedules/0/seconds: it is longer": func(p *fleet.Profile) {
			p.Kind, p.Recurrency, first(p).Seconds = fleet.KindRecurring, fleet.RecurrencyDaily, new(int64(86401))
		},
		"/schedules/0/minRate: it is not negative":                    func(p *fleet.Profile) { first(p).MinRate = "-1" },
		"/schedules/0/periods: a schedule has at least":               func(p *fleet.Profile) { first(p).Periods = nil },
		"/schedules/0/periods/0/start: the first period":              func(p *fleet.Profile) { first(p).Periods[0].Start = 1 },
		"/schedules/0/periods/1/start: periods are in the order":      func(p *fleet.Profile) { first(p).Periods[1].Start = 0 },
		"/schedules/0/periods/1/start: the schedule is over":          func(p *fleet.Profile) { first(p).Periods[1].Start = 7200 },
		"/schedules/0/periods/1/limit: it has a limit":                func(p *fleet.Profile) { first(p).Periods[1].Limit = "" },
		"/schedules/0/periods/0/limit: it has at most one decimal":    func(p *fleet.Profile) { first(p).Periods[0].Limit = "16.25" },
		"/schedules/0/periods/0/limit: it is not negative":            func(p *fleet.Profile) { first(p).Periods[0].Limit = "-0.1" },
		"/schedules/0/periods/0/phases: there are 1 to 3":             func(p *fleet.Profile) { first(p).Periods[0].Phases = new(int64(4)) },
		"/schedules/0/periods/0/phaseToUse: only when one phase":      func(p *fleet.Profile) { first(p).Periods[0].PhaseToUse = new(int64(1)) },
		"/schedules/0/periods/0/dischargeLimit: it is not above":      func(p *fleet.Profile) { first(p).Periods[0].DischargeLimit = "1" },
		"/schedules/0/periods/0/setpoint: it has at most one decimal": func(p *fleet.Profile) { first(p).Periods[0].Setpoint = "-1.25" },
		"/schedules/0/periods/0/limit: it is too large":               func(p *fleet.Profile) { first(p).Periods[0].Limit = "1000000000000" },
		"/schedules/0/randomizedDelay: only a TxProfile":              func(p *fleet.Profile) { p.Purpose, first(p).RandomizedDelay = fleet.PurposeStationMax, new(int64(1)) },
		"/schedules/0/randomizedDelay: it is from 0":                  func(p *fleet.Profile) { first(p).RandomizedDelay = new(int64(-1)) },
		"/schedules/0/limitAtSoC/soc: it is from 0 to 100":            func(p *fleet.Profile) { first(p).LimitAtSoC = &fleet.LimitAtSoC{SoC: 101, Limit: "6"} },
		"/schedules/0/limitAtSoC/limit: it has one":                   func(p *fleet.Profile) { first(p).LimitAtSoC = &fleet.LimitAtSoC{SoC: 80} },
		"/schedules/0/limitAtSoC/limit: it is not negative":           func(p *fleet.Profile) { first(p).LimitAtSoC = &fleet.LimitAtSoC{SoC: 80, Limit: "-1"} },
		"/schedules/0/powerTolerance: it is not negative":             func(p *fleet.Profile) { first(p).PowerTolerance = "-1" },
		"/schedules/0/periods/0/limitL2: it has at most one decimal":  func(p *fleet.Profile) { first(p).Periods[0].LimitL2 = "1.25" },
		"/schedules/0/periods/0/limitL3: it is not negative":          func(p *fleet.Profile) { first(p).Periods[0].LimitL3 = "-1" },
		"/schedules/0/periods/0/setpointL2: a period of ChargingOnly": func(p *fleet.Profile) { first(p).Periods[0].SetpointL2 = "1" },
		"/schedules/0/periods/0/setpointReactive: a period of":        func(p *fleet.Profile) { first(p).Periods[0].SetpointReactive = "1" },
		"/schedules/0/periods/0/setpointReactiveL3: a period of":      func(p *fleet.Profile) { first(p).Periods[0].SetpointReactiveL3 = "1" },
		"/schedules/0/periods/0/dischargeLimitL2: it is not above":    func(p *fleet.Profile) { first(p).Periods[0].DischargeLimitL2 = "1" },
		"/schedules/0/periods/0/evseSleep: an EVSE sleeps":            func(p *fleet.Profile) { first(p).Periods[0].EVSESleep = new(true) },
		"/schedules/0/periods/0/v2xBaseline: a period of Charging":    func(p *fleet.Profile) { first(p).Periods[0].Baseline = "0" },
		"/schedules/0/periods/0/v2xFreqWattCurve: a period of Char":   func(p *fleet.Profile) { first(p).Periods[0].FreqWattCurve = make([]fleet.FreqPoint, 2) },
		"/schedules/0/periods/0/v2xSignalWattCurve: a period of Ch":   func(p *fleet.Profile) { first(p).Periods[0].SignalWattCurve = make([]fleet.SignalPoint, 2) },
		"/schedules/0/periods/0/setpointReactive: with a value for L2": func(p *fleet.Profile) {
			first(p).Periods = []fleet.SchedulePeriod{{OperationMode: fleet.ModeCentralSetpoint, Setpoint: "1", SetpointReactiveL2: "1"}}
		},
		"/schedules/0/unit: a curve of powers is in W":              func(p *fleet.Profile) { localFrequency(p).Unit = "A" },
		"/schedules/0/periods/0/v2xBaseline: a period of LocalFreq": func(p *fleet.Profile) { localFrequency(p).Periods[0].Baseline = "" },
		"/schedules/0/periods/0/v2xFreqWattCurve: a period of Local": func(p *fleet.Profile) {
			s := localFrequency(p)
			s.Periods[0].FreqWattCurve = s.Periods[0].FreqWattCurve[:1]
		},
		"/schedules/0/periods/0/v2xFreqWattCurve: there are at most 20": func(p *fleet.Profile) {
			localFrequency(p).Periods[0].FreqWattCurve = slices.Repeat([]fleet.FreqPoint{{"50", "1"}}, 21)
		},
		"/schedules/0/periods/0/v2xSignalWattCurve: it has at least": func(p *fleet.Profile) { localFrequency(p).Periods[0].SignalWattCurve = []fleet.SignalPoint{{1, "1"}} },
		"/schedules/0/periods/0/v2xFreqWattCurve/1/frequency: it is": func(p *fleet.Profile) { localFrequency(p).Periods[0].FreqWattCurve[1].Frequency = "0" },
		"/schedules/0/periods/0/v2xFreqWattCurve/0/power: it has at": func(p *fleet.Profile) { localFrequency(p).Periods[0].FreqWattCurve[0].Power = "0.25" },
		"/schedules/0/periods/0/setpointL2: a period of LocalFreq":   func(p *fleet.Profile) { localFrequency(p).Periods[0].SetpointL2 = "1" },
		"/maxOffline: it is not negative":                            func(p *fleet.Profile) { p.MaxOffline = new(int64(-1)) },
		"/schedules/0/periods/1/start: it is at most 2147483647":     func(p *fleet.Profile) { first(p).Seconds, first(p).Periods[1].Start = nil, 1<<31 },
		"/schedules/0/seconds: it lasts at least a second":           func(p *fleet.Profile) { first(p).Seconds = new(int64(0)) },
		"/schedules: there are at most 3": func(p *fleet.Profile) {
			for range 3 {
				p.Schedules = append(p.Schedules, p.Schedules[0])
			}
		},
	} {
		p := rightProfile()
		change(&p)
		if f := p.Check(); !strings.Contains(f.Error(), want) {
			t.Errorf("want %q in %q", want, f.Error())
		}
	}
}

func TestWhereAProfileMayBe(t *testing.T) {
	for _, test := range []struct {
		purpose fleet.ProfilePurpose
		at      fleet.ProfilePlace
		want    string // "": nothing is wrong
	}{
		{fleet.PurposeTx, fleet.ProfilePlace{EVSE: 1, TransactionID: "t"}, ""},
		{fleet.PurposeTx, fleet.ProfilePlace{EVSE: 1}, "/transaction: a TxProfile is for one transaction"},
		{fleet.PurposeTx, fleet.ProfilePlace{TransactionID: "t"}, "/evse: a TxProfile is for the EVSE"},
		{fleet.PurposeTxDefault, fleet.ProfilePlace{}, ""},
		{fleet.PurposeTxDefault, fleet.ProfilePlace{EVSE: 2}, ""},
		{fleet.PurposeTxDefault, fleet.ProfilePlace{EVSE: 1000}, "/evse: it is from 0"},
		{fleet.PurposeTxDefault, fleet.ProfilePlace{EVSE: 2, TransactionID: "t"}, "/transaction: only a TxProfile"},
		{fleet.PurposeStationMax, fleet.ProfilePlace{}, ""},
		{fleet.PurposeStationMax, fleet.ProfilePlace{EVSE: 1}, "/evse: a ChargingStationMaxProfile is for the whole station"},
		{fleet.PurposeGeneration, fleet.ProfilePlace{EVSE: 1}, "/evse: a LocalGeneration"},
	} {
		p := rightProfile()
		p.Purpose = test.purpose
		if got := p.CheckPlace(test.at).Error(); !strings.HasPrefix(got, test.want) || (test.want == "") != (got == "") {
			t.Errorf("%s at %+v: %q, want %q", test.purpose, test.at, got, test.want)
		}
	}
}

func TestWhatAVersionOrAStationCannotDo(t *testing.T) {
	p := rightProfile()
	p.Schedules[0].Periods[0].PhaseToUse, p.Schedules[0].Periods[0].Phases = new(int64(1)), new(int64(1))
	if f := p.CheckVersion("1.6"); !strings.HasPrefix(f.Error(), "/schedules/0/periods/0/phaseToUse: ") || len(f) != 1 {
		t.Errorf("1.6: %v", f)
	}
	if f := p.CheckVersion("2.0.1"); len(f) > 0 {
		t.Errorf("2.0.1: %v", f)
	}
	p.Purpose, p.Kind, p.MaxOffline, p.EndsOffline = fleet.PurposePriority, fleet.KindDynamic, new(int64(1)), true
	p.Schedules[0].Periods[1] = fleet.SchedulePeriod{Start: 1, Setpoint: "1", DischargeLimit: "-1", OperationMode: "Idle"}
	if f := p.CheckVersion("2.0.1"); len(f) != 8 {
		t.Errorf("2.0.1: %v", f)
	}
	if f := p.CheckVersion("2.1"); len(f) > 0 {
		t.Errorf("2.1: %v", f)
	}
	p = rightProfile()
	limits := fleet.ChargingLimits{MaxStackLevel: new(int64(3)), MaxPeriods: new(int64(1)), Units: []string{"W"}}
	if f := limits.Check(p); len(f) != 2 {
		t.Errorf("%v", f)
	}
	for level, want := range map[int64]string{2: "", 3: "levels from 3 on are kept for limits", 4: "the highest stack level of the station is 3"} {
		p.StackLevel = level
		f := fleet.ChargingLimits{MaxStackLevel: new(int64(3))}.Check(p)
		if got := f.Error(); !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("level %d: %q", level, got)
		}
	}
	if level := (fleet.ChargingLimits{}).LimitLevel(); level != 8 {
		t.Errorf("a station that says nothing: %d", level)
	}
}
