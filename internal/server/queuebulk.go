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

// recount looks into the store whether a bulk is over, when somebody else has decided on one of its commands, or what is counted here
// says so.
func (q *queue) recount(bulk string) {
	for !q.recounted(bulk) {
	}
}

// recounted is one such look. An end that is told meanwhile may be in what the look finds, or not: it is taken off in any case, so that
// there are never fewer commands than counted. When that leaves none and the bulk is not over, the look was too early: false.
func (q *queue) recounted(bulk string) bool {
	q.mu.Lock()
	g, ends := q.gates[bulk], uint64(0)
	if g != nil {
		ends = g.ends
	}
	q.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.ctx), recordTimeout)
	defer cancel()
	b, err := q.store.Bulk(ctx, bulk)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return true // the next end of a command looks again; who waits looks when the time is over
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if err != nil || b.State.Final() {
		q.bulkOver(bulk)
		return true
	}
	if g == nil || q.gates[bulk] != g {
		return true
	}
	since := g.ends - ends
	g.left = b.Counts[fleet.StateQueued] + b.Counts[fleet.StateSent] - int(since)
	return g.left > 0 || since == 0
}
