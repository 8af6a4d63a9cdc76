package sqlite

import (
	"fmt"
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// applyDevice stores what a station says about itself.
func (w *writer) applyDevice(event fleet.Event) (fleet.Result, error) {
	switch e := event.(type) {
	case fleet.SecurityReported:
		return w.securityReported(e)
	case fleet.JobReported:
		return w.jobReported(e)
	case fleet.EventsNotified:
		return w.eventsNotified(e)
	case fleet.MonitorsReported:
		return w.monitorsReported(e)
	case fleet.VariablesReported:
		return w.variablesReported(e)
	case fleet.CertificateAsked:
		return w.certificateAsked(e)
	case fleet.MessagesReported:
		return w.messagesReported(e)
	case fleet.CustomerReported:
		return w.customerReported(e)
	case fleet.DeviceAnswered:
		return w.deviceAnswered(e)
	}
	return fleet.Result{}, fmt.Errorf("%w: %T", fleet.ErrInvalidEvent, event)
}

// settingColumns are the columns of every table that is about settings, in the order of settingArgs.
const settingColumns = "component, component_key, component_instance, evse, connector, variable, variable_key, variable_instance"

func settingArgs(s fleet.Setting) []any {
	return []any{
		s.Component, foldName(s.Component), s.ComponentInstance, s.EVSE, s.Connector, s.Variable, foldName(s.Variable), s.VariableInstance,
	}
}

// shownSetting are the columns that settingFields reads.
const shownSetting = "component, component_instance, evse, connector, variable, variable_instance"

func settingFields(s *fleet.Setting) []any {
	return []any{&s.Component, &s.ComponentInstance, &s.EVSE, &s.Connector, &s.Variable, &s.VariableInstance}
}

// foldName is how names are compared: without regard to case.
func foldName(name string) string { return strings.ToLower(name) }

// optionalFlag is an optional boolean as a column value: NULL for none.
func optionalFlag(b *bool) any {
	if b == nil {
		return nil
	}
	return flag(*b)
}
