package wsconn_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// options of a server with these.
func options(o wsconn.Options) wsconn.UpgradeOptions { return wsconn.UpgradeOptions{Options: o} }

// wantPing reads the next frame, which has to be a ping, and says when it came.
func wantPing(t *testing.T, p *ocpptest.Peer, since time.Time, at time.Duration) {
	t.Helper()
	f, err := p.ReadFrame()
	if err != nil || f.Op != ocpptest.OpPing {
		t.Fatalf("%+v, %v; want a ping", f, err)
	}
	if d := time.Since(since); d != at {
		t.Errorf("a ping after %v, want %v", d, at)
	}
}

func TestR33ServerPingsAtItsIntervalToTheInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, options(wsconn.Options{PingInterval: 54321 * time.Millisecond}), ocpptest.LinkOptions{})
		p := s.peer()
		<-s.conns
		begun := time.Now()
		for i := range 5 {
			wantPing(t, p, begun, time.Duration(i+1)*54321*time.Millisecond)
		}
	})
}

func TestR33ClientPingsAtItsInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		_, _, p := client(t, wsconn.DialOptions{Options: wsconn.Options{PingInterval: time.Minute}}, "")
		wantPing(t, p, begun, time.Minute)
		wantPing(t, p, begun, 2*time.Minute)
	})
}

func TestR33ChangeOfThePingIntervalTakesEffectAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, options(wsconn.Options{PingInterval: time.Hour}), ocpptest.LinkOptions{})
		p := s.peer()
		c := <-s.conns
		begun := time.Now()
		c.SetPingInterval(10 * time.Second)
		wantPing(t, p, begun, 10*time.Second)
		time.Sleep(5 * time.Second)
		c.SetPingInterval(20 * time.Second) // counts from here: 15 s
		wantPing(t, p, begun, 35*time.Second)
		c.SetPingInterval(0)
		time.Sleep(24 * time.Hour)
		if n := c.Stats().FramesOut; n != 2 {
			t.Errorf("%d frames out after the pings were switched off, want 2", n)
		}
		c.SetPingInterval(time.Second)
		wantPing(t, p, begun, 24*time.Hour+36*time.Second)
	})
}

func TestR33ZeroSendsNoPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, wsconn.UpgradeOptions{}, ocpptest.LinkOptions{})
		s.peer()
		c := <-s.conns
		time.Sleep(1000 * time.Hour)
		if n := c.Stats().FramesOut; n != 0 || c.Cause() != nil {
			t.Errorf("%d frames out, cause %v", n, c.Cause())
		}
	})
}

func TestR33PingsAreAnsweredWithTheirPayloadByBothEnds(t *testing.T) {
	check := func(t *testing.T, p *ocpptest.Peer) {
		for _, payload := range []string{"", "x", "\x00\xff binary", long(125)} {
			if err := p.SendOp(ocpptest.OpPing, []byte(payload)); err != nil {
				t.Fatal(err)
			}
			if f, err := p.ReadFrame(); err != nil || f.Op != ocpptest.OpPong || string(f.Payload) != payload {
				t.Errorf("ping %q was answered with %+v, %v", payload, f, err)
			}
		}
	}
	t.Run("server", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			check(t, serve(t, wsconn.UpgradeOptions{}, ocpptest.LinkOptions{}).peer())
		})
	})
	t.Run("client", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			_, _, p := client(t, wsconn.DialOptions{}, "")
			check(t, p)
		})
	})
}

func TestR34HalfOpenIsFoundByTheIdleTimeoutToTheInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, options(wsconn.Options{IdleTimeout: 10 * time.Minute, PingInterval: time.Minute}), ocpptest.LinkOptions{})
		p := s.peer()
		c := <-s.conns
		link := <-s.links
		time.Sleep(3 * time.Minute)
		if err := p.SendText("alive"); err != nil {
			t.Fatal(err)
		}
		<-s.inbox.text
		begun := time.Now()
		link.Blackhole()
		wantCause(t, <-s.inbox.closed, wsconn.ErrIdleTimeout)
		if d := time.Since(begun); d != 10*time.Minute {
			t.Errorf("found after %v", d)
		}
		if err := c.Send([]byte("x")); !errors.Is(err, wsconn.ErrIdleTimeout) {
			t.Errorf("Send: %v", err)
		}
	})
}

