package sqlite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Desire implements store.Desires.
func (db *DB) Desire(ctx context.Context, wishes ...store.Wish) error {
	for _, wish := range wishes {
		if slices.ContainsFunc(wish.Values, fleet.DesiredValue.Secret) {
			return fmt.Errorf("%w: a secret is no desired value", fleet.ErrInvalidEvent)
		}
	}
	return db.change(ctx, func(w *writer) error {
		for _, wish := range wishes {
			for _, station := range wish.Stations {
				if err := w.desire(station, wish.Values); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// desire wants values of one station.
func (w *writer) desire(station string, values []fleet.DesiredValue) error {
	if !w.hasRow(station) {
		return fmt.Errorf("station %q: %w", station, store.ErrNotFound)
	}
	for _, v := range values {
		v.Station, v.State = station, fleet.DesiredUnknown
		v.Setting, v.Attribute = v.Setting.Tidy(), fleet.Clip(v.Attribute, maxWord)
		actual, err := w.actualValue(station, v.Key())
		if err != nil {
			return err
		}
		if err := w.putDesired(v.Told(actual)); err != nil {
			return err
		}
	}
	var n int
	if _, err := w.queryRow("SELECT COUNT(*) FROM desired_values WHERE station = ?", []any{station}, []any{&n}); err != nil {
		return err
	}
	if n > store.MaxDesiredValues {
		return store.ErrTooManyDesired
	}
	return w.desiredNotice(station, time.Now())
}

// desiredNotice tells that what is wanted of a station is another.
func (w *writer) desiredNotice(station string, now time.Time) error {
	return w.notice(now, fleet.NoticeDesired, station, struct{}{})
}

// actualValue reads what a station told last.
func (w *writer) actualValue(station, key string) (value *string, err error) {
	_, err = w.queryRow("SELECT value FROM variables WHERE station = ? AND key = ?", []any{station, key}, []any{&value})
	return value, err
}

// putDesired replaces what was wanted of the variable before.
func (w *writer) putDesired(d fleet.DesiredValue) error {
	args := append([]any{d.Station, d.Key(), d.Attribute}, settingArgs(d.Setting)...)
	args = append(args, fleet.Clip(d.Value, 4*maxText), flag(d.Apply), fleet.Micros(d.Since), string(d.State), d.Actual, at(d.Tried),
		fleet.Clip(d.Status, maxWord), fleet.Clip(d.Reason, maxWord), fleet.Clip(d.Info, maxText), at(d.Answered))
	if err := w.exec("DELETE FROM desired_values WHERE station = ? AND key = ?", d.Station, d.Key()); err != nil {
		return err
	}
	return w.exec(`INSERT INTO desired_values (station, key, attribute, `+settingColumns+`, value, apply, since, state, actual, tried,
			status, reason, info, answered) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
}

// Undesire implements store.Desires.
func (db *DB) Undesire(ctx context.Context, dq store.DesiredQuery) (n int64, err error) {
	err = db.change(ctx, func(w *writer) error {
		q := selectFrom("DELETE FROM desired_values")
		q.desired(dq)
		r, err := w.conn.ExecContext(context.Background(), q.text.String(), q.args...)
		if err != nil {
			return err
		}
		if n, err = r.RowsAffected(); err != nil || n == 0 || dq.Station == "" {
			return err
		}
		return w.desiredNotice(dq.Station, time.Now())
	})
	return n, err
}

// TryDesired implements store.Desires.
func (db *DB) TryDesired(ctx context.Context, station string, keys []string, now time.Time) error {
	return db.change(ctx, func(w *writer) error {
		for _, key := range keys {
			err := w.exec("UPDATE desired_values SET tried = ?, status = '', reason = '', info = '', answered = NULL WHERE station = ? AND key = ?",
				fleet.Micros(now), station, key)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// desired adds the conditions of a query.
func (q *query) desired(dq store.DesiredQuery) {
	q.about(dq.SettingQuery)
	q.is("station", dq.Station)
	q.is("attribute", dq.Attribute)
	q.is("state", string(dq.State))
	q.is("key", dq.Key)
	if dq.Drift == nil {
		return
	}
	drifts := "state IN (?, ?)"
	if !*dq.Drift {
		drifts = "state NOT IN (?, ?)"
	}
	q.where(drifts, string(fleet.DesiredDrift), string(fleet.DesiredRefused))
}

const selectDesired = `SELECT station, attribute, ` + shownSetting + `, value, apply, since, state, actual, tried, status, reason, info, answered
	FROM desired_values`

func desiredFields(d *fleet.DesiredValue) []any {
	dest := append([]any{&d.Station, &d.Attribute}, settingFields(&d.Setting)...)
	return append(dest, &d.Value, &d.Apply, instant{&d.Since}, &d.State, &d.Actual, instant{&d.Tried}, &d.Status, &d.Reason, &d.Info,
		instant{&d.Answered})
}

// ListDesired implements store.Desires.
func (db *DB) ListDesired(ctx context.Context, dq store.DesiredQuery) (store.Page[fleet.DesiredValue], error) {
	q := selectFrom(selectDesired)
	var station, key string
	if ok, err := readCursor(dq.Cursor, &station, &key); err != nil {
		return store.Page[fleet.DesiredValue]{}, err
	} else if ok {
		q.where("(station > ? OR station = ? AND key > ?)", station, station, key)
	}
	q.desired(dq)
	limit := store.Limit(dq.Limit)
	q.order("station, key", limit)
	items, err := list(ctx, db.readers, q, desiredFields)
	return page(items, limit, func(d fleet.DesiredValue) string { return makeCursor(d.Station, d.Key()) }), err
}

// CountDesired implements store.Desires.
func (db *DB) CountDesired(ctx context.Context, dq store.DesiredQuery) ([]store.DesiredCount, error) {
	q := selectFrom("SELECT MAX(component), MAX(variable), state, COUNT(*) FROM desired_values")
	q.desired(dq)
	q.text.WriteString(" GROUP BY component_key, variable_key, state")
	q.order("COUNT(*) DESC, component_key, variable_key, state", store.MaxLimit-1)
	return list(ctx, db.readers, q, func(c *store.DesiredCount) []any { return []any{&c.Component, &c.Variable, &c.State, &c.Values} })
}

// DesiringStations implements store.Desires.
func (db *DB) DesiringStations(ctx context.Context) (stations []string, err error) {
	q := selectFrom("SELECT DISTINCT station FROM desired_values WHERE apply = 1 ORDER BY station")
	return list(ctx, db.readers, q, func(s *string) []any { return []any{s} })
}
