package station

import (
	"math/rand/v2"
	"time"
)

// BackOff is how long a station waits between attempts to connect (OCPP-J 2.1 Part 4, 5.4; rule R30). The
// first wait is WaitMinimum plus a random part of up to RandomRange; after each failure the previous wait is
// doubled and a new random part is added, RepeatTimes times; from then on the last wait is kept, for ever. A
// connection that is established starts the sequence anew. The fields are the configuration variables
// RetryBackOffWaitMinimum, RetryBackOffRandomRange and RetryBackOffRepeatTimes of OCPP 2.x.
type BackOff struct {
	WaitMinimum time.Duration // default 5 s; negative: 0
	RandomRange time.Duration // default 10 s; negative: 0
	RepeatTimes int           // default 4; negative: never double

	// Rand returns a random duration of 0 to limit, both included; it is called with a positive limit. It must be
	// safe for concurrent use. The default is math/rand/v2.
	Rand func(limit time.Duration) time.Duration
}

func (b BackOff) withDefaults() BackOff {
	b.WaitMinimum = durationOr(b.WaitMinimum, 5*time.Second)
	b.RandomRange = durationOr(b.RandomRange, 10*time.Second)
	if b.RepeatTimes == 0 {
		b.RepeatTimes = 4
	}
	if b.Rand == nil {
		b.Rand = func(limit time.Duration) time.Duration { return rand.N(limit + 1) }
	}
	return b
}

// durationOr reads a duration option: zero is the default, a negative one is zero.
func durationOr(d, def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return max(d, 0)
}

// backOffSequence is one run of a BackOff. The zero value is ready for the first wait.
type backOffSequence struct {
	wait    time.Duration
	started bool
	doubled int
}

// next returns the wait before the next attempt. random is what b.random has just returned: the caller may hold a lock
// here, and Rand is the application's.
func (s *backOffSequence) next(b BackOff, random time.Duration) time.Duration {
	switch {
	case !s.started:
		s.started = true
		s.wait = b.WaitMinimum + random
	case s.doubled < b.RepeatTimes:
		s.doubled++
		s.wait = 2*s.wait + random
	}
	return s.wait
}

// reset starts anew after a success.
func (s *backOffSequence) reset() { *s = backOffSequence{} }

// random returns a new random part.
func (b BackOff) random() time.Duration {
	if b.RandomRange <= 0 {
		return 0
	}
	return b.Rand(b.RandomRange)
}
