package sqlite

import (
	"encoding/json"
	"fmt"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// known is a transaction that is in the store already.
type known struct {
	ref     int64
	id      string
	number  int64
	history fleet.History

	decision fleet.TokenStatus // about history.Token
	begun    begun
	cost     *fleet.Cost       // nil: nobody knows, or it is to be computed
	limits   fleet.AskedLimits // never changed: others take their place
	taken    fleet.Decimal     // off the credit of the token; "" nothing
}

// transactionEvent adds an event to its transaction, whether or not the events before it are here.
func (w *writer) transactionEvent(e fleet.TransactionEvent, content []byte) (r fleet.Result, err error) {
	if err := w.ensureStation(e.Station, e.Received); err != nil {
		return fleet.Result{}, err
	}
	t, found, err := w.findTransaction(e, content)
	if err != nil {
		return fleet.Result{}, err
	}
	before := t
	if e.Token != nil {
		if r.Token, err = w.decideInTransaction(t, found, e, content); err != nil {
			return fleet.Result{}, err
		}
	}
	if !found {
		err = w.newTransaction(&t, e, content, r.Token)
	} else {
		r.Duplicate, r.Conflict, err = w.addEvent(&t, e, content, r.Token)
	}
	r.TransactionID, r.TransactionNumber = t.id, t.number
	if err == nil {
		err = w.limit(&t, before, e, content, &r)
	}
	if err == nil {
		err = w.tell(&t, e, content, &r)
	}
	if err != nil || r.Duplicate {
		return r, err
	}
	if err := w.takeCredit(&t, e); err != nil {
		return r, err
	}
	if err := w.profilesOver(e, t); err != nil {
		return r, err
	}
	return r, w.useReservation(e, t, r.Token.Group)
}

// findTransaction looks a transaction up by its id, or in a 1.6 start, which has none, by the start itself.
func (w *writer) findTransaction(e fleet.TransactionEvent, content []byte) (t known, found bool, err error) {
	if start := e.StartKey(); start != "" {
		return w.readTransaction(selectKnown+"start_key = ?", e.Station, start)
	}
	return w.transactionOf(e.Station, e.StoredID(content))
}

const selectKnown = "SELECT ref, id, number, history, decision, limits_asked, credit_taken, " + begunColumns + " FROM transactions WHERE station = ? AND "

// transactionOf looks a transaction up by its id.
func (w *writer) transactionOf(station, id string) (t known, found bool, err error) {
	if t, ok := w.recall(transactionKey{station, id}); ok {
		return t, true, nil
	}
	return w.readTransaction(selectKnown+"id = ?", station, id)
}

func (w *writer) readTransaction(query, station, key string) (t known, found bool, err error) {
	var history []byte
	found, err = w.queryRow(query, []any{station, key}, append([]any{&t.ref, &t.id, &t.number, &history, &t.decision, objectJSON{&t.limits}, &t.taken}, t.begun.fields()...))
	if err != nil || !found {
		return t, false, err
	}
	if err := json.Unmarshal(history, &t.history); err != nil {
		return t, false, fmt.Errorf("the history of transaction %s of %s: %w", t.id, station, err)
	}
	return t, true, nil
}

// newTransaction stores the event of a transaction that is seen for the first time.
func (w *writer) newTransaction(t *known, e fleet.TransactionEvent, content []byte, d fleet.Decision) (err error) {
	t.id = e.StoredID(content)
	if e.StartKey() != "" {
		if t.number, err = w.newNumber(e.Station); err != nil {
			return err
		}
		t.id = fleet.TransactionNumber(t.number)
	}
	found, err := w.judge(t, e, content)
	if err != nil {
		return err
	}
	if err := w.begin(t, e.Station, startDecision(e, d)); err != nil {
		return err
	}
	if err := w.insertTransaction(t, e); err != nil {
		return err
	}
	if _, err := w.insertEvent(t.ref, e, content); err != nil {
		return err
	}
	if err := w.keepDecision(t, fleet.History{}, e, d); err != nil {
		return err
	}
	if err := found.keep(w, *t, e, content); err != nil {
		return err
	}
	w.pending.transactions = append(w.pending.transactions, changed{transactionKey{e.Station, t.id}, *t})
	return w.transactionNotice(*t, e, d)
}

// startDecision returns d if it is about who starts the transaction.
func startDecision(e fleet.TransactionEvent, d fleet.Decision) fleet.Decision {
	if e.Ends() {
		return fleet.Decision{}
	}
	return d
}

// addEvent adds an event to a transaction that is there. An event that is there too changes nothing.
func (w *writer) addEvent(t *known, e fleet.TransactionEvent, content []byte, d fleet.Decision) (duplicate, conflict bool, err error) {
	inserted, err := w.insertEvent(t.ref, e, content)
	if err != nil {
		return false, false, err
	}
	if !inserted {
		return w.repeated(t, e, content)
	}
	before := *t
	found, err := w.judge(t, e, content)
	if err != nil {
		return false, false, err
	}
	if t.history.Token != before.history.Token {
		if err := w.begin(t, e.Station, d); err != nil {
			return false, false, err
		}
	}
	if err := w.renew(t, e, content); err != nil {
		return false, false, err
	}
	if err := w.updateTransaction(&before, t, e); err != nil {
		return false, false, err
	}
	if err := w.keepDecision(t, before.history, e, d); err != nil {
		return false, false, err
	}
	if err := found.keep(w, *t, e, content); err != nil {
		return false, false, err
	}
	w.pending.transactions = append(w.pending.transactions, changed{transactionKey{e.Station, t.id}, *t})
	return false, false, w.transactionNotice(*t, e, d)
}

// queueTold keeps what a station said of the messages that wait at it. A transaction that is not here tells nothing.
func (w *writer) queueTold(e fleet.DeviceAnswered, c fleet.QueueTold) error {
	if c.Transaction == "" {
		return w.exec("UPDATE stations SET messages_waiting = ?, messages_waiting_at = ? WHERE id = ?", flag(c.Waiting), fleet.Micros(e.Received), e.Station)
	}
	return w.exec("UPDATE transactions SET messages_waiting = ?, ongoing = ?, told_at = ? WHERE station = ? AND id = ?",
		flag(c.Waiting), optionalFlag(c.Ongoing), fleet.Micros(e.Received), e.Station, c.Transaction)
}

// insertEvent reports false when there is an event of the same key.
func (w *writer) insertEvent(ref int64, e fleet.TransactionEvent, content []byte) (bool, error) {
	n, err := w.execCount(`INSERT INTO transaction_events (transaction_ref, position, key, received, offline, content)
			VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		ref, e.Position(), e.Key(content), fleet.Micros(e.Received), flag(e.Offline), string(content))
	return n > 0, err
}

// hasEvent reports whether there is an event of the same key.
func (w *writer) hasEvent(ref int64, e fleet.TransactionEvent, content []byte) (bool, error) {
	var one int
	return w.queryRow("SELECT 1 FROM transaction_events WHERE transaction_ref = ? AND position = ? AND key = ?",
		[]any{ref, e.Position(), e.Key(content)}, []any{&one})
}

// repeated tells a repetition from a contradiction. The latter is kept beside the first version, once.
func (w *writer) repeated(t *known, e fleet.TransactionEvent, content []byte) (duplicate, conflict bool, err error) {
	key := e.Key(content)
	var first string
	_, err = w.queryRow("SELECT content FROM transaction_events WHERE transaction_ref = ? AND position = ? AND key = ?",
		[]any{t.ref, e.Position(), key}, []any{&first})
	if err != nil || first == string(content) {
		return true, false, err
	}
	n, err := w.execCount(`INSERT INTO transaction_conflicts (transaction_ref, position, key, digest, received, content)
			VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		t.ref, e.Position(), key, fleet.Digest(content), fleet.Micros(e.Received), string(content))
	if err != nil || n == 0 {
		return true, true, err
	}
	if err := w.exec("UPDATE transactions SET conflicts = conflicts + 1 WHERE ref = ?", t.ref); err != nil {
		return false, true, err
	}
	return false, true, w.notice(e.Received, fleet.NoticeTransactionConflict, e.Station,
		map[string]string{"transaction": t.id, "key": key})
}

func (w *writer) transactionNotice(t known, e fleet.TransactionEvent, d fleet.Decision) error {
	kind, cost, currency := fleet.NoticeTransactionUpdated, fleet.Decimal(""), ""
	switch e.Kind {
	case fleet.TransactionStarted:
		kind = fleet.NoticeTransactionStarted
	case fleet.TransactionEnded:
		kind = fleet.NoticeTransactionEnded
		if t.cost != nil {
			cost, currency = t.cost.Total.InclTax, t.cost.Currency
		}
	}
	return w.notice(e.Received, kind, e.Station, struct {
		Transaction string `json:"transaction"`
		EVSE        int    `json:"evse,omitempty"`
		Connector   int    `json:"connector,omitempty"`
		SeqNo       int64  `json:"seqNo,omitempty"`
		Meter       string `json:"meter,omitempty"` // Wh

		Cost     fleet.Decimal `json:"cost,omitempty"` // of an end, with taxes
		Currency string        `json:"currency,omitempty"`

		Authorization fleet.TokenStatus    `json:"authorization,omitempty"` // of the token that this message brought
		Reason        fleet.DecisionReason `json:"reason,omitempty"`

		LimitReached fleet.LimitKind `json:"limitReached,omitempty"`
	}{t.id, t.history.EVSE.V, t.history.Connector.V, e.SeqNo, string(t.history.MeterLast.V), cost, currency, d.Status, d.Reason, fleet.LimitReached(e.Trigger)})
}
