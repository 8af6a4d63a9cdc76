package csms_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpptest"
)

func TestSlowReaderDelaysOnlyItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{PingInterval: -1, MaxOutbox: 256 << 10, CallTimeout: time.Second})
		heartbeats(y.srv)
		y.dial("stalled", ocpp.V16) // and never reads
		neighbour := y.dial("neighbour", ocpp.V16)
		st := y.station("stalled")
		long := ocpp16.GetConfigurationRequest{}
		for i := range 400 {
			long.Key = append(long.Key, fmt.Sprintf("%050d", i))
		}
		begin := time.Now()
		// Each call waits for its own timeout only.
		calls, count := make(chan error), 0
		go func() {
			defer close(calls)
			for range 40 {
				_, err := csms.Call(context.Background(), st, &long)
				calls <- err
			}
		}()
		for err := range calls {
			count++
			now := time.Now()
			beat(t, neighbour, fmt.Sprint(count))
			if elapsed := time.Since(now); elapsed != 0 {
				t.Fatalf("the neighbour waited %v", elapsed)
			}
			if errors.Is(err, net.ErrClosed) {
				break
			}
		}
		for range calls {
		}
		if cause := st.Cause(); cause == nil || csms.CloseCode(cause) != 1006 || time.Since(begin) > 40*time.Second {
			t.Errorf("the stalled station ended with %v after %v", cause, time.Since(begin))
		}
	})
}

func TestR25SlowHandlerDelaysOnlyItsStation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{PingInterval: -1})
		release := make(chan struct{})
		csms.Handle(y.srv, func(_ context.Context, st *csms.Station, _ *ocpp16.HeartbeatRequest) (*ocpp16.HeartbeatResponse, error) {
			if st.Identity() == "slow" {
				<-release
			}
			return nil, ocpp.Errorf(ocpp.GenericError, "done")
		})
		slow, neighbour := y.dial("slow", ocpp.V16), y.dial("neighbour", ocpp.V16)
		send(t, slow, `[2,"1","Heartbeat",{}]`, `[2,"2","Heartbeat",{}]`)
		send(t, neighbour, `[2,"1","Heartbeat",{}]`)
		expectError(t, neighbour, "1", "GenericError")
		answer := call(y.station("slow"), reset16()) // answers and pings pass the handler by
		id, _ := readCall(t, slow, "Reset")
		send(t, slow, `[3,"`+id+`",{"status":"Accepted"}]`)
		if r := <-answer; r.err != nil {
			t.Error(r.err)
		}
		if err := slow.SendOp(ocpptest.OpPing, []byte("x")); err != nil {
			t.Fatal(err)
		}
		if f, err := slow.ReadFrame(); err != nil || f.Op != ocpptest.OpPong {
			t.Errorf("got %v, %v", f, err)
		}
		close(release)
		expectError(t, slow, "1", "GenericError") // in order
		expectError(t, slow, "2", "GenericError")
	})
}

func TestR13HandlerMayCallItsStation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		csms.Handle(y.srv, func(ctx context.Context, st *csms.Station, _ *ocpp16.HeartbeatRequest) (*ocpp16.HeartbeatResponse, error) {
			resp, err := csms.Call(ctx, st, reset16())
			if err != nil {
				return nil, err
			}
			return nil, ocpp.Errorf(ocpp.GenericError, "%s", resp.Status)
		})
		p := y.dial("CS-1", ocpp.V16)
		send(t, p, `[2,"1","Heartbeat",{}]`)
		id, _ := readCall(t, p, "Reset")
		send(t, p, `[3,"`+id+`",{"status":"Accepted"}]`)
		expect(t, p, `[4,"1","GenericError","Accepted",{}]`)
	})
}

func TestR14GivingUpDoesNotFreeTheSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{CallTimeout: 10 * time.Second, PingInterval: -1})
		p := y.dial("CS-1", ocpp.V16)
		st := y.station("CS-1")
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := csms.Call(ctx, st, reset16()); !errors.Is(err, context.DeadlineExceeded) || ocpp.SafeToRetry(err) {
			t.Fatalf("the call that gave up: %v", err)
		}
		late, _ := readCall(t, p, "Reset")
		second := call(st, &ocpp16.ClearCacheRequest{})
		id, _ := readCall(t, p, "ClearCache")
		if elapsed := time.Since(begin); elapsed != 10*time.Second {
			t.Errorf("the next call went out after %v", elapsed)
		}
		send(t, p, `[3,"`+late+`",{"status":"Rejected"}]`) // completes nothing else
		send(t, p, `[3,"`+id+`",{"status":"Accepted"}]`)
		if r := <-second; r.err != nil || r.resp.Status != ocpp16.ClearCacheStatusAccepted {
			t.Errorf("got %v, %v", r.resp, r.err)
		}
	})
}

func TestThousandsOfCallsTimeOutTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const stations = 3000
		var connected sync.WaitGroup
		connected.Add(stations)
		y := open(t, csms.Options{PingInterval: -1, OnConnect: func(*csms.Station) { connected.Done() }})
		heartbeats(y.srv)
		var last *ocpptest.Peer
		for i := range stations {
			last = y.dial(fmt.Sprint("CS-", i), ocpp.V16)
		}
		connected.Wait()
		begin := time.Now()
		var calls sync.WaitGroup
		var timeouts atomic.Int32
		for st := range y.srv.Stations() {
			calls.Go(func() {
				_, err := csms.Call(context.Background(), st, reset16())
				var timeout interface{ Timeout() bool }
				if errors.As(err, &timeout) && timeout.Timeout() {
					timeouts.Add(1)
				}
			})
		}
		calls.Wait()
		if elapsed := time.Since(begin); elapsed != 30*time.Second || timeouts.Load() != stations {
			t.Errorf("%d timeouts after %v", timeouts.Load(), elapsed)
		}
		readCall(t, last, "Reset")
		beat(t, last, "1")
	})
}

func TestHooksMayCloseOtherStations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const stations = 50
		j := &journal{}
		o := j.hooks(csms.Options{})
		told := o.OnDisconnect
		var y *yard
		o.OnDisconnect = func(st *csms.Station, cause error) {
			for other := range y.srv.Stations() {
				other.Close(1000, "all together")
			}
			told(st, cause)
		}
		y = open(t, o)
		for i := range stations {
			y.dial(fmt.Sprint("CS-", i), ocpp.V16)
		}
		y.station("CS-0").Close(1000, "")
		synctest.Wait()
		if n, lines := y.srv.Len(), len(j.all()); n != 0 || lines != 2*stations {
			t.Errorf("%d stations are left, %d events", n, lines)
		}
	})
}

// TestCloseRaces closes connections from all sides at once: there is one cause, told once, and every call ends
// with it.
func TestCloseRaces(t *testing.T) {
	for round := range 200 {
		var told atomic.Int32
		var cause atomic.Value
		connected := make(chan *csms.Station, 1)
		gone := make(chan struct{})
		y := newYard(t, csms.Options{
			OnConnect: func(st *csms.Station) { connected <- st },
			OnDisconnect: func(_ *csms.Station, err error) {
				told.Add(1)
				cause.Store(err)
				close(gone)
			},
		})
		y.web = ocpptest.NewServer(y.srv)
		p := y.dial("CS-1", ocpp.V16)
		st := <-connected
		var all sync.WaitGroup
		errs := make(chan error, 8)
		for i := range 8 {
			all.Go(func() {
				_, err := csms.Call(context.Background(), st, reset16())
				errs <- err
			})
			all.Go(func() {
				switch (i + round) % 4 {
				case 0:
					st.Close(1000, "a")
				case 1:
					p.Close()
				case 2:
					p.SendClose(1001, "b") // somebody may be faster
				case 3:
					p.Send(ocpptest.Frame{Fin: true, Op: ocpptest.OpText}) // unmasked: a broken rule
				}
			})
		}
		all.Wait()
		<-gone
		if told.Load() != 1 || !errors.Is(st.Cause(), cause.Load().(error)) {
			t.Fatalf("told %d times: %v, %v", told.Load(), st.Cause(), cause.Load())
		}
		for range 8 {
			if err := <-errs; !errors.Is(err, net.ErrClosed) || !errors.Is(err, st.Cause()) {
				t.Fatalf("a call ended with %v, the connection with %v", err, st.Cause())
			}
		}
		p.Close()
		y.close()
	}
}

func TestStationsAreListedAndLookedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		want := map[string]bool{}
		for i := range 200 {
			id := fmt.Sprint("CS-", i)
			want[id] = true
			y.dial(id, ocpp.V16)
		}
		synctest.Wait()
		for st := range y.srv.Stations() {
			if !want[st.Identity()] {
				t.Errorf("%s is listed twice or was never there", st.Identity())
			}
			delete(want, st.Identity())
		}
		if len(want) != 0 || y.srv.Len() != 200 {
			t.Errorf("not listed: %v; %d stations", want, y.srv.Len())
		}
		for range y.srv.Stations() {
			break
		}
		if _, ok := y.srv.Station("CS-200"); ok {
			t.Error("CS-200 is known")
		}
		st := y.station("CS-7")
		if st.ConnectedAt().IsZero() || !st.LastMessageAt().IsZero() || st.RemoteAddr() == nil || st.Context().Err() != nil {
			t.Errorf("connected at %v, last message at %v", st.ConnectedAt(), st.LastMessageAt())
		}
	})
}

func TestLastMessageAtIsTheTimeOfTheLastMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{PingInterval: -1})
		heartbeats(y.srv)
		p := y.dial("CS-1", ocpp.V16)
		time.Sleep(time.Minute)
		beat(t, p, "1")
		if at := y.station("CS-1").LastMessageAt(); !at.Equal(time.Now()) {
			t.Errorf("%v, want %v", at, time.Now())
		}
	})
}

func TestAuthenticateThatHangsDelaysOnlyItsStation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		y := open(t, csms.Options{
			Authenticate: func(ctx context.Context, id string, _ csms.Credential, _ *http.Request) (*csms.Admission, error) {
				if strings.HasPrefix(id, "slow") {
					<-release
				}
				return nil, ctx.Err()
			},
		})
		heartbeats(y.srv)
		done := make(chan struct{})
		go func() {
			defer close(done)
			y.dial("slow", ocpp.V16)
		}()
		synctest.Wait()
		beat(t, y.dial("CS-1", ocpp.V16), "1")
		close(release)
		<-done
		y.station("slow")
	})
}
