package csms_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocppj"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// journal notes what the application is told, connections numbered by their epochs.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) note(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, fmt.Sprintf(format, args...))
}

func (j *journal) all() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.lines)
}

// number is the epoch, which begins at 1 under the options of hooks.
func (j *journal) number(st *csms.Station) uint64 { return st.Epoch() - 1 }

// hooks adds the hooks to options.
func (j *journal) hooks(o csms.Options) csms.Options {
	o.FirstEpoch = 1
	o.OnConnect = func(st *csms.Station) { j.note("connected %s %d", st.Identity(), j.number(st)) }
	o.OnDisconnect = func(st *csms.Station, cause error) {
		j.note("disconnected %s %d: %d", st.Identity(), j.number(st), csms.CloseCode(cause))
		if !errors.Is(cause, net.ErrClosed) || !errors.Is(st.Cause(), cause) {
			j.note("the cause is %v, was %v", st.Cause(), cause)
		}
	}
	return o
}

func (j *journal) want(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	if got := j.all(); !slices.Equal(got, want) {
		t.Errorf("told\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestR8NewestConnectionWinsAndEventsAreOrdered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &journal{}
		y := open(t, j.hooks(csms.Options{}))
		heartbeats(y.srv)
		old := y.dial("CS-1", ocpp.V16)
		first := y.station("CS-1")
		next := y.dial("CS-1", ocpp.V201)
		if c := expectClose(t, old, 1008); c.Reason != "replaced" {
			t.Errorf("the old one was closed with %q", c.Reason)
		}
		second := y.station("CS-1")
		if second == first || second.Epoch() <= first.Epoch() || second.Version() != ocpp.V201 || y.srv.Len() != 1 {
			t.Errorf("registered is epoch %d after %d, %d stations", second.Epoch(), first.Epoch(), y.srv.Len())
		}
		if !errors.Is(first.Cause(), csms.ErrReplaced) {
			t.Errorf("the cause is %v", first.Cause())
		}
		beat(t, next, "1")
		next.Close()
		j.want(t, "connected CS-1 1", "disconnected CS-1 1: 1008", "connected CS-1 2", "disconnected CS-1 2: 1006")
	})
}

func TestR8HalfOpenConnectionIsReplacedWithoutWaitingForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &journal{}
		l := ocpptest.Listen(ocpptest.LinkOptions{})
		var links []*ocpptest.Link
		l.OnLink = func(link *ocpptest.Link) { links = append(links, link) }
		y := openOn(t, l, j.hooks(csms.Options{}))
		heartbeats(y.srv)
		y.dial("CS-1", ocpp.V16)
		pending := call(y.station("CS-1"), reset16())
		synctest.Wait()
		links[0].Blackhole()

		begin := time.Now()
		p := y.dial("CS-1", ocpp.V16)
		beat(t, p, "1")
		j.want(t, "connected CS-1 1", "disconnected CS-1 1: 1008", "connected CS-1 2")
		if err := (<-pending).err; !errors.Is(err, csms.ErrReplaced) || !errors.Is(err, net.ErrClosed) || ocpp.SafeToRetry(err) {
			t.Errorf("the call of the old connection ended with %v", err)
		}
		if elapsed := time.Since(begin); elapsed != 0 {
			t.Errorf("the takeover took %v", elapsed)
		}
	})
}

// The first cause is what every call of a connection returns, whether it was sent or waited for its turn; only the one
// that was not sent is safe to retry.
func TestR8CallsOfAReplacedConnectionEndWithTheCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		old := y.dial("CS-1", ocpp.V16)
		st := y.station("CS-1")
		sent := call(st, reset16())
		readCall(t, old, "Reset")
		waiting := call(st, &ocpp16.ClearCacheRequest{})
		synctest.Wait()
		y.dial("CS-1", ocpp.V16)
		sentErr, waitingErr := (<-sent).err, (<-waiting).err
		_, lateErr := csms.Call(t.Context(), st, reset16())
		st.Close(1000, "too late")
		for name, c := range map[string]struct {
			err  error
			sent bool
		}{"sent": {sentErr, true}, "waiting": {waitingErr, false}, "late": {lateErr, false}} {
			var closed *ocppj.ClosedError
			if !errors.As(c.err, &closed) || closed.Sent != c.sent || ocpp.SafeToRetry(c.err) == c.sent ||
				!errors.Is(c.err, csms.ErrReplaced) || !errors.Is(c.err, net.ErrClosed) || !errors.Is(closed.Cause, st.Cause()) {
				t.Errorf("the %s call ended with %v (%+v), the connection with %v", name, c.err, closed, st.Cause())
			}
		}
		if !errors.Is(st.Cause(), csms.ErrReplaced) {
			t.Errorf("the cause has changed: %v", st.Cause())
		}
		if c := expectClose(t, old, 1008); c.Reason != "replaced" {
			t.Errorf("the other call went out, or the reason is %q", c.Reason)
		}
	})
}

