package simulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/chargeyard/chargeyard/station"
)

// show changes what the connector in use does and reports it to the CSMS when that is a change. Here and below, at is when,
// by the clock of the station.
func (s *Station) show(ctx context.Context, o *outlet, state connectorState, at time.Time) {
	o.setState(state)
	s.news(ctx, o, o.inUse(), at)
}

// showAll reports every connector of an EVSE that shows something new.
func (s *Station) showAll(ctx context.Context, o *outlet, at time.Time) {
	for n := 1; n <= o.connectors; n++ {
		s.news(ctx, o, n, at)
	}
}

func (s *Station) news(ctx context.Context, o *outlet, connector int, at time.Time) {
	if o.toReport(connector) {
		s.report(ctx, o, connector, at)
	}
}

// reportAll tells the CSMS what every connector does, news or not.
func (s *Station) reportAll(ctx context.Context, at time.Time) {
	for _, o := range s.outlets {
		for n := 1; n <= o.connectors; n++ {
			o.toReport(n)
			s.report(ctx, o, n, at)
		}
	}
}

// report tells the CSMS what a connector does. Offline and before the boot it tells nobody: all connectors are reported
// when the station is accepted again.
func (s *Station) report(ctx context.Context, o *outlet, connector int, at time.Time) {
	err := s.speech.status(ctx, s, o, connector, at)
	s.mishap(fmt.Sprintf("report the status of EVSE %d", o.id), err)
}

// mishap counts an error, but for being offline or not yet accepted, which happens to every station, and for what the end of
// the simulation cut short.
func (s *Station) mishap(what string, err error) {
	if err != nil && s.soft.Err() == nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, station.ErrNotAccepted) {
		s.failed(what, err)
	}
}

// unreachable reports whether err says that there is no connection.
func unreachable(err error) bool {
	return errors.Is(err, net.ErrClosed) || errors.Is(err, station.ErrOffline)
}
