package ocpp

import (
	"encoding/json"
	"errors"
	"reflect"
	"time"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
)

// DecodeOptions says how a payload is decoded. The zero value is strict and copies.
type DecodeOptions struct {
	// Policy says which rules are tolerant. Zero is Strict.
	Policy Policy

	// Owned promises that the data is not changed any more: decoded strings then point into it and nothing is
	// copied. False: nothing decoded points into the data.
	Owned bool

	// OnViolation is told what the policy tolerated, at most 100 violations of one message, in the order of the
	// text. It is called before Unmarshal returns, even when that fails. Nil is nobody.
	OnViolation func(Violation)

	// Location is the zone of times that name none (rule R65). Nil is UTC.
	Location *time.Location
}

// Wire returns the options for the decoder.
func (o DecodeOptions) Wire() jsonwire.Options {
	w := jsonwire.Options{Policy: uint32(o.Policy.Or(Strict)), Owned: o.Owned, Location: o.Location}
	if report := o.OnViolation; report != nil {
		w.OnViolation = func(r jsonwire.Rule, pointer, detail string) {
			report(Violation{Rule: Rule(r), Pointer: pointer, Detail: detail})
		}
	}
	return w
}

// Unmarshal decodes one payload into v, a pointer to an empty message, and checks it on the way. The error is a
// *ValidationError that names the first violation which the policy does not tolerate; v is then undefined. A type
// that was not generated goes through encoding/json, after a check that data is JSON.
func Unmarshal(data []byte, v any, o DecodeOptions) error {
	var d jsonwire.Decoder
	d.Reset(data, o.Wire())
	if err := DecodeFrom(&d, v); err != nil {
		return err
	}
	if !d.End() {
		return DecodeError(&d)
	}
	return nil
}

// DecodeFrom decodes the payload at the cursor of d into v, like Unmarshal, and leaves the cursor behind it.
func DecodeFrom(d *jsonwire.Decoder, v any) error {
	d.Kind() // leads over white space
	d.Payload()
	m, ok := v.(jsonwire.Message)
	if !ok {
		return decodeForeign(d, v)
	}
	ok = m.DecodeOCPP(d)
	d.Report()
	if ok {
		return nil
	}
	if !d.Failed() {
		return Invalid(RuleType, "", "is not an object") // tolerated, but then there is no payload
	}
	return DecodeError(d)
}

// decodeForeign decodes a type that was not generated.
func decodeForeign(d *jsonwire.Decoder, v any) error {
	start := d.Offset()
	if !d.Skip() {
		return DecodeError(d)
	}
	err := json.Unmarshal(d.Since(start), v)
	var wrong *json.UnmarshalTypeError
	var invalid *ValidationError
	switch {
	case err == nil || errors.As(err, &invalid):
		return err
	case errors.As(err, &wrong):
		return Invalid(RuleType, "", "has a value of the wrong type")
	}
	return Invalid(RuleSpec, "", "does not decode")
}

// DecodeError returns the violation that made d fail.
func DecodeError(d *jsonwire.Decoder) error {
	rule, pointer, detail := d.Violation()
	return &ValidationError{Violation{Rule: Rule(rule), Pointer: pointer, Detail: detail}}
}

// mostTolerant tolerates all that can be. UnmarshalJSON methods use it: what was stored once must be readable.
const mostTolerant = Policy(1<<ruleCount-1) &^ (1 << RuleSyntax)

// UnmarshalJSON decodes data into v as tolerantly as possible; null leaves v as it is. Generated UnmarshalJSON
// methods call it.
func UnmarshalJSON(data []byte, v jsonwire.Message) error {
	if string(data) == "null" {
		return nil
	}
	return Unmarshal(data, v, DecodeOptions{Policy: mostTolerant})
}

// unmarshalValue decodes a single value; null leaves it as it is.
func unmarshalValue(data []byte, v interface{ DecodeOCPP(*jsonwire.Decoder) bool }) error {
	var d jsonwire.Decoder
	d.Reset(data, jsonwire.Options{Policy: uint32(mostTolerant &^ (1 << RuleType))})
	if d.Null() && d.End() {
		return nil
	}
	if !v.DecodeOCPP(&d) || !d.End() {
		return DecodeError(&d)
	}
	return nil
}

// Append validates v, a pointer to a message, by policy p (zero: Strict) and appends it to dst as JSON. On an
// error, a *ValidationError for a generated message, dst is returned as it was. A type that was not generated goes
// through encoding/json unchecked.
func Append(dst []byte, v any, p Policy) ([]byte, error) {
	m, ok := v.(jsonwire.Message)
	if !ok {
		b, err := json.Marshal(v)
		if err != nil {
			return dst, err
		}
		return append(dst, b...), nil
	}
	p = p.Or(Strict)
	err := validate(m)
	if err == nil && p.Tolerates(RuleSpec) {
		return m.AppendOCPP(dst), nil
	}
	var bad *ValidationError
	if err != nil && (!errors.As(err, &bad) || !p.Tolerates(bad.Rule)) {
		return dst, err
	}
	return appendChecked(dst, m, p)
}

func validate(m jsonwire.Message) error {
	if v, ok := m.(interface{ Validate() error }); ok {
		return v.Validate()
	}
	return nil
}

// appendChecked appends m and checks it by decoding it again under policy p. Validate stops at the first violation;
// when that one is tolerated, only a second look tells whether there are others that are not, and only decoding
// checks RuleSpec.
func appendChecked(dst []byte, m jsonwire.Message, p Policy) ([]byte, error) {
	b := m.AppendOCPP(dst)
	again := reflect.New(reflect.TypeOf(m).Elem()).Interface()
	if err := Unmarshal(b[len(dst):], again, DecodeOptions{Policy: p, Owned: true}); err != nil {
		return dst, err
	}
	return b, nil
}
