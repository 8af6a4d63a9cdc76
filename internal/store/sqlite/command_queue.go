package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// commandStep is how many commands are changed in one commit at most.
const commandStep = 1000

// RecoverCommands implements store.Commands. It takes as many commits as it needs; what was decided in one stays decided.
func (db *DB) RecoverCommands(ctx context.Context, now time.Time) (recovered int, err error) {
	for {
		n := 0
		err := db.change(ctx, func(w *writer) error {
			list, err := w.commands(selectCommand+" WHERE state = 'sent' ORDER BY number LIMIT ?", commandStep)
			n = len(list)
			for _, c := range list {
				if _, putErr := w.putCommand(c.Recover(now)); err == nil {
					err = putErr
				}
			}
			return err
		})
		if recovered += n; err != nil || n < commandStep {
			return recovered, err
		}
	}
}

// ExpireCommands implements store.Commands.
func (db *DB) ExpireCommands(ctx context.Context, now time.Time) (expired []fleet.Command, next time.Time, err error) {
	err = db.change(ctx, func(w *writer) (err error) {
		expired, err = w.expireCommands(now)
		if err != nil {
			return err
		}
		var due *int64
		_, err = w.queryRow("SELECT MIN(expires_at) FROM commands WHERE state = 'queued'", nil, []any{&due})
		if next = (time.Time{}); due != nil {
			next = fleet.FromMicros(*due)
		}
		return err
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	return expired, next, nil
}

func (w *writer) expireCommands(now time.Time) ([]fleet.Command, error) {
	list, err := w.commands(selectCommand+" WHERE state = 'queued' AND expires_at <= ? ORDER BY expires_at LIMIT ?", fleet.Micros(now), commandStep)
	if err != nil {
		return nil, err
	}
	for i, c := range list {
		if c, err = c.Expire(now); err != nil {
			return nil, fmt.Errorf("command %q: %w", c.ID, err)
		}
		if list[i], err = w.putCommand(c); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// commands reads commands in the open transaction. The query must be a constant.
func (w *writer) commands(query string, args ...any) ([]fleet.Command, error) {
	return queryRows(w, query, commandFields, args...)
}

// NextCommand implements store.Commands.
func (db *DB) NextCommand(ctx context.Context, station string, except []string) (c fleet.Command, err error) {
	q := selectFrom(selectCommand)
	q.where("station = ? AND state = 'queued'", station)
	for _, bulk := range except {
		q.where("bulk <> ?", bulk)
	}
	q.order("rank, number", 0)
	err = one(ctx, db.readers, q.text.String(), q.args, commandFields(&c))
	return c, err
}

// QueuedStations implements store.Commands.
func (db *DB) QueuedStations(ctx context.Context) ([]string, error) {
	return list(ctx, db.readers, selectFrom("SELECT DISTINCT station FROM commands WHERE state = 'queued'"), func(s *string) []any { return []any{s} })
}

// pruneCommands deletes the oldest commands that have been dealt with and are not of a bulk when there are more than are
// kept. It looks once in so many of them only.
func (w *writer) pruneCommands() error {
	if w.ended += w.pending.commands; w.o.KeepCommands < 0 || w.pending.commands == 0 || w.ended <= w.o.KeepCommands/16 {
		return nil
	}
	n := w.ended + pruneStep
	w.ended = 0
	return w.exec(`DELETE FROM commands WHERE number IN (SELECT number FROM commands WHERE bulk = '' AND ended_at IS NOT NULL
		AND number <= (SELECT number FROM commands WHERE bulk = '' ORDER BY number DESC LIMIT 1 OFFSET ?) ORDER BY number LIMIT ?)`, w.o.KeepCommands, n)
}
