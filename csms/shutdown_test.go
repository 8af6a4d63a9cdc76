package csms_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocppj"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// shutdown shuts down in a goroutine.
func shutdown(ctx context.Context, y *yard) <-chan error {
	done := make(chan error, 1)
	go func() { done <- y.srv.Shutdown(ctx) }()
	return done
}

func TestShutdownLetsWhatIsUnderWayFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &journal{}
		y := open(t, j.hooks(csms.Options{ShutdownCode: 1012}))
		release := make(chan struct{})
		csms.Handle(y.srv, func(ctx context.Context, _ *csms.Station, _ *ocpp16.HeartbeatRequest) (*ocpp16.HeartbeatResponse, error) {
			<-release
			return &ocpp16.HeartbeatResponse{CurrentTime: ocpp.At(time.Unix(0, 0))}, ctx.Err()
		})
		dial := func(identity string) *ocpptest.Peer {
			defer synctest.Wait() // the epochs are in the order in which the server registers them
			return y.dial(identity, ocpp.V16)
		}
		idle, calling, handling := dial("idle"), dial("calling"), dial("handling")
		answer := call(y.station("calling"), reset16())
		id, _ := readCall(t, calling, "Reset")
		send(t, handling, `[2,"1","Heartbeat",{}]`)
		synctest.Wait()

		done := shutdown(t.Context(), y)
		expectClose(t, idle, 1012) // at once
		synctest.Wait()
		if _, err := csms.Call(t.Context(), y.station("handling"), reset16()); !errors.Is(err, ocppj.ErrDraining) || !ocpp.SafeToRetry(err) {
			t.Errorf("a new call: %v", err)
		}
		_, err := y.try("/ocpp/new", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
		y.wantStatus(err, http.StatusServiceUnavailable, csms.ErrDraining)

		send(t, calling, `[3,"`+id+`",{"status":"Accepted"}]`)
		if r := <-answer; r.err != nil {
			t.Errorf("the call under way: %v", r.err)
		}
		expectClose(t, calling, 1012)
		close(release)
		expect(t, handling, `[3,"1",{"currentTime":"1970-01-01T00:00:00Z"}]`)
		expectClose(t, handling, 1012)
		for _, p := range []*ocpptest.Peer{idle, calling, handling} {
			p.SendClose(1012, "") // the answer to the close frame
		}
		begin := time.Now()
		if err := <-done; err != nil || time.Since(begin) != 0 {
			t.Errorf("Shutdown: %v after %v", err, time.Since(begin))
		}
		lines := j.all()
		slices.Sort(lines)
		want := []string{"connected calling 2", "connected handling 3", "connected idle 1",
			"disconnected calling 2: 1012", "disconnected handling 3: 1012", "disconnected idle 1: 1012"}
		if n := y.srv.Len(); n != 0 || !slices.Equal(lines, want) {
			t.Errorf("%d stations are left, told %q", n, lines)
		}
	})
}

func TestShutdownEndsPendingWorkWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		ended := make(chan error, 1)
		csms.Handle(y.srv, func(ctx context.Context, _ *csms.Station, _ *ocpp16.HeartbeatRequest) (*ocpp16.HeartbeatResponse, error) {
			<-ctx.Done()
			ended <- context.Cause(ctx)
			return nil, ctx.Err()
		})
		p := y.dial("CS-1", ocpp.V16)
		answer := call(y.station("CS-1"), reset16())
		readCall(t, p, "Reset")
		send(t, p, `[2,"1","Heartbeat",{}]`)
		synctest.Wait()

		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		begin := time.Now()
		done := shutdown(ctx, y)
		expectClose(t, p, 1001)
		if err := <-done; !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != 3*time.Second {
			t.Errorf("Shutdown: %v after %v", err, time.Since(begin))
		}
		if err := (<-answer).err; !errors.Is(err, csms.ErrShutdown) || !errors.Is(err, net.ErrClosed) {
			t.Errorf("the call under way: %v", err)
		}
		if err := <-ended; !errors.Is(err, csms.ErrShutdown) {
			t.Errorf("the handler's context: %v", err)
		}
		if err := y.srv.Shutdown(t.Context()); err != nil { // the peer never answers the close frame
			t.Errorf("the second Shutdown: %v", err)
		}
		if elapsed := time.Since(begin); elapsed != 8*time.Second {
			t.Errorf("it took %v, want the close timeout", elapsed)
		}
	})
}

func TestShutdownWaitsForHandlersOfConnectionsThatAreGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		waitsForHandler(t, y, func() *ocpptest.Peer { return y.dial("CS-1", ocpp.V16) })
	})
}

// Over TLS the goroutine that handles messages is the session's, not the connection's.
func TestShutdownWaitsForHandlersOfTLSConnectionsThatAreGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAuthority(t)
		y := openTLS(t, csms.Options{}, csms.TLSOptions{Certificates: a.serverCertificates()})
		waitsForHandler(t, y, func() *ocpptest.Peer {
			p, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{
				Subprotocols: []string{"ocpp1.6"}, TLS: &tls.Config{RootCAs: a.pool()},
			})
			if err != nil {
				t.Fatal(err)
			}
			return p
		})
	})
}

func waitsForHandler(t *testing.T, y *yard, dial func() *ocpptest.Peer) {
	t.Helper()
	release, ended := make(chan struct{}), make(chan struct{})
	csms.Handle(y.srv, func(ctx context.Context, _ *csms.Station, _ *ocpp16.HeartbeatRequest) (*ocpp16.HeartbeatResponse, error) {
		<-ctx.Done()
		close(ended)
		<-release
		return nil, ctx.Err()
	})
	p := dial()
	send(t, p, `[2,"1","Heartbeat",{}]`)
	synctest.Wait()
	p.Close()
	<-ended
	done := shutdown(t.Context(), y)
	synctest.Wait()
	select {
	case err := <-done:
		t.Errorf("Shutdown returned %v while a handler was running", err)
	default:
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestShutdownAmongArrivals(t *testing.T) {
	connected := make(chan struct{}, 1)
	y := open(t, csms.Options{OnConnect: func(*csms.Station) {
		select {
		case connected <- struct{}{}:
		default:
		}
	}})
	dialled := make(chan struct{})
	go func() {
		defer close(dialled)
		for {
			p, err := y.try("/ocpp/CS-1", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
			if err != nil {
				return
			}
			go func() {
				defer p.Close()
				if c, err := p.ReadClose(); err == nil {
					p.SendClose(c.Code, "") // the server may be through
				}
			}()
		}
	}()
	<-connected
	if err := y.srv.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-dialled
	if n := y.srv.Len(); n != 0 {
		t.Errorf("%d stations are left", n)
	}
}
