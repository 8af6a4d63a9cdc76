package wsconn_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpptest"
)

func TestCloseSendsItsFrameBehindWhatIsQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, box, p, link := adopt(t, wsconn.Options{}, ocpptest.LinkOptions{})
		link.ToClient.Pause()
		c.Send([]byte("one"))
		c.Send([]byte("two"))
		mine := errors.New("replaced")
		c.Close(wsconn.CodePolicy, "replaced", mine)
		if err := c.Send([]byte("three")); !errors.Is(err, mine) {
			t.Errorf("Send after Close: %v", err)
		}
		if cause := <-box.closed; cause != mine {
			t.Errorf("cause %v", cause)
		}
		link.ToClient.Resume()
		for _, want := range []string{"one", "two"} {
			if got, err := p.ReadText(); err != nil || got != want {
				t.Errorf("%q, %v, want %q", got, err, want)
			}
		}
		_, err := p.ReadText()
		var frame *ocpptest.CloseError
		if !errors.As(err, &frame) || frame.Code != 1008 || frame.Reason != "replaced" {
			t.Errorf("got %v", err)
		}
	})
}

func TestFirstCauseWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, box, p, _ := adopt(t, wsconn.Options{}, ocpptest.LinkOptions{})
		first := errors.New("first")
		early := c.Done()
		c.Close(1001, "", first)
		c.Close(1008, "", errors.New("second"))
		c.Abort(errors.New("third"))
		p.SendClose(1000, "")
		synctest.Wait()
		if c.Cause() != first || <-box.closed != first {
			t.Errorf("cause %v", c.Cause())
		}
		for _, done := range []<-chan struct{}{early, c.Done()} {
			select {
			case <-done:
			default:
				t.Error("Done is open")
			}
		}
		if len(box.closed) != 0 {
			t.Error("Closed was called twice")
		}
	})
}

// Done makes its channel when it is asked for, after the end, too.
func TestDoneOfAnEndedConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, p, _ := adopt(t, wsconn.Options{}, ocpptest.LinkOptions{})
		c.Abort(nil)
		<-c.Done()
		p.Close()
	})
}

// What the peer still sends after our close frame is read, so that its close frame is found, and thrown away.
func TestNothingIsDeliveredAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, box, p, _ := adopt(t, wsconn.Options{}, ocpptest.LinkOptions{})
		begun := time.Now()
		c.Close(1001, "", nil)
		p.SendText("late")
		p.SendOp(ocpptest.OpPing, nil)
		p.SendClose(1001, "")
		wantCloseCode(t, p, 1001)
		if _, err := p.ReadFrame(); !errors.Is(err, io.EOF) {
			t.Errorf("behind the close frame: %v", err)
		}
		if d := time.Since(begun); d != 0 {
			t.Errorf("the socket was closed after %v", d)
		}
		if len(box.text) != 0 {
			t.Errorf("delivered: %q", <-box.text)
		}
	})
}

func TestCloseHandshakeIsBoundedAndTheSocketReallyClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, box, p, link := adopt(t, wsconn.Options{CloseTimeout: 3 * time.Second}, ocpptest.LinkOptions{Window: 100})
		link.ToClient.Pause() // the close frame does not even leave
		c.Send([]byte(long(1000)))
		begun := time.Now()
		c.Close(1000, "", nil)
		if d := time.Since(begun); d != 0 {
			t.Errorf("Close took %v", d)
		}
		<-box.closed
		time.Sleep(3*time.Second - time.Nanosecond)
		if _, err := p.Write([]byte{0x80}); err != nil {
			t.Errorf("the socket was closed before the close timeout: %v", err)
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if _, err := p.Write([]byte{0x80}); err == nil {
			t.Error("the socket is open after the close timeout")
		}
		if n := c.Refs(); n != 0 {
			t.Errorf("%d goroutines or timers are left", n)
		}
	})
}

func TestAbortClosesTheSocketAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, box, p, _ := adopt(t, wsconn.Options{}, ocpptest.LinkOptions{})
		c.Abort(nil)
		if _, err := p.ReadFrame(); !errors.Is(err, io.EOF) {
			t.Errorf("got %v", err)
		}
		if cause := <-box.closed; wsconn.CloseCode(cause) != wsconn.CodeAbnormal {
			t.Errorf("cause %v", cause)
		}
	})
}

