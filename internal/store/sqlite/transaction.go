package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// transactionRow is a transaction with its place in lists.
type transactionRow struct {
	fleet.Transaction
	ref, sortAt int64
	cost        costRow
}

const transactionColumns = `ref, sort_at, station, id, number, evse, connector, token, token_type, stop_token, stop_token_type,
	decision, decision_reason, decision_detail, stop_decision, stop_decision_reason, token_group, begun, active, offline, started_at, ended_at, meter_start, meter_stop, meter_last, stop_reason, charging_state,
	remote_start_id, reservation_id, events, missing, conflicts, anomalies, clock_offset, messages_waiting, ongoing, told_at, first_received, last_received,
	limits_asked, limits_told, credit_taken, ` + costColumns

func transactionFields(t *transactionRow) []any {
	return append([]any{
		&t.ref, &t.sortAt, &t.Station, &t.ID, &t.Number, &t.EVSE, &t.Connector, &t.Token.Value, &t.Token.Type,
		&t.StopToken.Value, &t.StopToken.Type, &t.Decision, &t.DecisionReason, &t.DecisionDetail,
		&t.StopDecision, &t.StopDecisionReason, &t.Group, &t.Begun, &t.Active, &t.Offline, instant{&t.StartedAt},
		instant{&t.EndedAt}, &t.MeterStart, &t.MeterStop, &t.MeterLast, &t.StopReason, &t.ChargingState,
		&t.RemoteStartID, &t.ReservationID, &t.Events, &t.Missing, &t.Conflicts, &t.Anomalies, offset{&t.ClockOffset},
		&t.MessagesWaiting, &t.Ongoing, instant{&t.ToldAt}, instant{&t.FirstReceived}, instant{&t.LastReceived},
		objectJSON{&t.AskedLimits}, objectJSON{&t.ToldLimits}, &t.CreditTaken,
	}, t.cost.fields(&t.Transaction)...)
}

// whole returns the transaction with what it costs.
func (t *transactionRow) whole() (fleet.Transaction, error) {
	if err := t.cost.read(&t.Transaction); err != nil {
		return t.Transaction, fmt.Errorf("the cost of transaction %s of %s: %w", t.ID, t.Station, err)
	}
	return t.Transaction, nil
}

// Transaction implements store.Transactions.
func (db *DB) Transaction(ctx context.Context, station, id string) (fleet.Transaction, error) {
	row, err := db.transaction(ctx, station, id)
	if err != nil {
		return row.Transaction, err
	}
	return row.whole()
}

func (db *DB) transaction(ctx context.Context, station, id string) (transactionRow, error) {
	q := selectFrom("SELECT " + transactionColumns + " FROM transactions")
	q.where("id = ?", id)
	if station != "" {
		q.where("station = ?", station)
	}
	q.order("ref", 1)
	rows, err := list(ctx, db.readers, q, transactionFields)
	switch {
	case err != nil:
		return transactionRow{}, err
	case len(rows) == 0:
		return transactionRow{}, fmt.Errorf("transaction %q: %w", id, store.ErrNotFound)
	case len(rows) > 1:
		return transactionRow{}, fmt.Errorf("transaction %q: %w", id, store.ErrAmbiguous)
	}
	return rows[0], nil
}

// ListTransactions implements store.Transactions.
func (db *DB) ListTransactions(ctx context.Context, tq store.TransactionQuery) (store.Page[fleet.Transaction], error) {
	q, err := selectTransactions(tq)
	if err != nil {
		return store.Page[fleet.Transaction]{}, err
	}
	limit := store.Limit(tq.Limit)
	rows, err := list(ctx, db.readers, q, transactionFields)
	cut := page(rows, limit, func(t transactionRow) string { return makeCursor(t.sortAt, t.ref) })
	result := store.Page[fleet.Transaction]{Next: cut.Next}
	for i := range cut.Items {
		t, broken := cut.Items[i].whole()
		err = errors.Join(err, broken)
		result.Items = append(result.Items, t)
	}
	return result, err
}

// troubled is fleet.Transaction.Trouble, written as in the index transactions_in_trouble.
const troubled = "(missing > 0 OR begun = 0 OR conflicts > 0 OR anomalies <> 0)"

func selectTransactions(tq store.TransactionQuery) (*query, error) {
	q := selectFrom("SELECT " + transactionColumns + " FROM transactions")
	if err := startedWithin(q, tq); err != nil {
		return nil, err
	}
	if tq.Station != "" {
		q.where("station = ?", tq.Station)
	}
	if tq.Active != nil {
		q.where("active = ?", flag(*tq.Active))
	}
	if tq.Token != "" {
		q.where("lower(token) = lower(?)", tq.Token)
	}
	if tq.Decision != "" {
		q.where("decision = ?", string(tq.Decision))
	}
	if tq.Tariff != "" {
		q.where("tariff = ? AND tariff <> ''", tq.Tariff) // the index is for those
	}
	switch {
	case tq.Trouble == nil:
	case *tq.Trouble:
		q.where(troubled)
	default:
		q.where("NOT " + troubled)
	}
	q.order("sort_at DESC, ref DESC", store.Limit(tq.Limit))
	return q, nil
}

