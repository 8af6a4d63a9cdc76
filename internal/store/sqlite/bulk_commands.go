package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// AddBulkCommands implements store.Bulks. What is queued is not told of one by one: the start of the bulk is.
func (db *DB) AddBulkCommands(ctx context.Context, bulk string, commands []fleet.Command) error {
	for _, c := range commands {
		if c.ID == "" || c.Station == "" || c.Bulk != bulk || c.State != fleet.StateQueued && c.State != fleet.StateInvalid {
			return fmt.Errorf("%w: a command of bulk %q that is %q", fleet.ErrInvalidEvent, c.Bulk, c.State)
		}
	}
	var refused error
	err := db.change(ctx, func(w *writer) error {
		var b fleet.Bulk
		var err error
		if b, refused, err = w.bulk(bulk); err != nil || refused != nil {
			return err
		}
		if b.State != fleet.BulkPreparing {
			refused = fmt.Errorf("%w: it is %s", fleet.ErrBulkState, b.State)
			return nil
		}
		return w.addBulkCommands(bulk, commands)
	})
	return errors.Join(err, refused)
}

func (w *writer) addBulkCommands(bulk string, commands []fleet.Command) error {
	shared := map[string]int64{}
	for _, c := range commands {
		var payload any // none: it is a verb, whose turn has not come
		if c.Verb == "" {
			number, err := w.sharePayload(shared, bulk, c.Payload)
			if err != nil {
				return err
			}
			payload = number
		}
		err := w.exec(`INSERT INTO commands (id, caller_key, bulk, shared, station, version, action, payload, verb, lane, rank, timeout, created_at, expires_at,
				state, attempts, epoch, message_id, ended_at, error_code, detail) VALUES (?, '', ?, ?, ?, ?, ?, '{}', ?, ?, ?, ?, ?, ?, ?, 0, 0, '', ?, '', ?)`,
			c.ID, bulk, payload, c.Station, c.Version, c.Action, c.Verb, string(c.Lane), c.Lane.Rank(), c.Timeout.Microseconds(),
			fleet.Micros(c.CreatedAt), fleet.Micros(c.ExpiresAt), string(c.State), at(c.EndedAt), c.Detail)
		if err != nil {
			return err
		}
	}
	return nil
}

// sharePayload returns the number of the row that has a payload, and makes it if need be.
func (w *writer) sharePayload(known map[string]int64, bulk string, payload json.RawMessage) (number int64, err error) {
	if number, ok := known[string(payload)]; ok {
		return number, nil
	}
	digest := sha256.Sum256(payload)
	_, err = w.queryRow(`INSERT INTO bulk_payloads (bulk, digest, payload) VALUES (?, ?, ?)
			ON CONFLICT (bulk, digest) DO UPDATE SET digest = excluded.digest RETURNING number`,
		[]any{bulk, hex.EncodeToString(digest[:]), string(payload)}, []any{&number})
	known[string(payload)] = number
	return number, err
}

// stopsBulk cancels a command that waits again, if its bulk is to stop: it would be sent otherwise.
func (w *writer) stopsBulk(c fleet.Command) (fleet.Command, error) {
	if c.Bulk == "" || c.State != fleet.StateQueued {
		return c, nil
	}
	b, refused, err := w.bulk(c.Bulk)
	if err != nil || refused != nil || b.State != fleet.BulkStopping {
		return c, err
	}
	return c.Cancel(bulkStopped, time.Now())
}

// bulkStopped is why commands are canceled.
const bulkStopped = "the bulk command was stopped"

