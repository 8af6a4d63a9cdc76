package station_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocpptest"
	"github.com/chargeyard/chargeyard/station"
)

func TestNewNamesWhatIsMissing(t *testing.T) {
	whole := station.Options{Identity: "CS-1", URL: "ws://csms.test", Protocols: []*ocpp.Protocol{ocpp16.Protocol}}
	if _, err := station.New(whole); err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func(o *station.Options){
		"Identity":         func(o *station.Options) { o.Identity = "" },
		"Protocols":        func(o *station.Options) { o.Protocols = nil },
		"URL":              func(o *station.Options) { o.URL = "" },
		"scheme":           func(o *station.Options) { o.URL = "http://csms.test" },
		"BootNotification": func(o *station.Options) { o.Boot, o.Protocols = boot, []*ocpp.Protocol{ocpp.NewProtocol(ocpp.V16)} },
	} {
		o := whole
		spoil(&o)
		if _, err := station.New(o); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		c := f.client(f.options())
		ctx, cancel := context.WithCancelCause(t.Context())
		done := make(chan error)
		go func() { done <- c.Run(ctx) }()
		f.expect("0s connected ocpp1.6", "0s BootNotification")
		if err := c.Run(t.Context()); !errors.Is(err, station.ErrRunning) {
			t.Errorf("a second Run: %v", err)
		}
		f.setAnswer(func(*peer, call) string { return "-" })
		called := make(chan error)
		go func() {
			_, err := station.Call(t.Context(), c, &ocpp16.AuthorizeRequest{IDTag: "04A1"})
			called <- err
		}()
		f.last()
		why := errors.New("enough")
		cancel(why)
		if err := <-called; !errors.Is(err, net.ErrClosed) || !errors.Is(err, why) || ocpp.SafeToRetry(err) {
			t.Errorf("the call under way: %v", err)
		}
		if err := <-done; !errors.Is(err, why) {
			t.Errorf("Run returned %v", err)
		}
		f.expect("0s Authorize", "0s closed 1000")
		if _, err := station.Call(t.Context(), c, &ocpp16.AuthorizeRequest{IDTag: "04A1"}); !errors.Is(err, station.ErrOffline) ||
			!errors.Is(err, net.ErrClosed) || !ocpp.SafeToRetry(err) {
			t.Errorf("a call without a connection: %v", err)
		}
	})
}

func TestRunEndsWhileItWaits(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.setDown(true)
		c := f.client(f.options())
		done := make(chan error)
		go func() { done <- c.Run(t.Context()) }()
		time.Sleep(time.Second)
		c.Close()
		if err := <-done; err != nil {
			t.Errorf("Run returned %v", err)
		}
		if err := c.Run(t.Context()); !errors.Is(err, station.ErrClosed) {
			t.Errorf("Run after Close: %v", err)
		}
		if err := c.WaitAccepted(t.Context()); !errors.Is(err, station.ErrClosed) {
			t.Errorf("WaitAccepted after Close: %v", err)
		}
	})
}

func TestRunEndsWhileItDials(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		o.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		c := f.client(o)
		done := make(chan error)
		go func() { done <- c.Run(t.Context()) }()
		synctest.Wait()
		c.Close()
		if err := <-done; err != nil {
			t.Errorf("Run returned %v", err)
		}
	})
}

func TestCloseWithACSMSThatIsGone(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		var link *ocpptest.Link
		f.srv.Listener.OnLink = func(l *ocpptest.Link) { link = l }
		c := f.client(f.options())
		go c.Run(t.Context())
		f.last()
		link.Blackhole()
		begun := time.Now()
		c.Close()
		if d := time.Since(begun); d != 5*time.Second { // the bound of the close handshake
			t.Errorf("Close took %v", d)
		}
	})
}

func TestShutdownLetsCallsEnd(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = func(_ *peer, c call) string {
			if c.action == "Authorize" {
				time.Sleep(3 * time.Second)
			}
			return defaultAnswer(c)
		}
		c := f.client(f.options())
		go c.Run(t.Context())
		f.last()
		called := make(chan error, 1)
		go func() {
			_, err := station.Call(t.Context(), c, &ocpp16.AuthorizeRequest{IDTag: "04A1"})
			called <- err
		}()
		synctest.Wait()
		if err := c.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-called; err != nil {
			t.Errorf("the call under way: %v", err)
		}
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s Authorize", "3s closed 1000")
	})
}

