package station_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpptest"
	"github.com/chargeyard/chargeyard/station"
)

// exampleClient makes a station of OCPP 1.6 that connects to server. It does not run yet.
func exampleClient(server *ocpptest.Server, o station.Options) *station.Client {
	o.Identity, o.URL, o.Protocols = "CS-1", server.URL+"/ocpp", []*ocpp.Protocol{ocpp16.Protocol}
	o.Logger = slog.New(slog.DiscardHandler)
	if o.DialContext == nil {
		o.DialContext = server.Listener.DialContext
	}
	st, err := station.New(o)
	if err != nil {
		panic(err)
	}
	return st
}

// A station waits for its CSMS before it offers to charge, and says so when there is none.
func ExampleClient_WaitAccepted() {
	c := newExampleCSMS("ocpp1.6")
	defer c.Close()
	st := exampleClient(c.Server, station.Options{Boot: boot})
	defer st.Close()

	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	fmt.Println(st.WaitAccepted(ctx)) // nobody has called Run
	_, err := station.Call(context.Background(), st, &ocpp16.AuthorizeRequest{IDTag: "04A1"})
	fmt.Println(err)

	go st.Run(context.Background())
	fmt.Println(st.WaitAccepted(context.Background()))
	// Output:
	// context deadline exceeded
	// station: there is no connection
	// <nil>
}

// Close is for the end of the program: what is under way is cut short.
func ExampleClient_Close() {
	c := newExampleCSMS("ocpp1.6")
	defer c.Close()
	st := exampleClient(c.Server, station.Options{Boot: boot})
	done := make(chan error)
	go func() { done <- st.Run(context.Background()) }()
	if err := st.WaitAccepted(context.Background()); err != nil {
		panic(err)
	}
	st.Close()
	fmt.Println("run:", <-done)
	fmt.Println("run again:", errors.Is(st.Run(context.Background()), station.ErrClosed))
	// Output:
	// run: <nil>
	// run again: true
}

// Shutdown lets the handler finish that is at work, and its answer go out.
func ExampleClient_Shutdown() {
	c := newExampleCSMS("ocpp1.6")
	defer c.Close()
	began, proceed := make(chan struct{}), make(chan struct{})
	st, stop := c.start(ocpp16.Protocol, func(st *station.Client) {
		station.Handle(st, func(context.Context, *ocpp16.UnlockConnectorRequest) (*ocpp16.UnlockConnectorResponse, error) {
			close(began)
			<-proceed // the lock is slow
			return &ocpp16.UnlockConnectorResponse{Status: ocpp16.UnlockStatusUnlocked}, nil
		})
	})
	defer stop()
	c.ask <- `"UnlockConnector",{"connectorId":1}`
	<-began
	done := make(chan error)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		done <- st.Shutdown(ctx)
	}()
	close(proceed)
	fmt.Println(<-c.answers)
	fmt.Println(<-done)
	// Output:
	// [3,"1",{"status":"Unlocked"}]
	// <nil>
}

// A Reset: the answer goes out, the connection ends, and the next one begins with a boot.
func ExampleClient_Reboot() {
	c := newExampleCSMS("ocpp1.6")
	defer c.Close()
	events := make(chan string, 8)
	st := exampleClient(c.Server, station.Options{
		Boot:         boot,
		OnBoot:       func(r ocpp.BootResult, _ error) { events <- fmt.Sprint("boot ", r.Status) },
		OnDisconnect: func(_ *station.Connection, cause error) { events <- cause.Error() },
	})
	station.Handle(st, func(context.Context, *ocpp16.ResetRequest) (*ocpp16.ResetResponse, error) {
		st.Reboot() // does not wait
		return &ocpp16.ResetResponse{Status: ocpp16.ResetStatusAccepted}, nil
	})
	defer st.Close()
	go st.Run(context.Background())

	fmt.Println(<-events)
	c.ask <- `"Reset",{"type":"Hard"}`
	fmt.Println(<-c.answers)
	fmt.Println(<-events)
	fmt.Println(<-events)
	// Output:
	// boot Accepted
	// [3,"1",{"status":"Accepted"}]
	// station: the station reboots
	// boot Accepted
}

