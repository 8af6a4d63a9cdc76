package ocppj_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

func TestR25MessagesOfOnePeerAreHandledInOrder(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		var order []string
		r.handle("StatusNotification", func(context.Context, any) (any, error) {
			time.Sleep(time.Second) // of the bubble
			order = append(order, "status")
			return statusResponse(v), nil
		})
		r.handle("Heartbeat", func(context.Context, any) (any, error) {
			order = append(order, "heartbeat")
			return nil, ocpp.Errorf(ocpp.NotSupported, "")
		})
		r.receive(`[2,"1","StatusNotification",`+status(v, 1)+`]`, `[2,"2","Heartbeat",{}]`,
			`[2,"3","StatusNotification",`+status(v, 1)+`]`, `[2,"4","Nonsense",{}]`)
		time.Sleep(3 * time.Second)
		r.wants(`[3,"1",{}]`, `[4,"2","NotSupported","",{}]`, `[3,"3",{}]`, `[4,"4","NotImplemented","the action is unknown",{}]`)
		if fmt.Sprint(order) != "[status heartbeat status]" {
			t.Error(order)
		}
	})
}

func TestR25SlowHandlerLetsAnswersPass(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		goOn := make(chan struct{})
		r.handle("StatusNotification", func(context.Context, any) (any, error) {
			<-goOn
			return statusResponse(v), nil
		})
		r.receive(`[2,"1","StatusNotification",` + status(v, 1) + `]`)
		res := r.clearCache(withID("x"))
		r.receive(cleared("x"))
		synctest.Wait()
		if !res.done() || res.err() != nil {
			t.Errorf("%+v", res)
		}
		close(goOn)
	})
}

func TestR25HandlerMayCallItsPeer(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.handle("StatusNotification", func(context.Context, any) (any, error) {
			if _, err := clearCache(withID("x"), r.s); err != nil {
				return nil, err
			}
			return statusResponse(v), nil
		})
		r.receive(`[2,"1","StatusNotification",` + status(v, 1) + `]`)
		r.wants(`[2,"x","ClearCache",{}]`)
		r.receive(cleared("x"))
		r.wants(`[3,"1",{}]`)
	})
}

func TestR25InboundQueueIsBounded(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v, func(o *ocppj.Options) { o.MaxInbound = 3 })
		turn := make(chan struct{})
		r.handle("StatusNotification", func(context.Context, any) (any, error) {
			<-turn
			return statusResponse(v), nil
		})
		var received atomic.Int32
		read := make(chan struct{})
		go func() {
			defer close(read)
			for i := range 10 {
				r.receive(fmt.Sprintf(`[2,"%d","StatusNotification",%s]`, i, status(v, i)))
				received.Add(1)
			}
		}()
		for handled := range int32(7) {
			synctest.Wait()
			if got := received.Load(); got != handled+3 {
				t.Fatalf("%d were read when %d had been handled", got, handled)
			}
			turn <- struct{}{}
		}
		<-read
		close(turn)
	})
}

// Waiting messages are bounded in bytes too, and one of any size may wait.
func TestR25WaitingMessagesAreBoundedInBytes(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v, func(o *ocppj.Options) { o.MaxInboundBytes = 1000 })
		turn := make(chan struct{})
		handled := 0
		r.handle("DataTransfer", func(context.Context, any) (any, error) {
			<-turn
			handled++
			return transferResponse(v), nil
		})
		received := 0
		receive := func(sizes ...int) *result {
			return background(func() (any, error) {
				for _, size := range sizes {
					received++
					frame := fmt.Sprintf(`[2,"%d","DataTransfer",{"vendorId":"v"}]`, received)
					if err := r.s.Receive([]byte(frame + strings.Repeat(" ", size-len(frame)))); err != nil {
						return nil, err
					}
				}
				return nil, nil
			})
		}
		if !receive(5000, 5000).done() { // the first is handled, the second waits
			t.Fatal("one message of any size may wait")
		}
		more := receive(100)
		if more.done() {
			t.Fatal("5000 bytes wait and more were taken under a bound of 1000")
		}
		turn <- struct{}{}
		synctest.Wait()
		if !more.done() {
			t.Fatal("there is room")
		}
		for range 2 {
			turn <- struct{}{}
		}
		synctest.Wait()
		if !receive(100, 400, 400, 200).done() { // one is handled, and 1000 bytes wait
			t.Fatal("1000 bytes may wait")
		}
		if more = receive(60); more.done() {
			t.Fatal("1060 bytes wait under a bound of 1000")
		}
		close(turn)
		synctest.Wait()
		if !more.done() || handled != 8 {
			t.Errorf("%d handled", handled)
		}
	})
}

