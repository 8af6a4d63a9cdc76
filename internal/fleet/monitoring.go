package fleet

import (
	"fmt"
	"time"
)

// EventsNotified is a NotifyEvent (N07, N08): monitoring events, and the statuses of places that some of them tell (G01).
type EventsNotified struct {
	Station  string
	Received time.Time
	List     []MonitoringEvent
}

// MonitoringEvent is one event of a NotifyEvent.
type MonitoringEvent struct {
	Number    int64 // in the order of arrival; 0 until it is stored
	Station   string
	Received  time.Time
	EventID   int64     // as the station numbers its events
	Time      time.Time // zero: not sent
	Setting   Setting
	Trigger   string // Alerting, Delta, Periodic
	Kind      string // who set the monitor: eventNotificationType
	Value     string // the variable's; Hidden when it is a secret
	Cleared   *bool
	Cause     *int64 // EventID of the event that caused this one
	MonitorID *int64
	Severity  *int // 0 (danger) to 9 (debug); 2.0.1 sends none: that of the monitor, when it is known

	TransactionID string
	TechCode      string
	TechInfo      string

	Status *StatusReported // the status of a place that the event tells; nil: none
}

// Digest identifies the event among those of its station: the same content is the same event.
func (e MonitoringEvent) Digest() string {
	return contentDigest(e.Time, e.Received, e.EventID, e.Setting.Key(), e.Trigger, e.Kind, e.Value, e.Cleared, e.Cause,
		e.MonitorID, e.TransactionID, e.TechCode, e.TechInfo)
}

// About returns the station's identity.
func (e EventsNotified) About() string { return e.Station }

// Check demands events of the station about settings that can be, without secrets.
func (e EventsNotified) Check() error {
	for _, x := range e.List {
		if x.Station != e.Station {
			return fmt.Errorf("%w: an event of %q", ErrInvalidEvent, x.Station)
		}
		if err := x.Setting.Check(); err != nil {
			return err
		}
		if x.Setting.Secret() && x.Value != Hidden && x.Value != "" {
			return fmt.Errorf("%w: a secret in clear", ErrInvalidEvent)
		}
		if x.Status == nil {
			continue
		}
		if err := x.Status.Check(); err != nil {
			return err
		}
	}
	return checkStation(e.Station)
}

// Monitor is a monitor that is set on a variable (N02).
type Monitor struct {
	Station     string
	ID          int64 // unique in the station
	Setting     Setting
	Type        string // UpperThreshold, LowerThreshold, Delta, Periodic, PeriodicClockAligned, TargetDelta, TargetDeltaRelative
	Value       Decimal
	Severity    int    // 0 (danger) to 9 (debug)
	Transaction bool   // monitored during transactions only
	Kind        string // who set it: eventNotificationType (2.1)
	Received    time.Time
}

// MonitorsReported is a NotifyMonitoringReport: a part of the monitors that are set.
type MonitorsReported struct {
	Station  string
	Received time.Time
	Part     ReportPart
	List     []Monitor
}

// About returns the station's identity.
func (e MonitorsReported) About() string { return e.Station }

// Check demands monitors of the station on settings that can be.
func (e MonitorsReported) Check() error {
	for _, m := range e.List {
		if m.Station != e.Station {
			return fmt.Errorf("%w: a monitor of %q", ErrInvalidEvent, m.Station)
		}
		if err := m.Setting.Check(); err != nil {
			return err
		}
	}
	return e.Part.check(e.Station)
}
