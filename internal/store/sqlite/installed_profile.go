package sqlite

import (
	"context"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const selectProfiles = `SELECT number, station, evse, profile_id, source, stack_level, purpose, type, recurrency, valid_from, valid_to,
	transaction_id, schedules, request_id, upkeep, accepted_at, reported_at FROM profiles_at_stations`

func profileAtFields(p *fleet.InstalledProfile) []any {
	return []any{
		&p.Number, &p.Station, &p.EVSE, &p.ProfileID, &p.Source, &p.StackLevel, &p.Purpose, &p.Type, &p.Recurrency, instant{&p.ValidFrom},
		instant{&p.ValidTo}, &p.TransactionID, asJSON{&p.Schedules}, &p.RequestID, asJSON{&p.ProfileUpkeep}, instant{&p.AcceptedAt}, instant{&p.ReportedAt},
	}
}

// ListInstalledProfiles implements store.Charging.
func (db *DB) ListInstalledProfiles(ctx context.Context, pq store.InstalledProfileQuery) (store.Page[fleet.InstalledProfile], error) {
	q := selectFrom(selectProfiles)
	var station string
	var number int64
	if ok, err := readCursor(pq.Cursor, &station, &number); err != nil {
		return store.Page[fleet.InstalledProfile]{}, err
	} else if ok {
		q.where("(station > ? OR station = ? AND number > ?)", station, station, number)
	}
	q.is("station", pq.Station)
	q.is("purpose", pq.Purpose)
	q.is("transaction_id", pq.Transaction)
	q.is("known_from", string(pq.KnownFrom))
	q.isNumber("evse", pq.EVSE)
	q.isNumber("profile_id", pq.ProfileID)
	q.isNumber("stack_level", pq.StackLevel)
	if pq.ValidAt != nil {
		us := fleet.Micros(*pq.ValidAt)
		q.where("COALESCE(valid_from, ?) <= ? AND COALESCE(valid_to, ?) > ?", us, us, us+1, us)
	}
	limit := store.Limit(pq.Limit)
	q.order("station, number", limit)
	items, err := list(ctx, db.readers, q, profileAtFields)
	return page(items, limit, func(p fleet.InstalledProfile) string { return makeCursor(p.Station, p.Number) }), err
}

// isNumber narrows by a number; nil is any.
func (q *query) isNumber(column string, n *int64) {
	if n != nil {
		q.where(column+" = ?", *n)
	}
}

// CompositeSchedules implements store.Charging.
func (db *DB) CompositeSchedules(ctx context.Context, station string) ([]fleet.CompositeSchedule, error) {
	q := selectFrom("SELECT station, evse, starts_at, seconds, unit, periods, received FROM composite_schedules")
	q.where("station = ?", station)
	q.order("evse", store.MaxLimit)
	return list(ctx, db.readers, q, func(s *fleet.CompositeSchedule) []any {
		return []any{&s.Station, &s.EVSE, instant{&s.Start}, &s.Seconds, &s.Unit, asJSON{&s.Periods}, instant{&s.Received}}
	})
}