// The client leaves the closing of the socket to the server (RFC 6455, 7.1.1), within the close timeout.
func TestClientWaitsForTheServerToCloseTheSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, p := client(t, wsconn.DialOptions{}, "")
		begun := time.Now()
		c.Close(1000, "", nil)
		wantCloseCode(t, p, 1000)
		p.SendClose(1000, "")
		if _, err := p.ReadFrame(); err == nil {
			t.Error("a frame behind the close frame")
		}
		if d := time.Since(begun); d != 5*time.Second {
			t.Errorf("the client closed the socket after %v", d)
		}
	})
}

func TestPeerThatGoesWithoutACloseFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, box, p, _ := adopt(t, wsconn.Options{}, ocpptest.LinkOptions{})
		p.Close()
		cause := <-box.closed
		if !errors.Is(cause, io.EOF) || wsconn.CloseCode(cause) != wsconn.CodeAbnormal {
			t.Errorf("cause %v", cause)
		}
		wantCause(t, cause, net.ErrClosed)
	})
}

func TestEngineCloseWaitsForEveryConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := wsconn.NewEngine()
		var conns []*wsconn.Conn
		for i := range 10 {
			link := ocpptest.NewLink(ocpptest.LinkOptions{})
			c, err := engine.Adopt(link.Server(), wsconn.Options{PingInterval: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			if i%2 == 0 { // the others were never started
				c.Start(newInbox())
			}
			conns = append(conns, c)
		}
		if engine.Len() != 10 {
			t.Errorf("%d connections", engine.Len())
		}
		begun := time.Now()
		engine.Close()
		if d := time.Since(begun); d != 5*time.Second {
			t.Errorf("Close took %v, want the close timeout", d)
		}
		for _, c := range conns {
			wantCause(t, c.Cause(), wsconn.ErrEngineClosed)
			if c.Refs() != 0 {
				t.Errorf("%d goroutines or timers are left", c.Refs())
			}
		}
		engine.Close()
		if engine.Len() != 0 {
			t.Errorf("%d connections", engine.Len())
		}
	})
}

func TestStartAfterTheEndReturnsTheCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := wsconn.NewEngine()
		defer engine.Close()
		link := ocpptest.NewLink(ocpptest.LinkOptions{})
		c, err := engine.Adopt(link.Server(), wsconn.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c.Send([]byte("before the start"))
		p := ocpptest.NewPeer(link.Client(), true)
		if got, err := p.ReadText(); err != nil || got != "before the start" {
			t.Errorf("%q, %v", got, err)
		}
		mine := errors.New("mine")
		c.Close(1000, "", mine)
		box := newInbox()
		if err := c.Start(box); err != mine {
			t.Errorf("Start: %v", err)
		}
		p.SendClose(1000, "")
		wantCloseCode(t, p, 1000)
		synctest.Wait()
		if len(box.closed)+len(box.text) != 0 {
			t.Error("the handler was called")
		}
	})
}

func TestReasonsAreCutBetweenCharacters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, p, _ := adopt(t, wsconn.Options{}, ocpptest.LinkOptions{})
		c.Close(1008, strings.Repeat("ä", 100), nil)
		got, err := p.ReadClose()
		if err != nil || got.Reason != strings.Repeat("ä", 61) {
			t.Errorf("%d bytes, %v", len(got.Reason), err)
		}
	})
}

// A handler that waits is told by Closed; then no goroutine is left.
func TestClosedFreesABlockedHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := wsconn.NewEngine()
		link := ocpptest.NewLink(ocpptest.LinkOptions{})
		c, err := engine.Adopt(link.Server(), wsconn.Options{})
		if err != nil {
			t.Fatal(err)
		}
		box := blocked{newInbox(), make(chan struct{})}
		c.Start(box)
		ocpptest.NewPeer(link.Client(), true).SendText("x")
		<-box.text
		link.Client().Close()
		c.Abort(nil)
		engine.Close()
		if c.Refs() != 0 {
			t.Errorf("%d goroutines or timers are left", c.Refs())
		}
	})
}

