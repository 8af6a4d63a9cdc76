package fleet_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

var planNow = time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)

func threePhases() fleet.ChargingNeeds {
	return fleet.ChargingNeeds{EVSE: 1, EnergyTransfer: "AC_three_phase", MinCurrent: "6", MaxCurrent: "32", MaxVoltage: "400", DepartureTime: planNow.Add(8 * time.Hour)}
}

func direct() fleet.ChargingNeeds {
	return fleet.ChargingNeeds{EVSE: 1, EnergyTransfer: "DC", MaxCurrent: "200", MaxVoltage: "500"}
}

// holding is a profile that the station has.
func holding(purpose fleet.ProfilePurpose, level int64, unit string, periods ...fleet.SchedulePeriod) fleet.InstalledProfile {
	p := fleet.InstalledProfile{ChargingProfile: fleet.ChargingProfile{
		EVSE: 1, ProfileID: 100 + level, StackLevel: level, Purpose: string(purpose), Type: string(fleet.KindAbsolute),
		Schedules: []fleet.ChargingSchedule{{ID: 1, Start: planNow.Add(-time.Hour), Unit: unit, Periods: periods}},
	}}
	if purpose == fleet.PurposeTx {
		p.TransactionID = "t1"
	}
	if purpose == fleet.PurposeStationMax {
		p.EVSE = 0
	}
	return p
}

func limit(d fleet.Decimal) fleet.SchedulePeriod { return fleet.SchedulePeriod{Limit: d} }

func after(d time.Duration, limit fleet.Decimal) fleet.SchedulePeriod {
	return fleet.SchedulePeriod{Start: int64((time.Hour + d) / time.Second), Limit: limit}
}

// shownSchedule writes a schedule down: unit, how long it lasts from planNow on, and the periods from then on.
func shownSchedule(s fleet.ChargingSchedule) string {
	lead := planNow.Sub(s.Start)
	var b strings.Builder
	b.WriteString(s.Unit)
	if s.Seconds != nil {
		fmt.Fprint(&b, " for ", time.Duration(*s.Seconds)*time.Second-lead)
	}
	for _, p := range s.Periods {
		fmt.Fprint(&b, " ", max(0, time.Duration(p.Start)*time.Second-lead), "=", p.Limit)
		if p.Phases != nil {
			fmt.Fprint(&b, "/", *p.Phases)
		}
	}
	return b.String()
}

