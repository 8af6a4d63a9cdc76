package storm

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Result is what a run measured. The JSON form is meant for machines: times in milliseconds, memory in bytes.
type Result struct {
	URL      string    `json:"url"`
	Variant  Variant   `json:"variant"`
	Version  string    `json:"version"`
	Started  time.Time `json:"started"`
	Stations int       `json:"stations"` // light ones
	Stayed   int       `json:"stayed"`   // of which so many kept their connections and were measured
	Struck   int       `json:"struck"`   // and so many lost them
	Setup    Millis    `json:"setup_ms"` // connecting all before the storm

	Back       Back           `json:"back"`
	Refused    map[string]int `json:"refused"`    // attempts to connect that failed, by reason
	Duplicates int            `json:"duplicates"` // connections that the server closed with 1008 though they were the newest
	Lost       map[string]int `json:"lost"`       // connections that ended though the storm did not end them, by reason
	Strange    map[string]int `json:"strange"`    // other things that should not happen
	Ghosts     Ghosts         `json:"ghosts"`     // the old sockets of halfopen
	Slow       *Slow          `json:"slow,omitempty"`

	Handshake Latency `json:"handshake"` // connecting, TLS and WebSocket handshake in the storm
	Resumed   int     `json:"resumed"`   // handshakes that resumed a TLS session
	Latency   struct {
		Before Latency `json:"before"`
		During Latency `json:"during"`
		After  Latency `json:"after"`
	} `json:"latency"` // of the heartbeats of the stations that stayed
	Calls struct {
		Before Calls `json:"before"`
		During Calls `json:"during"`
		After  Calls `json:"after"`
	} `json:"calls"` // of the server
	Parts   []Part  `json:"parts"`
	Library Library `json:"library"`
	Server  Server  `json:"server"`

	// Log are the warnings and errors that the server logged, counted, where the caller knows them.
	Log map[string]int `json:"log,omitempty"`

	Timeline []Point `json:"timeline"`
	Bands    []Band  `json:"bands"`
	Rate     []Rate  `json:"rate"`

	// Problems are the reasons why the storm was not survived; none means that it was.
	Problems []string `json:"problems"`

	stormEnd, afterEnd int64
}

// OK reports whether all came back, and nothing else was lost.
func (r *Result) OK() bool { return len(r.Problems) == 0 }

// Back says when the stations were back, counted from the strike.
type Back struct {
	Connected Milestone `json:"connected"`
	Booted    Milestone `json:"booted"`
	Answering Milestone `json:"answering"` // a CALL of the station got its result
	Called    Milestone `json:"called"`    // a CALL of the server was answered
}

// Milestone is when so many of the stations had reached something.
type Milestone struct {
	Count int     `json:"count"` // how many did
	P50   *Millis `json:"p50_ms"`
	P99   *Millis `json:"p99_ms"` // when 99 % had; null when they never had
	All   *Millis `json:"all_ms"` // when all had
}

// Slow says how the stations that stopped reading fared.
type Slow struct {
	Stations   int     `json:"stations"`
	CutOff     Latency `json:"cut_off"`                // how long the server kept them
	Calls      Calls   `json:"calls"`                  // the large ones
	Control    Calls   `json:"control"`                // the large ones while they still read
	Queued     int64   `json:"queued_bytes,omitempty"` // the most that waited for the sockets of all stations, looked at twice a second
	QueuedMost int64   `json:"queued_most,omitempty"`  // and for the socket of one
	ToBefore   float64 `json:"p99_to_before"`          // p99 of the others with the stuck ones, over that before
	ToControl  float64 `json:"p99_to_control"`         // and over that of Control; 0 when there was none

	TypicalToBefore  float64 `json:"typical_p99_to_before"` // likewise of Part.Typical
	TypicalToControl float64 `json:"typical_p99_to_control"`
}

// Server are looks at the server's process.
type Server struct {
	Before Process `json:"before"` // without stations
	Loaded Process `json:"loaded"` // with all of them
	Peak   Process `json:"peak"`   // RSS and goroutines at their highest; CPU used from the strike until all were back
	After  Process `json:"after"`  // with all of them again
	Left   Process `json:"left"`   // after all have gone

	PerStation int64   `json:"bytes_per_station"` // of RSS: loaded minus before, for each connection
	StormCPU   float64 `json:"storm_cpu_seconds"` // used from the strike until all were back
}

