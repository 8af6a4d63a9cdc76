package wsconn_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpptest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// inbox keeps what a connection received.
type inbox struct {
	text   chan string
	closed chan error
}

func newInbox() *inbox { return &inbox{make(chan string, 1000), make(chan error, 1000)} }

func (b *inbox) Message(_ *wsconn.Conn, text []byte) {
	if cap(text) != len(text) {
		panic("a message in a buffer that is too large")
	}
	b.text <- string(text)
}

func (b *inbox) Closed(_ *wsconn.Conn, cause error) { b.closed <- cause }

// side is a server with an engine of its own, in memory.
type side struct {
	t      *testing.T
	engine *wsconn.Engine
	server *ocpptest.Server
	links  chan *ocpptest.Link
	conns  chan *wsconn.Conn
	errs   chan error
	inbox  *inbox
}

// serve accepts connections in memory with o and starts them.
func serve(t *testing.T, o wsconn.UpgradeOptions, lo ocpptest.LinkOptions) *side {
	s := &side{
		t: t, engine: wsconn.NewEngine(), links: make(chan *ocpptest.Link, 1000), conns: make(chan *wsconn.Conn, 100),
		errs: make(chan error, 100), inbox: newInbox(),
	}
	l := ocpptest.Listen(lo)
	l.OnLink = func(link *ocpptest.Link) { s.links <- link }
	s.server = ocpptest.NewServerOn(l, s.handler(o))
	t.Cleanup(func() {
		s.server.Close()
		s.engine.Close()
	})
	return s
}

func (s *side) handler(o wsconn.UpgradeOptions) http.Handler { return s.handlerWith(o, s.inbox) }

func (s *side) handlerWith(o wsconn.UpgradeOptions, h wsconn.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := s.engine.Upgrade(w, r, o)
		if err != nil {
			s.errs <- err
			return
		}
		if err := c.Start(h); err != nil {
			s.errs <- err
		}
		s.conns <- c
	})
}

// peer connects a bare WebSocket client.
func (s *side) peer(subprotocols ...string) *ocpptest.Peer {
	s.t.Helper()
	return s.peerWith(ocpptest.PeerOptions{Subprotocols: subprotocols})
}

func (s *side) peerWith(o ocpptest.PeerOptions) *ocpptest.Peer {
	s.t.Helper()
	o.DialContext = s.server.Listener.DialContext
	p, err := ocpptest.DialPeer(context.Background(), s.server.URL+"/ocpp/CS1", o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { p.Close() })
	return p
}

// dial connects with a Conn.
func (s *side) dial(o wsconn.DialOptions) (*wsconn.Conn, error) {
	o.DialContext = s.server.Listener.DialContext
	return s.engine.Dial(context.Background(), s.server.URL+"/ocpp/CS1", o)
}

// client makes the client end of a connection whose other end is a bare server.
func client(t *testing.T, o wsconn.DialOptions, subprotocol string) (*wsconn.Conn, *inbox, *ocpptest.Peer) {
	t.Helper()
	peers := make(chan *ocpptest.Peer, 1)
	server := ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := ocpptest.AcceptPeer(w, r, subprotocol)
		if err != nil {
			t.Error(err)
			return
		}
		peers <- p
	}))
	engine := wsconn.NewEngine()
	o.DialContext = server.Listener.DialContext
	c, err := engine.Dial(context.Background(), server.URL+"/CS1", o)
	if err != nil {
		t.Fatal(err)
	}
	box := newInbox()
	if err := c.Start(box); err != nil {
		t.Fatal(err)
	}
	p := <-peers
	t.Cleanup(func() {
		p.Close()
		server.Close()
		engine.Close()
	})
	return c, box, p
}

// within fails the test if nothing comes in (real) time.
func within[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func wantCause(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("cause %v, want %v", got, want)
	}
	if !errors.Is(got, net.ErrClosed) {
		t.Errorf("cause %v is not net.ErrClosed", got)
	}
}

func wantCloseCode(t *testing.T, p *ocpptest.Peer, code uint16) {
	t.Helper()
	got, err := p.ReadClose()
	if err != nil {
		t.Fatalf("no close frame: %v", err)
	}
	if got.Code != code {
		t.Errorf("close code %d (%s), want %d", got.Code, got.Reason, code)
	}
}

func long(n int) string { return strings.Repeat("x", n) }