func TestScheduleOfWhatAVehicleWants(t *testing.T) {
	for name, c := range map[string]struct {
		needs  func(*fleet.ChargingNeeds)
		dc     bool
		have   []fleet.InstalledProfile
		limits fleet.ChargingLimits
		supply fleet.Decimal
		want   string // the schedule, or why there is none
	}{
		"its current":         {want: "A for 8h0m0s 0s=32/3"},
		"on one phase":        {needs: func(n *fleet.ChargingNeeds) { n.EnergyTransfer = "AC_single_phase" }, want: "A for 8h0m0s 0s=32/1"},
		"on two phases":       {needs: func(n *fleet.ChargingNeeds) { n.EnergyTransfer = "AC_two_phase" }, want: "A for 8h0m0s 0s=32/2"},
		"in watts":            {limits: fleet.ChargingLimits{Units: []string{"W"}}, want: "W for 8h0m0s 0s=22080/3"},
		"its power":           {dc: true, needs: func(n *fleet.ChargingNeeds) { n.MaxPower = "50000.05" }, want: "W 0s=50000"},
		"of what it can take": {dc: true, want: "W 0s=100000"},
		"power with AC":       {needs: func(n *fleet.ChargingNeeds) { n.MaxCurrent, n.MinCurrent, n.MaxPower = "", "", "11000" }, want: "W for 8h0m0s 0s=11000/3"},
		"power in amperes": {limits: fleet.ChargingLimits{Units: []string{"A"}}, want: "A for 8h0m0s 0s=15.9/3",
			needs: func(n *fleet.ChargingNeeds) { n.MaxCurrent, n.MaxPower = "", "11000" }},
		"DC in amperes": {dc: true, limits: fleet.ChargingLimits{Units: []string{"A"}}, want: "A 0s=200"},
		"DC in amperes, capped": {dc: true, limits: fleet.ChargingLimits{Units: []string{"A"}}, want: "A 0s=44.1",
			have: []fleet.InstalledProfile{holding(fleet.PurposeStationMax, 8, "A", limit("32"))}},
		"DC in amperes of no voltage": {dc: true, limits: fleet.ChargingLimits{Units: []string{"A"}}, needs: func(n *fleet.ChargingNeeds) { n.MaxVoltage = "" },
			want: "the station takes limits in A only, and the vehicle has not said at which voltage it charges"},
		"both are said":    {dc: true, needs: func(n *fleet.ChargingNeeds) { n.MaxCurrent = "100"; n.MaxPower = "90000" }, want: "W 0s=50000"},
		"of no voltage":    {dc: true, needs: func(n *fleet.ChargingNeeds) { n.MaxVoltage = "" }, want: "neither the vehicle"},
		"nothing is known": {needs: func(n *fleet.ChargingNeeds) { n.MaxCurrent = "" }, want: "neither the vehicle has said what it can take, nor the station what the EVSE supplies"},
		"what is negative": {needs: func(n *fleet.ChargingNeeds) { n.MaxCurrent = "-1" }, want: "neither the vehicle"},
		"what is absurd":   {needs: func(n *fleet.ChargingNeeds) { n.MaxCurrent = "100000000000000000000000000" }, want: "neither the vehicle"},
		"the EVSE":         {supply: "11000", needs: func(n *fleet.ChargingNeeds) { n.MaxCurrent = "" }, want: "A for 8h0m0s 0s=15.9/3"},
		"less of the EVSE": {dc: true, supply: "50000", want: "W 0s=50000"},
		"back to the grid": {needs: func(n *fleet.ChargingNeeds) { n.EnergyTransfer = "AC_BPT" }, want: "no schedules are made here for the transfer of energy by AC_BPT"},
		"late":             {needs: func(n *fleet.ChargingNeeds) { n.DepartureTime = planNow }, want: "A 0s=32/3"},
		"in a month":       {needs: func(n *fleet.ChargingNeeds) { n.DepartureTime = planNow.AddDate(0, 1, 0) }, want: "A for 168h0m0s 0s=32/3"},
		"the station":      {have: []fleet.InstalledProfile{holding(fleet.PurposeStationMax, 8, "A", limit("16"))}, want: "A for 8h0m0s 0s=16/3"},
		"in other units":   {have: []fleet.InstalledProfile{holding(fleet.PurposeStationMax, 8, "W", limit("11000"))}, want: "A for 8h0m0s 0s=15.9/3"},
		"DC of amperes":    {dc: true, have: []fleet.InstalledProfile{holding(fleet.PurposeStationMax, 8, "A", limit("63"))}, want: "W 0s=43470"},
		"too little":       {have: []fleet.InstalledProfile{holding(fleet.PurposeStationMax, 8, "A", limit("5.9"))}, want: "A for 8h0m0s 0s=0/3"},
		"too little power": {dc: true, needs: func(n *fleet.ChargingNeeds) { n.MinPower = "5000" }, want: "W 0s=0",
			have: []fleet.InstalledProfile{holding(fleet.PurposeStationMax, 8, "W", limit("4999"))}},
		"a default":         {have: []fleet.InstalledProfile{holding(fleet.PurposeTxDefault, 8, "A", limit("20"))}, want: "A for 8h0m0s 0s=20/3"},
		"the higher level":  {have: []fleet.InstalledProfile{holding(fleet.PurposeTxDefault, 8, "A", limit("20")), holding(fleet.PurposeTxDefault, 1, "A", limit("10"))}, want: "A for 8h0m0s 0s=20/3"},
		"its own over that": {have: []fleet.InstalledProfile{holding(fleet.PurposeTxDefault, 8, "A", limit("10")), holding(fleet.PurposeTx, 1, "A", limit("20"))}, want: "A for 8h0m0s 0s=20/3"},
		"of another one": {have: []fleet.InstalledProfile{func() fleet.InstalledProfile {
			p := holding(fleet.PurposeTx, 1, "A", limit("10"))
			p.TransactionID = "t0"
			return p
		}()}, want: "A for 8h0m0s 0s=32/3"},
		"elsewhere": {have: []fleet.InstalledProfile{func() fleet.InstalledProfile {
			p := holding(fleet.PurposeTxDefault, 1, "A", limit("10"))
			p.EVSE = 2
			return p
		}()}, want: "A for 8h0m0s 0s=32/3"},
		"of others": {have: []fleet.InstalledProfile{holding(fleet.PurposeExternal, 1, "A", limit("10"))}, want: "A for 8h0m0s 0s=32/3"},
		"one phase of three": {have: []fleet.InstalledProfile{holding(fleet.PurposeTxDefault, 1, "W", fleet.SchedulePeriod{Limit: "3680", Phases: new(int64(1))})},
			want: "A for 8h0m0s 0s=16/1"},
		"in turns": {have: []fleet.InstalledProfile{holding(fleet.PurposeTxDefault, 1, "A", limit("16"), after(time.Hour, "8"), after(2*time.Hour, "8"), after(9*time.Hour, "4"))},
			want: "A for 8h0m0s 0s=16/3 1h0m0s=8/3"},
		"until it ends": {have: []fleet.InstalledProfile{func() fleet.InstalledProfile {
			p := holding(fleet.PurposeTxDefault, 1, "A", limit("16"))
			p.ValidTo = planNow.Add(90 * time.Minute)
			return p
		}()}, want: "A for 8h0m0s 0s=16/3 1h30m0s=32/3"},
		"in turns that are too many": {needs: func(n *fleet.ChargingNeeds) { n.MaxScheduleTuples = new(int64(2)) }, want: "A for 8h0m0s 0s=16/3 1h0m0s=8/3",
			have: []fleet.InstalledProfile{holding(fleet.PurposeTxDefault, 1, "A", limit("16"), after(time.Hour, "12"), after(2*time.Hour, "8"), after(3*time.Hour, "20"))}},
		"in one turn of the station": {limits: fleet.ChargingLimits{MaxPeriods: new(int64(1))}, want: "A for 8h0m0s 0s=8/3",
			have: []fleet.InstalledProfile{holding(fleet.PurposeTxDefault, 1, "A", limit("16"), after(time.Hour, "8"))}},
		"each day": {needs: func(n *fleet.ChargingNeeds) { n.DepartureTime = time.Time{} }, have: []fleet.InstalledProfile{func() fleet.InstalledProfile {
			p := holding(fleet.PurposeTxDefault, 1, "A", limit("16"), after(2*time.Hour, "10"))
			p.Type, p.Recurrency = "Recurring", "Daily"
			p.Schedules[0].Start = planNow.AddDate(0, -1, 0).Add(-time.Hour)
			return p
		}()}, want: "A for 24h0m0s 0s=16/3 2h0m0s=10/3 23h0m0s=16/3"},
		"what a share falls back to": {have: []fleet.InstalledProfile{func() fleet.InstalledProfile {
			p := holding(fleet.PurposeStationMax, 8, "A", limit("16"), after(time.Minute, "6"))
			p.ProfileID = fleet.GrantID
			return p
		}()}, want: "A for 8h0m0s 0s=16/3"},
		"another mode": {have: []fleet.InstalledProfile{holding(fleet.PurposeTx, 1, "W", fleet.SchedulePeriod{Setpoint: "-3000", OperationMode: "CentralSetpoint"})},
			want: "A for 8h0m0s 0s=32/3"},
	} {
		n := threePhases()
		if c.dc {
			n = direct()
		}
		if c.needs != nil {
			c.needs(&n)
		}
		s, err := n.Plan(fleet.PlanFacts{Cap: fleet.ChargeCap{EVSE: 1, Transaction: "t1", Profiles: c.have}, Limits: c.limits, Supply: c.supply}, planNow)
		got := shownSchedule(s)
		if err != nil {
			got = err.Error()
		}
		if got != c.want && (err == nil || !strings.HasPrefix(got, c.want)) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// randomProfile is a profile of any kind.
func randomProfile(r *rand.Rand) fleet.InstalledProfile {
	purposes := []fleet.ProfilePurpose{fleet.PurposeStationMax, fleet.PurposeTxDefault, fleet.PurposeTx}
	kinds := []fleet.ProfileKind{fleet.KindAbsolute, fleet.KindRecurring, fleet.KindRelative, fleet.KindDynamic}
	unit := []string{"A", "W"}[r.IntN(2)]
	var periods []fleet.SchedulePeriod
	for start := int64(0); len(periods) < 1+r.IntN(4); start += 1 + r.Int64N(30000) {
		p := fleet.SchedulePeriod{Start: start, Limit: fleet.Decimal(fmt.Sprint(r.IntN(40), ".", r.IntN(10)))}
		if unit == "W" {
			p.Limit = fleet.Decimal(fmt.Sprint(r.IntN(30000)))
		}
		if r.IntN(4) == 0 {
			p.Phases = new(1 + r.Int64N(3))
		}
		periods = append(periods, p)
	}
	p := holding(purposes[r.IntN(3)], r.Int64N(9), unit, periods...)
	p.Type, p.Recurrency = string(kinds[r.IntN(4)]), []string{"Daily", "Weekly"}[r.IntN(2)]
	s := &p.Schedules[0]
	s.Start = planNow.Add(time.Duration(r.IntN(200000)-150000) * time.Second / time.Duration(1+r.IntN(3)))
	if p.Type == string(fleet.KindRelative) {
		s.Start = time.Time{}
	}
	if r.IntN(3) == 0 {
		s.Seconds = new(1 + r.Int64N(100000))
	}
	if r.IntN(4) == 0 {
		p.ValidFrom = planNow.Add(time.Duration(r.IntN(100000)-50000) * time.Second)
	}
	if r.IntN(4) == 0 {
		p.ValidTo = planNow.Add(time.Duration(r.IntN(100000)) * time.Second)
	}
	return p
}

// Whatever is installed, a schedule is never above it, nor above what the vehicle and the EVSE can do, at no second; it is one
// that the station takes, and a vehicle that follows it is within its limits.
func TestSchedulesAreNeverAboveWhatHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		c := fleet.ChargeCap{EVSE: 1, Transaction: "t1", Begun: planNow.Add(-time.Duration(r.IntN(50000)) * time.Second)}
		for range r.IntN(5) {
			c.Profiles = append(c.Profiles, randomProfile(r))
		}
		n := threePhases()
		if r.IntN(2) == 0 {
			n = direct()
		}
		n.DepartureTime = planNow.Add(time.Duration(r.IntN(90000)) * time.Second)
		f := fleet.PlanFacts{Cap: c, Limits: fleet.ChargingLimits{Units: [][]string{nil, {"A"}, {"W"}}[r.IntN(3)], MaxPeriods: new(1 + r.Int64N(6))}}
		s, err := n.Plan(f, planNow)
		if err != nil {
			t.Fatal(err)
		}
		p := fleet.Profile{Purpose: fleet.PurposeTx, Kind: fleet.KindAbsolute, Schedules: []fleet.ChargingSchedule{s}}
		if faults := slices.Concat(p.Check(), f.Limits.Check(p), p.CheckVersion("2.0.1")); len(faults) > 0 {
			t.Fatalf("%v: %+v", faults, s)
		}
		if err := checkWithin(n, f, s, r); err != nil {
			t.Fatalf("%v\n%s\n%+v\n%+v", err, shownSchedule(s), n, c)
		}
	}
}

