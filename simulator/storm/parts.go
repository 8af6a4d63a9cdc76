package storm

import "time"

// Part is a phase as the stations that stay felt it, and what it cost both processes. The storm's own work is on the same
// machine as a server that it started: on few cores its share is in the latency.
type Part struct {
	Phase       Phase   `json:"phase"`
	At          Millis  `json:"at_ms"` // since the strike
	Seconds     float64 `json:"seconds"`
	Latency     Latency `json:"latency"`
	ServerCores float64 `json:"server_cores"` // processor time over time; 0 when it is not known
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
		p.Seconds = time.Duration(until - m.at).Seconds()
		p.cost(r.timeline, m.at, until)
		list = append(list, p)
	}
	return list
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
	p99 := map[Phase]Millis{}
	for _, p := range parts {
		p99[p.Phase] = p.Latency.P99
	}
	ratio := func(of Phase) float64 {
		if p99[of] == 0 {
			return 0
		}
		return float64(p99[Storm] / p99[of])
	}
	s.ToBefore, s.ToControl = ratio(Before), ratio(Control)
}
