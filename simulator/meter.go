package simulator

import (
	"math"

	"github.com/chargeyard/chargeyard/ocpp"
)

// meter is a three-phase energy meter. Its register only grows.
type meter struct {
	registerWh float64
	noise      *dice
}

// reading is what a meter shows at one moment.
type reading struct {
	energyWh int64        // the register, whole Wh as meters show it
	powerW   ocpp.Decimal // one decimal
	voltage  [3]ocpp.Decimal
	current  [3]ocpp.Decimal
	soc      int // percent
}

// told notes the reading in the record of a transaction.
func (r reading) told(t *TransactionRecord) { t.register(ocpp.Dec(r.energyWh, 0)) }

const nominalVoltage = 230.0

func (m *meter) read(powerW, soc float64) reading {
	r := reading{
		energyWh: int64(m.registerWh),
		powerW:   tenths(powerW),
		soc:      int(math.Round(soc * 100)),
	}
	for phase := range 3 {
		v := nominalVoltage + m.noise.NormFloat64()*1.5
		r.voltage[phase] = tenths(v)
		r.current[phase] = tenths(powerW / 3 / v)
	}
	return r
}

// tenths rounds to one decimal, exactly.
func tenths(f float64) ocpp.Decimal { return ocpp.Dec(int64(math.Round(f*10)), -1) }