// checkWithin looks at a schedule at random moments. It knows nothing of how it was made.
func checkWithin(n fleet.ChargingNeeds, f fleet.PlanFacts, s fleet.ChargingSchedule, r *rand.Rand) error {
	end := planNow.Add(24 * time.Hour)
	if s.Seconds != nil {
		end = s.Start.Add(time.Duration(*s.Seconds) * time.Second)
	}
	for range 50 {
		at := planNow.Add(time.Duration(r.Int64N(max(1, int64(end.Sub(planNow))))))
		var p fleet.SchedulePeriod
		for _, period := range s.Periods {
			if !at.Before(s.Start.Add(time.Duration(period.Start) * time.Second)) {
				p = period
			}
		}
		got, ok := fleet.ParseTenths(p.Limit)
		if !ok {
			return fmt.Errorf("no limit at %s", at)
		}
		phases := 3.0
		if p.Phases != nil {
			phases = float64(*p.Phases)
		}
		watts := float64(got)
		switch {
		case s.Unit == "A" && n.EnergyTransfer == "DC":
			watts *= 500
		case s.Unit == "A":
			watts *= 230 * phases
		}
		for _, rate := range f.Cap.At(at) {
			allowed := float64(rate.Limit)
			if rate.Unit == "A" {
				of := phases
				if rate.Phases > 0 && n.EnergyTransfer == "DC" {
					of = float64(rate.Phases)
				}
				allowed *= 230 * of
			}
			if watts > allowed+1e-6 {
				return fmt.Errorf("%s %s at %s is above %+v", p.Limit, s.Unit, at, rate)
			}
		}
		if most := map[string]float64{"DC": 10 * 100000, "AC_three_phase": 10 * 32 * 230 * phases}[n.EnergyTransfer]; watts > most+1e-6 {
			return fmt.Errorf("%s %s at %s is more than the vehicle takes", p.Limit, s.Unit, at)
		}
	}
	return nil
}

