package wsconn_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// wordy answers every message with a thousand bytes.
type wordy struct{ *inbox }

func (b wordy) Message(c *wsconn.Conn, text []byte) {
	b.inbox.Message(c, text)
	c.Send([]byte(long(1000)))
}

// Invariant: a peer that goes on sending feeds the idle timeout for ever, so what it does not read has to end it: as
// soon as the network takes no more, the write timeout does.
func TestPeerThatSendsAndNeverReadsIsStalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const window, every = 64 << 10, 30 * time.Second
		engine := wsconn.NewEngine()
		defer engine.Close()
		link := ocpptest.NewLink(ocpptest.LinkOptions{Window: window})
		c, err := engine.Adopt(link.Server(), wsconn.Options{PingInterval: time.Minute, IdleTimeout: 3 * time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		box := wordy{newInbox()}
		if err := c.Start(box); err != nil {
			t.Fatal(err)
		}
		p := ocpptest.NewPeer(link.Client(), true)
		defer p.Close()
		begun := time.Now()
		for c.Cause() == nil && time.Since(begun) < 24*time.Hour {
			p.SendText("still here")
			time.Sleep(every)
		}
		wantCause(t, c.Cause(), wsconn.ErrWriteStalled)
		if took, most := time.Since(begun), (window/1000+3)*every; took > most {
			t.Errorf("given up after %v, want %v at most", took, most)
		}
	})
}

// What the peer's kernel refuses stays in ours, where no outbox and no write timeout sees it: nothing arrives any more
// either, and the idle timeout ends the connection, pings or not.
func TestR34PeerWhoseKernelTakesNothingIsIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, box, p, link := adopt(t, wsconn.Options{PingInterval: time.Minute, IdleTimeout: 3 * time.Minute}, ocpptest.LinkOptions{Window: 1 << 20})
		if err := p.SendText("the last"); err != nil {
			t.Fatal(err)
		}
		<-box.text
		begun := time.Now()
		link.Blackhole()
		for range 20 {
			if err := c.Send([]byte(long(1000))); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if n := c.Queued(); n != 0 {
			t.Errorf("%d bytes are queued: the network was to take them", n)
		}
		wantCause(t, <-box.closed, wsconn.ErrIdleTimeout)
		if d := time.Since(begun); d != 3*time.Minute {
			t.Errorf("given up after %v", d)
		}
	})
}

// Over real sockets with receive buffers of 4 KiB, which the kernel overfills so that it drops acknowledgements as well:
// whichever limit finds it, each of the peers is cut off with a cause that names it.
func TestNetworkFloodFromPeersThatDoNotRead(t *testing.T) {
	o := wsconn.Options{PingInterval: time.Second, PongWait: time.Second, IdleTimeout: 3 * time.Second, WriteTimeout: 3 * time.Second}
	ends := floodUnread(t, o, 10, within)
	for _, cause := range ends {
		if !slices.ContainsFunc([]error{wsconn.ErrOutboxFull, wsconn.ErrWriteStalled, wsconn.ErrIdleTimeout}, func(want error) bool { return errors.Is(cause, want) }) {
			t.Errorf("cause %v", cause)
		}
	}
}

// floodUnread has n peers send without end and read nothing, and returns why the server let them go.
func floodUnread(t *testing.T, o wsconn.Options, n int, await func(*testing.T, <-chan error) error) (ends []error) {
	t.Helper()
	engine := wsconn.NewEngine()
	closed := make(chan error, n)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := engine.Upgrade(w, r, options(o))
		if err != nil {
			t.Error(err)
			return
		}
		c.Start(parrot{closed})
	}))
	defer server.Close()
	defer engine.Close()
	var floods sync.WaitGroup
	defer floods.Wait()
	for range n {
		p, err := ocpptest.DialPeer(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http")+"/CS1", ocpptest.PeerOptions{DialContext: smallReceiver})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		floods.Go(func() {
			for p.SendText(long(100)) == nil {
			}
		})
	}
	for range n {
		ends = append(ends, await(t, closed))
	}
	return ends
}

// parrot sends back what it gets.
type parrot struct{ closed chan error }

func (b parrot) Message(c *wsconn.Conn, text []byte) { c.Send(text) }
func (b parrot) Closed(_ *wsconn.Conn, cause error)  { b.closed <- cause }

func smallReceiver(ctx context.Context, network, addr string) (net.Conn, error) {
	var d net.Dialer
	nc, err := d.DialContext(ctx, network, addr)
	if tcp, ok := nc.(*net.TCPConn); ok {
		err = errors.Join(err, tcp.SetReadBuffer(4096))
	}
	return nc, err
}
