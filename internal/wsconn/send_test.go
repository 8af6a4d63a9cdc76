package wsconn_test

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// adopt makes a started connection over a link, and the bare peer at its other end.
func adopt(t *testing.T, o wsconn.Options, lo ocpptest.LinkOptions) (*wsconn.Conn, *inbox, *ocpptest.Peer, *ocpptest.Link) {
	t.Helper()
	engine := wsconn.NewEngine()
	link := ocpptest.NewLink(lo)
	c, err := engine.Adopt(link.Server(), o)
	if err != nil {
		t.Fatal(err)
	}
	box := newInbox()
	if err := c.Start(box); err != nil {
		t.Fatal(err)
	}
	p := ocpptest.NewPeer(link.Client(), true)
	t.Cleanup(func() {
		p.Close()
		engine.Close()
	})
	return c, box, p, link
}

// sendUntilFull sends numbered messages of n bytes until Send fails, and fails the test if one of them blocked.
func sendUntilFull(t *testing.T, c *wsconn.Conn, n int) (sent int, err error) {
	t.Helper()
	begun := time.Now()
	for ; sent < 1000; sent++ {
		if err = c.Send(fmt.Appendf(nil, "%08d%s", sent, long(n-8))); err != nil {
			break
		}
	}
	if d := time.Since(begun); d != 0 {
		t.Errorf("Send took %v", d)
	}
	return sent, err
}

// Invariant: a peer that stops reading delays nobody; its full outbox ends the connection with a named cause.
func TestSlowReaderEndsWithAFullOutboxAndNeverBlocksSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, box, _, _ := adopt(t, wsconn.Options{MaxOutbox: 100_000}, ocpptest.LinkOptions{Window: 10_000})
		sent, err := sendUntilFull(t, c, 1000)
		if !errors.Is(err, wsconn.ErrOutboxFull) {
			t.Fatalf("Send: %v", err)
		}
		if sent < 80 || sent > 115 {
			t.Errorf("%d KB were taken by a window of 10 KB and an outbox of 100 KB", sent)
		}
		wantCause(t, <-box.closed, wsconn.ErrOutboxFull)
	})
}

// Invariant: bytes that wait for too long end the connection, to the instant.
func TestSlowReaderEndsWithAStalledWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, box, _, _ := adopt(t, wsconn.Options{WriteTimeout: 15 * time.Second}, ocpptest.LinkOptions{Window: 1000})
		time.Sleep(time.Hour)
		begun := time.Now()
		if err := c.Send([]byte(long(2000))); err != nil {
			t.Fatal(err)
		}
		wantCause(t, <-box.closed, wsconn.ErrWriteStalled)
		if d := time.Since(begun); d != 15*time.Second {
			t.Errorf("given up after %v", d)
		}
	})
}

// A slow line is not a stalled one: progress counts.
func TestSlowLineIsNotStalled(t *testing.T) {
	for _, bandwidth := range []int{250, 700, 2000, 1 << 20} { // bytes a second
		synctest.Test(t, func(t *testing.T) {
			const size = 500_000
			c, _, p, _ := adopt(t, wsconn.Options{}, ocpptest.LinkOptions{Bandwidth: bandwidth, Window: 1000})
			begun := time.Now()
			if err := c.Send([]byte(long(size))); err != nil {
				t.Fatal(err)
			}
			text, err := p.ReadText()
			if err != nil || len(text) != size {
				t.Fatalf("%d bytes a second: %d bytes, %v", bandwidth, len(text), err)
			}
			if d := time.Since(begun); d < time.Duration(size/bandwidth)*time.Second {
				t.Errorf("arrived after %v", d)
			}
			time.Sleep(time.Hour) // the stall clock has stopped
			if c.Cause() != nil {
				t.Errorf("ended: %v", c.Cause())
			}
		})
	}
}

// What was queued arrives whole and in order once the peer reads again.
func TestOutboxKeepsTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, p, link := adopt(t, wsconn.Options{MaxOutbox: 300_000}, ocpptest.LinkOptions{Window: 5000})
		const messages = 500
		for range 5 { // all in all several times what the outbox holds at once
			link.ToClient.Pause()
			for i := range messages {
				if err := c.Send(fmt.Appendf(nil, "%d%s", i, long(i))); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(19 * time.Second)
			link.ToClient.Resume()
			for i := range messages {
				if got, err := p.ReadText(); err != nil || got != fmt.Sprint(i)+long(i) {
					t.Fatalf("message %d: %.20q, %v", i, got, err)
				}
			}
		}
		synctest.Wait()
		if s := c.Stats(); s.FramesOut != 5*messages {
			t.Errorf("%+v", s)
		}
	})
}

