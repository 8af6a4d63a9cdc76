package adapter

import (
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

// Short returns s as an optional string of at most limit characters. A longer one is left out: it could not be sent.
func Short(s string, limit int) ocpp.Opt[string] {
	if s == "" || len([]rune(s)) > limit {
		return ocpp.Opt[string]{}
	}
	return ocpp.Some(s)
}
