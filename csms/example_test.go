package csms_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// exampleServer runs a server in memory; connected gets its stations.
func exampleServer(o csms.Options) (srv *csms.Server, web *ocpptest.Server, connected chan *csms.Station) {
	connected = make(chan *csms.Station, 8)
	o.OnConnect = func(st *csms.Station) { connected <- st }
	o.Logger = slog.New(slog.DiscardHandler)
	srv, err := csms.NewServer(o)
	if err != nil {
		panic(err)
	}
	return srv, ocpptest.NewServer(srv), connected
}

// exampleStation is the other end of the examples.
func exampleStation(web *ocpptest.Server, identity, subprotocol string) *ocpptest.Peer {
	p, err := ocpptest.DialPeer(context.Background(), web.URL+"/ocpp/"+identity, ocpptest.PeerOptions{
		DialContext: web.Listener.DialContext, Subprotocols: []string{subprotocol},
	})
	if err != nil {
		panic(err)
	}
	return p
}

// exchange sends a message and prints the answer.
func exchange(p *ocpptest.Peer, message string) {
	if err := p.SendText(message); err != nil {
		panic(err)
	}
	answer, err := p.ReadText()
	fmt.Fprintln(os.Stdout, answer, err)
}

// answer answers the next CALL with a payload.
func answer(p *ocpptest.Peer, payload string) {
	text, err := p.ReadText()
	if err != nil {
		panic(err)
	}
	var call []json.RawMessage
	if err := json.Unmarshal([]byte(text), &call); err != nil {
		panic(err)
	}
	if err := p.SendText(fmt.Sprintf(`[3,%s,%s]`, call[1], payload)); err != nil {
		panic(err)
	}
}

// A server of two versions on one port.
func Example() {
	srv, err := csms.NewServer(csms.Options{
		Protocols: []*ocpp.Protocol{ocpp201.Protocol, ocpp16.Protocol},
		Logger:    slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	csms.Handle(srv, func(_ context.Context, st *csms.Station, req *ocpp16.BootNotificationRequest) (*ocpp16.BootNotificationResponse, error) {
		fmt.Println(st.Identity(), "is a", req.ChargePointVendor, "and speaks", st.Version())
		return &ocpp16.BootNotificationResponse{
			Status: ocpp16.RegistrationStatusAccepted, CurrentTime: ocpp.At(time.Unix(0, 0)), Interval: 300,
		}, nil
	})
	csms.Handle(srv, func(_ context.Context, st *csms.Station, req *ocpp201.BootNotificationRequest) (*ocpp201.BootNotificationResponse, error) {
		fmt.Println(st.Identity(), "is a", req.ChargingStation.VendorName, "and speaks", st.Version())
		return &ocpp201.BootNotificationResponse{
			Status: ocpp201.RegistrationStatusAccepted, CurrentTime: ocpp.At(time.Unix(0, 0)), Interval: 300,
		}, nil
	})
	mux := http.NewServeMux()
	mux.Handle("/ocpp/{identity}", srv)
	web := ocpptest.NewServer(mux) // or http.ListenAndServe(":8887", mux)
	defer web.Close()

	old, young := exampleStation(web, "CS-1", "ocpp1.6"), exampleStation(web, "CS-2", "ocpp2.0.1")
	exchange(old, `[2,"1","BootNotification",{"chargePointVendor":"Acme","chargePointModel":"One"}]`)
	exchange(young, `[2,"1","BootNotification",{"reason":"PowerUp","chargingStation":{"vendorName":"Emca","model":"Two"}}]`)
	go old.ReadClose()   // a station that leaves
	go young.ReadClose() // a station that leaves
	old.Close()
	young.Close()
	fmt.Println(srv.Shutdown(context.Background()))
	// Output:
	// CS-1 is a Acme and speaks 1.6
	// [3,"1",{"status":"Accepted","currentTime":"1970-01-01T00:00:00Z","interval":300}] <nil>
	// CS-2 is a Emca and speaks 2.0.1
	// [3,"1",{"currentTime":"1970-01-01T00:00:00Z","interval":300,"status":"Accepted"}] <nil>
	// <nil>
}

// Stations are admitted by their password, which is bytes.
func ExampleNewServer() {
	_, web, _ := exampleServer(csms.Options{
		Protocols: []*ocpp.Protocol{ocpp16.Protocol},
		Authenticate: func(_ context.Context, identity string, c csms.Credential, _ *http.Request) (*csms.Admission, error) {
			switch {
			case identity != "CS-1":
				return nil, csms.ErrUnknownStation
			case !c.Basic || string(c.Password) != "0123456789abcdef": // in truth: compare salted hashes
				return nil, csms.ErrBadCredential
			}
			return &csms.Admission{Data: "the record of CS-1", Policy: ocpp.Strict}, nil
		},
		OnRefuse: func(r csms.Refusal) { fmt.Println("refused", r.Identity, r.Status, r.Reason) },
	})
	defer web.Close()
	for _, identity := range []string{"CS-1", "CS-2"} {
		_, err := ocpptest.DialPeer(context.Background(), web.URL+"/ocpp/"+identity, ocpptest.PeerOptions{
			DialContext: web.Listener.DialContext, Header: basic(identity, "wrong"), Subprotocols: []string{"ocpp1.6"},
		})
		fmt.Println(err)
	}
	// Output:
	// refused CS-1 401 csms: bad credential
	// ocpptest: the server answered 401
	// refused CS-2 404 csms: unknown station
	// ocpptest: the server answered 404
}

func ExampleHandle() {
	srv, web, _ := exampleServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp16.Protocol}})
	defer web.Close()
	csms.Handle(srv, func(_ context.Context, _ *csms.Station, req *ocpp16.AuthorizeRequest) (*ocpp16.AuthorizeResponse, error) {
		if req.IDTag == "" {
			return nil, ocpp.Errorf(ocpp.PropertyConstraintViolation, "an empty idTag") // goes to the station
		}
		return &ocpp16.AuthorizeResponse{IDTagInfo: ocpp16.IDTagInfo{Status: ocpp16.AuthorizationStatusAccepted}}, nil
	})
	p := exampleStation(web, "CS-1", "ocpp1.6")
	defer p.Close()
	exchange(p, `[2,"1","Authorize",{"idTag":"04E91C5A"}]`)
	exchange(p, `[2,"2","Authorize",{"idTag":""}]`)
	// Output:
	// [3,"1",{"idTagInfo":{"status":"Accepted"}}] <nil>
	// [4,"2","PropertyConstraintViolation","an empty idTag",{}] <nil>
}