func TestR25BlockedReceiveEndsWithTheSession(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v, func(o *ocppj.Options) { o.MaxInbound = 1 })
		var ended error
		r.handle("StatusNotification", func(ctx context.Context, _ any) (any, error) {
			<-ctx.Done()
			ended = context.Cause(ctx)
			return nil, ended
		})
		r.receive(`[2,"1","StatusNotification",` + status(v, 1) + `]`)
		res := background(func() (any, error) {
			return nil, r.s.Receive([]byte(`[2,"2","StatusNotification",` + status(v, 2) + `]`))
		})
		if res.done() {
			t.Fatal("the bound did not hold")
		}
		r.s.Close(io.ErrUnexpectedEOF)
		synctest.Wait()
		if res.err() != io.ErrUnexpectedEOF {
			t.Errorf("%+v", res)
		}
		r.s.Wait()
		if ended != io.ErrUnexpectedEOF {
			t.Errorf("the handler ended with %v", ended)
		}
	})
}

// pair connects two sessions through unbounded queues.
type pair struct{ csms, station *rig }

func newPair(t *testing.T, v ocpp.Version) pair {
	toStation, toCSMS := make(chan string, 10_000), make(chan string, 10_000)
	push := func(c chan string) func(*ocppj.Options) {
		return func(o *ocppj.Options) {
			o.Send = func(frame []byte) error { c <- string(frame); return nil }
		}
	}
	p := pair{newRig(t, v, push(toStation)),
		newRig(t, v, push(toCSMS), func(o *ocppj.Options) { o.End = ocpp.StationEnd })}
	pump := func(c chan string, s *ocppj.Session) {
		for {
			select {
			case frame := <-c:
				if s.Receive([]byte(frame)) != nil {
					return
				}
			case <-s.Done():
				return
			}
		}
	}
	go pump(toStation, p.station.s)
	go pump(toCSMS, p.csms.s)
	return p
}

func TestR13BothEndsCallAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		p := newPair(t, v)
		answer := func(context.Context, any) (any, error) { return clearedResponse(v), nil }
		p.csms.handle("ClearCache", answer)
		p.station.handle("ClearCache", answer)
		var callers sync.WaitGroup
		for range 200 {
			for _, r := range []*rig{p.csms, p.station} {
				callers.Go(func() {
					if _, err := clearCache(t.Context(), r.s); err != nil {
						t.Error(err)
					}
				})
			}
		}
		callers.Wait()
	})
}

func TestR13HandlersOfBothEndsCallEachOther(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		p := newPair(t, v)
		depth := 0
		bounce := func(r *rig) handler {
			return func(ctx context.Context, _ any) (any, error) {
				if depth++; depth == 2 {
					return clearedResponse(v), nil
				}
				return clearCache(ctx, r.s)
			}
		}
		p.csms.handle("ClearCache", bounce(p.csms))
		p.station.handle("ClearCache", bounce(p.station))
		if _, err := clearCache(t.Context(), p.csms.s); err != nil {
			t.Error(err)
		}
	})
}

func TestCloseEndsAllCallsWithTheFirstCause(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		first, second := r.clearCache(withID("1")), r.clearCache(withID("2"))
		r.s.Close(io.ErrUnexpectedEOF)
		r.s.Close(io.EOF)
		synctest.Wait()
		for i, res := range []*result{first, second} {
			var closed *ocppj.ClosedError
			if !errors.As(res.err(), &closed) || !errors.Is(res.err(), net.ErrClosed) || !errors.Is(res.err(), io.ErrUnexpectedEOF) {
				t.Fatalf("%v", res.err())
			}
			if sent := i == 0; closed.Sent != sent || ocpp.SafeToRetry(res.err()) == sent {
				t.Errorf("call %d: sent %v", i+1, closed.Sent)
			}
		}
		after := r.clearCache(withID("3"))
		if !errors.Is(after.err(), net.ErrClosed) || !ocpp.SafeToRetry(after.err()) {
			t.Errorf("%v", after.err())
		}
		if err := r.s.Receive([]byte(`[2,"1","Heartbeat",{}]`)); err != io.ErrUnexpectedEOF || r.s.Cause() != err {
			t.Error(err)
		}
		r.wants(`[2,"1","ClearCache",{}]`)
	})
}

