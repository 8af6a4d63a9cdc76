package simulator

import "context"

// never is far away.
const never = 1 << 62

// nextFault plans the next fault of an EVSE.
func (s *Station) nextFault(o *outlet, p *plan) {
	if r := s.kind().Incidents.Fault; !r.IsZero() {
		o.fault = p.now.Add(o.faults.in(r))
	}
}

// faultPasses shows a fault, for as long as it lasts, and plans the next one.
func (s *Station) faultPasses(ctx context.Context, o *outlet, p *plan) {
	o.setFaulted(true)
	s.showAll(ctx, o, s.stamp(p.now))
	s.noticeAt(ctx, noticeFault, o, s.stamp(p.now))
	p.pass(p.next(p.now.Add(o.faults.in(s.kind().Incidents.Lasts))), inputs{})
	o.setFaulted(false)
	s.showAll(ctx, o, s.stamp(p.now))
	s.nextFault(o, p)
}
