package storm

import (
	"context"
	"sync"
	"time"
)

const (
	sliceEvery = 20 * time.Millisecond // how often some of the stations have their turn to be called
	maxSlices  = 64                    // requests under way at once
)

// kick orders a round of calls at once: of those that it names, or of all.
type kick struct {
	who   []string
	again bool // not while another one of these is under way
}

var allAtOnce = kick{}

// loadLoop makes the CSMS call all stations again and again. A kick starts a round at once.
func (r *run) loadLoop(ctx context.Context, kicks <-chan kick) {
	switch {
	case r.o.Call == nil:
	case r.o.LoadBurst:
		r.loadRounds(ctx, kicks)
	default:
		r.loadSpread(ctx, kicks)
	}
}

// loadRounds calls all stations in one moment, and again when all have answered and the pause is over.
func (r *run) loadRounds(ctx context.Context, kicks <-chan kick) {
	var who []string
	for ctx.Err() == nil {
		r.round(ctx, who)
		t := time.NewTimer(r.o.LoadPause)
		select {
		case <-t.C:
			who = nil
		case k := <-kicks:
			who = k.who
		case <-ctx.Done():
		}
		t.Stop()
	}
}

// loadSpread calls one station after the other, so that each has its turn once in the pause. A server that is late with
// some is asked for the others all the same, up to a bound; what was due beyond that is left out, not made up for.
func (r *run) loadSpread(ctx context.Context, kicks <-chan kick) {
	var rounds sync.WaitGroup
	defer rounds.Wait()
	places, again := make(chan struct{}, maxSlices), make(chan struct{}, 1)
	begin := func(who []string, ended func()) {
		select {
		case places <- struct{}{}:
			rounds.Go(func() {
				defer func() { <-places }()
				defer ended()
				r.round(ctx, who)
			})
		default:
			ended()
		}
	}
	all := int64(r.o.Stations + r.o.Library)
	begun, done := r.now(), int64(0)
	tick := time.NewTicker(sliceEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case k := <-kicks:
			r.kicked(k, again, begin)
		case <-tick.C:
			due := (r.now() - begun) * all / int64(r.o.LoadPause)
			if who := r.slice(max(done, due-all), due); len(who) > 0 {
				begin(who, func() {})
			}
			done = due
		}
	}
}

// kicked begins a round, unless it is one that is ordered again and again until all were called: whoever waits for the last calls would
// else wait for all that it has ordered at each look, and so would what is measured next.
func (r *run) kicked(k kick, again chan struct{}, begin func(who []string, ended func())) {
	if !k.again {
		begin(k.who, func() {})
		return
	}
	select {
	case again <- struct{}{}:
		begin(k.who, func() { <-again })
	default:
	}
}

// slice names the stations whose turn is in [from, to), without those that have stopped reading.
func (r *run) slice(from, to int64) []string {
	var who []string
	for turn := from; turn < to; turn++ {
		i := int(turn % int64(r.o.Stations+r.o.Library))
		switch {
		case i >= len(r.lights):
			who = append(who, r.o.libraryIdentity(i-len(r.lights)))
		case r.o.Variant != SlowReaders || r.lights[i].cur.Load() != nil:
			who = append(who, r.lights[i].identity)
		}
	}
	return who
}

// round calls these stations once, nil being all, and counts how that ended.
func (r *run) round(ctx context.Context, who []string) {
	phase := r.phaseNow()
	c := r.o.Load
	c.Stations = who
	counts, err := r.o.Call(ctx, c)
	if err != nil && ctx.Err() == nil {
		r.strange.add("a round of calls that could not be made: " + err.Error())
	}
	r.count(phase, counts)
}

// count adds the calls of a round to the phase in which it began. A round that the storm overtook is the storm's.
func (r *run) count(begun Phase, c Calls) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case begun == Before && r.phase == Before:
		r.load[0].add(c)
	case begun == Flood || begun == Control || begun == Rest: // has figures of its own
	case begun == After:
		r.load[2].add(c)
	default:
		r.load[1].add(c)
	}
}

func (r *run) enter(p Phase) {
	now := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phase, r.since = p, now
	r.marks = append(r.marks, mark{p, now})
}

func (r *run) phaseNow() Phase {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.phase
}