func TestAScheduleStaysUntilSomethingElseHolds(t *testing.T) {
	n := threePhases()
	have := []fleet.InstalledProfile{holding(fleet.PurposeTxDefault, 1, "A", limit("16"), after(2*time.Hour, "10"))}
	plan := func(n fleet.ChargingNeeds, now time.Time, have ...fleet.InstalledProfile) fleet.ChargingSchedule {
		s, err := n.Plan(fleet.PlanFacts{Cap: fleet.ChargeCap{EVSE: 1, Transaction: "t1", Profiles: have}}, now)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := plan(n, planNow, have...)
	still := func(n fleet.ChargingNeeds, now time.Time, have ...fleet.InstalledProfile) bool {
		return first.StillRight(plan(n, now, have...), fleet.ChargeCap{EVSE: 1, Transaction: "t1", Profiles: have}, 0, now)
	}
	for after, want := range map[time.Duration]bool{0: true, time.Second: true, time.Hour: true, 3 * time.Hour: true, 7*time.Hour + 59*time.Minute: true, 8 * time.Hour: false} {
		if got := still(n, planNow.Add(after), have...); got != want {
			t.Errorf("after %s: %t", after, got)
		}
	}
	less := slices.Concat(have, []fleet.InstalledProfile{holding(fleet.PurposeStationMax, 8, "A", limit("16"), after(time.Hour, "15"))})
	if still(n, planNow, less...) {
		t.Error("less holds later on")
	}
	if !still(n, planNow.Add(3*time.Hour), less...) {
		t.Error("what held less is not less any more")
	}
	own := holding(fleet.PurposeTx, 1, "A", limit("8"))
	if !still(n, planNow, append(have, own)...) {
		t.Error("another profile of the transaction goes before it")
	}
	own.ValidTo = planNow.Add(3 * time.Hour)
	if !still(n, planNow, append(have, own)...) || still(n, planNow, append(less, own, holding(fleet.PurposeTxDefault, 2, "A", limit("12")))...) {
		t.Error("another profile of the transaction goes before it for some time")
	}
	below := holding(fleet.PurposeTx, 0, "A", limit("8"))
	if still(n, planNow, append(have, below)...) {
		t.Error("another profile of the transaction is on its level")
	}
	n.DepartureTime = planNow.Add(9 * time.Hour)
	if !still(n, planNow, have...) || still(n, planNow.Add(7*time.Hour+31*time.Minute), have...) {
		t.Error("it is made longer when it is about to end")
	}
	n.DepartureTime = time.Time{}
	if still(n, planNow) {
		t.Error("it has an end")
	}
	first, n.EnergyTransfer = plan(n, planNow), "AC_single_phase"
	if still(n, planNow) {
		t.Error("it has fewer phases")
	}
}

func TestPlansOfVehicles(t *testing.T) {
	limits := []fleet.InstalledProfile{holding(fleet.PurposeTx, 0, "A", limit("16"), after(time.Hour, "8"))}
	mine := func(unit string, seconds int64, periods ...fleet.SchedulePeriod) fleet.EVSchedule {
		s := fleet.ChargingSchedule{ID: 1, Unit: unit, Periods: periods}
		if seconds > 0 {
			s.Seconds = &seconds
		}
		return fleet.EVSchedule{EVSE: 1, TimeBase: planNow, Schedules: []fleet.ChargingSchedule{s}}
	}
	choice := holding(fleet.PurposeTx, 0, "A", limit("16"))
	choice.Schedules = append(choice.Schedules, fleet.ChargingSchedule{ID: 2, Start: planNow, Unit: "A", Periods: []fleet.SchedulePeriod{limit("32")}})
	chosen := func(r fleet.EVSchedule, id int64) fleet.EVSchedule {
		r.SelectedSchedule = &id
		return r
	}
	later := fleet.SchedulePeriod{Start: 3600, Limit: "8"}
	for name, c := range map[string]struct {
		plan fleet.EVSchedule
		have []fleet.InstalledProfile
		want string // a part of why it does not fit; "": it does
	}{
		"the same":                 {mine("A", 0, limit("16"), later), limits, ""},
		"less":                     {mine("A", 3600, limit("10.04")), limits, ""},
		"a bit more":               {mine("A", 3600, limit("16.1")), limits, "16.1 A from 2026-05-01T10:00:00Z on are more than the limit of 16 A"},
		"more later on":            {mine("A", 0, limit("16")), limits, "16 A from 2026-05-01T11:00:00Z on are more than the limit of 8 A"},
		"over by then":             {mine("A", 3600, limit("16")), limits, ""},
		"more in its second":       {mine("A", 0, limit("8"), fleet.SchedulePeriod{Start: 60, Limit: "20"}), limits, "20 A from 2026-05-01T10:01:00Z"},
		"in watts":                 {mine("W", 3600, limit("11520")), limits, ""}, // 16 A at 240 V
		"far more in watts":        {mine("W", 3600, limit("12200")), limits, "12200 W"},
		"no limit at all":          {mine("A", 0, limit("1000")), nil, ""},
		"of the station":           {mine("A", 0, limit("33")), []fleet.InstalledProfile{holding(fleet.PurposeStationMax, 8, "A", limit("32"))}, "33 A"},
		"of others":                {mine("A", 0, limit("33")), []fleet.InstalledProfile{holding(fleet.PurposeExternal, 8, "A", limit("32"))}, ""},
		"nothing":                  {mine("A", 0), limits, ""},
		"one phase":                {mine("W", 3600, fleet.SchedulePeriod{Limit: "5000", Phases: new(int64(1))}), limits, "5000 W"},
		"the first one":            {mine("A", 0, limit("20")), []fleet.InstalledProfile{choice}, "20 A"},
		"the second one":           {chosen(mine("A", 0, limit("20")), 2), []fleet.InstalledProfile{choice}, ""},
		"more than the second one": {chosen(mine("A", 0, limit("33")), 2), []fleet.InstalledProfile{choice}, "33 A"},
		"one that is not there":    {chosen(mine("A", 0, limit("20")), 9), []fleet.InstalledProfile{choice}, "20 A"},
		"it gives back":            {mine("A", 0, fleet.SchedulePeriod{Setpoint: "-5"}), limits, ""},
	} {
		err := c.plan.Fits(fleet.ChargeCap{EVSE: 1, Transaction: "t1", Profiles: c.have}, "AC_three_phase")
		if got := fmt.Sprint(err); err != nil && (c.want == "" || !strings.Contains(got, c.want)) || err == nil && c.want != "" {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if err := mine("A", 0, limit("200")).Fits(fleet.ChargeCap{EVSE: 1, Transaction: "t1", Profiles: []fleet.InstalledProfile{holding(fleet.PurposeTx, 0, "W", limit("10"))}}, "DC"); err != nil {
		t.Errorf("a direct current at nobody knows which voltage: %v", err)
	}
}
