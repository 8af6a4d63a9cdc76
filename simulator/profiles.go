package simulator

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// What a station holds of charging profiles.
const (
	maxProfiles = 50
	maxPeriods  = 64
)

// profile is a charging profile without the words of a version.
type profile struct {
	id         int
	stack      int
	purpose    string // in the words of 2.x: ChargingStationMaxProfile, TxDefaultProfile, TxProfile, PriorityCharging
	kind       string // Absolute, Recurring, Relative, Dynamic
	recurrency string // Daily, Weekly
	evse       int    // 0: the station
	tx         string // the transaction of a TxProfile, as the CSMS calls it; "" any
	from, to   time.Time
	schedule   schedule
	sent       any // as it came, for reports
}

// schedule is a limit that changes in time.
type schedule struct {
	start    time.Time
	duration time.Duration // 0: without end
	amperes  bool          // instead of W
	periods  []period      // by start; the first starts at 0
}

type period struct {
	start  time.Duration
	limit  float64
	phases int // 0: those of the station
}

// profiles are those that the CSMS has installed. They are safe for concurrent use.
type profiles struct {
	mu   sync.Mutex
	list []profile
}

// install adds a profile: one with the same id, or with the same purpose, level and place, is replaced (K01.FR.05). It
// reports false when there are too many.
func (p *profiles) install(n profile) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = slices.DeleteFunc(p.list, func(o profile) bool {
		return o.id == n.id || o.purpose == n.purpose && o.stack == n.stack && o.evse == n.evse && o.tx == n.tx
	})
	if len(p.list) >= maxProfiles {
		return false
	}
	p.list = append(p.list, n)
	return true
}

// clear removes profiles and reports whether there were any.
func (p *profiles) clear(matches func(profile) bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := len(p.list)
	p.list = slices.DeleteFunc(p.list, matches)
	return len(p.list) < before
}

// find returns copies of profiles, in the order of their ids.
func (p *profiles) find(matches func(profile) bool) []profile {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []profile
	for _, o := range p.list {
		if matches(o) {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b profile) int { return cmp.Compare(a.id, b.id) })
	return list
}

// ended removes the profiles of a transaction that has ended (K02.FR.05).
func (p *profiles) ended(tx string) {
	p.clear(func(o profile) bool { return o.purpose == "TxProfile" && o.tx == tx && tx != "" })
}

// period finds the period at a time, begun being the start of the transaction for relative schedules.
func (p profile) period(now, begun time.Time) (period, bool) {
	if !p.from.IsZero() && now.Before(p.from) || !p.to.IsZero() && !now.Before(p.to) {
		return period{}, false
	}
	start := p.schedule.start
	if p.kind == "Relative" || start.IsZero() {
		start = begun
	}
	passed := now.Sub(start)
	if p.kind == "Recurring" && passed >= 0 {
		passed %= map[bool]time.Duration{false: 24 * time.Hour, true: 7 * 24 * time.Hour}[p.recurrency == "Weekly"]
	}
	if passed < 0 || p.schedule.duration > 0 && passed >= p.schedule.duration {
		return period{}, false
	}
	var found period
	for _, q := range p.schedule.periods {
		if q.start <= passed {
			found = q
		}
	}
	return found, len(p.schedule.periods) > 0
}

// watts is a limit in W; one in amperes holds on so many phases, unless it names its own number.
func (p profile) watts(q period, phases int) float64 {
	if !p.schedule.amperes {
		return q.limit
	}
	if q.phases > 0 {
		phases = min(phases, q.phases)
	}
	return q.limit * nominalVoltage * float64(phases)
}

// limitW is what the profiles leave an EVSE at a time (K08.FR.04): the lowest of what the highest level of each purpose
// says. A TxProfile stands in for the default; what the station as a whole may take is shared equally by those that charge.
// tx may be nil.
func (s *Station) limitW(o *outlet, tx *transaction, now time.Time) (w float64, limited bool) {
	begun, name := now, ""
	if tx != nil {
		begun, name = tx.startedAt(), tx.name(s.version())
	}
	phases := s.kind().Hardware.Phases
	best := map[string]profile{}
	for _, p := range s.profiles.find(func(p profile) bool { return p.evse == 0 || p.evse == o.id }) {
		if _, active := p.period(now, begun); !active || p.purpose == "TxProfile" && (tx == nil || p.tx != "" && p.tx != name) {
			continue
		}
		if b, ok := best[p.purpose]; !ok || p.stack > b.stack || p.stack == b.stack && p.evse > b.evse {
			best[p.purpose] = p
		}
	}
	if _, ok := best["TxProfile"]; ok {
		delete(best, "TxDefaultProfile")
	}
	for purpose, p := range best {
		q, _ := p.period(now, begun)
		watts := p.watts(q, phases)
		if purpose == "ChargingStationMaxProfile" {
			watts /= float64(max(1, s.sharers(o)))
		}
		if !limited || watts < w {
			w, limited = watts, true
		}
	}
	return max(w, 0), limited
}

// sharers counts the EVSEs that charge, and o.
func (s *Station) sharers(o *outlet) int {
	n := 0
	for _, other := range s.outlets {
		if other == o || other.running() != nil {
			n++
		}
	}
	return n
}

// profilesChanged has all sessions look at their limits again.
func (s *Station) profilesChanged() {
	for _, o := range s.outlets {
		o.poke()
	}
}
