package station

import (
	"testing"
	"time"
)

func TestR30BackOffDoublesThenKeepsTheLastWait(t *testing.T) {
	random := []time.Duration{3, 1, 4, 1, 9, 9, 9, 5}
	b := BackOff{
		WaitMinimum: 10, RandomRange: 9, RepeatTimes: 3,
		Rand: func(limit time.Duration) time.Duration {
			if limit != 9 {
				t.Errorf("Rand was asked for up to %d, want 9", limit)
			}
			r := random[0]
			random = random[1:]
			return r
		},
	}.withDefaults()
	var s backOffSequence
	// 10+3, 2*13+1, 2*27+4, 2*58+1, and then no more
	for i, want := range []time.Duration{13, 27, 58, 117, 117, 117, 117} {
		if got := s.next(b, b.random()); got != want {
			t.Errorf("wait %d is %d, want %d", i+1, got, want)
		}
	}
	s.reset()
	if got := s.next(b, b.random()); got != 10+5 {
		t.Errorf("the wait after a success is %d, want 15", got)
	}
}

func TestR30BackOffDefaultsStayInRange(t *testing.T) {
	b := BackOff{}.withDefaults()
	for range 1000 {
		var s backOffSequence
		if got := s.next(b, b.random()); got < 5*time.Second || got > 15*time.Second {
			t.Fatalf("the first wait is %v, want 5 s to 15 s", got)
		}
	}
}

func TestBackOffNegativeFieldsAreZero(t *testing.T) {
	b := BackOff{WaitMinimum: -1, RandomRange: -1, RepeatTimes: -1}.withDefaults()
	var s backOffSequence
	for range 3 {
		if got := s.next(b, b.random()); got != 0 {
			t.Errorf("the wait is %v, want none", got)
		}
	}
}
