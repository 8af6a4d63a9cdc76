package fleet

import (
	"fmt"
	"strings"
)

// Setting names a variable of a component (2.x, Part 1 chapter 4), or a configuration key (1.6). A key of 1.6 belongs to no
// component: only Variable is set. Names are case-insensitive in all versions.
type Setting struct {
	Component, ComponentInstance string
	EVSE, Connector              int // 0: of the station, of the whole EVSE
	Variable, VariableInstance   string
}

// maxName is how many bytes of a name are kept: room for 50 characters, which the schemas allow, and some that
// stations send beyond.
const maxName = 255

// Tidy returns s with names that can be kept: valid text, bounded.
func (s Setting) Tidy() Setting {
	for _, name := range []*string{&s.Component, &s.ComponentInstance, &s.Variable, &s.VariableInstance} {
		*name = Clip(*name, maxName)
	}
	return s
}

// Key identifies the setting among those of its station, without regard to case. Keys sort by component, instance, place
// and variable.
func (s Setting) Key() string {
	return strings.ToLower(fmt.Sprintf("%s\x1f%s\x1f%012d\x1f%012d\x1f%s\x1f%s",
		s.Component, s.ComponentInstance, s.EVSE, s.Connector, s.Variable, s.VariableInstance))
}

// Check demands a name and a place that can be.
func (s Setting) Check() error {
	if s.Variable == "" {
		return fmt.Errorf("%w: a setting without a name", ErrInvalidEvent)
	}
	if s.EVSE < 0 || s.Connector < 0 {
		return fmt.Errorf("%w: %s of EVSE %d, connector %d", ErrInvalidEvent, s.Variable, s.EVSE, s.Connector)
	}
	return nil
}

// Secret reports whether the value is a secret by its name.
func (s Setting) Secret() bool { return SecretSetting(s.Variable) }
