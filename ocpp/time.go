package ocpp

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
)

// Time is a date-time of a message. The zero Time is absent in an optional field. Decoded times are in UTC; they
// are sent in UTC with Z and at most three digits of fraction, the rest cut off (rule R65).
type Time struct{ time.Time }

// At returns t as a time of a message.
func At(t time.Time) Time { return Time{t} }

// ParseTime reads a date-time of RFC 3339, and the near misses that stations send: no zone (taken as UTC), +03,
// +0300, a space for the T, no seconds, a comma before the fraction.
func ParseTime(s string) (Time, error) {
	t, form := jsonwire.ParseTime(s, nil)
	if form == jsonwire.TimeBad {
		return Time{}, Invalid(RuleTimeForm, "", "is not a date-time")
	}
	return Time{t}, nil
}

// DecodeOCPP reads the time at the cursor.
func (t *Time) DecodeOCPP(d *jsonwire.Decoder) bool { return d.Time(&t.Time) }

// AppendOCPP appends the time in quotes.
func (t Time) AppendOCPP(b []byte) []byte { return jsonwire.AppendTime(b, t.Time) }

// String returns the time as it is sent.
func (t Time) String() string {
	b := t.AppendOCPP(nil)
	return string(b[1 : len(b)-1])
}

// MarshalJSON encodes the time as it is sent.
func (t Time) MarshalJSON() ([]byte, error) {
	if err := CheckTime("", t); err != nil && !t.IsZero() {
		return nil, err
	}
	return t.AppendOCPP(nil), nil
}

// UnmarshalJSON reads what ParseTime reads. Null leaves the time as it is.
func (t *Time) UnmarshalJSON(b []byte) error { return unmarshalValue(b, t) }

// MarshalText encodes the time as it is sent, without quotes.
func (t Time) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what ParseTime reads.
func (t *Time) UnmarshalText(b []byte) error {
	p, err := ParseTime(string(b))
	if err == nil {
		*t = p
	}
	return err
}
