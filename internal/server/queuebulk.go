package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// loadBulks goes on with what an earlier process left behind.
func (q *queue) loadBulks(ctx context.Context) error {
	if err := q.store.RecoverBulks(ctx); err != nil {
		return fmt.Errorf("bulk commands that were not started cannot be forgotten: %w", err)
	}
	for _, state := range []fleet.BulkState{fleet.BulkRunning, fleet.BulkStopping} {
		p, err := q.store.ListBulks(ctx, store.BulkQuery{State: state, Limit: store.MaxLimit}) // there are store.MaxRunningBulks
		if err != nil {
			return fmt.Errorf("the bulk commands cannot be read: %w", err)
		}
		for _, b := range p.Items {
			q.gates[b.ID] = newBulkGate(b)
			if state == fleet.BulkStopping {
				q.cancelBulk(b.ID)
			}
		}
	}
	return nil
}

// cancelBulk cancels the queued commands of a bulk that is stopping, however long the store fails. The channel is closed
// when it is done, or the queue was closed.
func (q *queue) cancelBulk(bulk string) <-chan struct{} {
	done := make(chan struct{})
	q.running.Go(func() {
		defer close(done)
		for {
			canceled, err := q.store.CancelBulkCommands(q.ctx, bulk, time.Now())
			switch {
			case err == nil && len(canceled) == 0:
				return
			case errors.Is(err, store.ErrClosed) || q.ctx.Err() != nil:
				return
			case err != nil:
				q.log.Warn("the rest of a bulk command cannot be canceled yet", "bulk", bulk, "error", err)
				select {
				case <-time.After(busyRetry):
				case <-q.ctx.Done():
				}
			}
			for _, c := range canceled {
				q.ended(c)
				q.kick(c.Station) // it may have been the last one
			}
		}
	})
	return done
}

// recount looks into the store whether a bulk is over, when somebody else has decided on one of its commands.
func (q *queue) recount(bulk string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.ctx), recordTimeout)
	defer cancel()
	b, err := q.store.Bulk(ctx, bulk)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return // the next end of a command looks again
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if err != nil || b.State.Final() {
		q.bulkOver(bulk)
	} else if g := q.gates[bulk]; g != nil {
		g.left = b.Counts[fleet.StateQueued] + b.Counts[fleet.StateSent]
	}
}
