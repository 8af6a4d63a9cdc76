package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

// recorders is how many records of a bulk command may wait for their commit at once: as many as two commits take, so
// that the second need not wait for the first.
const recorders = 128

// recordsTimeout bounds how long the answer to a bulk command waits for its records. They give way to what stations wait
// for, and a storm keeps the store busy for seconds; the API allows 15 s beside the calls.
const recordsTimeout = 10 * time.Second

// recorder puts on record what was asked of each station and how that ended. It runs beside the calls and holds none
// of them up. What the store has not taken in the end is left out and counted.
type recorder struct {
	store  store.Ingest
	queue  chan fleet.Commanded
	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup
	failed atomic.Int64          // records that the store refused
	late   atomic.Int64          // records that were left out
	cause  atomic.Pointer[error] // why one of them failed
}

// newRecorder makes a recorder for so many stations at most. finish ends it.
func newRecorder(s store.Ingest, stations int) *recorder {
	r := &recorder{store: s, queue: make(chan fleet.Commanded, stations)}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	for range min(recorders, stations) {
		r.done.Go(r.run)
	}
	return r
}

func (r *recorder) run() {
	for e := range r.queue {
		switch _, err := r.store.Defer(r.ctx, e); {
		case err == nil:
		case r.ctx.Err() != nil:
			r.late.Add(1)
		default:
			r.failed.Add(1)
			r.cause.Store(&err)
		}
	}
}

// add is called once for each station at most, and never blocks: the queue has room for all. The command has no secrets in it
// any more. err is a *httpapi.CommandError, or nil after an answer.
func (r *recorder) add(cmd httpapi.Command, begun time.Time, response json.RawMessage, err error) {
	r.queue <- commanded(cmd, begun, response, err)
}

// finish waits for the records, but not for ever when the store is slow. Nothing may be added after it. A store that is
// slow is worth a warning; one that fails is an error.
func (r *recorder) finish(log *slog.Logger) {
	close(r.queue)
	limit := time.AfterFunc(recordsTimeout, r.cancel)
	r.done.Wait()
	limit.Stop()
	r.cancel()
	if n := r.late.Load(); n > 0 {
		log.Warn("commands were left out of the records: the store is too slow", "stations", n)
	}
	if n := r.failed.Load(); n > 0 {
		log.Error("commands are not on record", "stations", n, "error", *r.cause.Load())
	}
}
