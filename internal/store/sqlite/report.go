package sqlite

import (
	"context"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// ListReports implements store.Devices.
func (db *DB) ListReports(ctx context.Context, rq store.ReportQuery) (store.Page[fleet.Report], error) {
	q := selectFrom(`SELECT number, station, kind, request_id, begun_at, updated_at, parts, missing,
		CASE WHEN last_seq IS NULL THEN 0 ELSE 1 END FROM reports`)
	if err := q.before(rq.Cursor); err != nil {
		return store.Page[fleet.Report]{}, err
	}
	q.where("station = ?", rq.Station)
	q.is("kind", string(rq.Kind))
	if rq.RequestID != nil {
		q.where("request_id = ?", *rq.RequestID)
	}
	return newestFirst(ctx, db, q, rq.Limit, func(r *fleet.Report) []any {
		return []any{
			&r.Number, &r.Station, &r.Kind, &r.RequestID, instant{&r.BegunAt}, instant{&r.UpdatedAt}, &r.Parts, &r.Missing, &r.Ended,
		}
	}, func(r fleet.Report) int64 { return r.Number })
}

// ListCustomerInformation implements store.Devices.
func (db *DB) ListCustomerInformation(ctx context.Context, cq store.CustomerQuery) (store.Page[fleet.CustomerInformation], error) {
	reports, err := db.ListReports(ctx, store.ReportQuery{
		Station: cq.Station, Cursor: cq.Cursor, Limit: cq.Limit, Kind: fleet.ReportCustomer,
	})
	result := store.Page[fleet.CustomerInformation]{Next: reports.Next}
	for _, r := range reports.Items {
		if err != nil {
			break
		}
		c := fleet.CustomerInformation{Report: r}
		c.Text, err = db.customerText(ctx, r.Number)
		result.Items = append(result.Items, c)
	}
	return result, err
}

// customerText puts the parts of a text together. What is too old to be here and not deleted yet is not shown either.
func (db *DB) customerText(ctx context.Context, report int64) (string, error) {
	q := selectFrom("SELECT text FROM customer_texts")
	q.where("report = ?", report)
	q.where("received >= ?", fleet.Micros(time.Now().Add(-db.limits.CustomerFor)))
	q.order("seq_no", db.limits.CustomerTexts)
	parts, err := list(ctx, db.readers, q, func(s *string) []any { return []any{s} })
	return strings.Join(parts, ""), err
}
