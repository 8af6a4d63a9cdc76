package fleet

import (
	"fmt"
	"time"
)

// Variable is an attribute of a variable of the device model (2.x), or a configuration key (1.6), as the station told it last.
// A nil pointer and an empty text say: not told.
type Variable struct {
	Station    string
	Setting    Setting
	Attribute  string  // Actual, Target, MinSet, MaxSet
	Value      *string // Hidden when it is a secret
	Written    bool    `json:"-"` // the station was told this value and took it; it shows only where one was read before
	Mutability string  // ReadOnly, WriteOnly, ReadWrite
	Persistent *bool
	Constant   *bool

	// What the variable can be.
	DataType           string
	Unit               string
	MinLimit, MaxLimit Decimal
	MaxElements        *int64 // 2.1
	ValuesList         string
	SupportsMonitoring *bool

	Source   string    // action that brought it last
	Time     time.Time // generatedAt of the report, by the station's clock; zero: not sent
	Received time.Time
}

// The attributes of variables, and what can be done to them.
const (
	AttributeActual = "Actual"
	ReadOnly        = "ReadOnly"
	WriteOnly       = "WriteOnly"
	ReadWrite       = "ReadWrite"
)

// Key identifies the attribute among those of its station, see Setting.Key.
func (v Variable) Key() string { return v.Setting.Key() + "\x1f" + v.Attribute }

// Secret reports whether the value must not be kept: by the name, or because it can only be written.
func (v Variable) Secret() bool { return v.Setting.Secret() || v.Mutability == WriteOnly }

// Redacted returns v without its secret, and without users and passwords of URLs.
func (v Variable) Redacted() Variable {
	if v.Value == nil {
		return v
	}
	value := HideUser(*v.Value)
	if v.Secret() && value != "" {
		value = Hidden
	}
	v.Value = &value
	return v
}

// VariablesReported is what a message of a station says about its variables: a part of a report, or an answer.
type VariablesReported struct {
	Station  string
	Received time.Time
	Action   string      // NotifyReport, or the request that was answered
	Part     *ReportPart // nil: of no report
	List     []Variable
}

// About returns the station's identity.
func (e VariablesReported) About() string { return e.Station }

// Check demands variables of the station that can be, without secrets.
func (e VariablesReported) Check() error {
	for _, v := range e.List {
		if v.Station != e.Station {
			return fmt.Errorf("%w: a variable of %q", ErrInvalidEvent, v.Station)
		}
		if err := v.Setting.Check(); err != nil {
			return err
		}
		if v.Secret() && v.Value != nil && *v.Value != Hidden && *v.Value != "" {
			return fmt.Errorf("%w: a secret in clear", ErrInvalidEvent)
		}
	}
	if e.Part != nil {
		return e.Part.check(e.Station)
	}
	return checkStation(e.Station)
}
