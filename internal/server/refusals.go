package server

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// refusals stores why stations were turned away, so that an operator can see why one does not connect. It stores
// one after the other, and leaves out what comes faster than that: a stranger must not fill the store's queue.
type refusals struct {
	store store.Ingest
	queue chan fleet.Refused
	done  sync.WaitGroup
	stop  context.CancelFunc

	total, lost atomic.Int64
}

func newRefusals(s store.Ingest) *refusals {
	ctx, stop := context.WithCancel(context.Background())
	r := &refusals{store: s, queue: make(chan fleet.Refused, 64), stop: stop}
	r.done.Go(func() { r.run(ctx) })
	return r
}

// add is csms.Options.OnRefuse. It never blocks.
func (r *refusals) add(refused csms.Refusal) {
	r.total.Add(1)
	event := fleet.Refused{
		Station: clip(refused.Identity), Received: time.Now(), Address: refused.RemoteAddr,
		Reason: reasonOf(refused.Reason), Detail: refused.Reason.Error(),
	}
	select {
	case r.queue <- event:
	default:
		r.lost.Add(1)
	}
}

// run stores until stop, then what is left.
func (r *refusals) run(ctx context.Context) {
	for {
		select {
		case e := <-r.queue:
			r.save(e)
		case <-ctx.Done():
			for len(r.queue) > 0 {
				r.save(<-r.queue)
			}
			return
		}
	}
}

func (r *refusals) save(e fleet.Refused) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, err := r.store.Submit(ctx, e); err != nil {
		r.lost.Add(1)
	}
}

// close stores what is waiting, at most for as long as the queue takes, and ends. Nothing may be added after it.
func (r *refusals) close() error {
	r.stop()
	r.done.Wait()
	return nil
}

// clip bounds an identity that a stranger chose.
func clip(s string) string {
	const limit = 255
	if len(s) > limit {
		return s[:limit]
	}
	return s
}

// reasonOf names a reason in one word.
func reasonOf(err error) string {
	for _, r := range [...]struct {
		err  error
		word string
	}{
		{csms.ErrUnknownStation, "unknown"},
		{csms.ErrBadCredential, "credential"},
		{csms.ErrProfile, "profile"},
		{csms.ErrCertificate, "certificate"},
		{csms.ErrBadIdentity, "identity"},
		{csms.ErrNoVersion, "version"},
		{csms.ErrNotWebSocket, "handshake"},
		{csms.ErrDraining, "draining"},
		{csms.ErrBusy, "busy"},
	} {
		if errors.Is(err, r.err) {
			return r.word
		}
	}
	return "error"
}