func ExampleHandleSend() {
	srv, web, _ := exampleServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp21.Protocol}})
	defer web.Close()
	done := make(chan struct{})
	csms.HandleSend(srv, func(_ context.Context, st *csms.Station, m *ocpp21.NotifyPeriodicEventStreamRequest) error {
		fmt.Println(st.Identity(), "sent", len(m.Data), "values of stream", m.ID)
		close(done)
		return nil
	})
	p := exampleStation(web, "CS-1", "ocpp2.1")
	defer p.Close()
	p.SendText(`[6,"1","NotifyPeriodicEventStream",{"id":7,"pending":0,"basetime":"2026-01-02T03:04:05Z","data":[{"t":0,"v":"230"}]}]`) // in memory
	<-done
	// Output: CS-1 sent 1 values of stream 7
}

func ExampleHandleData() {
	type Level struct {
		Percent int `json:"percent"`
	}
	srv, web, _ := exampleServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp201.Protocol, ocpp16.Protocol}})
	defer web.Close()
	csms.HandleData(srv, "com.example", "level", func(_ context.Context, _ *csms.Station, l *Level) (*Level, error) {
		if l.Percent > 100 {
			return nil, &csms.DataError{Status: ocpp.DataTransferRejected}
		}
		return &Level{Percent: l.Percent / 2}, nil
	})
	young, old := exampleStation(web, "CS-1", "ocpp2.0.1"), exampleStation(web, "CS-2", "ocpp1.6")
	defer young.Close()
	defer old.Close()
	exchange(young, `[2,"1","DataTransfer",{"vendorId":"com.example","messageId":"level","data":{"percent":80}}]`)
	exchange(old, `[2,"1","DataTransfer",{"vendorId":"com.example","messageId":"level","data":"{\"percent\":80}"}]`)
	exchange(old, `[2,"2","DataTransfer",{"vendorId":"com.example","messageId":"level","data":"{\"percent\":180}"}]`)
	exchange(old, `[2,"3","DataTransfer",{"vendorId":"com.example","messageId":"other"}]`)
	// Output:
	// [3,"1",{"status":"Accepted","data":{"percent":40}}] <nil>
	// [3,"1",{"status":"Accepted","data":"{\"percent\":40}"}] <nil>
	// [3,"2",{"status":"Rejected"}] <nil>
	// [3,"3",{"status":"UnknownMessageId"}] <nil>
}

func ExampleCall() {
	_, web, connected := exampleServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp16.Protocol}})
	defer web.Close()
	p := exampleStation(web, "CS-1", "ocpp1.6")
	st := <-connected
	go answer(p, `{"status":"Accepted"}`)
	resp, err := csms.Call(context.Background(), st, &ocpp16.ResetRequest{Type: ocpp16.ResetTypeSoft})
	fmt.Println(resp.Status, err)

	_, err = csms.Call(context.Background(), st, &ocpp201.ResetRequest{Type: ocpp201.ResetTypeImmediate})
	fmt.Println(err)

	p.Close()
	<-st.Done()
	_, err = csms.Call(context.Background(), st, &ocpp16.ResetRequest{Type: ocpp16.ResetTypeSoft})
	fmt.Println(errors.Is(err, net.ErrClosed), ocpp.SafeToRetry(err), ocpp.Remote(err))
	// Output:
	// Accepted <nil>
	// ocpp: Reset is a message of OCPP 2.0.1, but the connection speaks 1.6
	// true true false
}

