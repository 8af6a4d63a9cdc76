package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// revealed are the anomalies that one event revealed, each with a sentence about it.
type revealed struct {
	kinds   []fleet.AnomalyKind
	details []string
}

// judge adds an event to the history of its transaction.
func (w *writer) judge(t *known, e fleet.TransactionEvent, content []byte) (revealed, error) {
	found, details, err := t.history.AddAndJudge(e, content, func() (fleet.Around, error) {
		return w.around(t.ref, e.Position(), e.Key(content))
	})
	return revealed{found.Kinds(), details}, err
}

// keep writes which event revealed the anomalies, and a notice of each.
func (r revealed) keep(w *writer, t known, e fleet.TransactionEvent, content []byte) error {
	for i, kind := range r.kinds {
		err := w.exec(`INSERT INTO transaction_anomalies (transaction_ref, kind, position, key, received, detail)
			VALUES (?, ?, ?, ?, ?, ?)`, t.ref, string(kind), e.Position(), e.Key(content), fleet.Micros(e.Received), r.details[i])
		if err != nil {
			return err
		}
		err = w.notice(e.Received, fleet.NoticeTransactionAnomaly, e.Station, map[string]string{
			"transaction": t.id, "kind": string(kind), "key": e.Key(content), "detail": r.details[i],
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// maxAround bounds how many events are searched for a reading, either way, so that a late event costs no more than some
// others. Most events have a reading.
const maxAround = 16

// around finds the readings next to a place within a transaction.
func (w *writer) around(ref, position int64, key string) (a fleet.Around, err error) {
	if a.Before, err = w.nextReading(`SELECT content FROM transaction_events WHERE transaction_ref = ?
		AND (position, key) < (?, ?) ORDER BY position DESC, key DESC LIMIT ?`, ref, position, key, maxAround); err != nil {
		return a, err
	}
	a.After, err = w.nextReading(`SELECT content FROM transaction_events WHERE transaction_ref = ?
		AND (position, key) > (?, ?) ORDER BY position, key LIMIT ?`, ref, position, key, maxAround)
	return a, err
}

// nextReading returns the reading of the first event that has one.
func (w *writer) nextReading(query string, args ...any) (r fleet.Reading, err error) {
	s, err := w.stmt(query) //nolint:sqlclosecheck // as in execCount
	if err != nil {
		return r, err
	}
	rows, err := s.QueryContext(context.Background(), args...)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for r.First == "" && rows.Next() {
		var content []byte
		if err := rows.Scan(&content); err != nil {
			return r, err
		}
		var e fleet.TransactionEvent
		if err := json.Unmarshal(content, &e); err != nil {
			return r, fmt.Errorf("the content of an event: %w", err)
		}
		r = e.Reading()
	}
	return r, rows.Err()
}
