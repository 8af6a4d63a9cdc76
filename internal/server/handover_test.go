package server

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/station"
)

// lastEvent is the sequence number of the last event of each transaction of a handover.
const lastEvent = 15

// handover is stations of the library with one transaction each, and what they were told of it.
type handover struct {
	t       *testing.T
	engine  *station.Engine
	clients []*station.Client
	running sync.WaitGroup
	end     context.CancelFunc

	acknowledged atomic.Int64
	givenUp      atomic.Int64
	all          chan struct{} // closed when every event is acknowledged

	mu       sync.Mutex // guards refusals
	refusals map[int]int
}

// handOver runs n stations until the end of the test.
func handOver(t *testing.T, n int, url string) *handover {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	h := &handover{t: t, engine: station.NewEngine(), end: end, all: make(chan struct{}), refusals: map[int]int{}}
	for i := range n {
		c, err := station.New(h.options(fmt.Sprintf("CS-%04d", i), url))
		if err != nil {
			t.Fatal(err)
		}
		h.clients = append(h.clients, c)
		h.running.Go(func() { c.Run(ctx) })
	}
	t.Cleanup(h.close)
	return h
}

func (h *handover) options(identity, url string) station.Options {
	return station.Options{
		Identity: identity, URL: url, Engine: h.engine, Protocols: []*ocpp.Protocol{ocpp201.Protocol},
		TransactionAttempts: -1, TransactionRetryInterval: -1, CallTimeout: 5 * time.Second,
		BackOff: station.BackOff{WaitMinimum: 20 * time.Millisecond, RandomRange: 60 * time.Millisecond, RepeatTimes: 2},
		OnConnectFailed: func(f station.ConnectFailure) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.refusals[f.Status]++
		},
		Logger: slog.New(slog.DiscardHandler),
	}
}

func (h *handover) close() {
	h.end()
	h.running.Wait()
	h.engine.Close()
}

// enqueue gives every station its next event.
func (h *handover) enqueue(seqNo int) {
	for _, c := range h.clients {
		err := station.Enqueue(c, event201(c.Identity(), seqNo), "", func(_ *ocpp201.TransactionEventResponse, err error) {
			if err != nil {
				h.givenUp.Add(1)
			} else if h.acknowledged.Add(1) == int64(len(h.clients)*(lastEvent+1)) {
				close(h.all)
			}
		})
		if err != nil {
			h.t.Error(err)
		}
	}
}

func event201(transaction string, seqNo int) *ocpp201.TransactionEventRequest {
	e := &ocpp201.TransactionEventRequest{
		EventType: ocpp201.TransactionEventUpdated, TriggerReason: ocpp201.TriggerReasonMeterValuePeriodic, SeqNo: seqNo,
		Timestamp: ocpp.At(time.Now()), TransactionInfo: ocpp201.Transaction{TransactionID: transaction},
	}
	switch seqNo {
	case 0:
		e.EventType, e.TriggerReason = ocpp201.TransactionEventStarted, ocpp201.TriggerReasonCablePluggedIn
	case lastEvent:
		e.EventType, e.TriggerReason = ocpp201.TransactionEventEnded, ocpp201.TriggerReasonEVDeparted
	}
	return e
}

// A server drains, and a second one is started on its address and data: the herd comes back as a queue, and what was
// acknowledged by either is there, each once.
func TestR50R52AHandoverLosesNothing(t *testing.T) {
	n := sized(200)
	data := t.TempDir()
	first := serve(t, Config{Data: data})
	addr := first.srv.StationAddrs()[0].String()
	h := handOver(t, n, "ws://"+addr+"/ocpp")
	first.eventually("all are connected", func() bool { return first.srv.csms.Len() == n })
	events := make(chan struct{})
	go func() {
		defer close(events)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for seqNo := range lastEvent + 1 {
			h.enqueue(seqNo)
			<-tick.C
		}
	}()
	first.eventually("some events are acknowledged", func() bool { return h.acknowledged.Load() > int64(2*n) })
	if err := first.stop(); err != nil {
		t.Error(err)
	}
	before := h.acknowledged.Load()
	t.Logf("acknowledged by the first server: %d", before)

	bounds := csms.LimitOptions{Handshakes: 4, Waiting: 8, MaxWait: time.Minute}
	second := serve(t, Config{Data: data, OCPP: addr, Admission: bounds})
	begun, highest := time.Now(), 0
	second.eventually("all are back", func() bool {
		highest = max(highest, second.srv.listeners.pending())
		return second.srv.csms.Len() == n
	})
	t.Logf("%d were back after %v; refusals %v", n, time.Since(begun), h.told())
	if highest > bounds.Handshakes+bounds.Waiting {
		t.Errorf("%d sockets were pending at once, the bound is %d", highest, bounds.Handshakes+bounds.Waiting)
	}
	<-events
	select {
	case <-h.all:
	case <-time.After(patience):
		t.Fatalf("%d of %d events are acknowledged", h.acknowledged.Load(), n*(lastEvent+1))
	}
	if h.givenUp.Load() > 0 || before == int64(n*(lastEvent+1)) {
		t.Errorf("%d events were given up; the first server took %d", h.givenUp.Load(), before)
	}
	second.wantWhole(n)
}

func (h *handover) told() map[int]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.refusals)
}

// wantWhole demands n transactions without a gap or a conflict, ended.
func (r *rig) wantWhole(n int) {
	r.t.Helper()
	seen := 0
	q := store.TransactionQuery{Limit: store.MaxLimit}
	for {
		p, err := r.srv.store.ListTransactions(r.t.Context(), q)
		if err != nil {
			r.t.Fatal(err)
		}
		for i := range p.Items {
			tx := &p.Items[i]
			seen++
			if tx.Active || tx.Events != lastEvent+1 || tx.Missing != 0 || tx.Conflicts != 0 {
				r.t.Errorf("%s: %+v", tx.ID, tx)
			}
		}
		if q.Cursor = p.Next; p.Next == "" {
			break
		}
	}
	if seen != n {
		r.t.Errorf("%d transactions, want %d", seen, n)
	}
}
