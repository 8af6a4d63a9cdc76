package storm

import (
	"context"
	"time"
)

// loadLoop makes the CSMS call all stations again and again. A kick starts a round at once.
func (r *run) loadLoop(ctx context.Context, kick <-chan struct{}) {
	if r.o.Call == nil {
		return
	}
	for ctx.Err() == nil {
		phase := r.phaseNow()
		counts, err := r.o.Call(ctx, r.o.Load)
		if err != nil && ctx.Err() == nil {
			r.strange.add("a round of calls that could not be made: " + err.Error())
		}
		r.count(phase, counts)
		t := time.NewTimer(r.o.LoadPause)
		select {
		case <-t.C:
		case <-kick:
		case <-ctx.Done():
		}
		t.Stop()
	}
}

// count adds the calls of a round to the phase in which it began. A round that the storm overtook is the storm's.
func (r *run) count(begun Phase, c Calls) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case begun == Before && r.phase == Before:
		r.load[0].add(c)
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
}

func (r *run) phaseNow() Phase {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.phase
}
