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
		Station: fleet.Clip(refused.Identity, maxIdentity), Received: time.Now(), Address: refused.RemoteAddr,
		Reason: reasonOf(refused.Reason), Detail: fleet.Clip(refused.Reason.Error(), maxDetail),
	}
	select {
	case r.queue <- event:
	default:
		r.lost.Add(1)
	}
}

// What a stranger chose is kept so far, in bytes.
const (
	maxIdentity = 255
	maxDetail   = 300
)

// run stores until stop, then what is left, unless the store does not take it.
func (r *refusals) run(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case e := <-r.queue:
			r.save(e)
		case <-ctx.Done():
		}
	}
	for len(r.queue) > 0 {
		if !r.save(<-r.queue) {
			r.lost.Add(int64(len(r.queue)))
			return
		}
	}
}

func (r *refusals) save(e fleet.Refused) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := r.store.Submit(ctx, e)
	if err != nil {
		r.lost.Add(1)
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

// reasonOf names a reason in one word.
func reasonOf(err error) string {
	for _, r := range [...]struct {
		err  error
		word string
	}{
		{csms.ErrUnknownStation, "unknown"},
		{csms.ErrBadCredential, "credential"},
		{csms.ErrTooManyAttempts, "throttled"},
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
