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