// The CSMS asks for the boot again, over the present connection.
func ExampleClient_BootAgain() {
	c := newExampleCSMS("ocpp1.6")
	defer c.Close()
	boots := make(chan ocpp.BootStatus, 8)
	st := exampleClient(c.Server, station.Options{
		Boot:   boot,
		OnBoot: func(r ocpp.BootResult, _ error) { boots <- r.Status },
	})
	station.Handle(st, func(_ context.Context, req *ocpp16.TriggerMessageRequest) (*ocpp16.TriggerMessageResponse, error) {
		if req.RequestedMessage != ocpp16.MessageTriggerBootNotification {
			return &ocpp16.TriggerMessageResponse{Status: ocpp16.TriggerMessageStatusNotImplemented}, nil
		}
		st.BootAgain() // after this answer
		return &ocpp16.TriggerMessageResponse{Status: ocpp16.TriggerMessageStatusAccepted}, nil
	})
	defer st.Close()
	go st.Run(context.Background())

	fmt.Println(<-boots)
	c.ask <- `"TriggerMessage",{"requestedMessage":"BootNotification"}`
	fmt.Println(<-c.answers)
	fmt.Println(<-boots)
	// Output:
	// Accepted
	// [3,"1",{"status":"Accepted"}]
	// Accepted
}

// A station that has got another SIM card uses it at once.
func ExampleClient_Reconnect() {
	c := newExampleCSMS("ocpp1.6")
	st, stop := c.start(ocpp16.Protocol, noHandlers)
	defer stop()
	old := st.Connection()
	st.Reconnect() // does not wait
	<-old.Done()
	fmt.Println(old.Cause())
	if err := st.WaitAccepted(context.Background()); err != nil { // no boot is needed: it was accepted before
		panic(err)
	}
	fmt.Println(st.Connection() != old)
	// Output:
	// station: the connection is made anew
	// true
}

// One handler for all stations of a simulator.
func ExampleFromContext() {
	c := newExampleCSMS("ocpp1.6")
	_, stop := c.start(ocpp16.Protocol, func(st *station.Client) {
		station.Handle(st, func(ctx context.Context, _ *ocpp16.ClearCacheRequest) (*ocpp16.ClearCacheResponse, error) {
			if st, ok := station.FromContext(ctx); ok {
				fmt.Println(st.Identity(), "clears its cache")
			}
			return &ocpp16.ClearCacheResponse{Status: ocpp16.ClearCacheStatusAccepted}, nil
		})
	})
	defer stop()
	c.ask <- `"ClearCache",{}`
	fmt.Println(<-c.answers)
	// Output:
	// CS-1 clears its cache
	// [3,"1",{"status":"Accepted"}]
}

// What is known of a connection.
func ExampleConnection() {
	c := newExampleCSMS("ocpp1.6")
	defer c.Close()
	before := time.Now()
	st := exampleClient(c.Server, station.Options{})
	defer st.Close()
	conn, err := st.Dial(context.Background())
	if err != nil {
		panic(err)
	}
	fmt.Println(conn.Identity(), "at", conn.URL(), "speaks", conn.Version())
	fmt.Println("from", conn.LocalAddr(), "to", conn.RemoteAddr(), "with security profile", conn.Profile())
	_, ok := conn.Protocol().Action("TransactionEvent")
	fmt.Println("has TransactionEvent:", ok)
	fmt.Println("compressed:", conn.Compressed())
	fmt.Println("connected just now:", !conn.ConnectedAt().Before(before))
	// Output:
	// CS-1 at ws://csms.test/ocpp/CS-1 speaks 1.6
	// from station.test:1024 to csms.test:80 with security profile 0
	// has TransactionEvent: false
	// compressed: false
	// connected just now: true
}

// What works for a connection ends with it.
func ExampleConnection_Context() {
	c := newExampleCSMS("ocpp1.6")
	st, stop := c.start(ocpp16.Protocol, noHandlers)
	ctx := st.Connection().Context()
	stop()
	<-ctx.Done()
	fmt.Println(errors.Is(context.Cause(ctx), station.ErrClosed))
	// Output: true
}

// The first CSMS is down: after two attempts the second one is tried.
func ExampleConnection_NetworkProfile() {
	c := newExampleCSMS("ocpp1.6")
	defer c.Close()
	connected := make(chan *station.Connection)
	st, err := station.New(station.Options{
		Identity: "CS-1", Protocols: []*ocpp.Protocol{ocpp16.Protocol},
		Profiles: []station.NetworkProfile{
			{URL: "ws://first.test/ocpp", Attempts: 2},
			{URL: "ws://second.test/ocpp"},
		},
		BackOff: station.BackOff{WaitMinimum: -1, RandomRange: -1}, // no waits, for the example
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			fmt.Println("dial", addr)
			if addr == "first.test:80" {
				return nil, errors.New("no route")
			}
			return c.Listener.DialContext(ctx, network, addr)
		},
		OnConnect: func(n *station.Connection) { connected <- n },
		Logger:    slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	defer st.Close()
	go st.Run(context.Background())
	fmt.Println("network profile", (<-connected).NetworkProfile())
	// Output:
	// dial first.test:80
	// dial first.test:80
	// dial second.test:80
	// network profile 1
}
