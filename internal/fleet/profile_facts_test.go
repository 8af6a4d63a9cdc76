package fleet

import (
	"strings"
	"testing"
	"time"
)

func TestWhatForbidsAProfile(t *testing.T) {
	day := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	other := profileAt(7, 1, PurposeTxDefault, 1)
	other.ValidFrom, other.ValidTo = day, day.AddDate(0, 0, 1)
	running := profileAt(8, 1, PurposeTx, 1)
	running.TransactionID = "t1"
	unknown := profileAt(9, 1, PurposeTx, 2)
	facts := ProfileFacts{Installed: []InstalledProfile{other, running, unknown}, MaxExternalID: new(int64(5))}
	with := func(p InstalledProfile, change func(*ChargingProfile)) ChargingProfile {
		change(&p.ChargingProfile)
		return p.ChargingProfile
	}
	nothing := func(*ChargingProfile) {}
	of := func(transaction string) func(*ChargingProfile) {
		return func(p *ChargingProfile) { p.TransactionID = transaction }
	}
	phase := func(p *ChargingProfile) {
		p.Schedules = []ChargingSchedule{{Periods: []SchedulePeriod{{}, {PhaseToUse: new(int64(1))}}}}
	}
	able := facts
	able.Switches, able.Needs = true, true
	for name, c := range map[string]struct {
		facts ProfileFacts
		p     ChargingProfile
		want  string
	}{
		"the same place":         {facts, with(profileAt(6, 1, PurposeTxDefault, 1), nothing), "/stackLevel: the station has profile 7"},
		"the same id":            {facts, with(profileAt(7, 1, PurposeTxDefault, 1), nothing), ""},
		"another level":          {facts, with(profileAt(6, 1, PurposeTxDefault, 2), nothing), ""},
		"another EVSE":           {facts, with(profileAt(6, 0, PurposeTxDefault, 1), nothing), ""},
		"afterwards":             {facts, with(profileAt(6, 1, PurposeTxDefault, 1), func(p *ChargingProfile) { p.ValidFrom = other.ValidTo }), ""},
		"before":                 {facts, with(profileAt(6, 1, PurposeTxDefault, 1), func(p *ChargingProfile) { p.ValidTo = other.ValidFrom }), ""},
		"a bit before":           {facts, with(profileAt(6, 1, PurposeTxDefault, 1), func(p *ChargingProfile) { p.ValidTo = day.Add(1) }), "/stackLevel: "},
		"the transaction":        {facts, with(profileAt(6, 1, PurposeTx, 1), of("t1")), "/stackLevel: the station has profile 8"},
		"its other level":        {facts, with(profileAt(6, 1, PurposeTx, 0), of("t1")), ""},
		"another transaction":    {facts, with(profileAt(6, 1, PurposeTx, 1), of("t2")), ""},
		"a remote start":         {facts, with(profileAt(6, 1, PurposeTx, 1), nothing), ""},
		"after a remote start":   {facts, with(profileAt(6, 1, PurposeTx, 2), of("t1")), ""},
		"an id of the station's": {facts, with(profileAt(5, 1, PurposeTxDefault, 3), nothing), "/id: the station keeps ids up to 5"},
		"a purpose of others":    {facts, with(profileAt(6, 0, PurposeExternal, 3), nothing), "/purpose: "},
		"a phase":                {facts, with(profileAt(6, 1, PurposeTxDefault, 3), phase), "/schedules/0/periods/1/phaseToUse: "},
		"a phase that it has":    {able, with(profileAt(6, 1, PurposeTxDefault, 3), phase), ""},
		"schedules": {facts, with(profileAt(6, 1, PurposeTx, 3), func(p *ChargingProfile) { p.Schedules = make([]ChargingSchedule, 2) }),
			"/schedules: "},
		"schedules to choose from": {able, with(profileAt(6, 1, PurposeTx, 3), func(p *ChargingProfile) { p.Schedules = make([]ChargingSchedule, 2) }), ""},
	} {
		got := c.facts.Check(c.p)
		if s := got.Error(); !strings.HasPrefix(s, c.want) || (c.want == "") != (s == "") || len(got) > 1 {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
	}
}

func TestModesGoWithPurposes(t *testing.T) {
	for purpose, modes := range map[ProfilePurpose]string{
		PurposeStationMax: "ChargingOnly", PurposePriority: "ChargingOnly", PurposeGeneration: "ChargingOnly ExternalLimits", PurposeTx: "ChargingOnly ExternalLimits Idle",
	} {
		for _, mode := range []string{"ChargingOnly", "ExternalLimits", "Idle"} {
			p := Profile{Purpose: purpose, Kind: KindAbsolute, Schedules: []ChargingSchedule{{Start: time.Unix(1, 0), Unit: UnitWatts, Periods: []SchedulePeriod{{OperationMode: mode}}}}}
			if mode == "ChargingOnly" {
				p.Schedules[0].Periods[0].Limit = "1"
			}
			want := ""
			if !strings.Contains(modes, mode) {
				want = "/schedules/0/periods/0/operationMode"
			}
			if got := p.Check().Error(); !strings.HasPrefix(got, want) || (want == "") != (got == "") {
				t.Errorf("%s with %s: %q", purpose, mode, got)
			}
		}
	}
}
