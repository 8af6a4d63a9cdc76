package sqlite

import (
	"github.com/chargeyard/chargeyard/internal/fleet"
)

func (w *writer) monitorsReported(e fleet.MonitorsReported) (fleet.Result, error) {
	if err := w.ensureStation(e.Station, e.Received); err != nil {
		return fleet.Result{}, err
	}
	now := fleet.Micros(e.Received)
	number, fresh, err := w.reportPart(e.Station, fleet.ReportMonitors, now, e.Part, monitorsContent(e.List))
	if err != nil || !fresh {
		return fleet.Result{Duplicate: !fresh}, err
	}
	for _, m := range e.List {
		if err := w.putMonitor(m); err != nil {
			return fleet.Result{}, err
		}
	}
	return fleet.Result{}, w.reportNotice(e, fleet.ReportMonitors, number, e.Part, len(e.List), now)
}

// monitorsContent leaves out when the monitors arrived.
func monitorsContent(list []fleet.Monitor) []fleet.Monitor {
	content := make([]fleet.Monitor, len(list))
	for i, m := range list {
		m.Received = fleet.FromMicros(0)
		content[i] = m
	}
	return content
}

// putMonitor replaces what is known of a monitor. A new one needs room.
func (w *writer) putMonitor(m fleet.Monitor) error {
	m.Setting = m.Setting.Tidy()
	args := append(settingArgs(m.Setting), fleet.Clip(m.Type, maxWord), string(m.Value), m.Severity, flag(m.Transaction),
		fleet.Clip(m.Kind, maxWord), fleet.Micros(m.Received), m.Station, m.ID)
	n, err := w.execCount(`UPDATE monitors SET component = ?, component_key = ?, component_instance = ?, evse = ?, connector = ?,
			variable = ?, variable_key = ?, variable_instance = ?, type = ?, value = ?, severity = ?, in_transaction = ?, kind = ?,
			received = ? WHERE station = ? AND id = ?`, args...)
	if err != nil || n > 0 {
		return err
	}
	if room, err := w.room(m.Station, fleet.KeptMonitors); err != nil || !room {
		return err
	}
	err = w.exec(`INSERT INTO monitors (`+settingColumns+`, type, value, severity, in_transaction, kind, received, station, id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
	if err != nil {
		return err
	}
	_, err = w.count(m.Station, fleet.KeptMonitors)
	return err
}
