package simulator

import (
	"context"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/station"
)

// enqueue hands a transaction message to the station's queue and notes it in the ledger; told, which may be nil, notes
// what the message tells. answered, which may be nil, is called with the response.
func enqueue[R any](s *Station, tx *transaction, req ocpp.StationRequest[R], told func(*TransactionRecord), answered func(resp *R)) error {
	offline := s.client.Connection() == nil
	s.book.change(tx.record, func(t *TransactionRecord) {
		t.Sent++
		t.Offline = t.Offline || offline
		if told != nil {
			told(t)
		}
	})
	s.addQueued(1)
	err := station.Enqueue(s.client, req, tx.id, func(resp *R, err error) {
		defer s.addQueued(-1)
		s.book.change(tx.record, func(t *TransactionRecord) { t.settled(err) })
		if err != nil {
			s.failed("deliver a transaction message", err)
			s.fleet.count(func(c *Counts) { c.Dropped++ })
			return
		}
		if answered != nil {
			answered(resp)
		}
	})
	if err != nil {
		s.addQueued(-1)
		s.book.change(tx.record, func(t *TransactionRecord) { t.Sent-- })
	}
	return err
}

// settled notes the end of a message: err is why it was given up.
func (t *TransactionRecord) settled(err error) {
	if err == nil {
		t.Acked++
		return
	}
	t.GivenUp++
	t.Refusal = err.Error()
}

func (s *Station) addQueued(n int) {
	s.mu.Lock()
	s.queued += n
	s.mu.Unlock()
	s.fleet.count(func(c *Counts) { c.Queued += n })
	s.fleet.steps.Add(1)
	s.changed()
}

// changed wakes those who wait in waitUntil.
func (s *Station) changed() {
	s.mu.Lock()
	old := s.idle
	s.idle = make(chan struct{})
	s.mu.Unlock()
	close(old)
}

// waitUntil waits for a condition that changes with changed.
func (s *Station) waitUntil(ctx context.Context, holds func() bool) bool {
	for {
		s.mu.Lock()
		changed := s.idle
		s.mu.Unlock()
		if holds() {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

func (s *Station) waitDelivered(ctx context.Context) bool {
	return s.waitUntil(ctx, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.queued == 0
	})
}

func (s *Station) waitIdle(ctx context.Context) bool {
	return s.waitUntil(ctx, func() bool { return !s.charging() })
}
