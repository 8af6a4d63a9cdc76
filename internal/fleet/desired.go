package fleet

import (
	"math/big"
	"strings"
	"time"
)

// DesiredValue is what somebody wants a variable or a configuration key of a station to be, beside what it is.
type DesiredValue struct {
	Station   string
	Setting   Setting
	Attribute string
	Value     string
	Apply     bool      // set it without being asked, when the station comes and it is otherwise
	Since     time.Time // when it was wanted

	State  DesiredState
	Actual *string // as the station told last; nil: not told, or hidden

	// The last attempt to set it.
	Tried    time.Time // zero: none
	Status   string    // the station's answer; "": none yet
	Reason   string
	Info     string
	Answered time.Time // zero: not yet
}

// Fits reports whether a station that speaks this version of OCPP can have such a variable: 1.6 has keys without components, 2.x
// variables of components. Of a station whose version is not known ("") any may be wanted.
func (d DesiredValue) Fits(version string) bool {
	return version == "" || (version == "1.6") == (d.Setting.Component == "")
}

// DesiredState is how a desired value and the actual one go together.
type DesiredState string

// The states.
const (
	DesiredUnknown DesiredState = "unknown"        // the station has not told the value
	DesiredSame    DesiredState = "same"           // the station has it
	DesiredDrift   DesiredState = "drift"          // the station has another one
	DesiredRefused DesiredState = "refused"        // it did not take it, and has another one or told none
	DesiredReboot  DesiredState = "rebootRequired" // it took it, and will have it from its next start on
)

// DesiredStates are all states.
func DesiredStates() []DesiredState {
	return []DesiredState{DesiredUnknown, DesiredSame, DesiredDrift, DesiredRefused, DesiredReboot}
}

// Drifts reports whether the station is known to have another value, or to refuse this one.
func (s DesiredState) Drifts() bool { return s == DesiredDrift || s == DesiredRefused }

// Key identifies the value among those of its station.
func (d DesiredValue) Key() string { return Variable{Setting: d.Setting, Attribute: d.Attribute}.Key() }

// Secret reports whether the value must not be kept: it is one by its name, or a user or a password is in it.
func (d DesiredValue) Secret() bool { return d.Setting.Secret() || HideUser(d.Value) != d.Value }

// Told is d when the station has told its value; nil: it told none, or it is hidden. A value that waits for the next start is
// the new one already, and one that was refused stays refused as long as it is another.
func (d DesiredValue) Told(actual *string) DesiredValue {
	if actual != nil && *actual == Hidden {
		actual = nil
	}
	d.Actual = actual
	switch {
	case actual != nil && SameValue(*actual, d.Value):
		if d.State != DesiredReboot {
			d.State = DesiredSame
		}
	case d.State == DesiredRefused:
	case actual == nil:
		d.State = DesiredUnknown
	default:
		d.State = DesiredDrift
	}
	return d
}

// AnsweredBy is d when the station has answered to a request to set its variable. That tells something about d only when the
// request was for its value.
func (d DesiredValue) AnsweredBy(a DeviceAnswer) DesiredValue {
	if a.Value != d.Value {
		return d
	}
	d.Status, d.Reason, d.Info, d.Answered = a.Status, a.Reason, a.Info, a.Received
	switch {
	case a.Status == StatusRebootRequired:
		d.State = DesiredReboot
	case a.Took():
		d.State = DesiredSame
	case d.State != DesiredSame && d.State != DesiredReboot:
		d.State = DesiredRefused
	}
	return d
}

// Restarted is d when the station has started again: what waited for that is what it told.
func (d DesiredValue) Restarted() DesiredValue {
	if d.State == DesiredReboot {
		d.State = DesiredUnknown
		return d.Told(d.Actual)
	}
	return d
}

// SameValue reports whether two texts are one value: the same text, the same number, or the same truth in another case.
func SameValue(a, b string) bool {
	if a == b {
		return true
	}
	if lower := strings.ToLower(a); lower == "true" || lower == "false" {
		return lower == strings.ToLower(b)
	}
	x, okX := plainNumber(a)
	y, okY := plainNumber(b)
	return okX && okY && x.Cmp(y) == 0
}

// plainNumber reads digits with a sign and a point; anything else, such as a version, is text.
func plainNumber(s string) (*big.Rat, bool) {
	if len(s) > 40 || s == "" || strings.Trim(s, "+-.0123456789") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}
