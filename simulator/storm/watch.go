package storm

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Point is one moment of a run.
type Point struct {
	At         Millis  `json:"at_ms"` // since the strike, negative before it
	Connected  int     `json:"connected"`
	Booted     int     `json:"booted"`
	Answering  int     `json:"answering"`
	Refused    int     `json:"refused"` // so far
	RSS        int64   `json:"rss,omitempty"`
	CPU        float64 `json:"cpu_seconds,omitempty"` // used so far
	Goroutines int     `json:"goroutines,omitempty"`
	StormCPU   float64 `json:"storm_cpu_seconds,omitempty"` // used so far by the storm itself

	at int64
}

// Process is a look at the server. What is not known is zero.
type Process struct {
	RSS         int64   `json:"rss"`         // bytes
	CPU         float64 `json:"cpu_seconds"` // user and system, since its start
	Descriptors int     `json:"descriptors"`
	Inner
}

const (
	pointEvery    = 100 * time.Millisecond
	progressEvery = 250 * time.Millisecond
	probeEvery    = 500 * time.Millisecond
)

// watch takes a point ten times a second until ctx ends.
func (r *run) watch(ctx context.Context) {
	var goroutines atomic.Int64
	var probing sync.WaitGroup
	defer probing.Wait()
	probing.Go(func() { r.probeLoop(ctx, &goroutines) })
	tick := time.NewTicker(pointEvery)
	defer tick.Stop()
	var told int64
	for ctx.Err() == nil {
		p := r.progress()
		r.note(p, int(goroutines.Load()))
		if now := r.now(); r.o.OnProgress != nil && now-told >= int64(progressEvery) {
			told = now
			r.o.OnProgress(p)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

func (r *run) probeLoop(ctx context.Context, goroutines *atomic.Int64) {
	if r.o.Probe == nil {
		return
	}
	for ctx.Err() == nil {
		if in, err := r.o.Probe(ctx, false); err == nil {
			goroutines.Store(int64(in.Goroutines))
			r.noteQueued(in)
		}
		sleep(ctx, probeEvery)
	}
}

func (r *run) noteQueued(in Inner) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queued.Queued, r.queued.QueuedMost = max(r.queued.Queued, in.Queued), max(r.queued.QueuedMost, in.QueuedMost)
}

func (r *run) note(p Progress, goroutines int) {
	usage := processUsage(r.o.ServerPID)
	point := Point{
		at: r.now(), Connected: p.Connected, Booted: p.Booted, Answering: p.Answering, Refused: p.Refused,
		RSS: usage.RSS, CPU: usage.CPU, Goroutines: goroutines, StormCPU: processUsage(os.Getpid()).CPU,
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timeline = append(r.timeline, point)
}

// progress looks at all stations. It is a walk over a few thousand pointers, so that they share no counter.
func (r *run) progress() Progress {
	p := Progress{Stations: len(r.lights), Refused: r.refused.sum()}
	for _, s := range r.lights {
		c := s.cur.Load()
		if c == nil || !c.is(alive) {
			continue
		}
		p.Connected++
		if c.booted.Load() > 0 {
			p.Booted++
		}
		if c.answered.Load() > 0 {
			p.Answering++
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p.Phase, p.Elapsed = r.phase, time.Duration(r.now()-r.since)
	return p
}

// serverNow looks at the server. Settle asks it to collect its garbage first, so that figures can be compared.
func (r *run) serverNow(ctx context.Context, settle bool) Process {
	var in Inner
	if r.o.Probe != nil {
		if got, err := r.o.Probe(ctx, settle); err == nil {
			in = got
		} else if ctx.Err() == nil {
			r.strange.add("the server did not say how it is: " + err.Error())
		}
	}
	p := processUsage(r.o.ServerPID)
	p.Descriptors = descriptorsOf(r.o.ServerPID)
	p.Inner = in
	return p
}

// slack is what a server may have more of than before the first station came: idle connections of the API, timers.
const slack = 16

// left looks at the server after all stations have gone, and gives it 10 seconds to let go of them.
func (r *run) left(ctx context.Context, before Process) Process {
	p := r.serverNow(ctx, false)
	for range 100 {
		if ctx.Err() != nil || p.Goroutines <= before.Goroutines+slack && p.Descriptors <= before.Descriptors+slack {
			break
		}
		sleep(ctx, 100*time.Millisecond)
		p = r.serverNow(ctx, false)
	}
	return r.serverNow(ctx, true)
}
