package simulator

import (
	"slices"
	"time"
)

// composite is what the profiles leave some EVSEs together from now on (K08), at most maxPeriods changes of it.
func (s *Station) composite(outlets []*outlet, duration time.Duration, amperes bool) schedule {
	now := s.now()
	c := schedule{start: now, duration: duration, amperes: amperes}
	perAmpere := nominalVoltage * float64(s.kind().Hardware.Phases)
	for _, at := range s.changes(now, duration) {
		limit := 0.0
		for _, o := range outlets {
			w := s.powerW()
			if l, ok := s.limitW(o, o.running(), now.Add(at)); ok {
				w = min(w, l)
			}
			limit += w
		}
		if amperes {
			limit /= perAmpere
		}
		if n := len(c.periods); (n == 0 || c.periods[n-1].limit != limit) && n < maxPeriods {
			c.periods = append(c.periods, period{start: at, limit: limit})
		}
	}
	return c
}

// changes are the times from now, in order and in whole seconds, at which a limit may change.
func (s *Station) changes(now time.Time, duration time.Duration) []time.Duration {
	list := []time.Duration{0}
	add := func(t time.Time) {
		if d := t.Sub(now).Truncate(time.Second); d > 0 && d < duration {
			list = append(list, d)
		}
	}
	for _, p := range s.profiles.find(func(profile) bool { return true }) {
		start := p.schedule.start
		if p.kind == "Relative" || start.IsZero() {
			start = now
		}
		if p.kind == "Recurring" {
			every := map[bool]time.Duration{false: 24 * time.Hour, true: 7 * 24 * time.Hour}[p.recurrency == "Weekly"]
			if past := now.Sub(start); past > 0 {
				start = start.Add(past.Truncate(every))
			}
		}
		add(p.from)
		add(p.to)
		add(start)
		add(start.Add(p.schedule.duration))
		for _, q := range p.schedule.periods {
			add(start.Add(q.start))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
