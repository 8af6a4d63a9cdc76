package csms_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// openLimited is open behind a LimitListener.
func openLimited(t *testing.T, o csms.Options, limits csms.LimitOptions) (*yard, *csms.LimitListener) {
	t.Helper()
	y := newYard(t, o)
	memory := ocpptest.Listen(ocpptest.LinkOptions{})
	l := csms.NewLimitListener(memory, limits)
	y.web = &ocpptest.Server{URL: "ws://csms.test", Listener: memory, Config: &http.Server{Handler: y.srv}}
	served := make(chan struct{})
	go func() {
		defer close(served)
		y.web.Config.Serve(l) // ErrServerClosed
	}()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := y.srv.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		y.web.Config.Close()
		<-served
	})
	return y, l
}

// linger connects and says nothing.
func linger(t *testing.T, y *yard) net.Conn {
	t.Helper()
	conn, err := y.web.Listener.Dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestLimitListenerBoundsWhatSlowHandshakesCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y, l := openLimited(t, csms.Options{}, csms.LimitOptions{
			Handshakes: 4, Waiting: 6, HandshakeTimeout: 10 * time.Second, MaxWait: time.Minute,
		})
		heartbeats(y.srv)
		neighbour := y.dial("neighbour", ocpp.V16)
		for range 30 {
			conn := linger(t, y)
			fmt.Fprint(conn, "GET /ocpp/CS-1 HTT") // in memory
		}
		synctest.Wait()
		if n := l.Pending(); n != 10 {
			t.Errorf("%d sockets are pending, want 4 + 6", n)
		}
		beat(t, neighbour, "1")
		begin := time.Now()
		p := y.dial("CS-1", ocpp.V16) // behind 30 others, 4 at a time
		beat(t, p, "1")
		if elapsed := time.Since(begin); elapsed != 70*time.Second {
			t.Errorf("the station got through after %v", elapsed)
		}
		beat(t, neighbour, "2")
		time.Sleep(10 * time.Second) // the last ones
		synctest.Wait()
		if n := l.Pending(); n != 0 {
			t.Errorf("%d sockets are pending", n)
		}
	})
}

func TestLimitListenerUpgradeThatWaitedTooLongGets503(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y, _ := openLimited(t, csms.Options{RetryAfter: 1500 * time.Millisecond}, csms.LimitOptions{
			Handshakes: 1, HandshakeTimeout: 3 * time.Second, MaxWait: 2 * time.Second,
		})
		linger(t, y)
		synctest.Wait()
		_, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
		answer := y.wantStatus(err, http.StatusServiceUnavailable, csms.ErrBusy)
		if got := answer.Header.Get("Retry-After"); got != "2" {
			t.Errorf("Retry-After %q", got)
		}
		y.dial("CS-1", ocpp.V16) // its turn came at once
	})
}

func TestLimitListenerGivesPlacesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y, l := openLimited(t, csms.Options{
			Authenticate: func(_ context.Context, id string, _ csms.Credential, _ *http.Request) (*csms.Admission, error) {
				if id == "unknown" {
					return nil, csms.ErrUnknownStation
				}
				return nil, nil
			},
		}, csms.LimitOptions{Handshakes: 1, Waiting: 1})
		for i := range 10 {
			y.dial(fmt.Sprint("CS-", i), ocpp.V16)
			y.try("/ocpp/unknown", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}}) // refused
			y.try("/", ocpptest.PeerOptions{Header: http.Header{"Upgrade": {"x"}}})         // refused
			conn := linger(t, y)
			io.WriteString(conn, "garbage\r\n\r\n") // in memory
			synctest.Wait()
			conn.Close()
		}
		working := linger(t, y)
		synctest.Wait()
		waiting := linger(t, y)
		synctest.Wait()
		if n := l.Pending(); n != 2 {
			t.Errorf("%d pending, want 2", n)
		}
		working.Close()
		waiting.Close()
		time.Sleep(time.Second) // net/http waits for half of it before it closes
		synctest.Wait()
		if n := l.Pending(); n != 0 {
			t.Errorf("%d pending, want 0", n)
		}
	})
}

func TestLimitListenerOverTCP(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := csms.NewLimitListener(tcp, csms.LimitOptions{Handshakes: 1, Waiting: 1})
	gone := make(chan error, 5)
	y := newYard(t, csms.Options{OnDisconnect: func(_ *csms.Station, cause error) { gone <- cause }})
	heartbeats(y.srv)
	web := &http.Server{Handler: y.srv}
	served := make(chan struct{})
	go func() {
		defer close(served)
		web.Serve(l) // until Close
	}()
	for i := range 5 {
		p, err := ocpptest.DialPeer(t.Context(), fmt.Sprintf("ws://%s/CS-%d", tcp.Addr(), i),
			ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		beat(t, p, "1")
		if i%2 == 0 {
			if err := p.SendOp(ocpptest.OpBinary, nil); err != nil {
				t.Fatal(err)
			}
			expectClose(t, p, 1003)
		}
		p.Close()
		if cause := <-gone; (csms.CloseCode(cause) == 1003) != (i%2 == 0) {
			t.Errorf("told %v", cause)
		}
	}
	if err := y.srv.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	web.Close()
	<-served
}

func TestLimitListenerCloseEndsAcceptThatWaitsForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := ocpptest.Listen(ocpptest.LinkOptions{})
		l := csms.NewLimitListener(memory, csms.LimitOptions{Handshakes: 1, Waiting: 1})
		for range 2 {
			if _, err := memory.Dial(); err != nil {
				t.Fatal(err)
			}
			c, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
		}
		done := make(chan error)
		go func() {
			_, err := l.Accept()
			done <- err
		}()
		synctest.Wait()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, net.ErrClosed) {
			t.Errorf("Accept: %v", err)
		}
	})
}

func TestLimitListenerCloseOfASocketThatWaitsEndsItsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := ocpptest.Listen(ocpptest.LinkOptions{})
		l := csms.NewLimitListener(memory, csms.LimitOptions{Handshakes: 1})
		defer l.Close()
		accept := func() net.Conn {
			client, err := memory.Dial()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { client.Close() })
			c, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		first, second := accept(), accept()
		read := func(c net.Conn) <-chan error {
			done := make(chan error, 1)
			go func() {
				_, err := c.Read(make([]byte, 1))
				done <- err
			}()
			synctest.Wait()
			return done
		}
		working, waiting := read(first), read(second)
		second.Close()
		if err := <-waiting; !errors.Is(err, net.ErrClosed) {
			t.Errorf("the one that waited: %v", err)
		}
		first.Close()
		if err := <-working; err == nil {
			t.Error("the one at work read something")
		}
		if err := <-read(second); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a read after the close: %v", err)
		}
		if n := l.Pending(); n != 0 {
			t.Errorf("%d pending", n)
		}
	})
}
