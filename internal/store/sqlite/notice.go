package sqlite

import (
	"context"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// ListNotices implements store.Notices. There is one writer, so numbers become visible in order.
func (db *DB) ListNotices(ctx context.Context, nq store.NoticeQuery) ([]fleet.Notice, error) {
	q := selectFrom("SELECT number, time, kind, station, data FROM notices")
	q.where("number > ?", nq.After)
	q.order("number", store.Limit(nq.Limit)-1)
	bytes := 0
	return listWhile(ctx, db.readers, q, func(n *fleet.Notice) []any {
		return []any{&n.Number, instant{&n.Time}, &n.Kind, &n.Station, (*[]byte)(&n.Data)}
	}, func(n *fleet.Notice) bool {
		bytes += len(n.Data)
		return nq.Bytes <= 0 || bytes < nq.Bytes
	})
}

// NoticeRange implements store.Notices.
func (db *DB) NoticeRange(ctx context.Context) (oldest, newest int64, err error) {
	err = one(ctx, db.readers, `SELECT (SELECT COALESCE(MIN(number), 0) FROM notices), (SELECT COALESCE(MAX(number), 0) FROM notices)`,
		nil, []any{&oldest, &newest})
	return oldest, newest, err
}

// refusalRow is a refusal with its number.
type refusalRow struct {
	fleet.Refused
	number int64
}

// ListRefusals implements store.Notices.
func (db *DB) ListRefusals(ctx context.Context, rq store.RefusalQuery) (store.Page[fleet.Refused], error) {
	q := selectFrom("SELECT number, time, station, address, reason, detail FROM refusals")
	var before int64
	if ok, err := readCursor(rq.Cursor, &before); err != nil {
		return store.Page[fleet.Refused]{}, err
	} else if ok {
		q.where("number < ?", before)
	}
	if !rq.Since.IsZero() {
		q.where("time >= ?", fleet.Micros(rq.Since))
	}
	limit := store.Limit(rq.Limit)
	q.order("number DESC", limit)
	rows, err := list(ctx, db.readers, q, func(r *refusalRow) []any {
		return []any{&r.number, instant{&r.Received}, &r.Station, &r.Address, &r.Reason, &r.Detail}
	})
	cut := page(rows, limit, func(r refusalRow) string { return makeCursor(r.number) })
	result := store.Page[fleet.Refused]{Next: cut.Next}
	for _, r := range cut.Items {
		result.Items = append(result.Items, r.Refused)
	}
	return result, err
}