func ExampleCallData() {
	type Level struct {
		Percent int `json:"percent"`
	}
	_, web, connected := exampleServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp16.Protocol}})
	defer web.Close()
	p := exampleStation(web, "CS-1", "ocpp1.6")
	defer p.Close()
	go answer(p, `{"status":"Accepted","data":"{\"percent\":55}"}`)
	level, err := csms.CallData[Level](context.Background(), <-connected, "com.example", "getLevel", nil)
	fmt.Println(level.Percent, err)
	// Output: 55 <nil>
}

func ExampleStation_Invoke() {
	_, web, connected := exampleServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp201.Protocol}})
	defer web.Close()
	p := exampleStation(web, "CS-1", "ocpp2.0.1")
	defer p.Close()
	st := <-connected
	_, err := st.Invoke(context.Background(), "Reset", json.RawMessage(`{"type":"Immediate","evseId":"one"}`))
	fmt.Println(err)
	go answer(p, `{"status":"Scheduled"}`)
	resp, err := st.Invoke(context.Background(), "Reset", json.RawMessage(`{"type":"Immediate"}`))
	fmt.Println(string(resp), err)
	// Output:
	// /evseId: is not an integer
	// {"status":"Scheduled"} <nil>
}

func ExampleStation_CallAny() {
	_, web, connected := exampleServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp16.Protocol}})
	defer web.Close()
	p := exampleStation(web, "CS-1", "ocpp1.6")
	defer p.Close()
	go answer(p, `{"status":"Accepted"}`)
	resp, err := (<-connected).CallAny(context.Background(), &ocpp16.ClearCacheRequest{})
	fmt.Printf("%T %v\n", resp, err)
	// Output: *ocpp16.ClearCacheResponse <nil>
}

func ExampleServer_Stations() {
	srv, web, connected := exampleServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp16.Protocol}})
	defer web.Close()
	p := exampleStation(web, "CS-1", "ocpp1.6")
	defer p.Close()
	<-connected
	for st := range srv.Stations() {
		fmt.Println(st.Identity(), st.Version(), st.BootStatus() == "")
	}
	_, ok := srv.Station("CS-2")
	fmt.Println(srv.Len(), ok)
	// Output:
	// CS-1 1.6 true
	// 1 false
}

func ExampleServer_Shutdown() {
	srv, web, connected := exampleServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp16.Protocol}, ShutdownCode: 1012})
	p := exampleStation(web, "CS-1", "ocpp1.6")
	st := <-connected
	told := make(chan struct{})
	go func() {
		defer close(told)
		c, err := p.ReadClose()
		fmt.Println("the station is told", c.Code, err)
		p.SendClose(c.Code, "") // in memory
	}()
	web.Listener.Close()                            // 1. accept no more
	fmt.Println(srv.Shutdown(context.Background())) // 2. end the connections
	web.Close()                                     // 3. end what is left of HTTP
	<-told
	fmt.Println(errors.Is(st.Cause(), csms.ErrShutdown))
	// Unordered output:
	// the station is told 1012 <nil>
	// <nil>
	// true
}

func ExampleStationFromContext() {
	srv, web, _ := exampleServer(csms.Options{
		Protocols: []*ocpp.Protocol{ocpp16.Protocol},
		Interceptors: []ocpp.Interceptor{func(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
			if st, ok := csms.StationFromContext(ctx); ok {
				fmt.Println(x.Action, "from", st.RemoteAddr())
			}
			return next(ctx, req)
		}},
	})
	defer web.Close()
	heartbeats(srv)
	p := exampleStation(web, "CS-1", "ocpp1.6")
	defer p.Close()
	exchange(p, `[2,"1","Heartbeat",{}]`)
	// Output:
	// 1.6 Heartbeat from station.test:1024
	// [3,"1",{"currentTime":"2026-01-02T03:04:05Z"}] <nil>
}

// The listener of a station port with security profiles 2 and 3.
func ExampleTLSConfig() {
	var certificates []tls.Certificate // from tls.LoadX509KeyPair: an ECDSA and an RSA one
	_, err := csms.TLSConfig(csms.TLSOptions{Certificates: certificates})
	fmt.Println(err)
	config, err := csms.TLSConfig(csms.TLSOptions{Certificates: make([]tls.Certificate, 2), RSAKeyExchange: true})
	fmt.Println(len(config.CipherSuites), config.MinVersion == tls.VersionTLS12, err)
	// Output:
	// csms: TLS needs a server certificate
	// 6 true <nil>
}

func ExampleNewLimitListener() {
	tcp := ocpptest.Listen(ocpptest.LinkOptions{}) // or net.Listen("tcp", ":8887")
	l := csms.NewLimitListener(tcp, csms.LimitOptions{Handshakes: 256, Waiting: 1024})
	fmt.Println(l.Pending(), l.Close()) // http.Server.Serve(l), or Serve(tls.NewListener(l, config))
	// Output: 0 <nil>
}
