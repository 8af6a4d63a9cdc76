package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const selectReservation = `SELECT number, station, id, evse, connector_type, token, token_type, group_token, group_type, expires_at,
	state, answer, detail, transaction_id, requested_at, updated_at, ended_at FROM reservations`

func reservationFields(r *fleet.Reservation) []any {
	return []any{
		&r.Number, &r.Station, &r.ID, &r.EVSE, &r.ConnectorType, &r.Token.Value, &r.Token.Type, &r.Group.Value, &r.Group.Type, instant{&r.ExpiresAt},
		&r.State, &r.Answer, &r.Detail, &r.Transaction, instant{&r.RequestedAt}, instant{&r.UpdatedAt}, instant{&r.EndedAt},
	}
}

// NewReservationID implements store.Reservations.
func (db *DB) NewReservationID(ctx context.Context, station string) (id int64, err error) {
	err = db.change(ctx, func(w *writer) error {
		id, err = freeNumber(func(step int64) (int64, error) { return w.next("reservation", step) }, func(n int64) (bool, error) {
			var number int64
			return w.queryRow("SELECT number FROM reservations WHERE station = ? AND id = ? AND ended_at IS NULL", []any{station, n}, []any{&number})
		})
		return err
	})
	return id, err
}

// Reservation implements store.Reservations.
func (db *DB) Reservation(ctx context.Context, number int64) (r fleet.Reservation, err error) {
	if err := one(ctx, db.readers, selectReservation+" WHERE number = ?", []any{number}, reservationFields(&r)); err != nil {
		return fleet.Reservation{}, fmt.Errorf("reservation %d: %w", number, err)
	}
	return r, nil
}

// ListReservations implements store.Reservations.
func (db *DB) ListReservations(ctx context.Context, rq store.ReservationQuery) (store.Page[fleet.Reservation], error) {
	q := selectFrom(selectReservation)
	q.is("station", rq.Station)
	q.is("state", string(rq.State))
	if rq.Token != "" {
		q.where("lower(token) = lower(?)", rq.Token)
	}
	switch {
	case rq.Open == nil:
	case *rq.Open:
		q.where("ended_at IS NULL")
	default:
		q.where("ended_at IS NOT NULL")
	}
	if err := q.before(rq.Cursor); err != nil {
		return store.Page[fleet.Reservation]{}, err
	}
	return newestFirst(ctx, db, q, rq.Limit, reservationFields, func(r fleet.Reservation) int64 { return r.Number })
}

// expireStep is how many reservations end in one commit at most.
const expireStep = 1000

// ExpireReservations implements store.Reservations.
func (db *DB) ExpireReservations(ctx context.Context, now time.Time) (expired int, next time.Time, err error) {
	err = db.change(ctx, func(w *writer) error {
		list, err := w.reservations(selectReservation+" WHERE ended_at IS NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?", fleet.Micros(now), expireStep)
		if err != nil {
			return err
		}
		expired = len(list)
		for _, r := range list {
			if err := w.changeReservation(r, r.Expire(now)); err != nil {
				return err
			}
		}
		var due *int64
		_, err = w.queryRow("SELECT MIN(expires_at) FROM reservations WHERE ended_at IS NULL", nil, []any{&due})
		if next = (time.Time{}); due != nil {
			next = fleet.FromMicros(*due)
		}
		return err
	})
	if err != nil {
		return 0, time.Time{}, err
	}
	return expired, next, nil
}

// reservations reads reservations in the open transaction. The query must be a constant.
func (w *writer) reservations(query string, args ...any) ([]fleet.Reservation, error) {
	return queryRows(w, query, reservationFields, args...)
}
