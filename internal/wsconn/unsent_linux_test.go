package wsconn_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/wsconn"
)

// Invariant: what a peer does not read waits in the outbox, which is bounded, and not in megabytes of the kernel, which
// nobody watches. The connection was fast before: that is when the kernel has learned to take much.
func TestNetworkPeerThatStopsReadingCostsTheKernelLittle(t *testing.T) {
	const outbox, piece, bound = 100_000, 10_000, 2 << 20
	engine := wsconn.NewEngine()
	conns := make(chan *wsconn.Conn, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := engine.Upgrade(w, r, options(wsconn.Options{MaxOutbox: outbox})); err == nil {
			conns <- c
		}
	}))
	defer server.Close()
	defer engine.Close()
	peer, err := engine.Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), wsconn.DialOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Abort(nil)
	c, box := within(t, conns), newInbox()
	c.Start(box)
	inbox := newInbox()
	reading := blocked{inbox, make(chan struct{})}
	peer.Start(reading)
	for range 50 { // one at a time, each read
		if err := c.Send([]byte(long(900_000))); err != nil {
			t.Fatal(err)
		}
		within(t, inbox.text)
		reading.release <- struct{}{}
	}
	c.Send([]byte("now it stops"))
	within(t, inbox.text)
	sent := 0
	for c.Send([]byte(long(piece))) == nil {
		sent += piece
	}
	wantCause(t, within(t, box.closed), wsconn.ErrOutboxFull)
	t.Logf("%d bytes", sent)
	if sent > bound {
		t.Errorf("%d bytes were taken of a peer that does not read, with an outbox of %d", sent, outbox)
	}
}
