package server

import (
	"sync"
	"time"
)

// expiryRetry is the wait after a store that failed, and between two looks at least.
const expiryRetry = time.Second

// expiry knows when the time of the next queued command is over.
type expiry struct {
	earlier chan struct{} // holds one: next has changed

	mu   *sync.Mutex // guards next
	next *time.Time  // zero: none
}

func newExpiry() expiry {
	return expiry{make(chan struct{}, 1), new(sync.Mutex), new(time.Time)}
}

// mind notes that a command expires then.
func (e expiry) mind(at time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.next.IsZero() || at.Before(*e.next) {
		*e.next = at
		select {
		case e.earlier <- struct{}{}:
		default:
		}
	}
}

// forget forgets when the next command expires: it is about to be looked up.
func (e expiry) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	*e.next = time.Time{}
}

// expire ends commands whose time is over, until the queue is closed.
func (q *queue) expire() {
	timer := time.NewTimer(0) // what expired while there was no server
	defer timer.Stop()
	for {
		select {
		case <-q.ctx.Done():
			return
		case <-q.expiry.earlier:
			if due := q.expiry.peek(); !due.IsZero() {
				timer.Reset(max(0, time.Until(due)))
			}
		case <-timer.C:
			q.expireNow()
		}
	}
}

func (e expiry) peek() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return *e.next
}

func (q *queue) expireNow() {
	q.expiry.forget()
	expired, next, err := q.store.ExpireCommands(q.ctx, time.Now())
	if err != nil {
		if q.ctx.Err() == nil {
			q.log.Warn("commands whose time is over cannot be ended yet", "error", err)
		}
		next = time.Now().Add(expiryRetry)
	}
	for _, c := range expired {
		q.ended(c)
		q.kick(c.Station) // it may have been the last one
	}
	if !next.IsZero() {
		q.expiry.mind(next)
	}
}
