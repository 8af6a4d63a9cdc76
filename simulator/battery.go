package simulator

// battery is a vehicle's battery as a station sees it: it takes what it is offered up to its own limit, and less and
// less once it is nearly full.
type battery struct {
	capacityWh float64
	chargeWh   float64
	maxW       float64
}

// taperFrom is the state of charge, 0 to 1, above which a battery takes less than its maximum.
const taperFrom = 0.8

func newBattery(r *dice) battery {
	capacity := 40_000 + 1000*float64(r.IntN(60))
	return battery{
		capacityWh: capacity,
		chargeWh:   capacity * (0.1 + 0.6*r.Float64()),
		maxW:       []float64{3_680, 7_360, 11_040, 22_080}[r.IntN(4)],
	}
}

// soc returns the state of charge, 0 to 1.
func (b *battery) soc() float64 { return b.chargeWh / b.capacityWh }

// power returns what the battery takes of an offer, in W: all up to its limit, falling in a line from taperFrom to a
// twentieth of the limit when full.
func (b *battery) power(offeredW float64) float64 {
	limit := b.maxW
	if soc := b.soc(); soc >= 1 {
		return 0
	} else if soc > taperFrom {
		limit *= 1 - 0.95*(soc-taperFrom)/(1-taperFrom)
	}
	return max(0, min(offeredW, limit))
}

// take charges the battery with w watts for s seconds and returns the energy that went in, in Wh.
func (b *battery) take(w, s float64) float64 {
	wh := min(w*s/3600, b.capacityWh-b.chargeWh)
	b.chargeWh += wh
	return wh
}