func TestR8LateEndOfTheOldConnectionLeavesTheNewOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		heartbeats(y.srv)
		old := y.dial("CS-1", ocpp.V16)
		first := y.station("CS-1")
		p := y.dial("CS-1", ocpp.V16)
		first.Close(1000, "late")
		old.Close()
		time.Sleep(time.Minute) // the old close handshake is long over
		if st := y.station("CS-1"); st == first || st.Cause() != nil || y.srv.Len() != 1 {
			t.Errorf("registered: %v, cause %v, %d stations", st == first, st.Cause(), y.srv.Len())
		}
		beat(t, p, "1")
	})
}

func TestR8HandlersRunAfterOnConnectAndCallsWorkInIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &journal{}
		y := open(t, csms.Options{OnConnect: func(st *csms.Station) {
			resp, err := csms.Call(context.Background(), st, reset16())
			j.note("connected: %v %v", resp, err)
		}})
		csms.Handle(y.srv, func(context.Context, *csms.Station, *ocpp16.HeartbeatRequest) (*ocpp16.HeartbeatResponse, error) {
			j.note("handled")
			return &ocpp16.HeartbeatResponse{}, nil
		})
		p := y.dial("CS-1", ocpp.V16)
		send(t, p, `[2,"1","Heartbeat",{}]`)
		id, _ := readCall(t, p, "Reset")
		synctest.Wait()
		if lines := j.all(); len(lines) != 0 {
			t.Errorf("before OnConnect has returned: %q", lines)
		}
		send(t, p, `[3,"`+id+`",{"status":"Accepted"}]`)
		j.want(t, "connected: &{Accepted} <nil>", "handled")
	})
}

func TestR8CallbackThatHangsDoesNotPileUpConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &journal{}
		o := j.hooks(csms.Options{})
		release := make(chan struct{})
		connected := o.OnConnect
		o.OnConnect = func(st *csms.Station) {
			connected(st)
			if j.number(st) == 1 {
				<-release
			}
		}
		y := open(t, o)
		heartbeats(y.srv)
		y.dial("CS-1", ocpp.V16)
		synctest.Wait()
		var last *ocpptest.Peer
		for range 20 {
			last = y.dial("CS-1", ocpp.V16)
			synctest.Wait() // until it is registered: dialling ends with the 101, a moment earlier
		}
		beat(t, y.dial("CS-2", ocpp.V16), "1") // the neighbour notices nothing
		y.dial("CS-3", ocpp.V16).Close()
		j.want(t, "connected CS-1 1", "connected CS-2 22", "connected CS-3 23", "disconnected CS-3 23: 1006")
		close(release)
		beat(t, last, "1")
		j.want(t, "connected CS-1 1", "connected CS-2 22", "connected CS-3 23", "disconnected CS-3 23: 1006",
			"disconnected CS-1 1: 1008", "connected CS-1 21")
	})
}

func TestR8ConnectionThatEndsBeforeItsTurnIsNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &journal{}
		o := j.hooks(csms.Options{})
		release := make(chan struct{})
		told := o.OnDisconnect
		o.OnDisconnect = func(st *csms.Station, cause error) {
			if j.number(st) == 1 {
				<-release
			}
			told(st, cause)
		}
		o.Interceptors = []ocpp.Interceptor{func(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
			j.note("handled %s", x.MessageID)
			return next(ctx, req)
		}}
		y := open(t, o)
		heartbeats(y.srv)
		y.dial("CS-1", ocpp.V16).Close()
		synctest.Wait()
		second := y.dial("CS-1", ocpp.V16)
		send(t, second, `[2,"untold","Heartbeat",{}]`)
		second.Close()
		synctest.Wait()
		if n := y.srv.Len(); n != 0 {
			t.Errorf("%d stations are listed", n)
		}
		p := y.dial("CS-1", ocpp.V16)
		close(release)
		beat(t, p, "1")
		p.Close()
		j.want(t, "connected CS-1 1", "disconnected CS-1 1: 1006", "connected CS-1 3", "handled 1", "disconnected CS-1 3: 1006")
	})
}

