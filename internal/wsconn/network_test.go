package wsconn_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/chargeyard/chargeyard/internal/wsconn"
)

// network is a real network with faults: a toxiproxy on loopback sockets between our client and our echo server.
type network struct {
	t      *testing.T
	proxy  *toxiproxy.Proxy
	client *wsconn.Conn
	box    *inbox // the client's
	server *wsconn.Conn
	seen   *inbox // the server's
}

// echoInbox keeps what it gets and sends it back.
type echoInbox struct{ *inbox }

func (b echoInbox) Message(c *wsconn.Conn, text []byte) {
	b.inbox.Message(c, text)
	c.Send(text)
}

// connect goes through a proxy without toxics so far.
func connect(t *testing.T, o wsconn.Options) *network {
	t.Helper()
	n := &network{t: t, box: newInbox(), seen: newInbox()}
	engine := wsconn.NewEngine()
	conns := make(chan *wsconn.Conn, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := engine.Upgrade(w, r, options(o))
		if err != nil {
			t.Error(err)
			return
		}
		c.Start(echoInbox{n.seen})
		conns <- c
	}))
	n.proxy = startProxy(t, server.Listener.Addr().String())
	t.Cleanup(func() {
		n.proxy.Stop()
		engine.Close()
		server.Close()
	})
	var err error
	if n.client, err = engine.Dial(t.Context(), "ws://"+n.proxy.Listen, wsconn.DialOptions{Options: o}); err != nil {
		t.Fatal(err)
	}
	n.client.Start(n.box)
	n.server = within(t, conns)
	return n
}

func startProxy(t *testing.T, upstream string) *toxiproxy.Proxy {
	t.Helper()
	server := quiet(toxiproxy.NewServer, toxiproxy.NewMetricsContainer(nil))
	p := toxiproxy.NewProxy(server, t.Name(), "127.0.0.1:0", upstream)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// quiet makes a toxiproxy server with the zero logger, which says nothing.
func quiet[M, L any](newServer func(M, L) *toxiproxy.ApiServer, m M) *toxiproxy.ApiServer {
	var none L
	return newServer(m, none)
}

// toxic adds a fault. stream is "downstream" (to the client) or "upstream" (to the server).
func (n *network) toxic(kind, stream, attributes string) {
	n.t.Helper()
	spec := fmt.Sprintf(`{"name": %q, "type": %q, "stream": %q, "attributes": {%s}}`, kind+stream, kind, stream, attributes)
	if _, err := n.proxy.Toxics.AddToxicJson(strings.NewReader(spec)); err != nil {
		n.t.Fatal(err)
	}
}

// echo sends a message there and back again and says how long that took.
func (n *network) echo(text string) time.Duration {
	n.t.Helper()
	begun := time.Now()
	if err := n.client.Send([]byte(text)); err != nil {
		n.t.Fatal(err)
	}
	if got := within(n.t, n.box.text); got != text {
		n.t.Errorf("%d bytes came back as %d", len(text), len(got))
	}
	return time.Since(begun)
}

func TestNetworkLatency(t *testing.T) {
	n := connect(t, wsconn.Options{})
	n.toxic("latency", "downstream", `"latency": 60`)
	n.toxic("latency", "upstream", `"latency": 60`)
	if d := n.echo("hello"); d < 120*time.Millisecond {
		t.Errorf("there and back in %v", d)
	}
}

func TestNetworkReset(t *testing.T) {
	n := connect(t, wsconn.Options{})
	n.toxic("reset_peer", "downstream", `"timeout": 0`)
	n.client.Send([]byte("the answer to this triggers the reset"))
	for name, box := range map[string]*inbox{"client": n.box, "server": n.seen} {
		cause := within(t, box.closed)
		var network *wsconn.NetError
		if !errors.As(cause, &network) || wsconn.CloseCode(cause) != wsconn.CodeAbnormal {
			t.Errorf("%s: cause %v", name, cause)
		}
	}
}

func TestR34NetworkHalfOpenIsFound(t *testing.T) {
	// A real clock on a machine that may be busy: long enough that a live connection is not given up. To the instant it
	// is tested in bubbles.
	n := connect(t, wsconn.Options{PingInterval: time.Second, PongWait: 4 * time.Second, IdleTimeout: 5 * time.Second})
	n.echo("alive")
	n.toxic("timeout", "downstream", `"timeout": 0`)
	n.toxic("timeout", "upstream", `"timeout": 0`)
	// Whoever finds it first closes its socket, which the proxy, unlike a dead network, passes on to the other.
	client, server := within(t, n.box.closed), within(t, n.seen.closed)
	if !errors.Is(client, wsconn.ErrIdleTimeout) && !errors.Is(server, wsconn.ErrIdleTimeout) {
		t.Errorf("causes %v and %v", client, server)
	}
}

func TestNetworkBandwidth(t *testing.T) {
	n := connect(t, wsconn.Options{})
	n.toxic("bandwidth", "downstream", `"rate": 100`) // KB/s
	if d := n.echo(long(50_000)); d < 300*time.Millisecond {
		t.Errorf("50 KB came back over 100 KB/s in %v", d)
	}
}

// Bytes come in pieces of a few bytes.
func TestR24NetworkThatSlicesFrames(t *testing.T) {
	n := connect(t, wsconn.Options{})
	n.toxic("slicer", "upstream", `"average_size": 7, "size_variation": 5, "delay": 10`)
	n.toxic("slicer", "downstream", `"average_size": 7, "size_variation": 5, "delay": 10`)
	for _, size := range []int{0, 1, 125, 126, 3000} {
		n.echo(long(size))
	}
}

func TestNetworkCutInTheMiddleOfAFrame(t *testing.T) {
	n := connect(t, wsconn.Options{})
	n.toxic("limit_data", "upstream", `"bytes": 500`)
	n.client.Send([]byte(long(1000)))
	for name, box := range map[string]*inbox{"client": n.box, "server": n.seen} {
		cause := within(t, box.closed)
		if _, ok := errors.AsType[*wsconn.NetError](cause); !ok {
			t.Errorf("%s: cause %v", name, cause)
		}
		if len(box.text) != 0 {
			t.Errorf("%s: half a message was delivered", name)
		}
	}
}

// Over real sockets, where Send tries the socket first: a peer that does not read fills the kernel's buffers and
// the outbox, Send never waits for it, and a neighbour notices nothing.
func TestNetworkSlowReader(t *testing.T) {
	engine := wsconn.NewEngine()
	conns := make(chan *wsconn.Conn, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := engine.Upgrade(w, r, wsconn.UpgradeOptions{}); err == nil {
			conns <- c
		}
	}))
	defer server.Close()
	defer engine.Close()
	url := "ws" + strings.TrimPrefix(server.URL, "http")
	slow, err := engine.Dial(t.Context(), url, wsconn.DialOptions{}) // never started: it does not read
	if err != nil {
		t.Fatal(err)
	}
	toSlow, box := within(t, conns), newInbox()
	toSlow.Start(box)
	good, err := engine.Dial(t.Context(), url, wsconn.DialOptions{})
	if err != nil {
		t.Fatal(err)
	}
	within(t, conns).Start(echo{})
	answers := newInbox()
	good.Start(answers)
	for toSlow.Send([]byte(long(100_000))) == nil {
		good.Send([]byte("hello"))
		within(t, answers.text)
	}
	wantCause(t, within(t, box.closed), wsconn.ErrOutboxFull)
	slow.Abort(nil)
}
