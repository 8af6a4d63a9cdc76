package sqlite

import (
	"context"
	"net"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// refused writes no notice: strangers could push what happened to stations out of the outbox.
func (w *writer) refused(e fleet.Refused) error {
	w.pending.refusals++
	return w.exec("INSERT INTO refusals (time, station, address, host, times, reason, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
		fleet.Micros(e.Received), e.Station, e.Address, hostOf(e.Address), max(1, e.Times), e.Reason, e.Detail)
}

// hostOf returns an address without its port.
func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}

// refusalRow is a refusal with its number.
type refusalRow struct {
	fleet.Refused
	number int64
}

// whereRefusal selects refusals of the table that has this alias.
func whereRefusal(q *query, rq store.RefusalQuery) {
	if rq.Station != "" {
		q.where("station = ?", rq.Station)
	}
	if rq.Address != "" {
		q.where("(host = ? OR address = ?)", rq.Address, rq.Address)
	}
	if rq.Reason != "" {
		q.where("reason = ?", rq.Reason)
	}
	if !rq.Since.IsZero() {
		q.where("time >= ?", fleet.Micros(rq.Since))
	}
}

// ListRefusals implements store.Notices.
func (db *DB) ListRefusals(ctx context.Context, rq store.RefusalQuery) (store.Page[fleet.Refused], error) {
	q := selectFrom("SELECT number, time, station, address, times, reason, detail FROM refusals")
	var time, number int64
	if ok, err := readCursor(rq.Cursor, &time, &number); err != nil {
		return store.Page[fleet.Refused]{}, err
	} else if ok {
		q.where("(time, number) < (?, ?)", time, number)
	}
	whereRefusal(q, rq)
	limit := store.Limit(rq.Limit)
	q.order("time DESC, number DESC", limit)
	rows, err := list(ctx, db.readers, q, func(r *refusalRow) []any {
		return []any{&r.number, instant{&r.Received}, &r.Station, &r.Address, &r.Times, &r.Reason, &r.Detail}
	})
	cut := page(rows, limit, func(r refusalRow) string { return makeCursor(fleet.Micros(r.Received), r.number) })
	result := store.Page[fleet.Refused]{Next: cut.Next}
	for _, r := range cut.Items {
		result.Items = append(result.Items, r.Refused)
	}
	return result, err
}

// SummarizeRefusals implements store.Notices.
func (db *DB) SummarizeRefusals(ctx context.Context, rq store.RefusalQuery) (s fleet.RefusalSummary, err error) {
	for _, by := range []struct {
		column string
		counts *[]fleet.RefusalCount
	}{{"reason", &s.Reasons}, {"station", &s.Stations}, {"host", &s.Addresses}} {
		if *by.counts, err = db.countRefusals(ctx, by.column, rq); err != nil {
			return fleet.RefusalSummary{}, err
		}
	}
	for _, c := range s.Reasons {
		s.Times += c.Times
	}
	return s, nil
}

// countRefusals groups by a column; its name is one of ours. The latest of each is the one with the greatest time: the
// others of a row with MAX are from the row that has it.
func (db *DB) countRefusals(ctx context.Context, column string, rq store.RefusalQuery) ([]fleet.RefusalCount, error) {
	q := selectFrom("SELECT " + column + " AS k, SUM(times) AS n, MAX(time), reason, detail FROM refusals")
	whereRefusal(q, rq)
	q.text.WriteString(" GROUP BY " + column)
	q.order("n DESC, k", store.Limit(rq.Limit)-1)
	return list(ctx, db.readers, q, func(c *fleet.RefusalCount) []any {
		return []any{&c.Key, &c.Times, instant{&c.Latest}, &c.Reason, &c.Detail}
	})
}
