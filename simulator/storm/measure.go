package storm

import (
	"maps"
	"math"
	"slices"
	"sync"
	"time"
)

// tally counts by name.
type tally struct {
	mu sync.Mutex
	m  map[string]int
}

func (t *tally) add(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.m == nil {
		t.m = map[string]int{}
	}
	t.m[name]++
}

func (t *tally) counts() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.m)
}

func (t *tally) sum() int {
	n := 0
	for _, v := range t.counts() {
		n += v
	}
	return n
}

// sample is a duration and when it began, or ended where that is said; both in nanoseconds.
type sample struct{ at, took int64 }

// samples collects durations.
type samples struct {
	mu   sync.Mutex
	list []sample
}

func (s *samples) add(at, took int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, sample{at, took})
}

// beat adds the latency of a heartbeat, and of those that were due while it waited: a server that hangs for a second is
// not measured once but as often as it would have been asked (coordinated omission).
func (s *samples) beat(p pending, now int64) {
	if p.beat == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for due := p.due; due < now; due += p.beat {
		s.list = append(s.list, sample{due, now - due})
	}
}

func (s *samples) all() []sample {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

// between returns the durations that began in [from, to).
func between(list []sample, from, to int64) []int64 {
	var took []int64
	for _, s := range list {
		if s.at >= from && s.at < to {
			took = append(took, s.took)
		}
	}
	return took
}

// Millis is a duration in milliseconds.
type Millis float64

func millis(nanoseconds int64) Millis {
	return Millis(math.Round(float64(nanoseconds)/1e3) / 1e3)
}

// String writes it as people do: 830 µs, 12.4 ms, 2.31 s.
func (m Millis) String() string {
	d := time.Duration(float64(m) * float64(time.Millisecond))
	switch {
	case d == 0:
		return "0"
	case d < time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}

// Latency are percentiles of durations.
type Latency struct {
	Count int    `json:"count"`
	P50   Millis `json:"p50_ms"`
	P90   Millis `json:"p90_ms"`
	P99   Millis `json:"p99_ms"`
	P999  Millis `json:"p99_9_ms"`
	Max   Millis `json:"max_ms"`
}

func latencyOf(took []int64) Latency {
	if len(took) == 0 {
		return Latency{}
	}
	slices.Sort(took)
	at := func(p float64) Millis { return millis(percentile(took, p)) }
	return Latency{Count: len(took), P50: at(0.5), P90: at(0.9), P99: at(0.99), P999: at(0.999), Max: at(1)}
}

// percentile is the smallest value that at least the part p of the sorted, non-empty list does not exceed.
func percentile(sorted []int64, p float64) int64 {
	rank := int(math.Ceil(p * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}
