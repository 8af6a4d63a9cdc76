package sqlite

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// applyEvent stores one event in the open transaction.
func (w *writer) applyEvent(j *job) (fleet.Result, error) {
	switch e := j.event.(type) {
	case fleet.TransactionEvent:
		r, err := w.transactionEvent(e, j.content)
		if err == nil && !r.Duplicate {
			err = w.judgePlace(e)
		}
		return r, err
	case fleet.AuthorizationAsked:
		return w.authorizationAsked(e)
	case fleet.Booted:
		return fleet.Result{}, w.booted(e)
	case fleet.StatusReported:
		return fleet.Result{}, w.statusReported(e)
	case fleet.StatusesReported:
		return fleet.Result{}, w.statusesReported(e)
	case fleet.Metered:
		return w.metered(e)
	case fleet.Told:
		return w.told(e)
	case fleet.ProfilesReported:
		return w.profilesReported(e)
	case fleet.ProfilesAsked:
		return fleet.Result{}, w.profilesAsked(e)
	case fleet.Commanded:
		return fleet.Result{}, w.commanded(e)
	case fleet.ReservationAsked, fleet.ReservationAnswered, fleet.ReservationFailed, fleet.ReservationCancelAnswered:
		return fleet.Result{}, w.applyReservation(e)
	case fleet.Refused:
		return fleet.Result{}, w.refused(e)
	case fleet.SecurityReported, fleet.JobReported, fleet.EventsNotified, fleet.MonitorsReported, fleet.VariablesReported,
		fleet.CertificateAsked, fleet.MessagesReported, fleet.CustomerReported, fleet.DeviceAnswered:
		return w.applyDevice(e)
	}
	return fleet.Result{}, fmt.Errorf("%w: %T", fleet.ErrInvalidEvent, j.event)
}

// notice writes into the outbox.
func (w *writer) notice(at time.Time, kind fleet.NoticeKind, station string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("%w: %w", fleet.ErrInvalidEvent, err)
	}
	w.pending.notices++
	return w.exec("INSERT INTO notices (time, kind, station, data) VALUES (?, ?, ?, ?)",
		fleet.Micros(at), string(kind), station, string(b))
}

// ensureStation gives a station that comes by for the first time a row.
func (w *writer) ensureStation(id string, now time.Time) error {
	if w.hasRow(id) {
		return nil
	}
	w.gotRow(id)
	return w.exec("INSERT INTO stations (id, created_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", id, fleet.Micros(now))
}

func (w *writer) booted(e fleet.Booted) error {
	if err := w.ensureStation(e.Station, e.Received); err != nil {
		return err
	}
	err := w.exec(`UPDATE stations SET version = ?, vendor = ?, model = ?, serial = ?, firmware = ?, iccid = ?, imsi = ?,
			meter_type = ?, meter_serial = ?, boot_status = ?, boot_reason = ?, booted_at = ? WHERE id = ?`,
		e.Version, e.Vendor, e.Model, e.Serial, e.Firmware, e.ICCID, e.IMSI,
		e.MeterType, e.MeterSerial, string(e.Status), e.Reason, at(e.Received), e.Station)
	if err != nil {
		return err
	}
	// A cached row that says the same stays: a herd that comes back boots as it did before, and is let in by these rows.
	if id, _, ok := w.db.identities.get(e.Station); !ok || id.Serial != e.Serial || id.BootStatus != e.Status {
		w.pending.identities = append(w.pending.identities, e.Station)
	}
	if err := w.desiredRestarted(e.Station); err != nil {
		return err
	}
	err = w.withOpenReservations(e.Station, func(r fleet.Reservation) fleet.Reservation { return r.Restarted(e.Received) })
	if err != nil {
		return err
	}
	return w.notice(e.Received, fleet.NoticeBooted, e.Station, map[string]string{
		"vendor": e.Vendor, "model": e.Model, "firmware": e.Firmware, "reason": e.Reason, "status": string(e.Status),
	})
}

