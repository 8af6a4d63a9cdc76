package sqlite

import (
	"context"
	"maps"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// limit gives a transaction the limits that an event brings it, and finds out which the answer to the event tells the station.
// before is what was known before the event. Nothing is read for a transaction without limits.
func (w *writer) limit(t *known, before known, e fleet.TransactionEvent, content []byte, r *fleet.Result) error {
	if err := w.limitOfStart(t, before, e); err != nil {
		return err
	}
	if len(t.limits) == 0 {
		return nil
	}
	if err := w.limitNotice(t, before.limits, e.Station, e.Received); err != nil {
		return err
	}
	q := fleet.LimitAnswer{
		Event: e.Key(content), Now: e.Received, Over: t.history.Ended, Speaks: e.TakesLimits, Told: t.history.ToldLimits(),
	}
	if q.Speaks && t.limits.Due() {
		s, err := w.support(e.Station)
		if err != nil {
			return err
		}
		q.Support = s.limits
	}
	asked := t.limits
	r.Limit, asked = asked.Answer(q)
	r.LimitsWait = asked.Open()
	if asked.Equal(before.limits) {
		return nil
	}
	t.limits = asked
	return w.keepLimits(t, e.Station)
}

// keepLimits writes the limits that a transaction is to have.
func (w *writer) keepLimits(t *known, station string) error {
	w.pending.transactions = append(w.pending.transactions, changed{transactionKey{station, t.id}, *t})
	return w.exec("UPDATE transactions SET limits_asked = ? WHERE ref = ?", objectJSON{t.limits}, t.ref)
}

// limitOfStart takes the limit of the remote start that an event names as its transaction's.
func (w *writer) limitOfStart(t *known, before known, e fleet.TransactionEvent) error {
	if !w.startLimits || !t.history.RemoteStart.Set || t.history.RemoteStart == before.history.RemoteStart {
		return nil
	}
	var limit fleet.TransactionLimit
	id := t.history.RemoteStart.V
	found, err := w.queryRow("DELETE FROM start_limits WHERE station = ? AND remote_start_id = ? RETURNING limits",
		[]any{e.Station, id}, []any{objectJSON{&limit}})
	if found {
		t.limits = t.limits.Ask(limit, fleet.LimitOfStart, e.Received)
	}
	return err
}

// LimitSupport implements store.Transactions.
func (db *DB) LimitSupport(ctx context.Context, station string) (fleet.LimitSupport, error) {
	key := fleet.Variable{Setting: fleet.SupportedLimits(), Attribute: fleet.AttributeActual}.Key()
	var value *string
	found, err := db.reading(ctx)("SELECT value FROM variables WHERE station = ? AND key = ?", []any{station, key}, []any{&value})
	if err != nil || !found || value == nil {
		return fleet.LimitSupport{}, err
	}
	return fleet.ParseLimitSupport(*value), nil
}

// lookForStartLimits finds out whether a remote start can have limits: without any, no event of a transaction looks.
func (w *writer) lookForStartLimits() error {
	_, err := w.queryRow("SELECT EXISTS (SELECT 1 FROM start_limits)", nil, []any{&w.startLimits})
	return err
}

// keepStartLimits is how long the limit of a remote start waits for its transaction: longer than any command is kept.
const keepStartLimits = 60 * 24 * time.Hour

// LimitStart implements store.Transactions.
func (db *DB) LimitStart(ctx context.Context, station string, remoteStartID int64, l fleet.TransactionLimit, at time.Time) error {
	return db.change(ctx, func(w *writer) error {
		w.startLimits = true
		if err := w.exec("DELETE FROM start_limits WHERE asked_at < ?", fleet.Micros(at.Add(-keepStartLimits))); err != nil {
			return err
		}
		return w.exec(`INSERT INTO start_limits (station, remote_start_id, limits, asked_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (station, remote_start_id) DO UPDATE SET limits = excluded.limits, asked_at = excluded.asked_at`,
			station, remoteStartID, objectJSON{l}, fleet.Micros(at))
	})
}

// LimitTransaction implements store.Transactions.
func (db *DB) LimitTransaction(ctx context.Context, station, id string, c fleet.LimitChange, at time.Time) error {
	return db.changeRunning(ctx, station, id, func(w *writer, t *known) error {
		after := c.Apply(t.limits, t.history.ToldLimits(), at)
		if after.Equal(t.limits) {
			return nil
		}
		old := t.limits
		t.limits = after
		if err := w.keepLimits(t, station); err != nil {
			return err
		}
		return w.limitNotice(t, old, station, at)
	})
}

// limitNotice tells that other limits are wanted than before.
func (w *writer) limitNotice(t *known, before fleet.AskedLimits, station string, at time.Time) error {
	if t.limits.Equal(before) {
		return nil
	}
	wanted := t.limits.Limit()
	if maps.Equal(wanted, before.Limit()) {
		return nil
	}
	return w.notice(at, fleet.NoticeTransactionLimited, station, struct {
		Transaction string                 `json:"transaction"`
		Limit       fleet.TransactionLimit `json:"transactionLimit"`
	}{t.id, wanted})
}

// changeRunning changes a transaction that goes on.
func (db *DB) changeRunning(ctx context.Context, station, id string, change func(w *writer, t *known) error) error {
	var found bool
	var over bool
	err := db.change(ctx, func(w *writer) error {
		t, known, err := w.transactionOf(station, id)
		if found, over = known, t.history.Ended; err != nil || !found || over {
			return err
		}
		return change(w, &t)
	})
	switch {
	case err != nil:
		return err
	case !found:
		return store.ErrNotFound
	case over:
		return store.ErrEnded
	}
	return nil
}
