package simulator

import (
	"context"
	"sync"
	"time"
)

// terms are how long what goes on in a run.
type terms struct {
	soft context.Context // ends when nothing new begins: the time is over, or the caller does not want to go on
	quit context.Context // ends when drivers leave at once: the caller does not want to go on, or hard has ended
	hard context.Context // ends when nothing is waited for any more
	stop func()
}

// begin begins the terms of a run of so much real time; 0 is without end. A run whose time is over has come to its planned
// end: its drivers go on to there when the machine is late, and so quit does not end with soft.
func (f *Fleet) begin(ctx context.Context, duration time.Duration) terms {
	soft, stopSoft := context.WithCancel(ctx)
	if duration == 0 {
		duration = never
	}
	timer := time.AfterFunc(duration, stopSoft)
	hard, stopHard := context.WithCancel(context.WithoutCancel(ctx))
	quit, stopQuit := context.WithCancel(hard)
	unhook := context.AfterFunc(ctx, stopQuit)
	begun := time.Now()
	var drain sync.WaitGroup
	drain.Go(func() {
		defer stopHard()
		<-soft.Done()
		f.drain(hard, time.Since(begun))
	})
	return terms{soft: soft, quit: quit, hard: hard, stop: func() {
		stopHard()
		stopSoft()
		timer.Stop()
		unhook()
		drain.Wait()
	}}
}

// drain returns when the stations had long enough to deliver what they have: Options.Drain or, when that does not say, as
// long as something is delivered, but not much longer than the run itself has taken.
func (f *Fleet) drain(hard context.Context, ran time.Duration) {
	f.count(func(c *Counts) {
		c.Backlog = c.Queued
		f.reached = c.Connected > 0
	})
	if f.o.Drain > 0 {
		waitFor(hard, f.o.Drain)
		return
	}
	patience := f.o.patience()
	steps, since, begun := f.steps.Load(), time.Now(), time.Now()
	for waitFor(hard, patience/16) {
		if now := f.steps.Load(); now != steps {
			steps, since = now, time.Now()
		}
		if time.Since(since) >= patience || time.Since(begun) >= patience+max(ran, leastDrain) {
			return
		}
	}
}

// leastDrain is how long stations may go on delivering after even the shortest run.
const leastDrain = time.Minute

// patience is how long nothing may be delivered at the end before what is left is given up.
func (o *Options) patience() time.Duration {
	if o.kind.Network != (Network{}) {
		return time.Minute
	}
	return 8 * time.Second
}

// late notes by how much of real time a planned moment was noticed too late.
func (f *Fleet) late(by time.Duration) {
	for {
		most := f.latest.Load()
		if int64(by) <= most || f.latest.CompareAndSwap(most, int64(by)) {
			return
		}
	}
}
