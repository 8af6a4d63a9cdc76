package sqlite

import (
	"github.com/chargeyard/chargeyard/internal/fleet"
)

// changeLocalList replaces what is known of a station's local list by what apply makes of it.
func (w *writer) changeLocalList(station string, apply func(fleet.LocalList, []fleet.ListedToken) (fleet.LocalList, []fleet.ListedToken)) error {
	var have fleet.LocalList
	var content []fleet.ListedToken
	found, err := w.queryRow(selectLocalList+" WHERE l.station = ?", []any{station}, localListFields(&have))
	if err != nil {
		return err
	}
	if have.Digest != "" {
		if _, err := w.queryRow(selectListContent, []any{have.Digest}, []any{asJSON{&content}}); err != nil {
			return err
		}
	}
	have.Station = station
	now, content := apply(have, content)
	if err := w.putListContent(now.Digest, content); err != nil {
		return err
	}
	args := []any{now.Version, flag(now.Known), string(now.From), at(now.KnownAt), now.Entries, now.Digest, fleet.Clip(now.Answer, maxWord), at(now.AnsweredAt), station}
	if found {
		err = w.exec(`UPDATE local_lists SET version = ?, known = ?, known_from = ?, known_at = ?, entries = ?, digest = ?, answer = ?, answered_at = ?
			WHERE station = ?`, args...)
	} else {
		err = w.exec(`INSERT INTO local_lists (version, known, known_from, known_at, entries, digest, answer, answered_at, station)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
	}
	if err != nil || have.Digest == "" || have.Digest == now.Digest {
		return err
	}
	return w.exec("DELETE FROM local_list_contents WHERE digest = ? AND NOT EXISTS (SELECT 1 FROM local_lists l WHERE l.digest = local_list_contents.digest)", have.Digest)
}

// putListContent keeps what is on a list, once.
func (w *writer) putListContent(digest string, content []fleet.ListedToken) error {
	if digest == "" {
		return nil
	}
	return w.exec("INSERT INTO local_list_contents (digest, content) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING", digest, asJSON{content})
}
