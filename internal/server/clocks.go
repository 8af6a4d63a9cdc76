package server

import (
	"context"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// clocks is a store that learns from what stations say how far their clocks are off. What it learned is written with the
// next presence of the station, and with the transaction that an event is about. It remembers the stations that are
// connected. It is safe for concurrent use.
type clocks struct {
	store.Ingest
	mu    sync.Mutex // guards known, and the clocks in it; held for a computation only
	known map[string]*fleet.Clock
}

func newClocks(s store.Ingest) *clocks { return &clocks{Ingest: s, known: map[string]*fleet.Clock{}} }

// Submit implements store.Ingest.
func (c *clocks) Submit(ctx context.Context, e fleet.Event) (fleet.Result, error) {
	switch event := e.(type) {
	case fleet.TransactionEvent:
		// 2.x says of its messages whether they waited (E12.FR.02); of those of 1.6 nobody knows.
		if !event.Offline {
			event.ClockOffset = c.observe(event.Station, event.Received, event.Time, !event.Numbered)
		}
		e = event
	case fleet.StatusReported:
		c.observe(event.Station, event.Received, event.Time, true) // it may tell since when
	case fleet.Metered:
		if n := len(event.Samples); n > 0 {
			c.observe(event.Station, event.Received, event.Samples[n-1].Time, true)
		}
	}
	return c.Ingest.Submit(ctx, e)
}

// observe returns what is known of the station's clock now, and reports it when it is new.
func (c *clocks) observe(station string, received, moment time.Time, queued bool) *time.Duration {
	c.mu.Lock()
	clock := c.known[station]
	if clock == nil {
		clock = &fleet.Clock{}
		c.known[station] = clock
	}
	before := clock.Offset()
	clock.Observe(received, moment, queued)
	offset := clock.Offset()
	c.mu.Unlock()
	if offset != nil && (before == nil || *before != *offset) {
		c.Report(fleet.Presence{Station: station, ClockOffset: offset})
	}
	return offset
}

// forget drops what is known of a station that has gone. It begins afresh when it comes back.
func (c *clocks) forget(station string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, station)
}