// TestR8TakeoverStorm has many connections of a few identities arrive at once, while others close them, call them
// and list them. Real time and real threads: run it with -race.
func TestR8TakeoverStorm(t *testing.T) {
	j := &journal{}
	y := open(t, j.hooks(csms.Options{PingInterval: -1}))
	heartbeats(y.srv)
	const identities, rounds = 4, 60
	var storm sync.WaitGroup
	for i := range identities * 4 {
		storm.Go(func() {
			for n := range rounds {
				p, err := y.try(fmt.Sprintf("/ocpp/CS-%d", i%identities), ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
				if err != nil {
					t.Error(err)
					return
				}
				p.SendText(`[2,"1","Heartbeat",{}]`) // it may be replaced already
				if n%3 == 0 {
					p.Close()
				}
				defer p.Close()
			}
		})
	}
	stop := make(chan struct{})
	var meanwhile sync.WaitGroup
	meanwhile.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			for st := range y.srv.Stations() {
				ctx, cancel := context.WithTimeout(context.Background(), time.Microsecond)
				csms.Call(ctx, st, reset16()) // nobody answers
				cancel()
				if st.Epoch()%5 == 0 {
					st.Close(1000, "")
				}
			}
		}
	})
	storm.Wait()
	close(stop)
	meanwhile.Wait()
	if err := y.srv.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkOrder(t, j.all(), identities)
	if n := y.srv.Len(); n != 0 {
		t.Errorf("%d stations are left", n)
	}
}

// checkOrder checks that each identity was connected and disconnected by turns, with growing epochs.
func checkOrder(t *testing.T, lines []string, identities int) {
	t.Helper()
	online, newest := map[string]int{}, map[string]int{}
	for _, line := range lines {
		var id string
		var epoch, code int
		if n, _ := fmt.Sscanf(line, "connected %s %d", &id, &epoch); n == 2 {
			if online[id] != 0 || epoch <= newest[id] {
				t.Fatalf("%q while %d is connected and %d was", line, online[id], newest[id])
			}
			online[id], newest[id] = epoch, epoch
			continue
		}
		if n, _ := fmt.Sscanf(line, "disconnected %s %d: %d", &id, &epoch, &code); n != 3 || online[id] != epoch {
			t.Fatalf("%q while %d is connected", line, online[id])
		}
		online[id] = 0
	}
	if len(newest) != identities {
		t.Errorf("told of %d identities", len(newest))
	}
	for id, epoch := range online {
		if epoch != 0 {
			t.Errorf("%s was never told to be disconnected", id)
		}
	}
}

// heldAnswers is a handler whose answers to handshakes reach the station, while what wrote the first of them goes on when
// it is let.
type heldAnswers struct {
	http.Handler
	first sync.Once
	let   chan struct{}
}

func (h *heldAnswers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.first.Do(func() { w = heldWriter{w, h.let} })
	h.Handler.ServeHTTP(w, r)
}

type heldWriter struct {
	http.ResponseWriter
	let chan struct{}
}

// Hijack gives away a socket on which the first write comes back late.
func (w heldWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	held := &heldConn{Conn: c, let: w.let}
	return held, bufio.NewReadWriter(rw.Reader, bufio.NewWriter(held)), err
}

type heldConn struct {
	net.Conn
	let chan struct{}
}

func (c *heldConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	<-c.let
	return n, err
}

// A station that has its answer may be gone and back before the server, which has more to do, goes on with the connection
// that it answered. The one that was asked for last wins all the same.
func TestR8ConnectionThatIsRegisteredLateReplacesNoNewerOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &journal{}
		y := newYard(t, j.hooks(csms.Options{}))
		held := &heldAnswers{Handler: y.srv, let: make(chan struct{})}
		y.web = ocpptest.NewServerOn(ocpptest.Listen(ocpptest.LinkOptions{}), held)
		t.Cleanup(y.close)
		heartbeats(y.srv)
		first := y.dial("CS-1", ocpp.V16) // it has its 101, and is not registered
		second := y.dial("CS-1", ocpp.V16)
		st := y.station("CS-1")
		close(held.let)
		if c := expectClose(t, first, 1008); c.Reason != "replaced" {
			t.Errorf("the first was closed with %q", c.Reason)
		}
		beat(t, second, "1")
		if now := y.station("CS-1"); now != st || y.srv.Len() != 1 || len(y.refused) != 0 {
			t.Errorf("the newest connection was replaced: %v; %d stations, refused %v", now != st, y.srv.Len(), y.refused)
		}
		j.want(t, "connected CS-1 1")
	})
}