// CancelBulkCommands implements store.Bulks.
func (db *DB) CancelBulkCommands(ctx context.Context, id string, now time.Time) (canceled []fleet.Command, err error) {
	err = db.change(ctx, func(w *writer) (err error) {
		b, refused, err := w.bulk(id)
		if err != nil || refused != nil || b.State != fleet.BulkStopping {
			canceled = nil
			return err
		}
		canceled, err = w.commands(selectCommand+" WHERE bulk = ? AND bulk <> '' AND state = 'queued' ORDER BY number LIMIT ?", id, store.BulkStep)
		for i := range canceled {
			c, refused := canceled[i].Cancel(bulkStopped, now)
			if refused != nil {
				return refused // cannot happen: it is queued
			}
			var putErr error
			if canceled[i], putErr = w.putCommand(c); err == nil {
				err = putErr
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return canceled, nil
}

// DropBulk implements store.Bulks.
func (db *DB) DropBulk(ctx context.Context, id string) error {
	return db.dropBulks(ctx, func(w *writer) error {
		return w.exec("UPDATE bulks SET state = 'dropped' WHERE id = ? AND state = 'preparing'", id)
	})
}

// RecoverBulks implements store.Bulks.
func (db *DB) RecoverBulks(ctx context.Context) error {
	return db.dropBulks(ctx, func(w *writer) error { return w.exec("UPDATE bulks SET state = 'dropped' WHERE state = 'preparing'") })
}

// dropBulks marks bulks and deletes what is marked, in as many commits as it takes: nothing of them may be delivered.
func (db *DB) dropBulks(ctx context.Context, mark func(*writer) error) error {
	for {
		deleted := int64(0)
		err := db.change(ctx, func(w *writer) (err error) {
			if err := mark(w); err != nil {
				return err
			}
			deleted, err = w.deleteDropped(commandStep)
			return err
		})
		if err != nil || deleted == 0 {
			return err
		}
	}
}

// deleteDropped deletes commands of dropped bulks, so many at most, and the bulks when none is left.
func (w *writer) deleteDropped(limit int) (int64, error) {
	n, err := w.execCount(`DELETE FROM commands WHERE number IN (SELECT number FROM commands
		WHERE bulk <> '' AND bulk IN (SELECT id FROM bulks WHERE state = 'dropped') LIMIT ?)`, limit)
	if n > 0 || err != nil {
		return n, err
	}
	w.dropped = false
	err = w.exec("DELETE FROM bulk_payloads WHERE bulk IN (SELECT id FROM bulks WHERE state = 'dropped')")
	return 0, errors.Join(err, w.exec("DELETE FROM bulks WHERE state = 'dropped'"))
}

// pruneBulks drops the oldest bulks that have ended when there are too many, or when they have too many commands, and
// deletes some of what was dropped: about as many commands as came to their end.
func (w *writer) pruneBulks() error {
	if err := w.endBulks(time.Now()); err != nil {
		return err
	}
	if w.pending.bulksEnded > 0 {
		if err := w.dropOldBulks(); err != nil {
			return err
		}
	}
	if n := w.pending.bulkCommands; n > 0 && w.dropped {
		_, err := w.deleteDropped(n + pruneStep)
		return err
	}
	return nil
}

// dropOldBulks keeps the latest bulk whatever its size.
func (w *writer) dropOldBulks() error {
	var oldest int64 // that is kept
	_, err := w.queryRow(`SELECT COALESCE(MIN(number), 0) FROM (SELECT number,
			ROW_NUMBER() OVER (ORDER BY number DESC) AS place, SUM(stations) OVER (ORDER BY number DESC) AS commands
			FROM bulks WHERE state IN ('done', 'stopped')) AS ended
		WHERE place = 1 OR (place <= ? AND commands <= ?)`,
		[]any{orAll(w.o.KeepBulks), orAll(w.o.KeepBulkCommands)}, []any{&oldest})
	if err != nil {
		return err
	}
	n, err := w.execCount("UPDATE bulks SET state = 'dropped', caller_key = '' WHERE state IN ('done', 'stopped') AND number < ?", oldest)
	w.dropped = w.dropped || n > 0
	return err
}

// orAll is a bound as the database has it: a negative one is none.
func orAll(keep int) int64 {
	if keep < 0 {
		return 1 << 62
	}
	return int64(keep)
}