func TestCloseEndsTheContextOfHandlers(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		type key struct{}
		r := newRig(t, v, func(o *ocppj.Options) { o.Context = context.WithValue(context.Background(), key{}, "value") })
		var cause error
		var value any
		r.handle("Heartbeat", func(ctx context.Context, _ any) (any, error) {
			value = ctx.Value(key{})
			<-ctx.Done()
			cause = context.Cause(ctx)
			return nil, ocpp.Errorf(ocpp.GenericError, "")
		})
		r.receive(`[2,"1","Heartbeat",{}]`, `[2,"2","Heartbeat",{}]`)
		r.s.Close(io.EOF)
		r.s.Wait()
		if cause != io.EOF || value != "value" {
			t.Errorf("%v, %v", cause, value)
		}
		r.wants(`[4,"1","GenericError","",{}]`) // what was queued is dropped
	})
}

func TestCloseRaces(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		for i := range 50 {
			p := newPair(t, v)
			answer := func(context.Context, any) (any, error) { return clearedResponse(v), nil }
			p.csms.handle("ClearCache", answer)
			p.station.handle("ClearCache", answer)
			var callers sync.WaitGroup
			for range 20 {
				for _, r := range []*rig{p.csms, p.station} {
					callers.Go(func() {
						ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*time.Millisecond)
						defer cancel()
						_, err := clearCache(ctx, r.s)
						var canceled *ocppj.CanceledError
						if err != nil && !errors.Is(err, net.ErrClosed) && !errors.As(err, &canceled) {
							t.Error(err)
						}
					})
				}
			}
			callers.Go(func() { p.csms.s.Close(nil) })
			callers.Go(func() { p.station.s.Close(io.EOF) })
			callers.Wait()
			p.csms.s.Wait()
			p.station.s.Wait()
		}
	}, ocpp.V21)
}

func TestDrainWaitsForWhatIsUnderWay(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		goOn := make(chan struct{})
		r.handle("StatusNotification", func(context.Context, any) (any, error) {
			<-goOn
			return statusResponse(v), nil
		})
		r.receive(`[2,"1","StatusNotification",` + status(v, 1) + `]`)
		r.clearCache(withID("x"))
		drains := []*result{}
		for range 2 {
			drains = append(drains, background(func() (any, error) { return nil, r.s.Drain(t.Context()) }))
		}
		refused := r.clearCache(withID("y"))
		if !errors.Is(refused.err(), ocppj.ErrDraining) || !ocpp.SafeToRetry(refused.err()) {
			t.Errorf("%v", refused.err())
		}
		if v == ocpp.V21 && !errors.Is(r.s.SendMessage(t.Context(), notifyStream(1)), ocppj.ErrDraining) {
			t.Error("a SEND went out")
		}
		r.receive(cleared("x"))
		synctest.Wait()
		if drains[0].done() {
			t.Error("a handler runs still")
		}
		close(goOn)
		synctest.Wait()
		if !drains[0].done() || !drains[1].done() || drains[0].err() != nil {
			t.Errorf("%+v, %+v", drains[0], drains[1])
		}
		r.wants(`[2,"x","ClearCache",{}]`, `[3,"1",{}]`)
	})
}

func TestDrainGivesUp(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.clearCache(withID("x"))
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, io.ErrNoProgress)
		defer cancel()
		if err := r.s.Drain(ctx); err != io.ErrNoProgress {
			t.Error(err)
		}
	})
}

func TestNewWantsItsOptions(t *testing.T) {
	send := func([]byte) error { return nil }
	for _, o := range []ocppj.Options{
		{End: ocpp.CSMSEnd, Send: send}, {Protocol: protocolOf(ocpp.V16), Send: send},
		{Protocol: protocolOf(ocpp.V16), End: ocpp.CSMSEnd},
		{Protocol: protocolOf(ocpp.V16), End: ocpp.CSMSEnd | ocpp.StationEnd, Send: send},
	} {
		if _, err := ocppj.New(o); err == nil {
			t.Errorf("%+v", o)
		}
	}
}

