package httpapi

import (
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// orNull returns nil for a zero value: what is not known is null in JSON.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// instant returns nil for the zero time, and UTC with milliseconds for any other.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}

// inSeconds returns a duration in seconds, to the millisecond.
func inSeconds(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	s := float64(d.Milliseconds()) / 1000
	return &s
}

// Number is a decimal that keeps its digits on the way into JSON. The empty Number is null.
type Number string

// number also takes what an older program stored less tidily than JSON wants it.
func number(d fleet.Decimal) Number { return Number(d.Tidy()) }

// MarshalJSON writes the digits as a JSON number.
func (n Number) MarshalJSON() ([]byte, error) {
	if n == "" {
		return []byte("null"), nil
	}
	return json.Marshal(json.Number(n))
}

// Schema describes a Number as a number or null.
func (Number) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeNumber, Nullable: true}
}
