package fleet

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Sample is one measured value. Empty fields mean the defaults of OCPP: measurand Energy.Active.Import.Register,
// context Sample.Periodic, location Outlet, unit Wh for energy registers.
type Sample struct {
	Time       time.Time    `json:"time,omitzero"` // the station's clock
	Value      Decimal      `json:"value,omitempty"`
	Text       string       `json:"text,omitempty"` // the value as sent when it is no number (1.6 sends strings)
	Measurand  string       `json:"measurand,omitempty"`
	Phase      string       `json:"phase,omitempty"`
	Context    string       `json:"context,omitempty"`
	Location   string       `json:"location,omitempty"`
	Unit       string       `json:"unit,omitempty"`
	Multiplier int          `json:"multiplier,omitempty"` // Value counts 10^Multiplier units (2.x)
	Signed     *SignedValue `json:"signed,omitempty"`
}

// SignedValue is a meter reading that the meter signed, as it came. In OCPP 1.6 (format SignedData) only Data is
// there.
type SignedValue struct {
	Data      string `json:"data"`
	Method    string `json:"method,omitempty"`
	Encoding  string `json:"encoding,omitempty"`
	PublicKey string `json:"publicKey,omitempty"`
}

// EnergyRegister is the default measurand: the counter of energy delivered to vehicles.
const EnergyRegister = "Energy.Active.Import.Register"

// The contexts that mark the first and the last reading of a transaction.
const (
	contextBegin = "Transaction.Begin"
	contextEnd   = "Transaction.End"
)

// WattHours returns the reading of the energy register in Wh. It reports false for every other measurand, for
// readings of one phase or of another place than the outlet, for values that are no numbers, and for units that
// are no energy.
func (s Sample) WattHours() (Decimal, bool) {
	if !s.isRegister() {
		return "", false
	}
	shift := s.Multiplier
	switch strings.ToLower(s.Unit) {
	case "", "wh":
	case "kwh":
		shift += 3
	default:
		return "", false
	}
	d, err := s.Value.Shift(shift)
	return d.Trim(), err == nil
}

func (s Sample) isRegister() bool {
	return (s.Measurand == "" || s.Measurand == EnergyRegister) && s.Phase == "" &&
		(s.Location == "" || s.Location == "Outlet") && s.Value != ""
}

// SamplesContent returns samples as JSON with the digest of that: equal for repetitions of the same samples.
func SamplesContent(samples []Sample) (content []byte, digest string, err error) {
	if content, err = json.Marshal(normalSamples(samples)); err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrInvalidEvent, err)
	}
	return content, Digest(content), nil
}

// normalSamples returns samples with their times as they are kept.
func normalSamples(samples []Sample) []Sample {
	list := make([]Sample, len(samples))
	for i, s := range samples {
		s.Time = Instant(s.Time)
		list[i] = s
	}
	return list
}
