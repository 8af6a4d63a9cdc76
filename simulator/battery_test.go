package simulator

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestBatteryTakesNoMoreThanItIsOfferedAndHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBattery(&dice{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))})
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
	b := battery{capacityWh: 100, maxW: 1000}
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

func TestMeterOnlyGrows(t *testing.T) {
	m := meter{registerWh: 10, noise: &dice{rand.New(rand.NewPCG(1, 2))}}
	r := m.read(11_040, 0.5)
	if r.energyWh != 10 || r.powerW.String() != "11040.0" || r.soc != 50 {
		t.Errorf("reading %+v", r)
	}
	for phase, v := range r.voltage {
		if f := v.Float64(); f < 215 || f > 245 {
			t.Errorf("L%d has %v V", phase+1, f)
		}
	}
}
