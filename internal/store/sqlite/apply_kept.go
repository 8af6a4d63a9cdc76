package sqlite

import "github.com/chargeyard/chargeyard/internal/fleet"

// count notes that a row was added to a list of a station, and returns how many rows too many it has now.
func (w *writer) count(station string, list fleet.KeptList) (excess int, err error) {
	var kept int
	_, err = w.queryRow(`INSERT INTO kept (station, list, kept, dropped) VALUES (?, ?, 1, 0)
		ON CONFLICT (station, list) DO UPDATE SET kept = kept.kept + 1 RETURNING kept`,
		[]any{station, string(list)}, []any{&kept})
	return max(0, kept-w.o.Devices.Of(list)), err
}

// countDropped notes that so many rows of a list went.
func (w *writer) countDropped(station string, list fleet.KeptList, n int64) error {
	return w.exec("UPDATE kept SET kept = kept - ?, dropped = dropped + ? WHERE station = ? AND list = ?",
		n, n, station, string(list))
}

// room reports whether a list of a station has room for one more row, which the caller then adds and counts. If it has
// none, that is noted.
func (w *writer) room(station string, list fleet.KeptList) (bool, error) {
	var kept int
	_, err := w.queryRow("SELECT kept FROM kept WHERE station = ? AND list = ?", []any{station, string(list)}, []any{&kept})
	if err != nil || kept < w.o.Devices.Of(list) {
		return err == nil, err
	}
	return false, w.exec("UPDATE kept SET dropped = dropped + 1 WHERE station = ? AND list = ?", station, string(list))
}

// keepLatest counts a new row and has the oldest ones removed when there are too many. remove deletes the oldest row of a
// station in the list, and what belongs to it.
func (w *writer) keepLatest(station string, list fleet.KeptList, remove func(station string) error) error {
	excess, err := w.count(station, list)
	for range min(excess, pruneStep) {
		if err != nil {
			return err
		}
		if err = remove(station); err == nil {
			err = w.countDropped(station, list, 1)
		}
	}
	return err
}
