package sqlite

import (
	"fmt"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// deviceAnswered keeps what a station answered, and what has changed.
func (w *writer) deviceAnswered(e fleet.DeviceAnswered) (fleet.Result, error) {
	if err := w.ensureStation(e.Station, e.Received); err != nil {
		return fleet.Result{}, err
	}
	took := 0
	for _, a := range e.Answers {
		if err := w.putDeviceAnswer(a); err != nil {
			return fleet.Result{}, err
		}
		if a.Took() {
			took++
		}
	}
	if err := w.desiredAnswered(e.Station, e.Answers); err != nil {
		return fleet.Result{}, err
	}
	for _, c := range e.Changes {
		if err := w.change(e, c); err != nil {
			return fleet.Result{}, err
		}
	}
	return fleet.Result{}, w.notice(e.Received, fleet.NoticeAnswered, e.Station, struct {
		Action   string `json:"action"`
		Accepted int    `json:"accepted"`
		Refused  int    `json:"refused"`
	}{e.Action, took, len(e.Answers) - took})
}

// putDeviceAnswer puts an answer in the place of the one before it.
func (w *writer) putDeviceAnswer(a fleet.DeviceAnswer) error {
	a.Setting = a.Setting.Tidy()
	if err := w.hideUnread(&a); err != nil {
		return err
	}
	a.Object = fleet.Clip(a.Object, maxText)
	subject := a.Subject()
	replaced, err := w.execCount("DELETE FROM device_answers WHERE station = ? AND action = ? AND subject = ?", a.Station, a.Action, subject)
	if err != nil {
		return err
	}
	args := append([]any{a.Station, fleet.Clip(a.Action, maxWord), subject}, settingArgs(a.Setting)...)
	args = append(args, fleet.Clip(a.Attribute, maxWord), a.Object, fleet.Clip(a.Value, 4*maxText), fleet.Clip(a.Status, maxWord),
		flag(a.Took()), fleet.Clip(a.Reason, maxWord), fleet.Clip(a.Info, maxText), fleet.Micros(a.Received))
	err = w.exec(`INSERT INTO device_answers (station, action, subject, `+settingColumns+`, attribute, object, value, status, took,
			reason, info, received)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
	if err != nil || replaced > 0 {
		return err
	}
	return w.keepLatest(a.Station, fleet.KeptAnswers, func(station string) error {
		return w.exec("DELETE FROM device_answers WHERE number = (SELECT MIN(number) FROM device_answers WHERE station = ?)", station)
	})
}

// hideUnread hides a value that a variable was to get of which none was read before: it may be for writing only.
func (w *writer) hideUnread(a *fleet.DeviceAnswer) error {
	if a.Attribute == "" || a.Value == "" {
		return nil
	}
	var n int
	_, err := w.queryRow("SELECT COUNT(*) FROM variables WHERE station = ? AND key = ? AND COALESCE(value, ?) <> ?",
		[]any{a.Station, fleet.Variable{Setting: a.Setting, Attribute: a.Attribute}.Key(), fleet.Hidden, fleet.Hidden}, []any{&n})
	if n == 0 {
		a.Value = fleet.Hidden
	}
	return err
}

// change makes one change.
func (w *writer) change(e fleet.DeviceAnswered, change fleet.DeviceChange) error {
	switch c := change.(type) {
	case fleet.MonitorSet:
		return w.putMonitor(c.Monitor)
	case fleet.MonitorCleared:
		return w.remove(e.Station, fleet.KeptMonitors, "DELETE FROM monitors WHERE station = ? AND id = ?", c.ID)
	case fleet.MonitorsCleared:
		return w.remove(e.Station, fleet.KeptMonitors, "DELETE FROM monitors WHERE station = ?")
	case fleet.MonitoringBaseSet:
		return w.setMonitoringBase(e, c.Base)
	case fleet.MonitoringLevelSet:
		return w.exec(`INSERT INTO monitoring (station, level, level_at) VALUES (?, ?, ?)
			ON CONFLICT (station) DO UPDATE SET level = excluded.level, level_at = excluded.level_at`, e.Station, c.Severity, fleet.Micros(e.Received))
	case fleet.MessageSet:
		return w.putDisplayMessage(c.Message)
	case fleet.MessageCleared:
		return w.remove(e.Station, fleet.KeptDisplayMessages, "DELETE FROM display_messages WHERE station = ? AND id = ?", c.ID)
	case fleet.MessagesCleared:
		return w.remove(e.Station, fleet.KeptDisplayMessages, "DELETE FROM display_messages WHERE station = ?")
	case fleet.CertificateInstalled:
		return w.changeCertificates(e.Station, c.Apply)
	case fleet.CertificateDeleted:
		return w.changeCertificates(e.Station, c.Apply)
	case fleet.CertificatesListed:
		return w.changeCertificates(e.Station, c.Apply)
	case fleet.NetworkProfileSet:
		return w.putNetworkProfile(c.Profile)
	}
	return w.changeEnergy(e, change)
}

// changeEnergy makes one change of controls of distributed energy, of event streams, of tariffs, or of what waits at
// a station.
func (w *writer) changeEnergy(e fleet.DeviceAnswered, change fleet.DeviceChange) error {
	switch c := change.(type) {
	case fleet.DERControlsCleared:
		return w.derControlsCleared(e.Station, c)
	case fleet.StreamsListed:
		return w.streamsListed(e, c)
	case fleet.TariffsListed:
		return w.changeTariffs(e, c.Stays, c.List...)
	case fleet.DefaultTariffSet:
		return w.changeTariffs(e, c.Stays, c.Tariff)
	case fleet.TariffsCleared:
		return w.changeTariffs(e, c.Stays)
	case fleet.QueueTold:
		return w.queueTold(e, c)
	case fleet.StreamAdjusted:
		return w.streamAdjusted(e, c)
	}
	return w.changeCharging(e, change)
}

// changeCharging makes one change of what a station has been told about charging, and who may charge.
func (w *writer) changeCharging(e fleet.DeviceAnswered, change fleet.DeviceChange) error {
	switch c := change.(type) {
	case fleet.ProfileInstalled:
		return w.profileInstalled(e, c)
	case fleet.ProfilesCleared:
		return w.changeProfiles(e.Station, c.Apply)
	case fleet.ProfilesAbsent:
		return w.changeProfiles(e.Station, c.Apply)
	case fleet.ProfileUpdated:
		return w.changeProfiles(e.Station, c.Apply)
	case fleet.LocalListChange:
		return w.changeLocalList(e.Station, c.Apply)
	case fleet.LocalListVersion:
		return w.changeLocalList(e.Station, c.Apply)
	case fleet.CompositeTold:
		return w.compositeTold(c.Schedule)
	}
	return fmt.Errorf("%w: %T", fleet.ErrInvalidEvent, change)
}

// remove deletes rows of a list, by the station and more.
func (w *writer) remove(station string, list fleet.KeptList, statement string, args ...any) error {
	n, err := w.execCount(statement, append([]any{station}, args...)...)
	if err != nil || n == 0 {
		return err
	}
	return w.exec("UPDATE kept SET kept = kept - ? WHERE station = ? AND list = ?", n, station, string(list))
}

// setMonitoringBase notes the base. All but the base All delete the monitors that were set by requests (N03.FR.04, N03.FR.05).
func (w *writer) setMonitoringBase(e fleet.DeviceAnswered, base string) error {
	err := w.exec(`INSERT INTO monitoring (station, base, base_at) VALUES (?, ?, ?)
		ON CONFLICT (station) DO UPDATE SET base = excluded.base, base_at = excluded.base_at`, e.Station, base, fleet.Micros(e.Received))
	if err != nil || base == "All" {
		return err
	}
	return w.remove(e.Station, fleet.KeptMonitors, "DELETE FROM monitors WHERE station = ? AND kind = ?", fleet.CustomMonitor)
}

func (w *writer) putNetworkProfile(p fleet.NetworkProfile) error {
	args := []any{
		fleet.Clip(p.Version, maxWord), fleet.Clip(p.Transport, maxWord), fleet.Clip(fleet.HideUser(p.URL), maxText), p.MessageTimeout,
		p.SecurityProfile, fleet.Clip(p.Interface, maxWord), fleet.Clip(p.Identity, maxWord), flag(p.Password), fleet.Clip(p.APN, maxText),
		fleet.Clip(p.APNUser, maxWord), fleet.Clip(fleet.HideUser(p.VPN), maxText), fleet.Clip(p.VPNType, maxWord), fleet.Clip(p.VPNUser, maxWord),
		fleet.Micros(p.Set), p.Station, p.Slot,
	}
	n, err := w.execCount(`UPDATE network_profiles SET version = ?, transport = ?, url = ?, message_timeout = ?, security_profile = ?,
			interface = ?, identity = ?, password = ?, apn = ?, apn_user = ?, vpn = ?, vpn_type = ?, vpn_user = ?, set_at = ?
		WHERE station = ? AND slot = ?`, args...)
	if err != nil || n > 0 {
		return err
	}
	if room, err := w.room(p.Station, fleet.KeptNetworkProfiles); err != nil || !room {
		return err
	}
	err = w.exec(`INSERT INTO network_profiles (version, transport, url, message_timeout, security_profile, interface, identity, password,
			apn, apn_user, vpn, vpn_type, vpn_user, set_at, station, slot) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
	if err != nil {
		return err
	}
	_, err = w.count(p.Station, fleet.KeptNetworkProfiles)
	return err
}