// startedWithin narrows to where the list is, and to the starts that are asked for. The cursor and Until are one condition,
// so that an index finds the place, whichever comes first.
func startedWithin(q *query, tq store.TransactionQuery) error {
	var sortAt, ref int64
	bounded, err := readCursor(tq.Cursor, &sortAt, &ref)
	if err != nil {
		return err
	}
	if until := fleet.Micros(tq.Until); !tq.Until.IsZero() && (!bounded || until < sortAt) {
		bounded, sortAt, ref = true, until, math.MinInt64
	}
	if bounded {
		q.where("(sort_at, ref) < (?, ?)", sortAt, ref)
	}
	if !tq.Since.IsZero() {
		q.where("sort_at >= ?", fleet.Micros(tq.Since))
	}
	return nil
}

// eventRow is an event of a transaction as the table has it.
type eventRow struct {
	position int64
	key      string
	received time.Time
	content  []byte
}

// Samples implements store.Transactions.
func (db *DB) Samples(ctx context.Context, sq store.SampleQuery) (store.Page[fleet.TransactionSample], error) {
	var result store.Page[fleet.TransactionSample]
	t, err := db.transaction(ctx, sq.Station, sq.ID)
	if err != nil {
		return result, err
	}
	q, err := selectEvents(t.ref, sq)
	if err != nil {
		return result, err
	}
	limit := store.Limit(sq.Limit)
	rows, err := list(ctx, db.readers, q, func(e *eventRow) []any {
		return []any{&e.position, &e.key, instant{&e.received}, &e.content}
	})
	if err != nil {
		return result, err
	}
	cut := page(rows, limit, func(e eventRow) string { return makeCursor(e.position, e.key) })
	result.Next = cut.Next
	for _, e := range cut.Items {
		if result.Items, err = e.samples(result.Items); err != nil {
			return result, err
		}
	}
	return result, nil
}

func selectEvents(ref int64, sq store.SampleQuery) (*query, error) {
	q := selectFrom("SELECT position, key, received, content FROM transaction_events")
	q.where("transaction_ref = ?", ref)
	var position int64
	var key string
	if ok, err := readCursor(sq.Cursor, &position, &key); err != nil {
		return nil, err
	} else if ok {
		q.where("(position, key) > (?, ?)", position, key)
	}
	q.order("position, key", store.Limit(sq.Limit))
	return q, nil
}

// samples appends the samples of an event to list.
func (e eventRow) samples(list []fleet.TransactionSample) ([]fleet.TransactionSample, error) {
	samples, err := fleet.SamplesOf(e.content)
	if err != nil {
		return list, fmt.Errorf("event %s: %w", e.key, err)
	}
	var seqNo int64
	if fleet.IsSeqNo(e.key) {
		seqNo = e.position
	}
	for _, s := range samples {
		list = append(list, fleet.TransactionSample{Sample: s, SeqNo: seqNo, Received: e.received})
	}
	return list, nil
}

// Conflicts implements store.Transactions.
func (db *DB) Conflicts(ctx context.Context, station, id string) ([]fleet.Conflict, error) {
	t, err := db.transaction(ctx, station, id)
	if err != nil {
		return nil, err
	}
	q := selectFrom(`SELECT c.key, c.received, e.content, c.content FROM transaction_conflicts c
		JOIN transaction_events e ON e.transaction_ref = c.transaction_ref AND e.position = c.position AND e.key = c.key`)
	q.where("c.transaction_ref = ?", t.ref)
	q.order("c.position, c.key, c.received", store.MaxLimit-1)
	return list(ctx, db.readers, q, func(c *fleet.Conflict) []any {
		c.Transaction = t.ID
		return []any{&c.Key, instant{&c.Received}, &c.First, &c.Second}
	})
}

// Anomalies implements store.Transactions.
func (db *DB) Anomalies(ctx context.Context, station, id string) ([]fleet.Anomaly, error) {
	t, err := db.transaction(ctx, station, id)
	if err != nil {
		return nil, err
	}
	q := selectFrom(`SELECT a.kind, a.key, a.received, a.detail, e.content FROM transaction_anomalies a
		JOIN transaction_events e ON e.transaction_ref = a.transaction_ref AND e.position = a.position AND e.key = a.key`)
	q.where("a.transaction_ref = ?", t.ref)
	q.order("a.received, a.kind", store.MaxLimit)
	return list(ctx, db.readers, q, func(a *fleet.Anomaly) []any {
		a.Transaction = t.ID
		return []any{&a.Kind, &a.Key, instant{&a.Received}, &a.Detail, &a.Content}
	})
}