func TestOneLargeMessageFitsIntoAnyOutbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, p, _ := adopt(t, wsconn.Options{MaxOutbox: 1000}, ocpptest.LinkOptions{Window: 1000})
		c.Send([]byte("first")) // has the writer
		if err := c.Send([]byte(long(300_000))); err != nil {
			t.Fatal(err)
		}
		p.ReadText()
		if got, err := p.ReadText(); err != nil || len(got) != 300_000 {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
}

// A peer that floods us with pings and does not read the answers gets the latest one only (RFC 6455, 5.5.3).
func TestPingFloodDoesNotFillTheOutbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, p, _ := adopt(t, wsconn.Options{MaxOutbox: 1000}, ocpptest.LinkOptions{Window: 1000})
		for i := range 5000 {
			if err := p.SendOp(ocpptest.OpPing, fmt.Appendf(nil, "%0100d", i)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if c.Cause() != nil {
			t.Fatalf("ended: %v", c.Cause())
		}
		var last ocpptest.Frame
		for string(last.Payload) != fmt.Sprintf("%0100d", 4999) {
			f, err := p.ReadFrame()
			if err != nil {
				t.Fatalf("after %s: %v", last.Payload, err)
			}
			last = f
		}
	})
}

// Small messages that wait do not hold a large buffer each.
func TestOutboxOfSmallMessagesIsSmall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, p, link := adopt(t, wsconn.Options{}, ocpptest.LinkOptions{})
		for range 100 { // large buffers for the pool
			c.Send([]byte(long(4000)))
			p.ReadFrame()
		}
		link.ToClient.Pause()
		before := heap()
		sent := 0
		for ; sent < 20_000 && c.Send([]byte("small")) == nil; sent++ {
		}
		if grown := heap() - before; grown > 2<<20 {
			t.Errorf("%d small messages hold %d bytes under a bound of 1 MiB", sent, grown)
		}
		if sent < 20_000 {
			t.Fatalf("only %d messages of 7 bytes fit into 1 MiB", sent)
		}
		link.ToClient.Resume()
		for i := range sent {
			if got, err := p.ReadText(); err != nil || got != "small" {
				t.Fatalf("message %d: %q, %v", i, got, err)
			}
		}
		synctest.Wait()
		if n := c.Stats().FramesOut; n != uint64(100+sent) {
			t.Errorf("%d frames counted", n)
		}
	})
}

func TestSendKeepsNothingOfItsArgument(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, p, link := adopt(t, wsconn.Options{}, ocpptest.LinkOptions{Window: 10})
		link.ToClient.Pause()
		text := []byte("the same buffer")
		c.Send(text)
		c.Send(text)
		copy(text, "XXXXXXXXXXXXXXX")
		link.ToClient.Resume()
		for range 2 {
			if got, err := p.ReadText(); err != nil || got != "the same buffer" {
				t.Errorf("%q, %v", got, err)
			}
		}
	})
}

func TestSendFromManyGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, p, _ := adopt(t, wsconn.Options{}, ocpptest.LinkOptions{})
		var wg sync.WaitGroup
		for g := range 20 {
			wg.Go(func() {
				for i := range 50 {
					c.Send(fmt.Appendf(nil, "%d %d", g, i))
				}
			})
		}
		next := map[int]int{}
		for range 20 * 50 {
			got, err := p.ReadText()
			var g, i int
			if _, serr := fmt.Sscanf(got, "%d %d", &g, &i); err != nil || serr != nil || next[g] != i {
				t.Fatalf("%q (want %d), %v", got, next[g], err)
			}
			next[g]++
		}
		wg.Wait()
	})
}

func TestStatsCountFramesAndBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, box, p, _ := adopt(t, wsconn.Options{}, ocpptest.LinkOptions{})
		p.SendText("12345")
		<-box.text
		p.SendOp(ocpptest.OpPing, nil)
		p.ReadFrame()
		c.Send([]byte(long(200)))
		p.ReadFrame()
		synctest.Wait()
		if got, want := c.Stats(), (wsconn.Stats{FramesIn: 2, FramesOut: 2, BytesIn: 11 + 6, BytesOut: 2 + 204}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	})
}

func TestErrorsOfTheNetworkAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, box, _, link := adopt(t, wsconn.Options{}, ocpptest.LinkOptions{})
		link.Reset()
		cause := <-box.closed
		var network *wsconn.NetError
		if !errors.As(cause, &network) || network.Op != "read" || !errors.Is(cause, syscall.ECONNRESET) {
			t.Errorf("cause %v", cause)
		}
		wantCause(t, cause, net.ErrClosed)
		if wsconn.CloseCode(cause) != wsconn.CodeAbnormal {
			t.Errorf("code %d", wsconn.CloseCode(cause))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		c, box, _, link := adopt(t, wsconn.Options{}, ocpptest.LinkOptions{})
		link.ToClient.CutAfter(0)
		c.Send([]byte("x"))
		var network *wsconn.NetError
		if cause := <-box.closed; !errors.As(cause, &network) || network.Op != "write" {
			t.Errorf("cause %v", cause)
		}
	})
}
