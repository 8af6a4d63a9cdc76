package simulator

// battery is a vehicle's battery as a station sees it: it takes what it is offered up to its own limit, which is lower
// while it is cold, and less and less once it is nearly full.
type battery struct {
	capacityWh float64
	chargeWh   float64
	maxW       float64
	celsius    float64
	silent     bool // the vehicle does not tell its state of charge
}

const (
	taperFrom    = 0.8  // the state of charge, 0 to 1, above which a battery takes less than its maximum
	warm         = 15.0 // degrees Celsius below which it takes less
	coldLoss     = 0.02 // share of the maximum for each degree below
	warmUpPerKWh = 1.5  // degrees that a kWh warms it up by
)

// newBattery draws a vehicle for outlets of alternating or of direct current.
func newBattery(d *dice, direct bool) battery {
	capacity := 40_000 + 1000*float64(d.IntN(60))
	b := battery{
		capacityWh: capacity,
		chargeWh:   capacity * (0.1 + 0.6*d.Float64()),
		maxW:       []float64{3_680, 7_360, 11_040, 22_080}[d.IntN(4)],
		celsius:    5 + 20*d.Float64(),
		silent:     !direct && d.chance(0.5),
	}
	if direct {
		b.maxW = []float64{50_000, 100_000, 150_000, 250_000}[d.IntN(4)]
	}
	return b
}

// soc returns the state of charge, 0 to 1.
func (b *battery) soc() float64 { return b.chargeWh / b.capacityWh }

// told is the state of charge that a station knows, below 0 when the vehicle does not say.
func (b *battery) told() float64 {
	if b.silent {
		return -1
	}
	return b.soc()
}

// power returns what the battery takes of an offer, in W: all up to its limit, falling in a line from taperFrom to a
// twentieth of the limit when full.
func (b *battery) power(offeredW float64) float64 {
	limit := b.maxW
	if b.celsius < warm {
		limit *= 1 - coldLoss*(warm-b.celsius)
	}
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
	b.celsius += warmUpPerKWh * wh / 1000
	return wh
}
