package simulator

import (
	"math"

	"github.com/chargeyard/chargeyard/ocpp"
)

// meter is a meter of one or three phases. Its register only grows; vehicles whose power is below what the last digit
// shows let it stand still for a while.
type meter struct {
	registerWh float64
	decimals   int // of the register that is shown
	phases     int
	noise      *dice
}

const nominalVoltage = 230.0

// shown is the energy register as the meter shows it, in Wh. Digits that are not shown are cut off: it never runs ahead.
func (m *meter) shown() ocpp.Decimal {
	scale := math.Pow10(m.decimals)
	return ocpp.Dec(int64(m.registerWh*scale), int8(-m.decimals))
}

// value is one thing that is measured.
type value struct {
	measurand string // in the words of OCPP
	unit      string
	phase     string // "" for all together
	location  string // "" for the outlet
	number    ocpp.Decimal
}

// reading is what can be read of an outlet and its vehicle at one moment.
type reading struct {
	energy ocpp.Decimal // the register, Wh
	values []value      // the register first
}

const energyRegister = "Energy.Active.Import.Register"

// read reads everything: powerW flows, of offeredW, into a vehicle charged to soc, 0 to 1; below 0 it does not say.
func (m *meter) read(powerW, offeredW, soc float64) reading {
	r := reading{energy: m.shown()}
	r.add(energyRegister, "Wh", "", r.energy)
	r.add("Power.Active.Import", "W", "", tenths(powerW))
	r.add("Power.Offered", "W", "", tenths(offeredW))
	r.add("Frequency", "Hz", "", ocpp.Dec(int64(math.Round((50+m.noise.NormFloat64()*0.01)*100)), -2))
	for phase := 1; phase <= m.phases; phase++ {
		name := "L" + string(rune('0'+phase))
		v := nominalVoltage + m.noise.NormFloat64()*1.5
		share := powerW / float64(m.phases)
		r.add("Voltage", "V", name+"-N", tenths(v))
		r.add("Current.Import", "A", name, tenths(share/v))
		r.add("Power.Active.Import", "W", name, tenths(share))
	}
	r.add("Temperature", "Celsius", "", tenths(25+20*powerW/max(offeredW, 1)+m.noise.NormFloat64()*0.5))
	if soc >= 0 {
		r.values = append(r.values, value{"SoC", "Percent", "", "EV", ocpp.Dec(int64(math.Round(soc*100)), 0)})
	}
	return r
}

func (r *reading) add(measurand, unit, phase string, n ocpp.Decimal) {
	r.values = append(r.values, value{measurand: measurand, unit: unit, phase: phase, number: n})
}

// only leaves the measurands that are configured; none leaves the register.
func (r reading) only(measurands map[string]bool) []value {
	var list []value
	for _, v := range r.values {
		if measurands[v.measurand] || v.measurand == energyRegister && len(measurands) == 0 {
			list = append(list, v)
		}
	}
	return list
}

// tenths rounds to one decimal, exactly.
func tenths(f float64) ocpp.Decimal { return ocpp.Dec(int64(math.Round(f*10)), -1) }

// latest is what can be read of an outlet now, at rest. Commands ask for it from other goroutines: noise is left out.
func (o *outlet) latest() reading {
	o.mu.Lock()
	defer o.mu.Unlock()
	r := reading{energy: o.shownWh}
	r.add(energyRegister, "Wh", "", o.shownWh)
	return r
}
