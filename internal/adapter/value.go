package adapter

import (
	"encoding/json"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
)

// Reading fills in the value of a sample from text. What is no number is kept as text: OCPP 1.6 sends strings.
func Reading(s *fleet.Sample, text string) {
	d, err := fleet.ParseDecimal(text)
	if err != nil {
		s.Text = text
		return
	}
	s.Value = d
}

// Earliest returns the earliest time of the samples that have one, and the zero time without any.
func Earliest(samples []fleet.Sample) time.Time {
	var first time.Time
	for _, s := range samples {
		if !s.Time.IsZero() && (first.IsZero() || s.Time.Before(first)) {
			first = s.Time
		}
	}
	return first
}

// Int64 returns the value of an optional integer, nil when it is absent.
func Int64(o ocpp.Opt[int]) *int64 {
	n, ok := o.Get()
	if !ok {
		return nil
	}
	v := int64(n)
	return &v
}

// Bool returns the value of an optional boolean, nil when it is absent.
func Bool(o ocpp.Opt[bool]) *bool {
	b, ok := o.Get()
	if !ok {
		return nil
	}
	return &b
}

// Decimal returns a number with its digits as they were sent.
func Decimal(d ocpp.Decimal) fleet.Decimal { return fleet.Decimal(d.String()) }

// OptDecimal returns an optional number, "" when it is absent.
func OptDecimal(o ocpp.Opt[ocpp.Decimal]) fleet.Decimal {
	d, ok := o.Get()
	if !ok {
		return ""
	}
	return Decimal(d)
}

// Object writes what has no field of its own as a JSON object, nil when there is nothing in it.
func Object(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil || string(b) == "{}" { // it was JSON before: it can be
		return nil
	}
	return b
}

// Short returns s as an optional string of at most limit characters. A longer one is left out: it could not be sent.
func Short(s string, limit int) ocpp.Opt[string] {
	if s == "" || len([]rune(s)) > limit {
		return ocpp.Opt[string]{}
	}
	return ocpp.Some(s)
}