// Band is the latency of the stations that stayed in a part of the run.
type Band struct {
	At  Millis `json:"at_ms"` // since the strike
	P50 Millis `json:"p50_ms"`
	P99 Millis `json:"p99_ms"`
	Max Millis `json:"max_ms"`
}

// Rate is how many handshakes were completed in a second of the run.
type Rate struct {
	At        Millis  `json:"at_ms"` // since the strike
	PerSecond float64 `json:"per_second"`
}

func (r *run) newResult() *Result {
	return &Result{
		URL: r.o.URL, Variant: r.o.Variant, Version: r.o.Version.String(), Started: r.start, Stations: r.o.Stations, Stayed: r.o.stay(),
	}
}

// milestones looks at the newest connections of the stations that were struck.
func (r *run) milestones(struck []*light, at int64) Back {
	var connected, booted, answered, called []int64
	reached := func(list *[]int64, t int64) {
		if t > 0 {
			*list = append(*list, max(t-at, 0))
		}
	}
	for _, s := range struck {
		c := s.cur.Load()
		if c == nil || c.connected.Load() < at {
			continue
		}
		reached(&connected, c.connected.Load())
		reached(&booted, c.booted.Load())
		reached(&answered, c.answered.Load())
		reached(&called, c.called.Load())
	}
	n := len(struck)
	return Back{milestone(connected, n), milestone(booted, n), milestone(answered, n), milestone(called, n)}
}

func milestone(times []int64, of int) Milestone {
	slices.Sort(times)
	m := Milestone{Count: len(times)}
	at := func(p float64) *Millis {
		rank := max(int(p*float64(of)+0.999999), 1)
		if rank > len(times) {
			return nil
		}
		t := millis(times[rank-1])
		return &t
	}
	m.P50, m.P99, m.All = at(0.5), at(0.99), at(1)
	return m
}

// conclude computes what follows from what was collected.
func (r *run) conclude(res *Result) {
	at := r.struckAt.Load()
	res.Resumed = int(r.resumed.Load())
	res.Refused, res.Lost, res.Strange = r.refused.counts(), r.lost.counts(), r.strange.counts()
	for why, n := range res.Lost {
		if strings.HasPrefix(why, "close 1008") {
			res.Duplicates += n
		}
	}
	beats := r.latency.all()
	res.Parts = r.parts(beats, at)
	res.Latency.Before = latencyOf(between(beats, 0, r.calmEnd(at)))
	res.Latency.During = latencyOf(between(beats, at, res.stormEnd))
	res.Latency.After = latencyOf(between(beats, res.stormEnd, res.afterEnd))
	shakes := r.handshakes.all()
	res.Handshake = latencyOf(between(shakes, at, res.stormEnd))
	res.Calls.Before, res.Calls.During, res.Calls.After = r.load[0], r.load[1], r.load[2]
	if r.o.Variant == SlowReaders {
		res.Slow = &Slow{Stations: res.Struck, CutOff: latencyOf(between(r.freed.all(), 0, 1<<62)), Calls: r.slow, Control: r.flood}
		res.Slow.Queued, res.Slow.QueuedMost = r.queued.Queued, r.queued.QueuedMost
		res.Slow.compare(res.Parts)
	}
	r.concludeServer(res, at)
	res.Bands = bands(beats, at, res.afterEnd)
	res.Rate = rates(shakes, at, res.afterEnd)
	res.Timeline = r.timeline
	for i := range res.Timeline {
		res.Timeline[i].At = millis(res.Timeline[i].at - at)
	}
	res.Problems = problems(res, r.o.Call != nil && r.o.Variant != Idle)
}

func (r *run) concludeServer(res *Result, at int64) {
	s := &res.Server
	if n := int64(r.o.Stations + r.o.Library); s.Loaded.RSS > 0 {
		s.PerStation = max(s.Loaded.RSS-s.Before.RSS, 0) / n
	}
	var first, last *Point
	for i := range r.timeline {
		p := &r.timeline[i]
		s.Peak.RSS = max(s.Peak.RSS, p.RSS)
		s.Peak.Goroutines = max(s.Peak.Goroutines, p.Goroutines)
		if p.at <= at {
			first = p
		}
		if last == nil || p.at <= res.stormEnd+int64(pointEvery) {
			last = p
		}
	}
	if first != nil {
		s.StormCPU = last.CPU - first.CPU
		s.Peak.CPU = s.StormCPU
	}
}

