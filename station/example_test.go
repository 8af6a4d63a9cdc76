package station_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocpptest"
	"github.com/chargeyard/chargeyard/station"
)

// exampleCSMS is the other end of the examples: it answers every CALL, and sends those that it is told to.
type exampleCSMS struct {
	*ocpptest.Server
	ask     chan string // CALLs to send, without type and id: `"Reset",{"type":"Soft"}`
	answers chan string // what the station answered
}

func newExampleCSMS(subprotocol string) *exampleCSMS {
	c := &exampleCSMS{ask: make(chan string, 1), answers: make(chan string, 1)}
	c.Server = ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p, err := ocpptest.AcceptPeer(w, r, subprotocol); err == nil {
			defer p.Close()
			go c.send(r.Context(), p)
			c.serve(p)
		}
	}))
	return c
}

func (c *exampleCSMS) send(ctx context.Context, p *ocpptest.Peer) {
	select {
	case q := <-c.ask:
		p.SendText(`[2,"1",` + q + `]`)
	case <-ctx.Done():
	}
}

func (c *exampleCSMS) serve(p *ocpptest.Peer) {
	for {
		text, err := p.ReadText()
		if closed, ok := errors.AsType[*ocpptest.CloseError](err); ok {
			p.SendClose(closed.Code, "")
		}
		if err != nil {
			return
		}
		var m []json.RawMessage
		json.Unmarshal([]byte(text), &m)
		switch string(m[0]) {
		case "2":
			var action string
			json.Unmarshal(m[2], &action)
			p.SendText(fmt.Sprintf("[3,%s,%s]", m[1], defaultAnswer(call{action: action})))
		case "3", "4":
			c.answers <- text
		}
	}
}

