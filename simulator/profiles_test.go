package simulator

import (
	"testing"
	"time"
)

// quiet is a station with two EVSEs, three phases and 22.08 kW each, and no CSMS.
func quiet(t *testing.T) *Station {
	t.Helper()
	f, err := New(Options{URL: "ws://nowhere"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.engine.Close)
	return f.stations[0]
}

func TestProfilesLimitPower(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	flat := func(p profile, limit float64) profile {
		p.schedule.periods = []period{{limit: limit}}
		return p
	}
	station := profile{id: 1, purpose: "ChargingStationMaxProfile", kind: "Absolute"}
	byDefault := profile{id: 2, purpose: "TxDefaultProfile", kind: "Relative"}
	higher := profile{id: 3, purpose: "TxDefaultProfile", kind: "Relative", stack: 1, evse: 1}
	own := profile{id: 4, purpose: "TxProfile", kind: "Relative", evse: 1, tx: "tx"}
	later := profile{id: 5, purpose: "TxDefaultProfile", kind: "Absolute", stack: 9, from: now.Add(time.Hour)}
	amperes := profile{id: 6, purpose: "TxDefaultProfile", kind: "Relative", stack: 5, schedule: schedule{amperes: true}}
	nightly := profile{id: 7, purpose: "TxDefaultProfile", kind: "Recurring", recurrency: "Daily", stack: 2, schedule: schedule{
		start: now.Add(-50 * time.Hour), periods: []period{{limit: 100}, {start: time.Hour, limit: 200}, {start: 3 * time.Hour, limit: 300}},
	}}
	for name, c := range map[string]struct {
		list []profile
		want float64 // below 0: none
	}{
		"none":                       {nil, -1},
		"the station's is shared":    {[]profile{flat(station, 8000)}, 4000},
		"a default":                  {[]profile{flat(byDefault, 5000)}, 5000},
		"the higher level":           {[]profile{flat(byDefault, 5000), flat(higher, 6000)}, 6000},
		"the transaction's own":      {[]profile{flat(byDefault, 5000), flat(own, 7000)}, 7000},
		"the lowest of the purposes": {[]profile{flat(station, 3000), flat(own, 7000)}, 1500},
		"not valid yet":              {[]profile{flat(later, 100)}, -1},
		"amperes on three phases":    {[]profile{flat(amperes, 10)}, 6900},
		"two hours into a day":       {[]profile{nightly}, 200},
		"zero":                       {[]profile{flat(byDefault, 0)}, 0},
	} {
		s := quiet(t)
		for _, p := range c.list {
			if !s.profiles.install(p) {
				t.Fatal("no room")
			}
		}
		tx := &transaction{id: "tx"}
		tx.authorize(now.Add(-time.Minute))
		s.speech = speech21{}
		s.outlets[1].setRunning(&transaction{id: "other"})
		w, limited := s.limitW(s.outlets[0], tx, now)
		if limited != (c.want >= 0) || limited && w != c.want {
			t.Errorf("%s: %v W, limited %v; want %v", name, w, limited, c.want)
		}
	}
}

func TestProfilesAreReplacedAndEnd(t *testing.T) {
	var p profiles
	p.install(profile{id: 1, purpose: "TxDefaultProfile"})
	p.install(profile{id: 2, purpose: "TxDefaultProfile"}) // the same place and level
	p.install(profile{id: 3, purpose: "TxProfile", tx: "a", evse: 1})
	p.ended("a")
	if list := p.find(func(profile) bool { return true }); len(list) != 1 || list[0].id != 2 {
		t.Errorf("left are %+v", list)
	}
	for i := range maxProfiles + 5 {
		p.install(profile{id: 10 + i, purpose: "TxDefaultProfile", stack: 10 + i})
	}
	if n := len(p.find(func(profile) bool { return true })); n != maxProfiles {
		t.Errorf("%d profiles", n)
	}
}

func TestCompositeScheduleFollowsTheProfiles(t *testing.T) {
	s := quiet(t)
	s.profiles.install(profile{id: 1, purpose: "TxDefaultProfile", kind: "Absolute", schedule: schedule{
		start: s.now(), duration: 2 * time.Hour, periods: []period{{limit: 1000}, {start: time.Hour, limit: 2000}},
	}})
	c := s.composite(s.outlets[:1], 3*time.Hour, false)
	if len(c.periods) != 3 || c.periods[0].limit != 1000 || c.periods[1].limit != 2000 || c.periods[2].limit != s.powerW() {
		t.Errorf("periods %+v", c.periods)
	}
}