const (
	bandWidth = int64(250 * time.Millisecond)
	rateWidth = int64(100 * time.Millisecond)
)

// bands are the percentiles of each quarter of a second.
func bands(list []sample, at, until int64) []Band {
	var out []Band
	for i, took := range binned(list, at, until, bandWidth) {
		if l := latencyOf(took); l.Count > 0 {
			out = append(out, Band{binStart(i, at, bandWidth), l.P50, l.P99, l.Max})
		}
	}
	return out
}

// rates are the handshakes of each tenth of a second.
func rates(list []sample, at, until int64) []Rate {
	var out []Rate
	for i, took := range binned(list, at, until, rateWidth) {
		out = append(out, Rate{binStart(i, at, rateWidth), float64(len(took)) / time.Duration(rateWidth).Seconds()})
	}
	return out
}

// binned sorts durations into bins of the whole run; the strike lies on the border of two bins.
func binned(list []sample, at, until, width int64) [][]int64 {
	shift := binShift(at, width)
	bins := make([][]int64, (until+shift)/width+1)
	for _, s := range list {
		if s.at < until {
			i := (s.at + shift) / width
			bins[i] = append(bins[i], s.took)
		}
	}
	return bins
}

func binShift(at, width int64) int64 { return width - at%width }

// binStart is when a bin begins, since the strike.
func binStart(i int, at, width int64) Millis {
	return millis(int64(i)*width - binShift(at, width) - at)
}

// problems are the reasons why the storm was not survived.
func problems(res *Result, called bool) []string {
	list := []string{}
	add := func(bad bool, format string, args ...any) {
		if bad {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	missing := func(m Milestone, what string) {
		add(m.Count < res.Struck, "%d of %d stations %s after the storm", res.Struck-m.Count, res.Struck, what)
	}
	missing(res.Back.Connected, "did not connect")
	missing(res.Back.Booted, "did not boot")
	missing(res.Back.Answering, "got no answer")
	if called {
		missing(res.Back.Called, "were not reached by a call of the server")
	}
	add(len(res.Refused) > 0, "attempts to connect failed: %s", counted(res.Refused))
	add(res.Duplicates > 0, "%d connections were closed as duplicates (1008)", res.Duplicates)
	add(len(res.Lost) > 0, "connections ended that the storm had left alone: %s", counted(res.Lost))
	add(len(res.Strange) > 0, "strange: %s", counted(res.Strange))
	if s := res.Slow; s != nil {
		add(s.CutOff.Count < s.Stations, "%d of %d stations that stopped reading were not cut off", s.Stations-s.CutOff.Count, s.Stations)
	}
	list = append(list, libraryProblems(res.Library)...)
	left, before := res.Server.Left, res.Server.Before
	add(left.Goroutines > before.Goroutines+slack, "the server has %d goroutines after all stations left, and had %d before", left.Goroutines, before.Goroutines)
	add(left.Descriptors > before.Descriptors+slack, "the server has %d descriptors after all stations left, and had %d before", left.Descriptors, before.Descriptors)
	return list
}

func libraryProblems(l Library) []string {
	var list []string
	if l.Back < l.Stations {
		list = append(list, fmt.Sprintf("%d of %d library stations did not come back", l.Stations-l.Back, l.Stations))
	}
	if lost := l.Enqueued - l.Delivered - l.GivenUp; lost > 0 {
		list = append(list, fmt.Sprintf("%d of %d queued messages were not delivered", lost, l.Enqueued))
	}
	if l.GivenUp > 0 {
		list = append(list, fmt.Sprintf("%d queued messages were given up", l.GivenUp))
	}
	if l.Repeated > 0 {
		list = append(list, fmt.Sprintf("%d queued messages were reported twice", l.Repeated))
	}
	return list
}

// counted writes counts, the largest first.
func counted(m map[string]int) string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if m[a] != m[b] {
			return m[b] - m[a]
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s (%d)", name, m[name])
	}
	return strings.Join(names, ", ")
}