func TestR34AnyFrameFeedsTheIdleTimeout(t *testing.T) {
	for name, send := range map[string]func(p *ocpptest.Peer) error{
		"text":       func(p *ocpptest.Peer) error { return p.SendText("x") },
		"a fragment": func(p *ocpptest.Peer) error { return p.SendFragments("x", "y") },
		"ping":       func(p *ocpptest.Peer) error { return p.SendOp(ocpptest.OpPing, nil) },
		"pong":       func(p *ocpptest.Peer) error { return p.SendOp(ocpptest.OpPong, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, options(wsconn.Options{IdleTimeout: time.Minute}), ocpptest.LinkOptions{})
				p := s.peer()
				<-s.conns
				for range 10 {
					time.Sleep(59 * time.Second)
					if err := send(p); err != nil {
						t.Fatal(err)
					}
				}
				synctest.Wait()
				begun := time.Now()
				wantCause(t, <-s.inbox.closed, wsconn.ErrIdleTimeout)
				if d := time.Since(begun); d != time.Minute {
					t.Errorf("given up %v after the last frame", d)
				}
			})
		})
	}
}

// A peer that trickles one frame byte by byte is not alive.
func TestR34HalfAFrameDoesNotFeedTheIdleTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, options(wsconn.Options{IdleTimeout: time.Minute}), ocpptest.LinkOptions{})
		p := s.peer()
		<-s.conns
		begun := time.Now()
		frame := masked(ocpptest.OpText, true, long(1000)).Append(nil)
		var wg sync.WaitGroup
		defer wg.Wait()
		wg.Go(func() {
			for _, b := range frame {
				if _, err := p.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		})
		wantCause(t, <-s.inbox.closed, wsconn.ErrIdleTimeout)
		if d := time.Since(begun); d != time.Minute {
			t.Errorf("given up after %v", d)
		}
	})
}

func TestR34IdleTimeoutIsLargerThanPingIntervalAndPongWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, options(wsconn.Options{PingInterval: time.Minute, IdleTimeout: time.Second, PongWait: 7 * time.Second}), ocpptest.LinkOptions{})
		p := s.peer()
		<-s.conns
		for range 20 { // a peer that only answers pings lives
			if f, err := p.ReadFrame(); err != nil || f.Op != ocpptest.OpPing {
				t.Fatal(f, err)
			}
			time.Sleep(6 * time.Second)
			if err := p.SendOp(ocpptest.OpPong, nil); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		begun := time.Now()
		wantCause(t, <-s.inbox.closed, wsconn.ErrIdleTimeout)
		if d := time.Since(begun); d != time.Minute+7*time.Second {
			t.Errorf("given up after %v", d)
		}
	})
}

func TestR34ChangeOfTheIdleTimeoutTakesEffectAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, wsconn.UpgradeOptions{}, ocpptest.LinkOptions{})
		s.peer()
		c := <-s.conns
		time.Sleep(time.Hour)
		c.SetIdleTimeout(2 * time.Hour)
		c.SetIdleTimeout(0)
		time.Sleep(10 * time.Hour)
		if err := c.Cause(); err != nil {
			t.Fatalf("ended: %v", err)
		}
		c.SetIdleTimeout(time.Hour) // long over
		wantCause(t, <-s.inbox.closed, wsconn.ErrIdleTimeout)
	})
}

// blocked is a handler that does not return before it is told to, or the connection has ended.
type blocked struct {
	*inbox
	release chan struct{}
}

func (b blocked) Message(c *wsconn.Conn, text []byte) {
	b.inbox.Message(c, text)
	select {
	case <-b.release:
	case <-c.Done():
	}
}

// While the handler has us not reading, the silence is not the peer's.
func TestR34ReadingThatIsPausedIsNotIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := blocked{newInbox(), make(chan struct{})}
		engine := wsconn.NewEngine()
		defer engine.Close()
		link := ocpptest.NewLink(ocpptest.LinkOptions{})
		c, err := engine.Adopt(link.Server(), wsconn.Options{IdleTimeout: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		c.Start(box)
		p := ocpptest.NewPeer(link.Client(), true)
		defer p.Close()
		p.SendText("one")
		<-box.text
		time.Sleep(time.Hour)
		if c.Cause() != nil {
			t.Fatalf("ended: %v", c.Cause())
		}
		close(box.release)
		synctest.Wait()
		begun := time.Now()
		wantCause(t, <-box.closed, wsconn.ErrIdleTimeout)
		if d := time.Since(begun); d != time.Minute {
			t.Errorf("given up after %v", d)
		}
	})
}
