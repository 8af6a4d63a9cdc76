package server

import (
	"context"
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// ended tells those who wait for a command that it has come to its end, if it has.
func (q *queue) ended(c fleet.Command) {
	if !c.State.Final() {
		return
	}
	if c.Bulk != "" {
		q.bulkCommandEnded(c.Bulk)
	}
	q.mu.Lock()
	waiters := q.waiters[c.ID]
	delete(q.waiters, c.ID)
	delete(q.plans, c.ID)
	q.mu.Unlock()
	for _, w := range waiters {
		w <- c
	}
}

// await returns a command when it has come to its end, or as it is when the time is over or ctx ends.
func (q *queue) await(ctx context.Context, c fleet.Command, limit time.Duration) (fleet.Command, error) {
	if limit <= 0 {
		return c, nil
	}
	done := make(chan fleet.Command, 1)
	q.mu.Lock()
	q.waiters[c.ID] = append(q.waiters[c.ID], done)
	q.mu.Unlock()
	defer q.forget(c.ID, done)
	c, err := q.store.Command(ctx, c.ID) // it may have ended before anybody listened
	if err != nil || c.State.Final() {
		return c, err
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case c := <-done:
		return c, nil
	case <-timer.C:
	case <-q.ctx.Done():
	case <-ctx.Done():
		return c, context.Cause(ctx)
	}
	return q.store.Command(ctx, c.ID)
}

// forget ends the waiting.
func (q *queue) forget(id string, done chan fleet.Command) {
	q.mu.Lock()
	defer q.mu.Unlock()
	rest := slices.DeleteFunc(q.waiters[id], func(w chan fleet.Command) bool { return w == done })
	if q.waiters[id] = rest; len(rest) == 0 {
		delete(q.waiters, id)
	}
}
