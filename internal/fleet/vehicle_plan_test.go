package fleet_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

func TestRoundsOfAPlan(t *testing.T) {
	p := fleet.VehiclePlan{Station: "CS", EVSE: 1}.Want("t1", fleet.ChargingNeeds{MaxCurrent: "16"}, planNow)
	if p.Round != 1 || p.Reason != fleet.PlanNeeds || p.Outcome != "" || p.Key() != "plan:CS:1:1" || p.Transaction != "t1" || p.Needs.MaxCurrent != "16" || !p.NeedsAt.Equal(planNow) {
		t.Errorf("what is wanted: %+v", p)
	}
	if _, ok := p.Retry(planNow); ok {
		t.Error("one that is under way is sent again")
	}
	p = p.Settle(1, fleet.ShareRefused, "Rejected", planNow)
	if at, ok := p.Retry(planNow.Add(time.Hour)); !ok || !at.Equal(planNow.Add(2*time.Second)) {
		t.Errorf("one that was refused: %s %t", at, ok)
	}
	if other := p.Again(fleet.PlanLimits, planNow).Settle(1, fleet.ShareAcknowledged, "", planNow); other.Outcome != "" || other.Refusals != 1 {
		t.Errorf("the answer to an earlier one: %+v", other)
	}
	p = p.Again(fleet.PlanRetry, planNow).Settle(2, fleet.ShareRefused, "Rejected", planNow)
	if _, ok := p.Retry(planNow.Add(time.Hour)); ok || p.Refusals != 2 {
		t.Errorf("refused twice: %+v", p)
	}
	if p = p.Want("t1", p.Needs, planNow); p.Refusals != 0 || p.Round != 3 {
		t.Errorf("wanted anew: %+v", p)
	}
	p = p.Settle(3, fleet.ShareUnknown, "no answer", planNow)
	if at, ok := p.Retry(planNow.Add(-time.Hour)); !ok || !at.Equal(planNow.Add(time.Minute)) {
		t.Errorf("no answer: %s %t", at, ok)
	}
	if at, ok := p.Retry(planNow.Add(time.Second)); !ok || !at.Equal(planNow.Add(time.Second)) {
		t.Errorf("no answer, and a new connection: %s %t", at, ok)
	}
	if _, ok := p.Settle(3, fleet.ShareAcknowledged, "", planNow).Retry(planNow.Add(time.Hour)); ok {
		t.Error("what the station has is sent again")
	}
}

func TestLevelOfAPlan(t *testing.T) {
	plan := fleet.VehiclePlan{EVSE: 1, Transaction: "t1"}
	mine := holding(fleet.PurposeTx, 0, "A", limit("16"))
	mine.ProfileID = fleet.PlanID(1)
	other := holding(fleet.PurposeTx, 0, "A", limit("16"))
	elsewhere := other
	elsewhere.TransactionID = "t2"
	for name, c := range map[string]struct {
		have   []fleet.InstalledProfile
		limits fleet.ChargingLimits
		want   int64 // -1: none
	}{
		"nothing":                     {},
		"its own":                     {have: []fleet.InstalledProfile{mine}},
		"of another":                  {have: []fleet.InstalledProfile{elsewhere, holding(fleet.PurposeTxDefault, 0, "A", limit("1"))}},
		"of the operator":             {have: []fleet.InstalledProfile{other, mine}, want: 1},
		"two of the operator":         {have: []fleet.InstalledProfile{other, holding(fleet.PurposeTx, 1, "A", limit("1"))}, want: 2},
		"the only one":                {limits: fleet.ChargingLimits{MaxStackLevel: new(int64(0))}},
		"the only one is taken":       {have: []fleet.InstalledProfile{other}, limits: fleet.ChargingLimits{MaxStackLevel: new(int64(0))}, want: -1},
		"the one of limits":           {have: []fleet.InstalledProfile{other}, limits: fleet.ChargingLimits{MaxStackLevel: new(int64(1))}, want: -1},
		"one below the one of limits": {have: []fleet.InstalledProfile{other}, limits: fleet.ChargingLimits{MaxStackLevel: new(int64(2))}, want: 1},
	} {
		i, err := plan.Install(fleet.ChargingSchedule{ID: 1}, c.limits, c.have)
		if _, none := errors.AsType[fleet.NoPlan](err); none != (c.want < 0) || err == nil && i.Profile.StackLevel != c.want {
			t.Errorf("%s: %+v %v", name, i, err)
		}
	}
	plan.EVSE = 1000
	if _, err := plan.Install(fleet.ChargingSchedule{}, fleet.ChargingLimits{}, nil); err == nil {
		t.Error("an id of another purpose")
	}
}

func TestAProfileIsInstalledAsItWas(t *testing.T) {
	p := holding(fleet.PurposeTx, 3, "A", limit("16"))
	p.ValidFrom, p.ValidTo, p.Recurrency, p.Type = planNow, planNow.Add(time.Hour), "Daily", "Recurring"
	got := p.Installation().Record()
	want := p.ChargingProfile
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