func TestShutdownIsBounded(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = func(_ *peer, c call) string {
			if c.action == "Authorize" {
				return "-"
			}
			return defaultAnswer(c)
		}
		c := f.client(f.options())
		go c.Run(t.Context())
		f.last()
		go station.Call(t.Context(), c, &ocpp16.AuthorizeRequest{IDTag: "04A1"})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown: %v", err)
		}
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s Authorize", "1s closed 1000")
	})
}

func TestDialMakesOneConnection(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		c := f.client(f.options())
		conn, err := c.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := c.WaitAccepted(t.Context()); err != nil {
			t.Fatal(err)
		}
		if conn != c.Connection() || conn.Version() != ocpp.V16 || conn.URL() != f.srv.URL+"/ocpp/CS-1" {
			t.Errorf("the connection is %v to %s", conn.Version(), conn.URL())
		}
		f.last().Close()
		<-conn.Done()
		if !errors.Is(conn.Cause(), net.ErrClosed) {
			t.Errorf("it ended with %v", conn.Cause())
		}
		again, err := c.Dial(t.Context())
		if err != nil {
			t.Fatalf("dialling again: %v", err)
		}
		again.Close(1000, "")
		<-again.Done()
		f.expectUnordered("0s connected ocpp1.6", "0s BootNotification", "0s lost", "0s connected ocpp1.6", "0s closed 1000")
		time.Sleep(time.Hour)
		f.expect()
		if _, err := c.Dial(t.Context()); err != nil {
			t.Errorf("dialling again: %v", err)
		}
		c.Close()
		f.setDown(true)
		f.expect("1h0m0s connected ocpp1.6", "1h0m0s closed 1000")
	})
}

func TestDialFails(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.setDown(true)
		c := f.client(f.options())
		if _, err := c.Dial(t.Context()); err == nil || !strings.Contains(err.Error(), "the CSMS is down") {
			t.Errorf("got %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.Dial(ctx); !errors.Is(err, context.Canceled) && err == nil {
			t.Errorf("with a dead context: %v", err)
		}
	})
}

func TestHooksTellTheLifeOfAConnectionInOrder(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		o.OnConnect = func(n *station.Connection) { f.note("hook: connect %v", n.Profile()) }
		o.OnBoot = func(r ocpp.BootResult, err error) { f.note("hook: boot %s %v %v", r.Status, r.Interval, err) }
		o.OnDisconnect = func(n *station.Connection, cause error) {
			f.note("hook: disconnect %t %t", errors.Is(cause, net.ErrClosed), n == nil)
		}
		c := f.started(o)
		f.last()
		f.last().SendClose(1012, "restart")
		synctest.Wait()
		time.Sleep(5 * time.Second)
		f.same(without(without(f.lines(), "lost"), "closed"), "0s connected ocpp1.6", "0s hook: connect 0",
			"0s BootNotification", "0s hook: boot Accepted 1h0m0s <nil>", "0s hook: disconnect true false")
		if c.Connection() != nil {
			t.Error("there is a connection")
		}
	})
}

