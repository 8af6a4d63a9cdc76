package storm

import (
	"slices"
	"time"
)

// Part is a phase as the stations that stay felt it, and what it cost both processes. The storm's own work is on the same
// machine as a server that it started: on few cores its share is in the latency.
type Part struct {
	Phase       Phase   `json:"phase"`
	At          Millis  `json:"at_ms"` // since the strike
	Seconds     float64 `json:"seconds"`
	Latency     Latency `json:"latency"`
	Typical     Millis  `json:"typical_p99_ms"` // median of the p99 of its quarters of a second: without its single moments
	ServerCores float64 `json:"server_cores"`   // processor time over time; 0 when it is not known
	StormCores  float64 `json:"storm_cores"`
	RSS         int64   `json:"rss"` // of the server, at its highest
}

// mark is the moment at which a phase began.
type mark struct {
	phase Phase
	at    int64
}

// parts are the phases from Before to After.
func (r *run) parts(beats []sample, struck int64) []Part {
	var list []Part
	for i, m := range r.marks[:max(len(r.marks)-1, 0)] {
		if m.phase == Connecting {
			continue
		}
		until := r.marks[i+1].at
		p := Part{Phase: m.phase, At: millis(m.at - struck), Latency: latencyOf(between(beats, m.at, until))}
		p.Typical = typical(beats, m.at, until)
		p.Seconds = time.Duration(until - m.at).Seconds()
		p.cost(r.timeline, m.at, until)
		list = append(list, p)
	}
	return list
}

// typical is the median of the p99 of each quarter of a second in [from, until).
func typical(beats []sample, from, until int64) Millis {
	var each []int64
	for at := from; at+bandWidth <= until; at += bandWidth {
		if took := between(beats, at, at+bandWidth); len(took) > 0 {
			slices.Sort(took)
			each = append(each, percentile(took, 0.99))
		}
	}
	if len(each) == 0 {
		return 0
	}
	slices.Sort(each)
	return millis(percentile(each, 0.5))
}

// cost takes from the points in [from, until) what the part cost.
func (p *Part) cost(timeline []Point, from, until int64) {
	var first, last *Point
	for i := range timeline {
		q := &timeline[i]
		if q.at < from || q.at >= until {
			continue
		}
		if first == nil {
			first = q
		}
		last = q
		p.RSS = max(p.RSS, q.RSS)
	}
	if first == nil || last.at == first.at {
		return
	}
	took := time.Duration(last.at - first.at).Seconds()
	p.ServerCores = (last.CPU - first.CPU) / took
	p.StormCores = (last.StormCPU - first.StormCPU) / took
}

// calmEnd is when the phase before the storm, or before its control, was over.
func (r *run) calmEnd(struck int64) int64 {
	for _, m := range r.marks {
		if m.phase == Flood {
			return m.at
		}
	}
	return struck
}

// compare sets the ratios.
func (s *Slow) compare(parts []Part) {
	by := map[Phase]Part{}
	for _, p := range parts {
		by[p.Phase] = p
	}
	ratio := func(of, to Millis) float64 {
		if to == 0 {
			return 0
		}
		return float64(of / to)
	}
	stuck, before, control := by[Storm], by[Before], by[Control]
	s.ToBefore, s.ToControl = ratio(stuck.Latency.P99, before.Latency.P99), ratio(stuck.Latency.P99, control.Latency.P99)
	s.TypicalToBefore, s.TypicalToControl = ratio(stuck.Typical, before.Typical), ratio(stuck.Typical, control.Typical)
}
