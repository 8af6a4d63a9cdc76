package wsconn_test

import (
	"net"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// handingInbox hands on the reading with its first message, and does not return from it before release.
type handingInbox struct {
	*inbox

	readOn  chan bool
	release chan struct{}
	free    func() // closes release, once
}

func newHandingInbox() *handingInbox {
	release := make(chan struct{})
	return &handingInbox{newInbox(), make(chan bool, 1), release, sync.OnceFunc(func() { close(release) })}
}

func (b *handingInbox) Message(c *wsconn.Conn, text []byte) {
	b.inbox.Message(c, text)
	if strings.HasPrefix(string(text), "slow") {
		b.readOn <- c.ReadOn()
		<-b.release
	}
}

// onSocket connects a bare client to a server on the loopback.
func onSocket(t *testing.T, h wsconn.Handler) (*wsconn.Engine, *wsconn.Conn, *ocpptest.Peer) {
	t.Helper()
	s := &side{t: t, engine: wsconn.NewEngine(), conns: make(chan *wsconn.Conn, 1), errs: make(chan error, 1)}
	server := httptest.NewServer(s.handlerWith(wsconn.UpgradeOptions{}, h))
	p, err := ocpptest.DialPeer(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), ocpptest.PeerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Close()
		s.engine.Close()
		server.Close()
	})
	return s.engine, within(t, s.conns), p
}

func sendAll(t *testing.T, p *ocpptest.Peer, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if err := p.SendText(text); err != nil {
			t.Fatal(err)
		}
	}
}

func wantText(t *testing.T, b *inbox, want string) {
	t.Helper()
	if got := within(t, b.text); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestReadOnLetsMessagesPass: what comes behind a message whose handler takes its time is acted on.
func TestReadOnLetsMessagesPass(t *testing.T) {
	h := newHandingInbox()
	_, _, p := onSocket(t, h)
	t.Cleanup(h.free)
	sendAll(t, p, "slow", "second", long(10000), "last")
	for _, want := range []string{"slow", "second", long(10000), "last"} {
		wantText(t, h.inbox, want)
	}
	if !within(t, h.readOn) {
		t.Error("a plain socket was not read on")
	}
	h.free()
}

// TestReadOnKeepsWhatCameInTheSameRead sends a message, and the next one and a half behind it, at once.
func TestReadOnKeepsWhatCameInTheSameRead(t *testing.T) {
	h := newHandingInbox()
	_, _, p := onSocket(t, h)
	t.Cleanup(h.free)
	var stream []byte
	for _, text := range []string{"slow", "second", "third"} {
		stream = append(stream, clientFrame(text)...)
	}
	cut := len(stream) - 3
	if _, err := p.Write(stream[:cut]); err != nil {
		t.Fatal(err)
	}
	wantText(t, h.inbox, "slow")
	wantText(t, h.inbox, "second")
	if _, err := p.Write(stream[cut:]); err != nil {
		t.Fatal(err)
	}
	wantText(t, h.inbox, "third")
	h.free()
}

// clientFrame is a text frame with a mask of zeros.
func clientFrame(text string) []byte {
	return append([]byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}, text...)
}

// TestEngineCloseWaitsForMessageThatIsReadOn: the goroutine of the message belongs to the connection.
func TestEngineCloseWaitsForMessageThatIsReadOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandingInbox()
		s := serve(t, wsconn.UpgradeOptions{}, ocpptest.LinkOptions{})
		s.server.Close()
		s.server = ocpptest.NewServer(s.handlerWith(wsconn.UpgradeOptions{}, h))
		sendAll(t, s.peer(), "slow")
		<-h.readOn
		(<-s.conns).Abort(nil)
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			s.engine.Close()
		}()
		synctest.Wait()
		select {
		case <-closed:
			t.Error("the engine did not wait for the handler")
		default:
		}
		h.free()
		<-closed
	})
}

// exitingInbox ends the goroutine of its message.
type exitingInbox struct{ *inbox }

func (b exitingInbox) Message(c *wsconn.Conn, text []byte) {
	b.inbox.Message(c, text)
	if string(text) == "exit" {
		c.ReadOn()
		runtime.Goexit()
	}
}

// TestGoexitBehindReadOnEndsOnlyItsGoroutine: the connection lives on.
func TestGoexitBehindReadOnEndsOnlyItsGoroutine(t *testing.T) {
	h := exitingInbox{newInbox()}
	_, _, p := onSocket(t, h)
	sendAll(t, p, "exit", "next")
	wantText(t, h.inbox, "exit")
	wantText(t, h.inbox, "next")
}

// bufferedConn is a wrapper that gives access to its socket and has bytes of it in a buffer.
type bufferedConn struct {
	*net.TCPConn

	buffered []byte
}

func (c *bufferedConn) Read(b []byte) (int, error) {
	if len(c.buffered) == 0 {
		buf := make([]byte, 4096)
		n, err := c.TCPConn.Read(buf)
		if err != nil {
			return n, err
		}
		c.buffered = buf[:n]
	}
	n := copy(b, c.buffered)
	c.buffered = c.buffered[n:]
	return n, nil
}

type bufferedListener struct{ net.Listener }

func (l bufferedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &bufferedConn{TCPConn: c.(*net.TCPConn)}, nil
}

// TestReadDoesNotGoAroundWrapper: what a wrapper holds in a buffer is not lost.
func TestReadDoesNotGoAroundWrapper(t *testing.T) {
	h := newInbox()
	s := &side{t: t, engine: wsconn.NewEngine(), conns: make(chan *wsconn.Conn, 1), errs: make(chan error, 1)}
	server := httptest.NewUnstartedServer(s.handlerWith(wsconn.UpgradeOptions{}, h))
	server.Listener = bufferedListener{server.Listener}
	server.Start()
	t.Cleanup(func() {
		s.engine.Close()
		server.Close()
	})
	p, err := ocpptest.DialPeer(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), ocpptest.PeerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	for range 3 {
		if _, err := p.Write(append(clientFrame("one"), clientFrame("two")...)); err != nil {
			t.Fatal(err)
		}
		wantText(t, h, "one")
		wantText(t, h, "two")
	}
}
