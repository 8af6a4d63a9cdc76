package server

import (
	"net"
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// refusalSpan is how long the same refusal again is one entry with the first.
const refusalSpan = 10 * time.Second

// The bounds of repeats in one span.
const (
	maxRepeats     = 4096 // different refusals that are told apart
	maxRepeatsHost = 200  // entries of one host and reason; more are one entry without an identity
)

// repeats tells refusals that were seen in this span of time from new ones. One goroutine uses it.
type repeats struct {
	seen  map[repeat]*fleet.Refused // with how many times it came again
	hosts map[repeat]int            // entries, by host and reason
}

// repeat is what refusals have in common that are one entry.
type repeat struct{ station, host, reason string }

func newRepeats() *repeats {
	return &repeats{seen: map[repeat]*fleet.Refused{}, hosts: map[repeat]int{}}
}

// first reports whether e is new; otherwise it is counted.
func (r *repeats) first(e fleet.Refused) bool {
	key := repeat{e.Station, hostOf(e.Address), e.Reason}
	host := repeat{host: key.host, reason: key.reason}
	if again, known := r.seen[key]; known {
		again.Times++
		again.Received, again.Address, again.Detail = e.Received, e.Address, e.Detail
		return false
	}
	if len(r.seen) >= maxRepeats || r.hosts[host] >= maxRepeatsHost {
		r.crowd(host, e)
		return false
	}
	e.Times = 0
	r.seen[key] = &e
	r.hosts[host]++
	return true
}

// crowd counts a refusal beyond what is told apart.
func (r *repeats) crowd(host repeat, e fleet.Refused) {
	e.Station = ""
	if before, known := r.seen[host]; known {
		e.Times += before.Times
	}
	r.seen[host] = &e
}

// take ends the span and returns the refusals that came again in it, each once, in the order of their times.
func (r *repeats) take() []fleet.Refused {
	var list []fleet.Refused
	for _, e := range r.seen {
		if e.Times > 0 {
			list = append(list, *e)
		}
	}
	clear(r.seen)
	clear(r.hosts)
	slices.SortFunc(list, func(a, b fleet.Refused) int { return a.Received.Compare(b.Received) })
	return list
}

func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}
