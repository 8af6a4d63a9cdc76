package storm

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Phase is a part of a run.
type Phase string

// The phases, in order.
const (
	Connecting Phase = "connect" // until all are connected, booted and answering
	Before     Phase = "before"  // measuring in peace
	Flood      Phase = "flood"   // control of SlowReaders: those that will stop get the large calls, and read
	Control    Phase = "control" // and go on sending and reading
	Rest       Phase = "rest"    // until the work of the control is done
	Storm      Phase = "storm"   // from the strike until all are back
	After      Phase = "after"   // measuring in peace again
	Leaving    Phase = "leave"   // all disconnect
)

// Progress is how far a run is.
type Progress struct {
	Phase     Phase
	Elapsed   time.Duration // of the phase
	Stations  int           // light ones
	Connected int
	Booted    int
	Answering int
	Refused   int // attempts to connect so far
}

// run is one storm. The instants are nanoseconds since start.
type run struct {
	o       Options
	dialect dialect
	dialer  *dialer
	start   time.Time
	gate    gate
	lights  []*light
	library *library

	idPrefix string
	ids      atomic.Uint64
	strikes  atomic.Int64
	stuckNow atomic.Int64 // stations that do not read
	stuckAll int          // and how many they were; set before they are
	struckAt atomic.Int64
	resumed  atomic.Int64 // TLS sessions

	handshakes samples // when they ended, how long they took
	latency    samples // of the stations that stay
	freed      samples // when a station that stopped reading was cut off
	refused    tally
	lost       tally // connections that ended though the storm did not end them
	strange    tally

	mu       sync.Mutex
	phase    Phase
	since    int64
	marks    []mark
	queued   Inner // at most
	ghosts   []*conn
	timeline []Point
	load     [3]Calls // before, during, after
	flood    Calls    // the large ones, to stations that read
	slow     Calls    // and to those that do not
}

// Run runs one storm and measures it. The error says why there is nothing to report: wrong options, or a CSMS that
// cannot be reached; what went wrong in the storm is in Result.Problems. It may be called again, also concurrently with
// another prefix. When ctx ends early, so does the run, with the cause of ctx.
func Run(ctx context.Context, o Options) (*Result, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	r, err := newRun(o)
	if err != nil {
		return nil, err
	}
	return r.run(ctx)
}

func newRun(o Options) (*run, error) {
	d, _ := dialectOf(o.Version)
	r := &run{o: o, dialect: d, start: time.Now(), idPrefix: strconv.FormatUint(uint64(rand.Uint32()), 36) + "-"}
	var err error
	if r.dialer, err = newDialer(&r.o); err != nil {
		return nil, err
	}
	stay := o.stay()
	for i := range o.Stations {
		s := &light{run: r, identity: o.identity(i)}
		// Those that stay are spread evenly among the others.
		s.stays = (i+1)*stay/o.Stations > i*stay/o.Stations
		r.lights = append(r.lights, s)
	}
	if o.Variant == SlowReaders {
		for _, s := range r.victims() {
			s.stops = true
		}
	}
	r.library, err = newLibrary(r)
	return r, err
}

// now is the time since the start, never 0.
func (r *run) now() int64 { return max(int64(time.Since(r.start)), 1) }

func (r *run) messageID() string { return r.idPrefix + strconv.FormatUint(r.ids.Add(1), 36) }

// run goes through the phases.
func (r *run) run(ctx context.Context) (*Result, error) {
	res := r.newResult()
	res.Server.Before = r.serverNow(ctx, true)
	living, stop := context.WithCancel(ctx)
	var fleet, watchers sync.WaitGroup
	r.gate.open(r.o.RampDials)
	r.enter(Connecting)
	for _, s := range r.lights {
		fleet.Go(func() { s.live(living) })
	}
	r.library.start(living)
	watching, blind := context.WithCancel(ctx)
	watchers.Go(func() { r.watch(watching) })
	err := r.weather(living, res)
	r.enter(Leaving)
	stop()
	fleet.Wait()
	r.library.close()
	r.exorcise(res)
	if err == nil {
		res.Server.Left = r.left(ctx, res.Server.Before)
	}
	blind()
	watchers.Wait()
	if err != nil {
		return nil, err
	}
	r.conclude(res)
	return res, nil
}

// weather is what happens while the stations live.
func (r *run) weather(ctx context.Context, res *Result) error {
	begun := r.now()
	if !r.wait(ctx, func() bool { return r.settled(r.lights, 0) && r.library.ready() }) {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		return r.cannotConnect()
	}
	res.Setup = millis(r.now() - begun)
	res.Server.Loaded = r.serverNow(ctx, true) // before there is work
	living, stop := context.WithCancel(ctx)
	var busy sync.WaitGroup
	defer busy.Wait()
	defer stop()
	busy.Go(func() { r.pace(living) })
	kick := make(chan kick, 1)
	busy.Go(func() { r.loadLoop(living, kick) })
	r.library.work(living, &busy)

	r.enter(Before)
	r.calm(ctx)
	r.control(ctx)
	r.enter(Storm)
	if r.o.Variant != SlowReaders { // there nothing is lost that calls could be under way on
		kick <- allAtOnce
		sleep(ctx, kickOff)
	}
	struck := r.strike(ctx)
	at := r.struckAt.Load()
	burdened, relieve := context.WithCancel(living)
	defer relieve()
	if r.o.Variant == SlowReaders {
		busy.Go(func() { r.burden(burdened, struck, &r.slow) })
	}
	r.wait(ctx, func() bool { return r.calmAgain(struck, at, kick) })
	relieve()
	res.stormEnd = r.now()
	r.enter(After)
	sleep(ctx, r.o.After)
	res.afterEnd = r.now()
	stop()
	busy.Wait()
	r.unanswered()
	res.Back = r.milestones(struck, at)
	res.Struck = len(struck)
	res.Library = r.library.finish(ctx, r.o.Timeout)
	res.Server.After = r.serverNow(ctx, true)
	return context.Cause(ctx)
}

