package sqlite

import (
	"context"
	"errors"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const selectPlans = `SELECT station, evse, transaction_id, needs, needs_at, round, reason, outcome, detail, refusals, changed_at FROM vehicle_plans`

func planFields(p *fleet.VehiclePlan) []any {
	return []any{
		&p.Station, &p.EVSE, &p.Transaction, asJSON{&p.Needs}, instant{&p.NeedsAt}, &p.Round, &p.Reason, &p.Outcome, &p.Detail, &p.Refusals,
		instant{&p.ChangedAt},
	}
}

// ChangeVehiclePlan implements store.Charging. An error of change ends this change only, whatever it is.
func (db *DB) ChangeVehiclePlan(ctx context.Context, station string, evse int64, change func(fleet.VehiclePlan) (fleet.VehiclePlan, error)) (changed fleet.VehiclePlan, err error) {
	var refused error
	err = db.change(ctx, func(w *writer) error {
		old := fleet.VehiclePlan{}
		if _, err := w.queryRow(selectPlans+" WHERE station = ? AND evse = ?", []any{station, evse}, planFields(&old)); err != nil {
			return err
		}
		if changed, refused = change(old); refused != nil {
			return nil //nolint:nilerr // as in ChangeSite
		}
		changed.Station, changed.EVSE = station, evse
		changed.Detail = fleet.Clip(changed.Detail, maxPlanDetail)
		return w.exec(`INSERT INTO vehicle_plans (station, evse, transaction_id, needs, needs_at, round, reason, outcome, detail, refusals, changed_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (station, evse) DO UPDATE SET transaction_id = excluded.transaction_id, needs = excluded.needs, needs_at = excluded.needs_at,
				round = excluded.round, reason = excluded.reason, outcome = excluded.outcome, detail = excluded.detail,
				refusals = excluded.refusals, changed_at = excluded.changed_at`,
			station, evse, changed.Transaction, asJSON{&changed.Needs}, at(changed.NeedsAt), changed.Round, string(changed.Reason),
			string(changed.Outcome), changed.Detail, changed.Refusals, at(changed.ChangedAt))
	})
	if err = errors.Join(err, refused); err != nil {
		return fleet.VehiclePlan{}, err
	}
	return changed, nil
}

// maxPlanDetail bounds what is kept in words.
const maxPlanDetail = 500

// EndVehiclePlan implements store.Charging.
func (db *DB) EndVehiclePlan(ctx context.Context, station string, evse int64, transaction string) error {
	return db.change(ctx, func(w *writer) error {
		return w.exec(`UPDATE vehicle_plans SET transaction_id = '', needs = '{}', needs_at = NULL, reason = '', outcome = '', detail = '', refusals = 0,
			changed_at = NULL WHERE station = ? AND evse = ? AND transaction_id = ?`, station, evse, transaction)
	})
}

// ListVehiclePlans implements store.Charging.
func (db *DB) ListVehiclePlans(ctx context.Context, pq store.VehiclePlanQuery) (store.Page[fleet.VehiclePlan], error) {
	q := selectFrom(selectPlans)
	q.where("transaction_id <> ''")
	var station string
	var evse int64
	if ok, err := readCursor(pq.Cursor, &station, &evse); err != nil {
		return store.Page[fleet.VehiclePlan]{}, err
	} else if ok {
		q.where("(station > ? OR station = ? AND evse > ?)", station, station, evse)
	}
	q.is("station", pq.Station)
	limit := store.Limit(pq.Limit)
	q.order("station, evse", limit)
	items, err := list(ctx, db.readers, q, planFields)
	return page(items, limit, func(p fleet.VehiclePlan) string { return makeCursor(p.Station, p.EVSE) }), err
}
