package sqlite

import "slices"

// forgetStation removes the row of a known station that never came by: a mistyped one. It reports false for one that did,
// or that something here tells of.
func (w *writer) forgetStation(id string) (bool, error) {
	n, err := w.execCount(`DELETE FROM stations WHERE id = ? AND known = 1
			AND version = '' AND connected_at IS NULL AND last_message_at IS NULL AND booted_at IS NULL
			AND NOT EXISTS (SELECT 1 FROM connectors c WHERE c.station = stations.id)
			AND NOT EXISTS (SELECT 1 FROM transactions t WHERE t.station = stations.id)
			AND NOT EXISTS (SELECT 1 FROM meter_values m WHERE m.station = stations.id)`, id)
	if err != nil || n == 0 {
		return false, err
	}
	w.pending.identities = append(w.pending.identities, id)
	w.pending.stations = without(w.pending.stations, id)
	w.pending.removed = append(slices.Clip(w.pending.removed), id)
	return true, nil
}

// hasRow reports whether a station has a row as the open batch has it.
func (w *writer) hasRow(id string) bool {
	return w.stations[id] && !slices.Contains(w.pending.removed, id)
}

// gotRow notes that a station has a row when the batch is committed.
func (w *writer) gotRow(id string) {
	w.pending.removed = without(w.pending.removed, id)
	w.pending.stations = append(w.pending.stations, id)
}

// without returns list without s. It leaves list as it is: a job that fails alone gets it back.
func without(list []string, s string) []string {
	if !slices.Contains(list, s) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(item string) bool { return item == s })
}

// deleteStation makes a station unknown, and forgets it altogether if it never came by.
func (w *writer) deleteStation(id string) error {
	w.stationTariff(id, "")
	if err := w.exec("DELETE FROM station_tags WHERE station = ? AND EXISTS (SELECT 1 FROM stations WHERE id = ? AND known = 1)", id, id); err != nil {
		return err
	}
	forgotten, err := w.forgetStation(id)
	if err != nil || forgotten {
		return err
	}
	return w.changeStation(id, `UPDATE stations SET known = 0, tariff = '', salt = NULL, hash = NULL,
		offered_salt = NULL, offered_hash = NULL, offered_at = NULL, key_at = NULL, key_seen_at = NULL WHERE id = ? AND known = 1`, id)
}
