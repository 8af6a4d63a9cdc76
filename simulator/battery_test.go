package simulator

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestBatteryTakesNoMoreThanItIsOfferedAndHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBattery(&dice{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))}, rapid.Bool().Draw(t, "direct"))
		taken, before := 0.0, b.chargeWh
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			offered := rapid.Float64Range(0, 50_000).Draw(t, "offered")
			w := b.power(offered)
			if w < 0 || w > offered || w > b.maxW {
				t.Fatalf("takes %v W of %v, limit %v", w, offered, b.maxW)
			}
			taken += b.take(w, 60)
		}
		if b.soc() > 1 || b.chargeWh-before-taken > 1e-6 {
			t.Fatalf("state of charge %v; took %v Wh, gained %v", b.soc(), taken, b.chargeWh-before)
		}
	})
}

func TestBatteryTapersWhenNearlyFull(t *testing.T) {
	b := battery{capacityWh: 100, maxW: 1000, celsius: 20}
	last := 2000.0
	for _, charge := range []float64{0, 80, 90, 99, 100} {
		b.chargeWh = charge
		w := b.power(5000)
		if charge <= 80 && w != 1000 || charge > 80 && w >= last {
			t.Errorf("at %v %%: %v W after %v W", charge, w, last)
		}
		last = w
	}
}

func TestMeterShowsWhatFlows(t *testing.T) {
	m := meter{registerWh: 10.987, phases: 3, noise: &dice{rand.New(rand.NewPCG(1, 2))}}
	r := m.read(11_040, 22_000, 0.5)
	if r.energy.String() != "10" || r.values[1].number.String() != "11040.0" || r.values[len(r.values)-1].number.String() != "50" {
		t.Errorf("reading %+v", r)
	}
	volts := 0
	for _, v := range r.only(map[string]bool{"Voltage": true}) {
		volts++
		if f := v.number.Float64(); f < 215 || f > 245 || v.phase == "" {
			t.Errorf("%s has %v V", v.phase, f)
		}
	}
	if volts != 3 {
		t.Errorf("%d phases", volts)
	}
	m.decimals = 2
	if got := m.shown().String(); got != "10.98" {
		t.Errorf("two decimals show %s", got)
	}
}

func TestColdBatteriesTakeLess(t *testing.T) {
	b := battery{capacityWh: 100_000, maxW: 1000, celsius: 5}
	cold := b.power(5000)
	b.take(1000, 36_000) // it warms up
	if warm := b.power(5000); cold >= warm || warm != 1000 {
		t.Errorf("cold %v W, warm %v W", cold, warm)
	}
}
