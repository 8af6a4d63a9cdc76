package server

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// refusals stores why stations were turned away, so that an operator can see why one does not connect. It stores
// one after the other, the same again within refusalSpan as one, and leaves out what comes faster than that: a stranger
// must not fill the store's queue, nor push out what happened to stations.
type refusals struct {
	store store.Ingest
	queue chan fleet.Refused
	done  sync.WaitGroup
	stop  context.CancelFunc

	total, lost atomic.Int64

	mu       sync.Mutex // guards byReason
	byReason map[string]int64
}

func newRefusals(s store.Ingest) *refusals {
	ctx, stop := context.WithCancel(context.Background())
	r := &refusals{store: s, queue: make(chan fleet.Refused, 256), stop: stop, byReason: map[string]int64{}}
	r.done.Go(func() { r.run(ctx) })
	return r
}

// add is csms.Options.OnRefuse. It never blocks.
func (r *refusals) add(refused csms.Refusal) {
	reason := reasonOf(refused.Reason)
	r.note(fleet.Refused{Station: refused.Identity, Address: refused.RemoteAddr, Reason: reason, Detail: explain(reason, refused)})
}

// note takes down a refusal, whose texts strangers chose.
func (r *refusals) note(e fleet.Refused) {
	e.Station, e.Detail, e.Received, e.Times = fleet.Clip(e.Station, maxIdentity), fleet.Clip(e.Detail, maxDetail), time.Now(), 1
	r.total.Add(1)
	r.mu.Lock()
	r.byReason[e.Reason]++
	r.mu.Unlock()
	select {
	case r.queue <- e:
	default:
		r.lost.Add(1)
	}
}

// counts returns how many were turned away since the start, by reason.
func (r *refusals) counts() map[string]int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.byReason)
}

// What a stranger chose is kept so far, in bytes.
const (
	maxIdentity = 255
	maxDetail   = 600
)

// run stores until stop, then what is left, unless the store does not take it.
func (r *refusals) run(ctx context.Context) {
	again := newRepeats()
	tick := time.NewTicker(refusalSpan)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case e := <-r.queue:
			if again.first(e) {
				r.save(e)
			}
		case <-tick.C:
			for _, e := range again.take() {
				r.save(e)
			}
		case <-ctx.Done():
		}
	}
	r.finish(again)
}

func (r *refusals) finish(again *repeats) {
	var rest []fleet.Refused
	for len(r.queue) > 0 {
		if e := <-r.queue; again.first(e) {
			rest = append(rest, e)
		}
	}
	stuck := false
	for _, e := range append(rest, again.take()...) {
		if stuck {
			r.lost.Add(e.Times)
			continue
		}
		stuck = !r.save(e)
	}
}

func (r *refusals) save(e fleet.Refused) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := r.store.Submit(ctx, e)
	if err != nil {
		r.lost.Add(e.Times)
	}
	return err == nil
}

// close stores what is waiting and ends. It takes two seconds at most when the store hangs. Nothing may be added after
// it.
func (r *refusals) close() error {
	r.stop()
	r.done.Wait()
	return nil
}
