package simulator

import "time"

// plan is the simulated time of one goroutine that lives by itself: that of the drivers of an EVSE, or that of a station's
// care. Whoever waits for a planned moment has come to exactly that moment, however late the machine noticed it: what is
// measured and told does not depend on when a goroutine happened to run. It is for one goroutine.
type plan struct {
	f    *Fleet
	quit <-chan struct{} // closed when nothing is waited for any more
	now  time.Time       // simulated
}

// promptAnswer is the real time within which an answer of the CSMS counts as given at once. Only one that takes longer
// delays what comes after it, so that a CSMS that is not busy changes nothing.
const promptAnswer = 2 * time.Second

// what came while a plan waited.
type what uint8

const (
	camePlanned what = iota // the moment
	cameQuit                // the end of everything
	cameStart               // a driver sent by the CSMS
	cameStop                // a request to end the transaction
	cameWake                // something has changed
)

// came is what came, and with it whatever it brought.
type came struct {
	what   what
	who    startRequest
	reason StopReason
}

// inputs are what may come before a planned moment; nil ones are not listened to.
type inputs struct {
	start chan startRequest
	stop  chan StopReason
	wake  chan struct{}
}

// next is the first of some moments and of the end of the run. The zero moment never comes.
func (p *plan) next(moments ...time.Time) time.Time {
	first := p.f.clock.ends
	for _, t := range moments {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

// over reports whether the run has come to its planned end.
func (p *plan) over() bool { return p.has(p.f.clock.ends) }

// has reports whether a moment has come.
func (p *plan) has(t time.Time) bool { return !t.IsZero() && !p.now.Before(t) }

// pass waits for a moment, which never comes when it is zero, and tells what came first.
func (p *plan) pass(t time.Time, in inputs) came {
	wait := time.Duration(never)
	if !t.IsZero() {
		wait = p.f.clock.until(t)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	c := p.first(timer, in)
	if c.what == camePlanned {
		p.reach(t)
	} else {
		p.interrupted(t)
	}
	return c
}

// first waits. The end of everything goes before all else.
func (p *plan) first(timer *time.Timer, in inputs) came {
	select {
	case <-p.quit:
		return came{what: cameQuit}
	default:
	}
	select {
	case <-p.quit:
		return came{what: cameQuit}
	case <-timer.C:
		return came{what: camePlanned}
	case who := <-in.start:
		return came{what: cameStart, who: who}
	case reason := <-in.stop:
		return came{what: cameStop, reason: reason}
	case <-in.wake:
		return came{what: cameWake}
	}
}

// reach goes on to a planned moment that has come.
func (p *plan) reach(t time.Time) {
	p.f.late(-p.f.clock.until(t))
	if t.After(p.now) {
		p.now = t
	}
}

// interrupted goes on to the present, since something came that nobody has planned; but not beyond t, the moment that is
// planned next, which has its turn when the machine is late.
func (p *plan) interrupted(t time.Time) {
	now := p.f.clock.now()
	if !t.IsZero() && now.After(t) {
		now = t
	}
	if now.After(p.now) {
		p.now = now
	}
}

// answered lets the real time pass that an answer of the CSMS has taken, when it was a long one.
func (p *plan) answered(took time.Duration) {
	if took > promptAnswer {
		p.now = p.now.Add(p.f.clock.simulated(took))
	}
}
