package adapter

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
)

// Instruction is a request of the CSMS, of any version.
type Instruction interface {
	OCPPAction() ocpp.Action
	SentByCSMS()
}

// NoVerb is the refusal of a verb that a version does not have.
func NoVerb(v fleet.Verb, version string) error {
	return fleet.NotInVersion("", "OCPP %s has nothing like %s: later versions do", version, v.VerbName())
}

// NoLimits is the refusal of a limit of a transaction in a version that does not have them.
func NoLimits(pointer, version string) error {
	return fleet.NotInVersion(pointer, "OCPP %s has no limits of transactions: OCPP 2.1 does. Limit its power with a profile, or stop it when it is time", version)
}

// OptInt returns a number as an optional one; 0 is absent.
func OptInt(n int) ocpp.Opt[int] {
	if n == 0 {
		return ocpp.Opt[int]{}
	}
	return ocpp.Some(n)
}

// OptString returns a text as an optional one; "" is absent.
func OptString(s string) ocpp.Opt[string] {
	if s == "" {
		return ocpp.Opt[string]{}
	}
	return ocpp.Some(s)
}

// OptPointer returns a number that may be zero as an optional one; nil is absent.
func OptPointer(n *int) ocpp.Opt[int] {
	if n == nil {
		return ocpp.Opt[int]{}
	}
	return ocpp.Some(*n)
}

// At returns a time as OCPP sends it; nil is absent.
func At(t *time.Time) ocpp.Time {
	if t == nil {
		return ocpp.Time{}
	}
	return ocpp.At(t.UTC())
}

// OptTrue returns true as an optional boolean; false is absent.
func OptTrue(b bool) ocpp.Opt[bool] {
	if !b {
		return ocpp.Opt[bool]{}
	}
	return ocpp.Some(true)
}

// OptBool returns an optional boolean, absent for nil.
func OptBool(b *bool) ocpp.Opt[bool] {
	if b == nil {
		return ocpp.Opt[bool]{}
	}
	return ocpp.Some(*b)
}

// OptRef returns a number as an optional one; nil is absent.
func OptRef(n *int64) ocpp.Opt[int] {
	if n == nil {
		return ocpp.Opt[int]{}
	}
	return ocpp.Some(int(*n))
}

// Time returns a time as it goes on the wire; the zero time is absent.
func Time(t time.Time) ocpp.Time {
	if t.IsZero() {
		return ocpp.Time{}
	}
	return ocpp.At(t)
}

// Wire returns a number as it goes on the wire. It is one that was checked.
func Wire(d fleet.Decimal) ocpp.Decimal {
	wire, err := ocpp.ParseDecimal(string(d.Trim()))
	if err != nil {
		return ocpp.Decimal{} // cannot happen: it is a number in plain notation
	}
	return wire
}

// OptWire returns a number as an optional one; "" is absent.
func OptWire(d fleet.Decimal) ocpp.Opt[ocpp.Decimal] {
	if d == "" {
		return ocpp.Opt[ocpp.Decimal]{}
	}
	return ocpp.Some(Wire(d))
}
