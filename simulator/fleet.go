package simulator

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/station"
)

// Fleet is a number of stations that run together.
type Fleet struct {
	o      Options
	engine *station.Engine

	stations  []*Station
	variables map[ocpp.Version]map[string]*variable // shared by the stations
	clock     clock

	steps  atomic.Int64 // messages queued and done with: whoever waits at the end sees by it that something goes on
	latest atomic.Int64 // by how many nanoseconds of real time a planned moment was noticed too late, at most

	mu      sync.Mutex
	begun   time.Time // of Run
	ended   time.Time
	counts  Counts
	reached bool // the CSMS, by some station when the time was over
}

// New makes a fleet. Nothing connects before Run. An error says which option is wrong.
func New(o Options) (*Fleet, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	f := &Fleet{
		o: o, engine: station.NewEngine(), variables: map[ocpp.Version]map[string]*variable{},
		counts: Counts{Stations: o.kind.Stations, Errors: map[string]int{}},
	}
	for _, v := range o.Versions {
		if sp, err := speechOf(v); err == nil && f.variables[v] == nil {
			f.variables[v] = sp.variables(f)
		}
	}
	f.clock = startClock(time.Now(), o.kind.Speed, 0)
	for n := range o.kind.Stations {
		s, err := newStation(f, n)
		if err != nil {
			return nil, err
		}
		f.stations = append(f.stations, s)
	}
	return f, nil
}

// Run lets the stations live until ctx ends or Options.Duration has passed. Sessions are ended and queues emptied
// then, for as long as Options.Drain says. It may be called once.
func (f *Fleet) Run(ctx context.Context) Summary {
	begun := time.Now()
	f.marks(&f.begun, begun)
	duration := f.Duration()
	f.clock = startClock(begun, f.o.kind.Speed, f.o.kind.Duration)
	e := f.begin(ctx, duration)
	defer e.stop()

	var all sync.WaitGroup
	for i, s := range f.stations {
		turn := f.turn(i)
		all.Go(func() {
			if waitFor(e.soft, turn) {
				s.live(e.hard, e.soft, plan{f: f, quit: e.quit.Done(), now: f.clock.origin.Add(f.clock.simulated(turn))})
			}
		})
	}
	all.Wait()
	f.engine.Close()
	f.marks(&f.ended, time.Now())
	s := Summary{
		Counts: f.Counts(), Scenario: f.o.kind.Name, Seed: f.o.Seed, Elapsed: time.Since(begun), NotAccepted: map[string]int{},
	}
	for _, st := range f.stations {
		if why := st.notAccepted(); why != "" {
			s.NotAccepted[why]++
		}
	}
	s.Late = time.Duration(f.latest.Load())
	s.Hints = f.hints(s)
	return s
}

// Duration is how long Run takes in real time, without the end; 0 when it does not end by itself.
func (f *Fleet) Duration() time.Duration {
	return time.Duration(float64(f.o.kind.Duration) / f.o.kind.Speed)
}

func (f *Fleet) marks(when *time.Time, t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	*when = t.UTC().Round(0) // without the monotonic clock, as it is read back
}

// Ledger returns what the stations did so far; it has transactions, boots and offline periods only with Options.Ledger.
// It is safe to call while Run runs.
func (f *Fleet) Ledger() *Ledger {
	f.mu.Lock()
	l := &Ledger{Format: LedgerFormat, Seed: f.o.Seed, Scenario: f.o.kind.Name, Begun: f.begun, Ended: f.ended, Stations: []StationLedger{}}
	f.mu.Unlock()
	for _, s := range f.stations {
		l.Stations = append(l.Stations, s.book.snapshot(s.identity, s.speech.protocol().Version()))
	}
	return l
}

// turn is when station i connects, in real time from the beginning.
func (f *Fleet) turn(i int) time.Duration {
	return f.o.RampUp * time.Duration(i) / time.Duration(len(f.stations))
}

func waitFor(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// Counts returns what the fleet has done so far. It is safe to call while Run runs.
func (f *Fleet) Counts() Counts {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.counts
	c.Errors = maps.Clone(c.Errors)
	return c
}

func (f *Fleet) count(change func(c *Counts)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.counts)
}
