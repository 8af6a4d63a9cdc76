package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// recordTable is the table of one kind of records. Its statements are constant.
type recordTable struct {
	insert, latest, ever, outdate, prune, list string

	byEVSE bool                                // it has a column evse
	values func(fleet.Record) []any            // of the columns of the kind
	row    func() ([]any, func() fleet.Record) // where to scan these columns, and the record after that
}

// newRecordTable makes the table of T: columns are those of the kind, which fields returns the places of.
func newRecordTable[T fleet.Record](name, columns string, fields func(*T) []any) recordTable {
	marks := strings.Repeat(", ?", strings.Count(columns, ",")+1)
	return recordTable{
		insert: fmt.Sprintf(`INSERT INTO %s (station, subject, digest, at, received, latest, %s)
			VALUES (?, ?, ?, ?, ?, ?%s)`, name, columns, marks),
		latest:  "SELECT number, at, digest FROM " + name + " WHERE station = ? AND subject = ? AND latest = 1 ORDER BY number DESC LIMIT 1",
		ever:    "SELECT 1 FROM " + name + " WHERE station = ? AND digest = ? LIMIT 1",
		outdate: "UPDATE " + name + " SET latest = 0 WHERE number = ?",
		prune: fmt.Sprintf(`DELETE FROM %s WHERE number IN
			(SELECT number FROM %[1]s WHERE station = ? ORDER BY latest DESC, number DESC LIMIT 1000 OFFSET ?)`, name),
		list:   "SELECT number, station, received, latest, " + columns + " FROM " + name,
		byEVSE: strings.HasPrefix(columns, "evse,") || strings.Contains(columns, " evse,"),
		values: func(r fleet.Record) []any {
			t := r.(T) //nolint:forcetypeassert // the tables are keyed by what Kind of T returns
			return fields(&t)
		},
		row: func() ([]any, func() fleet.Record) {
			t := new(T)
			return fields(t), func() fleet.Record { return *t }
		},
	}
}

// told stores the records of a message. It is a duplicate when all of them are repetitions.
func (w *writer) told(e fleet.Told) (fleet.Result, error) {
	if err := w.ensureStation(e.Station, e.Received); err != nil {
		return fleet.Result{}, err
	}
	duplicate := len(e.Records) > 0
	for _, r := range e.Records {
		known, err := w.record(e, r)
		if err != nil {
			return fleet.Result{}, err
		}
		duplicate = duplicate && known
		if update, ok := r.(fleet.ReservationUpdate); ok && !known {
			if err := w.reservationUpdated(e, update); err != nil {
				return fleet.Result{}, err
			}
		}
	}
	return fleet.Result{Duplicate: duplicate}, nil
}

// record stores one record, and reports true when it is a repetition.
func (w *writer) record(e fleet.Told, r fleet.Record) (known bool, err error) {
	table, ok := w.db.records[r.Kind()]
	if !ok {
		return false, fmt.Errorf("%w: a record of the kind %q", fleet.ErrInvalidEvent, r.Kind())
	}
	content, err := json.Marshal(r)
	if err != nil {
		return false, fmt.Errorf("%w: %w", fleet.ErrInvalidEvent, err)
	}
	n := newRow{at: fleet.Micros(momentOf(r, e.Received)), digest: fleet.Digest(content)}
	if known, err := w.place(table, e.Station, r, &n); known || err != nil {
		return known, err
	}
	args := append([]any{e.Station, r.Subject(), n.digest, n.at, fleet.Micros(e.Received), flag(n.latest)}, table.values(r)...)
	if err := w.exec(table.insert, args...); err != nil {
		return false, err
	}
	if r.Kind() != fleet.RecordStreamValue { // there are too many of these for the outbox
		if err := w.notice(e.Received, fleet.NoticeKind(r.Kind()), e.Station, json.RawMessage(content)); err != nil {
			return false, err
		}
	}
	return false, w.pruneRecords(table, r.Kind(), e.Station)
}

// newRow is what is known of a record beside what it says.
type newRow struct {
	at     int64
	digest string
	latest bool
}

// place finds out whether a record is a repetition, and whether it is the one of its subject that counts from now on.
func (w *writer) place(table recordTable, station string, r fleet.Record, n *newRow) (known bool, err error) {
	var number, at int64
	var digest string
	found, err := w.queryRow(table.latest, []any{station, r.Subject()}, []any{&number, &at, &digest})
	if err != nil {
		return false, err
	}
	switch r.Alike() {
	case fleet.AlikeInARow:
		known = found && digest == n.digest
	case fleet.AlikeEver:
		if known = found && digest == n.digest; !known && !r.Moment().IsZero() {
			var one int
			known, err = w.queryRow(table.ever, []any{station, n.digest}, []any{&one})
		}
	case fleet.AlikeNever:
	}
	if n.latest = !found || n.at >= at || r.Moment().IsZero(); known || err != nil || !found || !n.latest {
		return known, err
	}
	return false, w.exec(table.outdate, number)
}

// clockTrust is how far ahead a station's clock may be and still order its records. A record of the year 2099 would
// count for ever.
const clockTrust = 24 * time.Hour

// momentOf returns when a record is of.
func momentOf(r fleet.Record, received time.Time) time.Time {
	if at := r.Moment(); !at.IsZero() && at.Before(received.Add(clockTrust)) {
		return at
	}
	return received
}

// pruneRecords deletes the oldest records of a station when there are too many: first those that do not count any more.
// It looks once in so many records only.
func (w *writer) pruneRecords(table recordTable, kind fleet.RecordKind, station string) error {
	keep := store.KeptRecords(kind, w.o.KeepRecords)
	key := recordKey{kind, station}
	if w.grown[key]++; keep < 0 || w.grown[key] <= keep/16 {
		return nil
	}
	delete(w.grown, key)
	return w.exec(table.prune, station, keep)
}

// recordKey names the records of one kind and station.
type recordKey struct {
	kind    fleet.RecordKind
	station string
}

// ListRecords implements store.Records.
func (db *DB) ListRecords(ctx context.Context, rq store.RecordQuery) (store.Page[fleet.KeptRecord], error) {
	var result store.Page[fleet.KeptRecord]
	table, ok := db.records[rq.Kind]
	if !ok {
		return result, fmt.Errorf("records of the kind %q: %w", rq.Kind, store.ErrNotFound)
	}
	q := selectFrom(table.list)
	q.where("station = ?", rq.Station)
	var before int64
	if ok, err := readCursor(rq.Cursor, &before); err != nil {
		return result, err
	} else if ok {
		q.where("number < ?", before)
	}
	if rq.Latest != nil {
		q.where("latest = ?", flag(*rq.Latest))
	}
	if rq.EVSE != nil {
		if !table.byEVSE {
			return result, nil
		}
		q.where("evse = ?", *rq.EVSE)
	}
	limit := store.Limit(rq.Limit)
	q.order("number DESC", limit)
	rows, err := list(ctx, db.readers, q, func(r *recordRow) []any {
		var dest []any
		dest, r.record = table.row()
		return append([]any{&r.kept.Number, &r.kept.Station, instant{&r.kept.Received}, &r.kept.Latest}, dest...)
	})
	cut := page(rows, limit, func(r recordRow) string { return makeCursor(r.kept.Number) })
	result.Next = cut.Next
	for _, r := range cut.Items {
		r.kept.Record = r.record()
		result.Items = append(result.Items, r.kept)
	}
	return result, err
}

// recordRow is a row whose record can be had once it was scanned.
type recordRow struct {
	kept   fleet.KeptRecord
	record func() fleet.Record
}
