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

// loadLoop makes the CSMS call all stations again and again. A kick starts a round at once: of those that it names, or of
// all.
func (r *run) loadLoop(ctx context.Context, kick <-chan []string) {
	switch {
	case r.o.Call == nil:
	case r.o.LoadBurst:
		r.loadRounds(ctx, kick)
	default:
		r.loadSpread(ctx, kick)
	}
}

// loadRounds calls all stations in one moment, and again when all have answered and the pause is over.
func (r *run) loadRounds(ctx context.Context, kick <-chan []string) {
	var who []string
	for ctx.Err() == nil {
		r.round(ctx, who)
		t := time.NewTimer(r.o.LoadPause)
		select {
		case <-t.C:
			who = nil
		case who = <-kick:
		case <-ctx.Done():
		}
		t.Stop()
	}
}

// loadSpread calls one station after the other, so that each has its turn once in the pause. A server that is late with
// some is asked for the others all the same, up to a bound; what was due beyond that is left out, not made up for.
func (r *run) loadSpread(ctx context.Context, kick <-chan []string) {
	var rounds sync.WaitGroup
	defer rounds.Wait()
	places := make(chan struct{}, maxSlices)
	begin := func(who []string) bool {
		select {
		case places <- struct{}{}:
			rounds.Go(func() {
				defer func() { <-places }()
				r.round(ctx, who)
			})
			return true
		default:
			return false
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
		case who := <-kick:
			begin(who)
		case <-tick.C:
			due := (r.now() - begun) * all / int64(r.o.LoadPause)
			if who := r.slice(max(done, due-all), due); len(who) == 0 || begin(who) {
				done = due
			}
		}
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
