package sqlite

import (
	"encoding/json"
	"slices"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// profilesReported keeps a message of a report of charging profiles, and what is installed after it.
func (w *writer) profilesReported(e fleet.ProfilesReported) (fleet.Result, error) {
	r, err := w.told(e.Told)
	if err != nil {
		return r, err
	}
	asked, err := w.profileQuestion(e.Station, e.RequestID)
	if err != nil {
		return r, err
	}
	err = w.changeProfiles(e.Station, func(have []fleet.InstalledProfile) []fleet.InstalledProfile { return e.Apply(have, asked) })
	if err != nil || e.More {
		return r, err
	}
	return r, w.exec("DELETE FROM profile_questions WHERE station = ? AND request_id = ?", e.Station, e.RequestID)
}

// maxQuestions bounds the questions of a station that wait for their reports.
const maxQuestions = 20

// profilesAsked notes a question before the station gets it.
func (w *writer) profilesAsked(e fleet.ProfilesAsked) error {
	c := e.Criteria
	err := w.exec("DELETE FROM profile_questions WHERE station = ? AND request_id = ?", e.Station, e.RequestID)
	if err != nil {
		return err
	}
	err = w.exec(`INSERT INTO profile_questions (station, request_id, asked_at, ids, evse, purpose, stack_level, sources) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Station, e.RequestID, fleet.Micros(e.Received), asJSON{c.IDs}, c.EVSE, c.Purpose, c.StackLevel, asJSON{c.Sources})
	if err != nil {
		return err
	}
	return w.exec(`DELETE FROM profile_questions WHERE number IN
		(SELECT number FROM profile_questions WHERE station = ? ORDER BY number DESC LIMIT 10 OFFSET ?)`, e.Station, maxQuestions)
}

// profileQuestion returns the question that a report answers, nil when it is not known.
func (w *writer) profileQuestion(station string, request int64) (*fleet.ProfilesAsked, error) {
	e := fleet.ProfilesAsked{Station: station, RequestID: request}
	c := &e.Criteria
	found, err := w.queryRow("SELECT asked_at, ids, evse, purpose, stack_level, sources FROM profile_questions WHERE station = ? AND request_id = ?",
		[]any{station, request}, []any{instant{&e.Received}, asJSON{&c.IDs}, &c.EVSE, &c.Purpose, &c.StackLevel, asJSON{&c.Sources}})
	if err != nil || !found {
		return nil, err
	}
	return &e, nil
}

// profileInstalled keeps a profile that a station has accepted, unless it is for a transaction that is over: then the station
// has deleted it meanwhile (K02.FR.05).
func (w *writer) profileInstalled(e fleet.DeviceAnswered, c fleet.ProfileInstalled) error {
	if id := c.Profile.TransactionID; id != "" {
		var over int
		found, err := w.queryRow("SELECT 1 FROM transactions WHERE station = ? AND id = ? AND ended_at IS NOT NULL", []any{e.Station, id}, []any{&over})
		if err != nil || found {
			return err
		}
	}
	return w.changeProfiles(e.Station, c.Apply)
}

// profilesOver removes the profiles of a transaction that has ended (K02.FR.05), and those of a start at its place whose transaction
// was not known.
func (w *writer) profilesOver(e fleet.TransactionEvent, t known) error {
	if !e.Ends() {
		return nil
	}
	return w.remove(e.Station, fleet.KeptProfiles, `DELETE FROM profiles_at_stations WHERE station = ? AND purpose = ?
		AND (transaction_id = ? OR transaction_id = '' AND evse IN (0, ?))`, string(fleet.PurposeTx), t.id, t.history.EVSE.V)
}

// changeProfiles replaces what is installed at a station by what apply makes of it. New ones need room.
func (w *writer) changeProfiles(station string, apply func([]fleet.InstalledProfile) []fleet.InstalledProfile) error {
	have, err := w.profilesAt(station)
	if err != nil {
		return err
	}
	now := apply(slices.Clone(have))
	for i := range have {
		stays := func(p fleet.InstalledProfile) bool { return p.Number == have[i].Number }
		if slices.ContainsFunc(now, stays) {
			continue
		}
		if err := w.remove(station, fleet.KeptProfiles, "DELETE FROM profiles_at_stations WHERE station = ? AND number = ?", have[i].Number); err != nil {
			return err
		}
	}
	for i := range now {
		if err := w.putProfile(&now[i], have); err != nil {
			return err
		}
	}
	return nil
}

// putProfile writes a profile that is new or otherwise.
func (w *writer) putProfile(p *fleet.InstalledProfile, have []fleet.InstalledProfile) error {
	p.Source, p.Purpose, p.Type = fleet.Clip(p.Source, maxWord), fleet.Clip(p.Purpose, maxWord), fleet.Clip(p.Type, maxWord)
	p.Recurrency, p.TransactionID = fleet.Clip(p.Recurrency, maxWord), fleet.Clip(p.TransactionID, maxWord)
	if i := slices.IndexFunc(have, func(old fleet.InstalledProfile) bool { return old.Number == p.Number }); p.Number != 0 && i >= 0 && sameProfile(p, &have[i]) {
		return nil
	}
	args := []any{
		p.EVSE, p.ProfileID, p.Source, p.StackLevel, p.Purpose, p.Type, p.Recurrency, at(p.ValidFrom), at(p.ValidTo), p.TransactionID,
		asJSON{p.Schedules}, p.RequestID, asJSON{p.ProfileUpkeep}, at(p.AcceptedAt), at(p.ReportedAt), string(p.KnownFrom()), p.Station,
	}
	if p.Number != 0 {
		return w.exec(`UPDATE profiles_at_stations SET evse = ?, profile_id = ?, source = ?, stack_level = ?, purpose = ?, type = ?, recurrency = ?,
			valid_from = ?, valid_to = ?, transaction_id = ?, schedules = ?, request_id = ?, upkeep = ?, accepted_at = ?, reported_at = ?, known_from = ?
			WHERE station = ? AND number = ?`, append(args, p.Number)...)
	}
	if room, err := w.room(p.Station, fleet.KeptProfiles); err != nil || !room {
		return err
	}
	err := w.exec(`INSERT INTO profiles_at_stations (evse, profile_id, source, stack_level, purpose, type, recurrency, valid_from, valid_to,
			transaction_id, schedules, request_id, upkeep, accepted_at, reported_at, known_from, station)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
	if err != nil {
		return err
	}
	_, err = w.count(p.Station, fleet.KeptProfiles)
	return err
}

// sameProfile reports whether nothing is otherwise.
func sameProfile(a, b *fleet.InstalledProfile) bool {
	first, err1 := json.Marshal(a)
	second, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(first) == string(second)
}

// profilesAt reads what is installed as the open batch has it.
func (w *writer) profilesAt(station string) ([]fleet.InstalledProfile, error) {
	return queryRows(w, selectProfiles+" WHERE station = ? ORDER BY number", profileAtFields, station)
}

// compositeTold keeps the latest schedule of an EVSE.
func (w *writer) compositeTold(s fleet.CompositeSchedule) error {
	args := []any{at(s.Start), s.Seconds, fleet.Clip(s.Unit, maxWord), asJSON{s.Periods}, fleet.Micros(s.Received), s.Station, s.EVSE}
	n, err := w.execCount("UPDATE composite_schedules SET starts_at = ?, seconds = ?, unit = ?, periods = ?, received = ? WHERE station = ? AND evse = ?", args...)
	if err != nil || n > 0 {
		return err
	}
	if room, err := w.room(s.Station, fleet.KeptComposites); err != nil || !room {
		return err
	}
	err = w.exec("INSERT INTO composite_schedules (starts_at, seconds, unit, periods, received, station, evse) VALUES (?, ?, ?, ?, ?, ?, ?)", args...)
	if err != nil {
		return err
	}
	_, err = w.count(s.Station, fleet.KeptComposites)
	return err
}
