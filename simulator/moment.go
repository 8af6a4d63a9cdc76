package simulator

import (
	"context"
	"time"
)

// moment is something that happens in a session. OCPP 2.x has an event for each; OCPP 1.6 tells of the start, the meter
// values and the stop.
type moment struct {
	trigger string // 2.x triggerReason
	at      time.Time
	context string   // of the reading
	reading *reading // nil: none is sent
	token   bool     // the token is told
	end     bool
}

// The contexts of readings.
const (
	readPeriodic = "Sample.Periodic"
	readBegin    = "Transaction.Begin"
	readEnd      = "Transaction.End"
	readTrigger  = "Trigger"
	readClock    = "Sample.Clock"
)

// happens tells the CSMS of a moment. What cannot be queued is counted; there is nothing that the driver could do.
func (v *visit) happens(ctx context.Context, m moment) {
	m.at = v.at()
	if err := v.s.speech.tell(ctx, v.s, v.o, v.tx, m); err != nil {
		v.s.failed("queue a transaction message", err)
	}
}

// opened begins the record of a transaction whose first message is about to be sent.
func (s *Station) opened(o *outlet, tx *transaction, m moment) {
	if tx.record != nil {
		return
	}
	start := o.meter.shown()
	tx.record = s.book.open(TransactionRecord{
		Key: tx.id, ID: s.speech.ownID(tx), EVSE: s.speech.place(o, tx.connector), StartedAt: m.at, StartWh: start, StopWh: start,
	})
	s.fleet.count(func(c *Counts) { c.Started++; c.Charging++ })
}

// told notes in the record what a message tells. It runs with the book locked.
func (s *Station) told(tx *transaction, m moment, reason string) func(*TransactionRecord) {
	return func(t *TransactionRecord) {
		if m.token && !m.end && t.Token == "" {
			t.Token = tx.token
		}
		if m.reading != nil {
			t.register(m.reading.energy)
		}
		if m.end {
			t.Ended, t.EndedAt, t.Reason = true, m.at, reason
		}
	}
}

// measured returns the values of a moment that are configured to be sent.
func (s *Station) measured(m moment) []value {
	switch m.context {
	case readBegin, readEnd:
		return m.reading.only(nil)
	}
	return m.reading.only(s.vars.list(s.speech.keys().measurands))
}