// TestNothingIsCalledUnderTheLock has everything that a session calls call the session.
func TestNothingIsCalledUnderTheLock(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		var r *rig
		calls := map[string]bool{}
		var mu sync.Mutex
		use := func(name string) {
			r.s.Cause() // takes the lock
			mu.Lock()
			defer mu.Unlock()
			calls[name] = true
		}
		r = newRig(t, v, func(o *ocppj.Options) {
			o.Send = func([]byte) error { use("Send"); return nil }
			o.Tap = func(ocpp.Frame) { use("Tap") }
			o.Gate = func(*ocpp.Exchange) *ocpp.Error { use("Gate"); return nil }
			o.SendGate = func(*ocpp.Exchange) error { use("SendGate"); return nil }
			o.NewID = func() string { use("NewID"); return ocppj.NewMessageID() }
			o.Interceptor = func(ctx context.Context, _ *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
				use("Interceptor")
				return next(ctx, req)
			}
			o.Events = ocppj.Events{
				UnknownType:     func(int) { use("UnknownType") },
				Refused:         func(string, string, *ocpp.Error) { use("Refused") },
				Tolerated:       func(string, string, ocpp.Violation) { use("Tolerated") },
				UnmatchedAnswer: func(ocppj.MessageType, string, bool) { use("UnmatchedAnswer") },
				ResultRefused:   func(string, string, *ocpp.Error) { use("ResultRefused") },
				HandlerFailed:   func(string, string, error) { use("HandlerFailed") },
				Repeated:        func(string, string) { use("Repeated") },
			}
		})
		r.handle("StatusNotification", func(context.Context, any) (any, error) { use("Handle"); return statusResponse(v), nil })
		r.handle("Heartbeat", func(context.Context, any) (any, error) { return nil, io.EOF })
		odd := `[2,"1","StatusNotification",` + `{"odd":1,` + status(v, 1)[1:] + `]`
		r.handle("DataTransfer", func(context.Context, any) (any, error) { return transferResponse(v), nil })
		again := `[2,"5","DataTransfer",` + transfer(1) + `]`
		for _, frame := range []string{`[9]`, `x`, odd, again, again, `[3,"x",{}]`, `[5,"1"]`, `[2,"2","Heartbeat",{}]`} {
			r.receive(frame)
			synctest.Wait()
		}
		r.receive(`[2,"3","Heartbeat",{}]`, `[2,"3","Heartbeat",{}]`) // the id is in progress
		background(func() (any, error) { return clearCache(t.Context(), r.s) })
		if len(calls) != 14 {
			t.Errorf("called: %v", calls)
		}
	}, ocpp.V21)
}

func TestCloseFromAHandler(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		var err error
		r.handle("StatusNotification", func(context.Context, any) (any, error) {
			r.s.Close(io.EOF)
			_, err = clearCache(t.Context(), r.s)
			return nil, err
		})
		r.receive(`[2,"1","StatusNotification",` + status(v, 1) + `]`)
		r.s.Wait()
		if !errors.Is(err, io.EOF) || !errors.Is(err, net.ErrClosed) {
			t.Errorf("the call of the handler ended with %v", err)
		}
	})
}

func TestSessionKnowsItsEnd(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		s := newRig(t, v).s
		if s.Identity() != "CS1" || s.End() != ocpp.CSMSEnd || s.Version() != v || s.Protocol() != protocolOf(v) {
			t.Error(s.Identity(), s.End(), s.Version())
		}
		if s.Cause() != nil || s.Context().Err() != nil {
			t.Error(s.Cause())
		}
		s.Close(nil)
		<-s.Done()
		if s.Cause() == nil || context.Cause(s.Context()) != s.Cause() {
			t.Error(s.Cause(), context.Cause(s.Context()))
		}
	})
}

func TestVendorActionsTravelThroughEncodingJSON(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		type vendor struct {
			N int `json:"n"`
		}
		r := newRig(t, v, func(o *ocppj.Options) {
			o.Route = func(action string) (ocppj.Route, bool) {
				return ocppj.Route{
					New:    func() any { return new(vendor) },
					Handle: func(_ context.Context, req any) (any, error) { return &vendor{req.(*vendor).N + 1}, nil },
				}, action == "Vendor"
			}
		})
		r.receive(`[2,"1","Vendor",{"n":1}]`, `[2,"2","Vendor",{"n":"x"}]`)
		r.wants(`[3,"1",{"n":2}]`, `[4,"2","TypeConstraintViolation","has a value of the wrong type",{}]`)
		res := background(func() (any, error) {
			return r.s.Do(withID("x"), ocpp.Action{Version: v, Name: "Vendor"}, &vendor{5}, func() any { return new(vendor) })
		})
		r.wants(`[2,"x","Vendor",{"n":5}]`)
		r.receive(`[3,"x",{"n":6}]`)
		synctest.Wait()
		if got, ok := res.resp().(*vendor); !ok || got.N != 6 {
			t.Errorf("%v", res)
		}
	})
}