// waiting is a handler whose Closed uses the connection and does not return before it is told to.
type waiting struct {
	*inbox
	release chan struct{}
}

func (w waiting) Closed(c *wsconn.Conn, cause error) {
	c.Close(1000, "again", nil)
	c.Send([]byte("again"))
	<-w.release
	w.inbox.Closed(c, cause)
}

// Whatever Closed does, it neither holds up who closes nor the close of the socket.
func TestClosedMayBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := wsconn.NewEngine()
		link := ocpptest.NewLink(ocpptest.LinkOptions{})
		c, err := engine.Adopt(link.Server(), wsconn.Options{})
		if err != nil {
			t.Fatal(err)
		}
		box := waiting{newInbox(), make(chan struct{})}
		c.Start(box)
		c.Close(1000, "", nil)
		p := ocpptest.NewPeer(link.Client(), true)
		p.SendClose(1000, "")
		wantCloseCode(t, p, 1000)
		if _, err := p.ReadFrame(); !errors.Is(err, io.EOF) {
			t.Errorf("got %v", err)
		}
		close(box.release)
		<-box.closed
		engine.Close()
	})
}

// Invariant: closing, sending, timeouts and the peer's reset in any order leave one cause and no goroutine. Real
// sockets, so that the race detector sees the non-blocking path too.
func TestCloseRaces(t *testing.T) {
	engine := wsconn.NewEngine()
	conns := make(chan *wsconn.Conn, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := engine.Upgrade(w, r, options(wsconn.Options{CloseTimeout: 50 * time.Millisecond}))
		if err != nil {
			t.Error(err)
			return
		}
		conns <- c
	}))
	defer server.Close()
	defer engine.Close()
	for i := range 60 {
		p, err := ocpptest.DialPeer(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), ocpptest.PeerOptions{})
		if err != nil {
			t.Fatal(err)
		}
		c := <-conns
		box := newInbox()
		c.Start(box)
		race(c, p, i)
		cause := within(t, box.closed)
		if c.Cause() != cause || cause == nil {
			t.Errorf("causes %v and %v", c.Cause(), cause)
		}
		if len(box.closed) != 0 {
			t.Error("Closed was called twice")
		}
		p.Close()
	}
}

// race does everything at once.
func race(c *wsconn.Conn, p *ocpptest.Peer, i int) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				if c.Send([]byte(long(500))) != nil {
					return
				}
			}
		})
	}
	wg.Go(func() { c.SetPingInterval(time.Microsecond) })
	wg.Go(func() {
		switch i % 5 {
		case 0:
			c.Close(1000, "", nil)
		case 1:
			c.Abort(errors.New("abort"))
		case 2:
			p.Conn.(*net.TCPConn).SetLinger(0)
			p.Close()
		case 3:
			p.SendClose(1000, "")
		case 4:
			c.SetIdleTimeout(time.Nanosecond)
			p.Close()
		}
	})
	wg.Go(func() {
		if i%2 == 0 {
			c.Close(1001, "", nil)
		} else {
			p.Write(bytes.Repeat([]byte{0xff}, 20))
		}
	})
	wg.Wait()
}

// slowInbox does not return from Closed before it is told to.
type slowInbox struct {
	*inbox
	release chan struct{}
}

func (b slowInbox) Closed(c *wsconn.Conn, cause error) {
	<-b.release
	b.inbox.Closed(c, cause)
}

// Invariant: who starts a goroutine waits for it, the one of Handler.Closed included.
func TestEngineCloseWaitsForClosedHooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := wsconn.NewEngine()
		link := ocpptest.NewLink(ocpptest.LinkOptions{})
		c, err := engine.Adopt(link.Server(), wsconn.Options{})
		if err != nil {
			t.Fatal(err)
		}
		box := slowInbox{newInbox(), make(chan struct{})}
		c.Start(box)
		time.AfterFunc(time.Minute, func() { close(box.release) })
		begun := time.Now()
		engine.Close()
		if d := time.Since(begun); d != time.Minute {
			t.Errorf("Close returned after %v, Closed a minute after it", d)
		}
	})
}