// start makes and runs a station that speaks with the example's CSMS, and returns it when its boot is accepted.
func (c *exampleCSMS) start(p *ocpp.Protocol, prepare func(c *station.Client)) (*station.Client, func()) {
	st, err := station.New(station.Options{
		Identity:    "CS-1",
		URL:         c.URL + "/ocpp",
		Protocols:   []*ocpp.Protocol{p},
		Boot:        boot,
		DialContext: c.Listener.DialContext,
		Logger:      slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	prepare(st)
	go st.Run(context.Background())
	if err := st.WaitAccepted(context.Background()); err != nil {
		panic(err)
	}
	return st, func() {
		st.Close()
		c.Close()
	}
}

func noHandlers(*station.Client) {}

// A station that boots, is asked for something, asks for something, and leaves.
func Example() {
	c := newExampleCSMS("ocpp1.6")
	defer c.Close()

	st, err := station.New(station.Options{
		Identity:  "CS-1",
		URL:       c.URL + "/ocpp", // ws://csms.example/ocpp
		Protocols: []*ocpp.Protocol{ocpp16.Protocol},
		Boot: func(ocpp.Version) any {
			return &ocpp16.BootNotificationRequest{ChargePointVendor: "Acme", ChargePointModel: "One"}
		},
		DialContext: c.Listener.DialContext, // only because the CSMS of this example is in memory
		Logger:      slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	station.Handle(st, func(_ context.Context, req *ocpp16.ResetRequest) (*ocpp16.ResetResponse, error) {
		fmt.Println("reset:", req.Type)
		return &ocpp16.ResetResponse{Status: ocpp16.ResetStatusAccepted}, nil
	})

	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- st.Run(ctx) }()
	if err := st.WaitAccepted(ctx); err != nil {
		panic(err)
	}
	fmt.Println("boot", st.BootStatus(), "with a heartbeat every", st.HeartbeatInterval())
	c.ask <- `"Reset",{"type":"Soft"}`
	<-c.answers
	resp, err := station.Call(ctx, st, &ocpp16.AuthorizeRequest{IDTag: "04A1"})
	if err != nil {
		panic(err)
	}
	fmt.Println("authorize:", resp.IDTagInfo.Status)
	cancel()
	fmt.Println("run:", <-done)
	// Output:
	// boot Accepted with a heartbeat every 1h0m0s
	// reset: Soft
	// authorize: Accepted
	// run: context canceled
}

func ExampleNew() {
	_, err := station.New(station.Options{Identity: "CS-1", URL: "ws://csms.example/ocpp"})
	fmt.Println(err)
	// Output: station: Options.Protocols names no version
}

func ExampleClient_Run() {
	c := newExampleCSMS("ocpp1.6")
	st, stop := c.start(ocpp16.Protocol, noHandlers)
	defer stop()
	fmt.Println(st.Connection().URL(), st.Connection().Version(), st.BootStatus())
	// Output: ws://csms.test/ocpp/CS-1 1.6 Accepted
}

func ExampleClient_Dial() {
	c := newExampleCSMS("ocpp1.6")
	defer c.Close()
	st, err := station.New(station.Options{
		Identity: "CS-1", URL: c.URL, Protocols: []*ocpp.Protocol{ocpp16.Protocol}, DialContext: c.Listener.DialContext,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	conn, err := st.Dial(context.Background()) // one connection; without Options.Boot nothing is sent by itself
	if err != nil {
		panic(err)
	}
	conn.Close(1000, "that was all")
	<-conn.Done()
	fmt.Println(conn.Cause())
	// Output: wsconn: closed (1000): "that was all"
}

func ExampleHandle() {
	c := newExampleCSMS("ocpp1.6")
	_, stop := c.start(ocpp16.Protocol, func(st *station.Client) {
		station.Handle(st, func(_ context.Context, req *ocpp16.UnlockConnectorRequest) (*ocpp16.UnlockConnectorResponse, error) {
			if req.ConnectorID > 2 {
				return nil, ocpp.Errorf(ocpp.PropertyConstraintViolation, "there is no connector %d", req.ConnectorID)
			}
			return &ocpp16.UnlockConnectorResponse{Status: ocpp16.UnlockStatusUnlocked}, nil
		})
	})
	defer stop()
	c.ask <- `"UnlockConnector",{"connectorId":7}`
	fmt.Println(<-c.answers)
	// Output: [4,"1","PropertyConstraintViolation","there is no connector 7",{}]
}

func ExampleCall() {
	c := newExampleCSMS("ocpp1.6")
	st, stop := c.start(ocpp16.Protocol, noHandlers)
	resp, err := station.Call(context.Background(), st, &ocpp16.AuthorizeRequest{IDTag: "04A1"})
	fmt.Println(resp.IDTagInfo.Status, err)

	stop()
	_, err = station.Call(context.Background(), st, &ocpp16.AuthorizeRequest{IDTag: "04A1"})
	fmt.Println(err, ocpp.SafeToRetry(err))
	// Output:
	// Accepted <nil>
	// station: there is no connection true
}

func ExampleClient_CallAny() {
	c := newExampleCSMS("ocpp1.6")
	st, stop := c.start(ocpp16.Protocol, noHandlers)
	defer stop()
	resp, err := st.CallAny(context.Background(), &ocpp16.HeartbeatRequest{})
	fmt.Printf("%T %v\n", resp, err)
	// Output: *ocpp16.HeartbeatResponse <nil>
}

func ExampleClient_Invoke() {
	c := newExampleCSMS("ocpp1.6")
	st, stop := c.start(ocpp16.Protocol, noHandlers)
	defer stop()
	_, err := st.Invoke(context.Background(), "Authorize", json.RawMessage(`{}`))
	fmt.Println(err)
	resp, err := st.Invoke(context.Background(), "Authorize", json.RawMessage(`{"idTag":"04A1"}`))
	fmt.Println(string(resp), err)
	// Output:
	// /idTag: is missing
	// {"idTagInfo":{"status":"Accepted"}} <nil>
}

func ExampleSend() {
	c := newExampleCSMS("ocpp2.1")
	st, stop := c.start(ocpp21.Protocol, noHandlers)
	defer stop()
	fmt.Println(station.Send(context.Background(), st, &ocpp21.NotifyPeriodicEventStreamRequest{
		ID:       7,
		Basetime: ocpp.At(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)),
		Data:     []ocpp21.StreamDataElement{{V: json.RawMessage(`"230.1"`)}},
	}))
	// Output: <nil>
}

func ExampleEnqueue() {
	c := newExampleCSMS("ocpp1.6")
	stopped := make(chan struct{})
	_, stop := c.start(ocpp16.Protocol, func(st *station.Client) {
		// The station is not even running: the messages wait, and the second one for the id that the first one brings.
		now := ocpp.At(time.Now())
		start := &ocpp16.StartTransactionRequest{ConnectorID: 1, IDTag: "04A1", MeterStart: 100, Timestamp: now}
		station.Enqueue(st, start, "local-1", func(r *ocpp16.StartTransactionResponse, err error) {
			fmt.Println("started", r.TransactionID, err)
		})
		end := &ocpp16.StopTransactionRequest{MeterStop: 900, Timestamp: now}
		station.Enqueue(st, end, "local-1", func(_ *ocpp16.StopTransactionResponse, err error) {
			fmt.Println("stopped", err)
			close(stopped)
		})
		fmt.Println(st.QueueLen(), "waiting")
	})
	defer stop()
	<-stopped
	// Output:
	// 2 waiting
	// started 4711 <nil>
	// stopped <nil>
}

func ExampleOpenFileQueue() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "transactions.queue")

	queue, err := station.OpenFileQueue(path, station.FileQueueOptions{})
	if err != nil {
		panic(err)
	}
	st, err := station.New(station.Options{
		Identity: "CS-1", URL: "ws://csms.example/ocpp", Protocols: []*ocpp.Protocol{ocpp16.Protocol}, Queue: queue,
	})
	if err != nil {
		panic(err)
	}
	stopTx := &ocpp16.StopTransactionRequest{TransactionID: 7, MeterStop: 900, Timestamp: ocpp.At(time.Now())}
	fmt.Println(station.Enqueue(st, stopTx, "", nil))
	_, err = station.OpenFileQueue(path, station.FileQueueOptions{})
	fmt.Println(errors.Is(err, station.ErrQueueInUse))
	queue.Close() // the power fails

	queue, err = station.OpenFileQueue(path, station.FileQueueOptions{})
	if err != nil {
		panic(err)
	}
	defer queue.Close()
	fmt.Println(queue.Len(), "waiting")
	// Output:
	// <nil>
	// true
	// 1 waiting
}

func ExampleNewMemoryQueue() {
	queue := station.NewMemoryQueue()
	queue.Append(station.Entry{Action: ocpp.Action{Version: ocpp.V16, Name: "MeterValues"}, MessageID: "a"})
	e, ok, err := queue.Next(ocpp.V16)
	fmt.Println(e.MessageID, ok, err, queue.Len())
	// Output: a true <nil> 1
}

func ExampleNewEngine() {
	c := newExampleCSMS("ocpp1.6")
	defer c.Close()
	engine := station.NewEngine() // one for all stations of a simulator
	defer engine.Close()
	for i := range 3 {
		st, err := station.New(station.Options{
			Identity: fmt.Sprintf("CS-%d", i), URL: c.URL, Protocols: []*ocpp.Protocol{ocpp16.Protocol},
			DialContext: c.Listener.DialContext, Engine: engine, Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			panic(err)
		}
		conn, err := st.Dial(context.Background())
		fmt.Println(conn.Identity(), err)
		defer st.Close()
	}
	// Output:
	// CS-0 <nil>
	// CS-1 <nil>
	// CS-2 <nil>
}

func ExampleHandleData() {
	c := newExampleCSMS("ocpp1.6")
	type colour struct{ R, G, B int }
	_, stop := c.start(ocpp16.Protocol, func(st *station.Client) {
		station.HandleData(st, "com.acme", "LED", func(_ context.Context, led *colour) (*colour, error) {
			return &colour{led.B, led.G, led.R}, nil
		})
	})
	defer stop()
	c.ask <- `"DataTransfer",{"vendorId":"com.acme","messageId":"LED","data":"{\"R\":255}"}`
	fmt.Println(<-c.answers)
	// Output: [3,"1",{"status":"Accepted","data":"{\"R\":0,\"G\":0,\"B\":255}"}]
}

func ExampleCallData() {
	c := newExampleCSMS("ocpp1.6")
	st, stop := c.start(ocpp16.Protocol, noHandlers)
	defer stop()
	_, err := station.CallData[string](context.Background(), st, "com.acme", "Tariff", map[string]int{"connector": 1})
	var status *station.DataError
	fmt.Println(errors.As(err, &status), status.Status)
	// Output: true UnknownVendorId
}

func ExampleAuthorizationKey() {
	key, err := station.AuthorizationKey("00ff3a414243444546474849505152ff")
	fmt.Printf("%q %v\n", key, err)
	// Output: "\x00\xff:ABCDEFGHIPQR\xff" <nil>
}

func ExampleBasicAuthPassword() {
	_, err := station.BasicAuthPassword("too short")
	fmt.Println(err)
	// Output: station: a BasicAuthPassword has 16 to 64 characters, not 9
}

func ExampleClient_UpdatePassword() {
	c := newExampleCSMS("ocpp1.6")
	_, stop := c.start(ocpp16.Protocol, func(st *station.Client) {
		station.Handle(st, func(_ context.Context, req *ocpp16.ChangeConfigurationRequest) (*ocpp16.ChangeConfigurationResponse, error) {
			key, err := station.AuthorizationKey(req.Value)
			if err != nil { //nolint:nilerr // the CSMS is told
				return &ocpp16.ChangeConfigurationResponse{Status: ocpp16.ConfigurationStatusRejected}, nil
			}
			st.UpdatePassword(key) // connects anew, after the answer has gone out
			return &ocpp16.ChangeConfigurationResponse{Status: ocpp16.ConfigurationStatusAccepted}, nil
		})
	})
	defer stop()
	c.ask <- `"ChangeConfiguration",{"key":"AuthorizationKey","value":"00ff3a414243444546474849505152ff"}`
	fmt.Println(<-c.answers)
	// Output: [3,"1",{"status":"Accepted"}]
}

func ExampleClient_SetProfiles() {
	st, err := station.New(station.Options{
		Identity: "CS-1", Protocols: []*ocpp.Protocol{ocpp21.Protocol}, MinProfile: station.ProfileTLS,
		Profiles: []station.NetworkProfile{
			{URL: "wss://first.example/ocpp", Password: []byte("0123456789abcdef"), Attempts: 5},
			{URL: "wss://second.example/ocpp", Password: []byte("fedcba9876543210")},
		},
	})
	if err != nil {
		panic(err)
	}
	err = st.SetProfiles([]station.NetworkProfile{{URL: "ws://first.example/ocpp", Password: []byte("0123456789abcdef")}})
	fmt.Println(errors.Is(err, station.ErrProfileLowered))
	// Output: true
}
