package station_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpptest"
	"github.com/chargeyard/chargeyard/station"
)

// The waits between attempts to connect double, and then stay as they are.
func ExampleClient_SetBackOff() {
	server := ocpptest.NewServer(http.NotFoundHandler()) // a CSMS that does not know the station yet
	defer server.Close()
	failures := make(chan station.ConnectFailure, 4)
	st := exampleClient(server, station.Options{OnConnectFailed: func(f station.ConnectFailure) {
		select {
		case failures <- f:
		default: // the example has seen enough
		}
	}})
	defer st.Close()
	st.SetBackOff(station.BackOff{WaitMinimum: time.Millisecond, RandomRange: -1, RepeatTimes: 2}) // in the field: seconds
	go st.Run(context.Background())
	for range 4 {
		f := <-failures
		fmt.Println(f.Status, f.Retry)
	}
	// Output:
	// 404 1ms
	// 404 2ms
	// 404 4ms
	// 404 4ms
}

// The CSMS named an interval in its answer to the boot, and changes it later.
func ExampleClient_SetHeartbeatInterval() {
	c := newExampleCSMS("ocpp1.6")
	st, stop := c.start(ocpp16.Protocol, func(st *station.Client) {
		station.Handle(st, func(_ context.Context, req *ocpp16.ChangeConfigurationRequest) (*ocpp16.ChangeConfigurationResponse, error) {
			d, err := time.ParseDuration(req.Value + "s")
			if req.Key != "HeartbeatInterval" || err != nil {
				return &ocpp16.ChangeConfigurationResponse{Status: ocpp16.ConfigurationStatusRejected}, nil //nolint:nilerr // the CSMS is told
			}
			st.SetHeartbeatInterval(d)
			return &ocpp16.ChangeConfigurationResponse{Status: ocpp16.ConfigurationStatusAccepted}, nil
		})
	})
	defer stop()
	fmt.Println(st.HeartbeatInterval())
	c.ask <- `"ChangeConfiguration",{"key":"HeartbeatInterval","value":"90"}`
	fmt.Println(<-c.answers)
	fmt.Println(st.HeartbeatInterval())
	// Output:
	// 1h0m0s
	// [3,"1",{"status":"Accepted"}]
	// 1m30s
}

// WebSocketPingInterval: pings begin at once, on the present connection.
func ExampleClient_SetPingInterval() {
	pinged := make(chan bool)
	server := ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p, err := ocpptest.AcceptPeer(w, r, "ocpp1.6"); err == nil {
			defer p.Close()
			f, err := p.ReadFrame()
			pinged <- err == nil && f.Op == ocpptest.OpPing
		}
	}))
	defer server.Close()
	st := exampleClient(server, station.Options{PingInterval: -1})
	defer st.Close()
	if _, err := st.Dial(context.Background()); err != nil {
		panic(err)
	}
	st.SetPingInterval(time.Millisecond) // 54 * time.Second
	fmt.Println("pinged:", <-pinged)
	// Output: pinged: true
}

// TransactionMessageAttempts: a message that the CSMS fails to take is given up after two attempts.
func ExampleClient_SetTransactionRetry() {
	server := ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := ocpptest.AcceptPeer(w, r, "ocpp1.6")
		if err != nil {
			return
		}
		defer p.Close()
		for text, err := p.ReadText(); err == nil; text, err = p.ReadText() {
			var call []json.RawMessage
			json.Unmarshal([]byte(text), &call)
			fmt.Println("the CSMS fails to take", string(call[2]))
			p.SendText(fmt.Sprintf(`[4,%s,"InternalError","the database is down",{}]`, call[1]))
		}
	}))
	defer server.Close()
	st := exampleClient(server, station.Options{})
	defer st.Close()
	st.SetTransactionRetry(2, time.Millisecond)
	done := make(chan error)
	stopTx := &ocpp16.StopTransactionRequest{TransactionID: 7, MeterStop: 900, Timestamp: ocpp.At(time.Now())}
	if err := station.Enqueue(st, stopTx, "", func(_ *ocpp16.StopTransactionResponse, err error) { done <- err }); err != nil {
		panic(err)
	}
	go st.Run(context.Background())
	err := <-done
	fmt.Println(err)
	fmt.Println(errors.Is(err, station.ErrGivenUp), st.QueueLen())
	// Output:
	// the CSMS fails to take "StopTransaction"
	// the CSMS fails to take "StopTransaction"
	// station: the message was given up: the peer answered InternalError: the database is down
	// true 0
}

// A station that has had TLS never goes back, over its restarts: it keeps MinProfile.
func ExampleClient_MinProfile() {
	server := ocpptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	kept := station.ProfileTLS                                     // Client.MinProfile of the time before the restart
	st := exampleClient(server, station.Options{MinProfile: kept}) // and a ws URL
	defer st.Close()
	fmt.Println(st.MinProfile() == station.ProfileTLS)
	_, err := st.Dial(context.Background())
	fmt.Println(errors.Is(err, station.ErrNoProfile))
	// Output:
	// true
	// true
}

func ExampleNetworkProfile_SecurityProfile() {
	for _, p := range []station.NetworkProfile{
		{URL: "ws://csms.example/ocpp"},
		{URL: "ws://csms.example/ocpp", Password: []byte("0123456789abcdef")},
		{URL: "wss://csms.example/ocpp", Password: []byte("0123456789abcdef")},
	} {
		fmt.Println(p.SecurityProfile())
	}
	// Output:
	// 0
	// 1
	// 2
}
