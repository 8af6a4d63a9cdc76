package v21

import (
	"strconv"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// limitOf reads the limit of a transaction that a station has; nil is none. A number with an absurd exponent is none.
func limitOf(t *ocpp21.TransactionLimit) fleet.TransactionLimit {
	if t == nil {
		return nil
	}
	l := fleet.TransactionLimit{}
	for kind, value := range map[fleet.LimitKind]fleet.Decimal{
		fleet.LimitCost: adapter.OptDecimal(t.MaxCost), fleet.LimitEnergy: adapter.OptDecimal(t.MaxEnergy),
		fleet.LimitTime: optInteger(t.MaxTime), fleet.LimitSoC: optInteger(t.MaxSoC),
	} {
		if plain, err := fleet.ParseDecimal(string(value)); err == nil {
			l[kind] = plain
		}
	}
	return l
}

func optInteger(o ocpp.Opt[int]) fleet.Decimal {
	n, ok := o.Get()
	if !ok {
		return ""
	}
	return fleet.Decimal(strconv.Itoa(n))
}

// wireLimit returns a limit as an answer gives it; nil is none.
func wireLimit(l fleet.TransactionLimit) *ocpp21.TransactionLimit {
	if len(l) == 0 {
		return nil
	}
	return &ocpp21.TransactionLimit{
		MaxCost: adapter.OptWire(l[fleet.LimitCost]), MaxEnergy: adapter.OptWire(l[fleet.LimitEnergy]),
		MaxTime: wireInteger(l[fleet.LimitTime]), MaxSoC: wireInteger(l[fleet.LimitSoC]),
	}
}

// wireInteger leaves out what is no whole number: such a limit cannot be made.
func wireInteger(d fleet.Decimal) ocpp.Opt[int] {
	n, err := strconv.Atoi(string(d))
	if err != nil {
		return ocpp.Opt[int]{}
	}
	return ocpp.Some(n)
}
