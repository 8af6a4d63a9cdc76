package sqlite

import (
	"github.com/chargeyard/chargeyard/internal/fleet"
)

// changeLocalList replaces what is known of a station's local list by what apply makes of it.
func (w *writer) changeLocalList(station string, apply func(fleet.LocalList, fleet.ListContent) (fleet.LocalList, []fleet.ListedToken, error)) error {
	var have fleet.LocalList
	found, err := w.queryRow(selectLocalList+" WHERE l.station = ?", []any{station}, localListFields(&have))
	if err != nil {
		return err
	}
	have.Station = station
	now, content, err := apply(have, func() (content []fleet.ListedToken, err error) {
		_, err = w.queryRow(selectListContent, []any{have.Digest}, []any{asJSON{&content}})
		return content, err
	})
	if err != nil {
		return err
	}
	if now.Digest != have.Digest {
		if err := w.putListContent(now.Digest, content); err != nil {
			return err
		}
	}
	args := []any{
		now.Version, flag(now.Known), string(now.From), at(now.KnownAt), now.Entries, now.Digest, now.Sending, now.Part, now.Parts,
		fleet.Clip(now.Answer, maxWord), at(now.AnsweredAt), station,
	}
	if found {
		err = w.exec(`UPDATE local_lists SET version = ?, known = ?, known_from = ?, known_at = ?, entries = ?, digest = ?, sending = ?, part = ?, parts = ?,
			answer = ?, answered_at = ? WHERE station = ?`, args...)
	} else {
		err = w.exec(`INSERT INTO local_lists (version, known, known_from, known_at, entries, digest, sending, part, parts, answer, answered_at, station)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
	}
	if err != nil || have.Digest == "" || have.Digest == now.Digest {
		return err
	}
	return w.exec("DELETE FROM local_list_contents WHERE digest = ? AND NOT EXISTS (SELECT 1 FROM local_lists l WHERE l.digest = local_list_contents.digest)", have.Digest)
}

// putListContent keeps what is on a list, once: most lists are there already.
func (w *writer) putListContent(digest string, content []fleet.ListedToken) error {
	if digest == "" {
		return nil
	}
	var there int
	found, err := w.queryRow("SELECT 1 FROM local_list_contents WHERE digest = ?", []any{digest}, []any{&there})
	if err != nil || found {
		return err
	}
	return w.exec("INSERT INTO local_list_contents (digest, content) VALUES (?, ?)", digest, asJSON{content})
}
