package stormtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestSimulation runs seeded storms against a model. One seed is a few hundred events on one server: stations of a
// few identities connect, drop, go silent, stop reading, come back while their old socket is half-open; calls and
// messages cross in both directions and are answered in time, late, twice or never; hooks and handlers block, call
// back, and close others; the server is shut down in the middle. After every step the model says what must hold.
//
// The seed decides every event. What happens at the same instant is left to the scheduler: replay a seed more than
// once (-count).
func TestSimulation(t *testing.T) {
	first, count := uint64(1), uint64(1000)
	if testing.Short() || raceDetector {
		count = 100
	}
	if *seeds > 0 {
		count = *seeds
	}
	if *oneSeed > 0 {
		first, count = *oneSeed, 1
	}
	begun, events := time.Now(), 0
	for seed := first; seed < first+count && !t.Failed(); seed++ {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("replay with: go test ./internal/stormtest -run TestSimulation -seed %d", seed)
				}
			})
			synctest.Test(t, func(t *testing.T) { events += simulate(t, seed) })
		})
	}
	t.Logf("%d seeds, %d events in %v", count, events, time.Since(begun).Round(time.Millisecond))
}

// steps is how many steps one seed has; a third of them are several events at the same instant.
const steps = 120

// simulate runs one seed and returns how many events it had.
func simulate(t *testing.T, seed uint64) (events int) {
	w := newWorld(t, rand.New(rand.NewPCG(seed, 0)))
	end := steps
	for w.step = 1; w.step <= end; w.step++ {
		burst := w.generate()
		if w.step > steps/2 && w.shutdowns == 0 && w.rng.IntN(steps) == 0 {
			burst = append(burst, w.shutDown(time.Duration(w.rng.IntN(60))*time.Second))
			end = min(end, w.step+12)
		}
		events += len(burst)
		w.perform(burst)
		if !w.check() {
			w.abandon()
			return events
		}
	}
	w.finish()
	return events
}

// event is one thing that happens. Everything random about it was decided when it was made.
type event struct {
	label string
	do    func()
}

// perform makes all events happen at one instant and waits until nothing moves any more.
func (w *world) perform(burst []event) {
	labels := make([]string, 0, len(burst))
	for _, e := range burst {
		labels = append(labels, e.label)
	}
	w.trace = append(w.trace, fmt.Sprintf("%4d %10v  %s", w.step, w.elapsed(), strings.Join(labels, " | ")))
	w.note(func() {
		for _, c := range w.conns {
			c.heardBefore = c.heard
		}
	})
	var all sync.WaitGroup
	for _, e := range burst {
		all.Go(e.do)
	}
	all.Wait()
	synctest.Wait()
}

// finish lets go of all that is held, shuts the server down and demands that nothing is left. That no goroutine and
// no timer is left is checked by the end of the bubble.
func (w *world) finish() {
	w.step++
	w.trace = append(w.trace, fmt.Sprintf("%4d %10v  the end", w.step, w.elapsed()))
	w.note(func() { w.letGo = true })
	w.releaseAll()
	w.shutDown(10 * time.Second).do()
	synctest.Wait()
	w.check()
	time.Sleep(time.Minute)
	begun := time.Now()
	if err := w.srv.Shutdown(w.t.Context()); err != nil || time.Since(begun) != 0 {
		w.t.Errorf("a minute after the shutdown, another one takes %v: %v", time.Since(begun), err)
	}
	synctest.Wait()
	if w.check() {
		w.checkNothingIsLeft()
	}
	w.leave()
}

// abandon ends a simulation that has failed, so that what it said is not buried under the goroutines of its bubble.
func (w *world) abandon() {
	w.note(func() { w.letGo = true })
	w.releaseAll()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w.srv.Shutdown(ctx) // it has failed already
	w.leave()
	synctest.Wait()
}

// leave ends the model's own part.
func (w *world) leave() {
	w.web.Close()
	w.note(func() {
		for _, c := range w.conns {
			if c.link != nil {
				c.link.Reset()
			}
		}
		for _, k := range w.calls {
			k.cancel()
		}
	})
}
