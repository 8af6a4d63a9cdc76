package sqlite

import (
	"github.com/chargeyard/chargeyard/internal/fleet"
)

// eventsNotified stores the events that are new. The status that an event tells counts when the event does: a late
// repetition does not bring an old status back.
func (w *writer) eventsNotified(e fleet.EventsNotified) (fleet.Result, error) {
	if err := w.ensureStation(e.Station, e.Received); err != nil {
		return fleet.Result{}, err
	}
	var fresh []fleet.MonitoringEvent
	for _, x := range e.List {
		inserted, err := w.insertMonitoringEvent(&x)
		if err != nil {
			return fleet.Result{}, err
		}
		if !inserted {
			continue
		}
		fresh = append(fresh, x)
		if x.Status == nil {
			continue
		}
		if err := w.statusReported(*x.Status); err != nil {
			return fleet.Result{}, err
		}
	}
	if len(fresh) == 0 {
		return fleet.Result{Duplicate: len(e.List) > 0}, nil
	}
	return fleet.Result{}, w.monitoringNotice(e, fresh)
}

// insertMonitoringEvent reports false when the event is there already. It fills in the severity if the monitor's is known.
func (w *writer) insertMonitoringEvent(x *fleet.MonitoringEvent) (bool, error) {
	digest := x.Digest()
	x.Setting = x.Setting.Tidy()
	if err := w.knownSeverity(x); err != nil {
		return false, err
	}
	args := []any{x.Station, digest, fleet.Micros(x.Received), at(x.Time), x.EventID}
	args = append(args, settingArgs(x.Setting)...)
	args = append(args, x.Trigger, x.Kind, fleet.Clip(x.Value, maxText), optionalFlag(x.Cleared), x.Cause, x.MonitorID, x.Severity,
		fleet.Clip(x.TransactionID, maxWord), fleet.Clip(x.TechCode, maxWord), fleet.Clip(x.TechInfo, maxText))
	n, err := w.execCount(`INSERT INTO monitoring_events (station, digest, received, time, event_id, `+settingColumns+`,
			trigger_kind, kind, value, cleared, cause, monitor_id, severity, transaction_id, tech_code, tech_info)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, args...)
	if err != nil || n == 0 {
		return false, err
	}
	return true, w.keepLatest(x.Station, fleet.KeptMonitoringEvents, w.removeMonitoringEvent)
}

func (w *writer) removeMonitoringEvent(station string) error {
	return w.exec("DELETE FROM monitoring_events WHERE number = (SELECT MIN(number) FROM monitoring_events WHERE station = ?)", station)
}

// knownSeverity takes the severity of the monitor for an event that has none (2.0.1).
func (w *writer) knownSeverity(x *fleet.MonitoringEvent) error {
	if x.Severity != nil || x.MonitorID == nil {
		return nil
	}
	var severity int
	found, err := w.queryRow("SELECT severity FROM monitors WHERE station = ? AND id = ?", []any{x.Station, *x.MonitorID}, []any{&severity})
	if found {
		x.Severity = &severity
	}
	return err
}

// maxTold is how many entries of a message its notice lists.
const maxTold = 10

type toldEvent struct {
	EventID   int64  `json:"eventId"`
	Component string `json:"component"`
	Variable  string `json:"variable"`
	EVSE      int    `json:"evse,omitempty"`
	Connector int    `json:"connector,omitempty"`
	Trigger   string `json:"trigger"`
	Value     string `json:"value"`
	Severity  *int   `json:"severity,omitempty"`
	Cleared   *bool  `json:"cleared,omitempty"`
}

func (w *writer) monitoringNotice(e fleet.EventsNotified, fresh []fleet.MonitoringEvent) error {
	told := make([]toldEvent, 0, min(len(fresh), maxTold))
	for _, x := range fresh[:min(len(fresh), maxTold)] {
		told = append(told, toldEvent{
			EventID: x.EventID, Component: x.Setting.Component, Variable: x.Setting.Variable, EVSE: x.Setting.EVSE,
			Connector: x.Setting.Connector, Trigger: x.Trigger, Value: fleet.Clip(x.Value, maxWord), Severity: x.Severity, Cleared: x.Cleared,
		})
	}
	return w.notice(e.Received, fleet.NoticeMonitoringEvents, e.Station, struct {
		Count  int         `json:"count"`
		Events []toldEvent `json:"events"` // the first ones
	}{len(fresh), told})
}