// writePresence writes merged reports of one station. A report of an older connection than the row's changes
// nothing but the time of the last message.
func (w *writer) writePresence(p fleet.Presence) error {
	if err := w.ensureStation(p.Station, firstSeen(p)); err != nil {
		return err
	}
	if p.Epoch == 0 {
		return w.touch(p)
	}
	n, err := w.execCount(`UPDATE stations SET online = CASE WHEN epoch = ? AND online = 0 THEN 0 ELSE ? END, epoch = ?,
			version = CASE WHEN ? = '' THEN version ELSE ? END, address = CASE WHEN ? = '' THEN address ELSE ? END,
			connected_at = COALESCE(?, connected_at), disconnected_at = COALESCE(?, disconnected_at),
			last_message_at = CASE WHEN COALESCE(last_message_at, ?) <= ? THEN ? ELSE last_message_at END,
			clock_offset = COALESCE(?, clock_offset)
		WHERE id = ? AND epoch <= ?`,
		p.Epoch, flag(p.Online), p.Epoch, p.Version, p.Version, p.Address, p.Address,
		at(p.ConnectedAt), at(p.DisconnectedAt),
		fleet.Micros(p.LastMessageAt), fleet.Micros(p.LastMessageAt), at(p.LastMessageAt),
		span(p.ClockOffset), p.Station, p.Epoch)
	if err != nil || n > 0 {
		return err
	}
	return w.touch(p)
}

// firstSeen returns when a station that nobody knew before came by.
func firstSeen(p fleet.Presence) time.Time {
	for _, t := range []time.Time{p.ConnectedAt, p.LastMessageAt, p.DisconnectedAt} {
		if !t.IsZero() {
			return t
		}
	}
	return time.Now()
}

// touch writes what does not depend on a connection: when the station was heard of, and how far its clock is off.
func (w *writer) touch(p fleet.Presence) error {
	if p.LastMessageAt.IsZero() && p.ClockOffset == nil {
		return nil
	}
	us := fleet.Micros(p.LastMessageAt)
	return w.exec(`UPDATE stations SET last_message_at = CASE WHEN COALESCE(last_message_at, ?) <= ? THEN ? ELSE last_message_at END,
		clock_offset = COALESCE(?, clock_offset) WHERE id = ?`, us, us, at(p.LastMessageAt), span(p.ClockOffset), p.Station)
}

// metered keeps meter values outside transactions. The same ones again are absorbed.
func (w *writer) metered(e fleet.Metered) (fleet.Result, error) {
	samples, digest, err := fleet.SamplesContent(e.Samples)
	if err != nil {
		return fleet.Result{}, err
	}
	if err := w.ensureStation(e.Station, e.Received); err != nil {
		return fleet.Result{}, err
	}
	var first time.Time
	if len(e.Samples) > 0 {
		first = e.Samples[0].Time
	}
	n, err := w.execCount(`INSERT INTO meter_values (station, evse, connector, time, digest, received, samples)
			VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		e.Station, e.EVSE, e.Connector, fleet.Micros(first), digest, fleet.Micros(e.Received), string(samples))
	if err == nil && n > 0 {
		err = w.judgeMetered(e)
	}
	return fleet.Result{Duplicate: n == 0}, err
}

func (w *writer) commanded(e fleet.Commanded) error {
	return w.notice(e.Received, fleet.NoticeCommand, e.Station, struct {
		Action    string               `json:"action"`
		SentAt    time.Time            `json:"sentAt,omitzero"`
		Payload   json.RawMessage      `json:"payload,omitempty"`
		Outcome   fleet.CommandOutcome `json:"outcome"`
		Response  json.RawMessage      `json:"response,omitempty"`
		ErrorCode string               `json:"errorCode,omitempty"`
		Detail    string               `json:"detail,omitempty"`
	}{e.Action, fleet.Instant(e.SentAt), e.Payload, e.Outcome, e.Response, e.ErrorCode, e.Detail})
}
