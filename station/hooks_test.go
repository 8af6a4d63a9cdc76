package station_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpptest"
	"github.com/chargeyard/chargeyard/station"
)

// looker is told by every hook that it runs, and looks at the client from another goroutine: that hangs when a lock of
// the client is held. A bubble would hang with it, so this test is in real time.
type looker struct {
	t *testing.T
	station.Queue
	broken atomic.Bool

	mu    sync.Mutex
	c     *station.Client
	seen  map[string]bool
	added chan struct{}
}

func (l *looker) look(hook string) {
	l.mu.Lock()
	l.seen[hook] = true
	c := l.c
	l.mu.Unlock()
	select {
	case l.added <- struct{}{}:
	default:
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.BootStatus()
		c.MinProfile()
		c.SetBackOff(l.backOff())
		if n := c.Connection(); n != nil {
			n.Cause()
		}
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		l.t.Errorf("%s is called under a lock", hook)
	}
}

// await waits until the hooks were called.
func (l *looker) await(hooks ...string) {
	l.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		l.mu.Lock()
		got := slices.Sorted(maps.Keys(l.seen))
		missing := slices.DeleteFunc(slices.Clone(hooks), func(h string) bool { return l.seen[h] })
		l.mu.Unlock()
		if len(missing) == 0 {
			return
		}
		select {
		case <-l.added:
		case <-limit:
			l.t.Fatalf("called %q; %q were not", got, missing)
		}
	}
}

// Append, Next and Done make it a queue that says when it is used, and that fails when it is broken.
func (l *looker) Append(e station.Entry) (uint64, error) {
	l.look("Queue.Append")
	return l.Queue.Append(e)
}

func (l *looker) Next(v ocpp.Version) (station.Entry, bool, error) {
	l.look("Queue.Next")
	if l.broken.Load() {
		return station.Entry{}, false, errors.New("the disk is slow")
	}
	return l.Queue.Next(v)
}

func (l *looker) Done(id uint64, started ocpp.Opt[int64]) error {
	l.look("Queue.Done")
	return l.Queue.Done(id, started)
}

func (l *looker) backOff() station.BackOff {
	return station.BackOff{WaitMinimum: time.Millisecond, RandomRange: time.Millisecond, Rand: func(time.Duration) time.Duration {
		l.look("Rand")
		return 0
	}}
}

func (l *looker) options(f *fakeCSMS) station.Options {
	o := f.options()
	o.BackOff, o.Queue = l.backOff(), l
	o.Boot = func(v ocpp.Version) any { l.look("Boot"); return boot(v) }
	o.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		l.look("DialContext")
		return f.dial(ctx, network, addr)
	}
	o.OnConnect = func(*station.Connection) { l.look("OnConnect") }
	o.OnDisconnect = func(*station.Connection, error) { l.look("OnDisconnect") }
	o.OnConnectFailed = func(station.ConnectFailure) { l.look("OnConnectFailed") }
	o.OnBoot = func(ocpp.BootResult, error) { l.look("OnBoot") }
	o.OnDelivery = func(station.Delivery) { l.look("OnDelivery") }
	o.OnSecurityEvent = func(station.SecurityEvent) { l.look("OnSecurityEvent") }
	o.OnProtocolEvent = func(station.ProtocolEvent) { l.look("OnProtocolEvent") }
	o.OnQueueError = func(error) { l.look("OnQueueError") }
	o.NewMessageID = func() string { l.look("NewMessageID"); return time.Now().Format("150405.000000000") }
	o.Tap = func(ocpp.Frame) { l.look("Tap") }
	o.Interceptors = []ocpp.Interceptor{func(ctx context.Context, _ *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
		l.look("Interceptor")
		return next(ctx, req)
	}}
	o.Logger = slog.New(slog.DiscardHandler)
	return o
}

// Invariant: no lock is held across a user callback.
func TestNoHookIsCalledUnderALock(t *testing.T) {
	f := &fakeCSMS{t: t, start: time.Now(), refuse: http.StatusUnauthorized}
	f.srv = ocpptest.NewServer(f)
	f.listener = f.srv.Listener
	defer f.close()
	l := &looker{t: t, Queue: station.NewMemoryQueue(), seen: map[string]bool{}, added: make(chan struct{}, 1)}
	l.c = f.client(l.options(f))
	station.Handle(l.c, func(context.Context, *ocpp16.ResetRequest) (*ocpp16.ResetResponse, error) {
		l.look("Handle")
		return &ocpp16.ResetResponse{Status: ocpp16.ResetStatusAccepted}, nil
	})
	l.look("the test")
	f.run(l.c)
	l.await("DialContext", "OnConnectFailed", "OnSecurityEvent", "Rand")
	f.mu.Lock()
	f.refuse = 0
	f.mu.Unlock()
	l.await("OnConnect", "Boot", "OnBoot", "Tap", "Interceptor")
	if err := l.c.WaitAccepted(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := station.Enqueue(l.c, meterValues(1), "", func(*ocpp16.MeterValuesResponse, error) { l.look("done") })
	if err != nil {
		t.Fatal(err)
	}
	l.await("Queue.Append", "Queue.Next", "NewMessageID", "done", "OnDelivery", "Queue.Done")
	l.broken.Store(true)
	enqueue(t, l.c, meterValues(2), "")
	l.await("OnQueueError")
	f.mu.Lock()
	p := f.peers[len(f.peers)-1]
	f.mu.Unlock()
	p.SendText(`[9]`)
	p.SendText(`[2,"1","Reset",{"type":"Soft"}]`)
	l.await("Handle", "OnProtocolEvent")
	p.Close()
	l.await("OnDisconnect")
}