// calm lets the phase before the storm pass.
func (r *run) calm(ctx context.Context) {
	d := r.o.Before
	if !r.o.StrikeAt.IsZero() {
		d = time.Until(r.o.StrikeAt)
	}
	sleep(ctx, d)
}

// kickOff is how long the calls that a strike meets have been under way: they are to be in flight everywhere.
const kickOff = 20 * time.Millisecond

// calmAgain reports whether the storm is over. Calls that are all that is missing it orders at once.
func (r *run) calmAgain(struck []*light, at int64, kicks chan<- kick) bool {
	if r.o.Variant == SlowReaders && r.stuckNow.Load() > 0 || !r.settled(struck, at) || !r.library.ready() {
		return false
	}
	if r.o.Call == nil || r.called(struck) {
		return true
	}
	missing := kick{again: true} // all
	if r.o.Variant == SlowReaders {
		missing.who = identities(struck)
	}
	select {
	case kicks <- missing:
	default:
	}
	return false
}

func (r *run) called(list []*light) bool {
	for _, s := range list {
		if c := s.cur.Load(); c == nil || c.called.Load() == 0 {
			return false
		}
	}
	return true
}

// wait polls until done or for Options.Timeout. The instants that are reported do not depend on the polling.
func (r *run) wait(ctx context.Context, done func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, r.o.Timeout)
	defer cancel()
	for !done() {
		if ctx.Err() != nil {
			return false
		}
		sleep(ctx, 20*time.Millisecond)
	}
	return true
}

// settled reports whether the stations have connections newer than an instant, and got an answer.
func (r *run) settled(list []*light, after int64) bool {
	for _, s := range list {
		c := s.cur.Load()
		if c == nil || c.connected.Load() < after || c.answered.Load() == 0 {
			return false
		}
	}
	return true
}

// ConnectError says that not all stations could be connected before the storm.
type ConnectError struct {
	Connected, Answering, Stations int
	Library                        int // of the library's stations, those that were accepted
	Refused                        map[string]int
}

func (e *ConnectError) Error() string {
	s := fmt.Sprintf("storm: before the storm %d of %d stations connected and %d got an answer", e.Connected, e.Stations, e.Answering)
	if why := counted(e.Refused); why != "" {
		s += ": " + why
	}
	return s
}

func (r *run) cannotConnect() error {
	p := r.progress()
	return &ConnectError{Connected: p.Connected, Answering: p.Answering, Stations: p.Stations, Library: r.library.accepted(), Refused: r.refused.counts()}
}

// pace makes the stations that stay send their heartbeats, evenly over the interval.
func (r *run) pace(ctx context.Context) {
	var staying []*light
	for _, s := range r.lights {
		if s.stays {
			staying = append(staying, s)
		}
	}
	if len(staying) == 0 {
		return
	}
	var beats sync.WaitGroup
	defer beats.Wait()
	begun, sent := r.now(), int64(0)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for due := (r.now() - begun) * int64(len(staying)) / int64(r.o.StayInterval); sent < due; sent++ {
			beats.Go(staying[sent%int64(len(staying))].beat)
		}
	}
}

// unanswered measures the heartbeats whose answer never came.
func (r *run) unanswered() {
	now := r.now()
	for _, s := range r.lights {
		c := s.cur.Load()
		if !s.stays || c == nil {
			continue
		}
		c.mu.Lock()
		p := c.pending
		c.mu.Unlock()
		if p.id != "" && now-p.due > p.beat {
			r.latency.beat(p, now)
		}
	}
}

// gate bounds how many stations connect at once. Its zero value is open to all.
type gate struct{ now atomic.Pointer[turnstile] }

type turnstile struct {
	shut   chan struct{} // nil or closed: not shut
	places chan struct{} // nil: for all
}

// open lets n in at once; 0 is all.
func (g *gate) open(n int) {
	t := &turnstile{}
	if n > 0 {
		t.places = make(chan struct{}, n)
	}
	if old := g.now.Swap(t); old != nil && old.shut != nil {
		close(old.shut)
	}
}

// shut lets nobody in until open. It is not called twice in a row.
func (g *gate) shut() { g.now.Store(&turnstile{shut: make(chan struct{})}) }

func (g *gate) enter(ctx context.Context) (leave func()) {
	t := g.now.Load()
	for t != nil && t.shut != nil {
		select {
		case <-t.shut:
			t = g.now.Load()
		case <-ctx.Done():
			return func() {}
		}
	}
	if t == nil || t.places == nil {
		return func() {}
	}
	select {
	case t.places <- struct{}{}:
		return func() { <-t.places }
	case <-ctx.Done():
		return func() {}
	}
}
