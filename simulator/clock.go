package simulator

import "time"

// clock is the time of a simulation: it starts at origin and runs speed times as fast as the machine's.
type clock struct {
	begun  time.Time // by the machine's clock
	origin time.Time // simulated time at begun, in whole milliseconds, as messages tell it
	ends   time.Time // simulated time at which the run is over; zero: never
	speed  float64
}

// startClock starts a clock. One that runs faster starts in the past, so that the end of the run, when it has one, is the
// present: no message comes from the future. span is simulated time; 0 is no end.
func startClock(now time.Time, speed float64, span time.Duration) clock {
	c := clock{begun: now, speed: speed}
	ahead := span - c.real(span)
	c.origin = now.Add(-ahead).Round(0).Truncate(time.Millisecond)
	if span > 0 {
		c.ends = c.origin.Add(span)
	}
	return c
}

func (c clock) now() time.Time {
	return c.origin.Add(c.simulated(time.Since(c.begun)))
}

// until is how long it is, in real time, until a simulated moment; negative when it is past.
func (c clock) until(t time.Time) time.Duration {
	return c.real(t.Sub(c.origin)) - time.Since(c.begun)
}

// simulated is how much simulated time passes in d.
func (c clock) simulated(d time.Duration) time.Duration {
	if c.speed == 1 {
		return d
	}
	return time.Duration(float64(d) * c.speed)
}

// real is how long simulated time d takes.
func (c clock) real(d time.Duration) time.Duration {
	if c.speed == 1 {
		return d
	}
	return time.Duration(float64(d) / c.speed)
}

// skew is how far a station's clock is off.
type skew struct {
	offset time.Duration // at the beginning
	drift  float64       // seconds gained per second
}

// now is the time by the clock of the station.
func (s *Station) now() time.Time { return s.stamp(s.fleet.clock.now()) }

// stamp is a simulated moment by the clock of the station, as its messages tell it: in UTC, with three digits of fraction
// (rule R65).
func (s *Station) stamp(t time.Time) time.Time {
	gained := time.Duration(float64(t.Sub(s.fleet.clock.origin)) * s.skew.drift)
	return t.Add(s.skew.offset + gained).UTC().Truncate(time.Millisecond)
}

// timer fires when simulated time d has passed.
func (s *Station) timer(d time.Duration) *time.Timer {
	return time.NewTimer(s.fleet.clock.real(d))
}
