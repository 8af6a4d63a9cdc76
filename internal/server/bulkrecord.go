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

// recorders is how many records of a bulk command may wait for their commit at once: as many as one commit takes, so
// that messages of stations find room in the store's queue.
const recorders = 64

// recorder puts on record what was asked of each station and how that ended. It runs beside the calls and holds none
// of them up.
type recorder struct {
	store   store.Ingest
	action  string
	payload json.RawMessage // without secrets
	queue   chan fleet.Commanded
	ctx     context.Context
	cancel  context.CancelFunc
	done    sync.WaitGroup
	lost    atomic.Int64
}

// newRecorder makes a recorder for so many stations at most. finish ends it.
func newRecorder(s store.Ingest, b httpapi.Bulk, stations int) *recorder {
	r := &recorder{store: s, action: b.Action, payload: redact(b.Payload), queue: make(chan fleet.Commanded, stations)}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	for range min(recorders, stations) {
		r.done.Go(r.run)
	}
	return r
}

func (r *recorder) run() {
	for e := range r.queue {
		if _, err := r.store.Submit(r.ctx, e); err != nil {
			r.lost.Add(1)
		}
	}
}

// add is called once for each station at most, and never blocks: the queue has room for all. err is a
// *httpapi.CommandError, or nil after an answer.
func (r *recorder) add(station string, begun time.Time, response json.RawMessage, err error) {
	r.queue <- commanded(httpapi.Command{Station: station, Action: r.action, Payload: r.payload}, begun, response, err)
}

// finish waits for the records, but not for ever when the store is slow. Nothing may be added after it.
func (r *recorder) finish(log *slog.Logger) {
	close(r.queue)
	limit := time.AfterFunc(recordTimeout, r.cancel)
	r.done.Wait()
	limit.Stop()
	r.cancel()
	if n := r.lost.Load(); n > 0 {
		log.Error("commands are not on record", "action", r.action, "stations", n)
	}
}
