package sqlite

import (
	"context"
	"errors"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// AddAllocation implements store.Charging.
func (db *DB) AddAllocation(ctx context.Context, a fleet.Allocation) (number int64, err error) {
	err = db.change(ctx, func(w *writer) (err error) {
		number, err = w.addAllocation(a)
		return err
	})
	return number, err
}

func (w *writer) addAllocation(a fleet.Allocation) (number int64, err error) {
	_, err = w.queryRow("INSERT INTO allocations (site, at, reason, unit, max_limit, reserved) VALUES (?, ?, ?, ?, ?, ?) RETURNING number",
		[]any{a.Site, fleet.Micros(a.At), a.Reason, a.Unit, int64(a.Limit), int64(a.Reserved)}, []any{&number})
	if err != nil {
		return 0, err
	}
	for _, s := range a.Shares {
		err := w.exec(`INSERT INTO allocation_shares (allocation, station, sessions, online, target, reserved, acked, sent, outcome, detail, settled_at)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			number, s.Station, s.Sessions, flag(s.Online), int64(s.Target), int64(s.Reserved), tenths(s.Acked), tenths(s.Sent), string(s.Outcome), s.Detail, at(s.SettledAt))
		if err != nil {
			return 0, err
		}
	}
	if err := w.pruneAllocations(a.Site); err != nil {
		return 0, err
	}
	return number, w.notice(a.At, fleet.NoticeSiteShared, "", struct {
		Site       string        `json:"site"`
		Allocation int64         `json:"allocation"`
		Reason     string        `json:"reason"`
		Limit      fleet.Decimal `json:"limit"`
		Reserved   fleet.Decimal `json:"reserved"`
	}{a.Site, number, a.Reason, a.Limit.Decimal(), a.Reserved.Decimal()})
}

func tenths(t *fleet.Tenths) any {
	if t == nil {
		return nil
	}
	return int64(*t)
}

// pruneAllocations deletes the oldest allocations of a site when there are too many.
func (w *writer) pruneAllocations(site string) error {
	if w.o.KeepAllocations < 0 {
		return nil
	}
	var last int64
	found, err := w.queryRow("SELECT number FROM allocations WHERE site = ? ORDER BY number DESC LIMIT 1 OFFSET ?", []any{site, w.o.KeepAllocations}, []any{&last})
	if err != nil || !found {
		return err
	}
	err = w.exec("DELETE FROM allocation_shares WHERE allocation IN (SELECT number FROM allocations WHERE site = ? AND number <= ?)", site, last)
	return errors.Join(err, w.exec("DELETE FROM allocations WHERE site = ? AND number <= ?", site, last))
}

// SettleShare implements store.Charging.
func (db *DB) SettleShare(ctx context.Context, allocation int64, station string, outcome fleet.ShareOutcome, detail string, now time.Time) error {
	return db.change(ctx, func(w *writer) error {
		return w.exec("UPDATE allocation_shares SET outcome = ?, detail = ?, settled_at = ? WHERE allocation = ? AND station = ?",
			string(outcome), detail, at(now), allocation, station)
	})
}

// ListAllocations implements store.Charging.
func (db *DB) ListAllocations(ctx context.Context, aq store.AllocationQuery) (store.Page[fleet.Allocation], error) {
	q := selectFrom("SELECT number, site, at, reason, unit, max_limit, reserved FROM allocations")
	q.where("site = ?", aq.Site)
	if err := q.before(aq.Cursor); err != nil {
		return store.Page[fleet.Allocation]{}, err
	}
	p, err := newestFirst(ctx, db, q, aq.Limit, func(a *fleet.Allocation) []any {
		return []any{&a.Number, &a.Site, instant{&a.At}, &a.Reason, &a.Unit, &a.Limit, &a.Reserved}
	}, func(a fleet.Allocation) int64 { return a.Number })
	for i := range p.Items {
		if err == nil {
			p.Items[i].Shares, err = db.shares(ctx, p.Items[i].Number)
		}
	}
	return p, err
}

func (db *DB) shares(ctx context.Context, allocation int64) ([]fleet.AllocatedShare, error) {
	q := selectFrom("SELECT station, sessions, online, target, reserved, acked, sent, outcome, detail, settled_at FROM allocation_shares")
	q.where("allocation = ?", allocation)
	q.order("station", fleet.MaxSiteMembers)
	return list(ctx, db.readers, q, func(s *fleet.AllocatedShare) []any {
		return []any{&s.Station, &s.Sessions, &s.Online, &s.Target, &s.Reserved, &s.Acked, &s.Sent, &s.Outcome, &s.Detail, instant{&s.SettledAt}}
	})
}
