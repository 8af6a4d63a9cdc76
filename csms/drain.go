package csms

import (
	"context"
	"slices"
	"sync"
	"time"
)

// defaultDrainRate is the least number of connections that Drain closes in a second.
const defaultDrainRate = 100

// DrainOptions say in which order and how fast Drain ends connections. The zero value ends all at once.
type DrainOptions struct {
	// Over is the time over which the connections are closed, evenly: the stations come back as evenly, wherever
	// they go. Default: all at once.
	Over time.Duration

	// MinRate is how many connections are closed in a second at least, so that few stations do not take the whole of
	// Over. Default: 100.
	MinRate int

	// Last reports that a station is to be closed after all others, one with a running transaction for instance. It is
	// called once for each station at the beginning. Default: no station is.
	Last func(st *Station) bool
}

// Drain is Shutdown at a pace: new stations are refused (503) at once, but the connected ones stay as they are, calls and
// handlers included, until it is their turn to be closed. From then on each is treated as Shutdown has it. Let the
// listeners accept meanwhile, so that stations that come back are told when to try again.
//
// When ctx ends, the rest is closed at once. A Shutdown during Drain does that, too.
func (s *Server) Drain(ctx context.Context, o DrainOptions) error {
	s.beginDraining()
	stations := s.drainOrder(o.Last)
	pace := o.pace(len(stations))
	var closing sync.WaitGroup
	for _, st := range stations {
		if st.Cause() != nil {
			continue // it went by itself
		}
		pace.wait(ctx)
		closing.Go(func() { st.drain(ctx) })
	}
	closing.Wait()
	return s.finish(ctx)
}

// drainOrder returns the stations in the order in which they are to be closed.
func (s *Server) drainOrder(isLast func(*Station) bool) []*Station {
	first, last := make([]*Station, 0, s.Len()), []*Station(nil)
	for st := range s.registry.all() {
		if isLast != nil && isLast(st) {
			last = append(last, st)
		} else {
			first = append(first, st)
		}
	}
	return slices.Concat(first, last)
}

// drain lets what is under way finish, unless ctx ends, and closes the connection.
func (st *Station) drain(ctx context.Context) {
	st.session.Drain(ctx) //nolint:errcheck // a ctx that ended cuts the draining short, and is returned by Server.Drain
	st.closeFor(st.server.options.ShutdownCode, "shutting down", ErrShutdown)
}

// pace spreads turns over time. One goroutine uses it.
type pace struct {
	next  time.Time
	every time.Duration // 0: no waiting
}

func (o DrainOptions) pace(stations int) *pace {
	if o.Over <= 0 || stations == 0 {
		return &pace{}
	}
	if o.MinRate <= 0 {
		o.MinRate = defaultDrainRate
	}
	return &pace{next: time.Now(), every: min(o.Over/time.Duration(stations), time.Second/time.Duration(o.MinRate))}
}

// wait returns at the next turn, or when ctx ends. A turn that comes late is made up for by the ones after it.
func (p *pace) wait(ctx context.Context) {
	if p.every == 0 || ctx.Err() != nil {
		return
	}
	if d := time.Until(p.next); d > 0 {
		turn := time.NewTimer(d)
		defer turn.Stop()
		select {
		case <-turn.C:
		case <-ctx.Done():
		}
	}
	p.next = p.next.Add(p.every)
}
