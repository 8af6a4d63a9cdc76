package simulator

import (
	"context"
	"time"
)

// never is far away.
const never = 1 << 62

// nextFault makes the timer of the next fault of an EVSE.
func (s *Station) nextFault(o *outlet) *time.Timer { return time.NewTimer(s.untilFault(o)) }

func (s *Station) untilFault(o *outlet) time.Duration {
	r := s.kind().Incidents.Fault
	if r.IsZero() {
		return never
	}
	return s.fleet.clock.real(o.draw.in(r))
}

// faultPasses shows a fault, for as long as it lasts.
func (s *Station) faultPasses(ctx, soft context.Context, o *outlet) {
	o.setFaulted(true)
	s.showAll(ctx, o)
	s.notice(ctx, noticeFault, o)
	t := s.timer(o.draw.in(s.kind().Incidents.Lasts))
	defer t.Stop()
	select {
	case <-soft.Done():
	case <-t.C:
	}
	o.setFaulted(false)
	s.showAll(ctx, o)
}