func TestHandlersAndErrors(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		c := f.client(f.options())
		station.Handle(c, func(ctx context.Context, req *ocpp16.GetConfigurationRequest) (*ocpp16.GetConfigurationResponse, error) {
			if got, ok := station.FromContext(ctx); !ok || got != c {
				t.Error("the context does not know its client")
			}
			// A handler that calls its peer.
			if _, err := station.Call(ctx, c, &ocpp16.AuthorizeRequest{IDTag: "04A1"}); err != nil {
				t.Error(err)
			}
			return nil, ocpp.Errorf(ocpp.SecurityError, "not for you")
		})
		station.Handle(c, func(context.Context, *ocpp16.ClearCacheRequest) (*ocpp16.ClearCacheResponse, error) {
			return nil, nil
		})
		f.run(c)
		f.last().SendText(`[2,"1","GetConfiguration",{}]`)
		if got, want := <-f.last().answers, `"1" "SecurityError" "not for you" {}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		f.last().SendText(`[2,"2","ClearCache",{}]`)
		if got := <-f.last().answers; !strings.HasPrefix(got, `"2" "InternalError"`) {
			t.Errorf("got %s", got)
		}
		defer func() {
			if recover() == nil {
				t.Error("a second handler was taken")
			}
		}()
		station.Handle(c, func(context.Context, *ocpp16.ClearCacheRequest) (*ocpp16.ClearCacheResponse, error) {
			return nil, nil
		})
	})
}

func TestCallsOfEveryKind(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		o.Protocols = allVersions()
		c := f.started(o)
		if err := c.WaitAccepted(t.Context()); err != nil {
			t.Fatal(err)
		}
		var version *ocpp.VersionError
		if _, err := station.Call(t.Context(), c, &ocpp201.HeartbeatRequest{}); !errors.As(err, &version) {
			t.Errorf("another version: %v", err)
		}
		resp, err := c.CallAny(t.Context(), &ocpp21.HeartbeatRequest{})
		if _, ok := resp.(*ocpp21.HeartbeatResponse); !ok || err != nil {
			t.Errorf("CallAny: %T, %v", resp, err)
		}
		if _, err := c.CallAny(t.Context(), &ocpp21.ResetRequest{}); !errors.Is(err, station.ErrNotStationAction) {
			t.Errorf("CallAny with a request of the CSMS: %v", err)
		}
		raw, err := c.Invoke(t.Context(), "Heartbeat", nil)
		if err != nil || !strings.Contains(string(raw), "currentTime") {
			t.Errorf("Invoke: %s, %v", raw, err)
		}
		var invalid *ocpp.ValidationError
		if _, err := c.Invoke(t.Context(), "Authorize", []byte(`{}`)); !errors.As(err, &invalid) {
			t.Errorf("Invoke of nonsense: %v", err)
		}
		f.lines()
	})
}

func TestManyStationsShareAnEngine(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		engine := station.NewEngine()
		o := f.options()
		o.Engine = engine
		o.Logger = slog.New(slog.DiscardHandler)
		var clients []*station.Client
		for range 200 {
			c := f.client(o)
			clients = append(clients, c)
			go c.Run(t.Context())
		}
		for _, c := range clients {
			if err := c.WaitAccepted(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range clients {
			c.Close()
		}
		engine.Close()
		f.lines()
	})
}

func TestR21SendIsNotAnsweredAndPassesACall(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = func(_ *peer, c call) string {
			if c.action == "Authorize" || c.action == "NotifyPeriodicEventStream" {
				return "-"
			}
			return defaultAnswer(c)
		}
		o := f.options()
		o.Protocols = allVersions()
		c := f.client(o)
		msg := &ocpp21.NotifyPeriodicEventStreamRequest{ID: 1, Basetime: ocpp.At(time.Now()), Data: []ocpp21.StreamDataElement{{V: []byte(`"1"`)}}}
		if err := station.Send(t.Context(), c, msg); !errors.Is(err, station.ErrOffline) {
			t.Errorf("without a connection: %v", err)
		}
		f.run(c)
		f.last()
		go c.CallAny(t.Context(), &ocpp21.AuthorizeRequest{IDToken: ocpp21.IDToken{IDToken: "04A1", Type: "ISO14443"}})
		synctest.Wait()
		if err := station.Send(t.Context(), c, msg); err != nil {
			t.Error(err)
		}
		f.expect("0s connected ocpp2.1", "0s BootNotification", "0s Authorize", `0s SEND "NotifyPeriodicEventStream"`)
	})
}

func TestCloseWaitsForHandlersAndHooks(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		o.OnDelivery = func(station.Delivery) {
			time.Sleep(7 * time.Second)
			f.note("hook: delivered")
		}
		o.OnDisconnect = func(*station.Connection, error) { f.note("hook: disconnect") }
		c := f.client(o)
		station.Handle(c, func(context.Context, *ocpp16.ClearCacheRequest) (*ocpp16.ClearCacheResponse, error) {
			time.Sleep(8 * time.Second)
			f.note("handled")
			return &ocpp16.ClearCacheResponse{Status: ocpp16.ClearCacheStatusAccepted}, nil
		})
		enqueue(t, c, meterValues(1), "")
		done := make(chan error)
		go func() { done <- c.Run(t.Context()) }()
		f.last().SendText(`[2,"1","ClearCache",{}]`)
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s MeterValues")
		c.Close()
		f.expect("0s closed 1000", "7s hook: delivered", "8s handled", "8s hook: disconnect")
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestCloseWaitsForTheDelivery(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		o.OnDelivery = func(station.Delivery) {
			time.Sleep(7 * time.Second)
			f.note("hook: delivered")
		}
		c := f.client(o)
		enqueue(t, c, meterValues(1), "")
		go c.Run(t.Context())
		f.last()
		c.Close()
		f.expect("0s connected ocpp1.6", "0s BootNotification", "0s MeterValues", "0s closed 1000", "7s hook: delivered")
	})
}
