package csms_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// example16 is one OCPP 1.6 station, connected to a server that answers heartbeats.
func example16(o csms.Options) (st *csms.Station, p *ocpptest.Peer, done func()) {
	o.Protocols = []*ocpp.Protocol{ocpp16.Protocol}
	srv, web, connected := exampleServer(o)
	heartbeats(srv)
	p = exampleStation(web, "CS-1", "ocpp1.6")
	return <-connected, p, func() {
		p.Close()
		web.Close()
	}
}

// What is known of a connection.
func ExampleStation() {
	st, p, done := example16(csms.Options{})
	defer done()
	fmt.Println(st.Identity(), "speaks", st.Version(), "from", st.RemoteAddr())
	fmt.Println("security profile", st.Profile())
	_, ok := st.Protocol().Action("RequestStartTransaction")
	fmt.Println("has RequestStartTransaction:", ok)

	fmt.Println("has said something:", !st.LastMessageAt().IsZero())
	exchange(p, `[2,"1","Heartbeat",{}]`)
	fmt.Println("has said something:", !st.LastMessageAt().Before(st.ConnectedAt()))
	// Output:
	// CS-1 speaks 1.6 from station.test:1024
	// security profile 0
	// has RequestStartTransaction: false
	// has said something: false
	// [3,"1",{"currentTime":"2026-01-02T03:04:05Z"}] <nil>
	// has said something: true
}

// A user interface asks for a command on a station that may be anywhere.
func ExampleServer_Station() {
	srv, web, connected := exampleServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp16.Protocol}})
	defer web.Close()
	p := exampleStation(web, "CS-1", "ocpp1.6")
	defer p.Close()
	<-connected
	for _, identity := range []string{"CS-1", "CS-2"} {
		st, ok := srv.Station(identity)
		if !ok {
			fmt.Println(identity, "is not connected")
			continue
		}
		go answer(p, `{"status":"Unlocked"}`)
		resp, err := csms.Call(context.Background(), st, &ocpp16.UnlockConnectorRequest{ConnectorID: 1})
		fmt.Println(identity, resp.Status, err)
	}
	// Output:
	// CS-1 Unlocked <nil>
	// CS-2 is not connected
}

// A station whose boot is pending is known as such, over its connections.
func ExampleStation_BootStatus() {
	srv, web, connected := exampleServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp201.Protocol}})
	defer web.Close()
	answers := []ocpp201.RegistrationStatus{ocpp201.RegistrationStatusPending, ocpp201.RegistrationStatusAccepted}
	csms.Handle(srv, func(context.Context, *csms.Station, *ocpp201.BootNotificationRequest) (*ocpp201.BootNotificationResponse, error) {
		status := answers[0]
		answers = answers[1:]
		return &ocpp201.BootNotificationResponse{Status: status, CurrentTime: ocpp.At(time.Unix(0, 0)), Interval: 30}, nil
	})
	p := exampleStation(web, "CS-1", "ocpp2.0.1")
	defer p.Close()
	st := <-connected
	fmt.Printf("%q\n", st.BootStatus())
	for _, id := range []string{"1", "2"} {
		exchange(p, `[2,"`+id+`","BootNotification",{"reason":"PowerUp","chargingStation":{"vendorName":"Acme","model":"One"}}]`)
		fmt.Printf("%q\n", st.BootStatus())
	}
	// Output:
	// ""
	// [3,"1",{"currentTime":"1970-01-01T00:00:00Z","interval":30,"status":"Pending"}] <nil>
	// "Pending"
	// [3,"2",{"currentTime":"1970-01-01T00:00:00Z","interval":30,"status":"Accepted"}] <nil>
	// "Accepted"
}

// A job for tonight is checked when it is written down.
func ExampleStation_Check() {
	st, _, done := example16(csms.Options{})
	defer done()
	fmt.Println(st.Check("Reset", json.RawMessage(`{"type":"Soft"}`)))
	fmt.Println(st.Check("Reset", json.RawMessage(`{"type":"Lukewarm"}`)))
	fmt.Println(st.Check("Reboot", nil))
	// Output:
	// <nil>
	// /type: is not a value of the enumeration
	// csms: not an action of a CSMS in this version: "Reboot" in OCPP 1.6
}

func ExampleStation_Close() {
	st, p, done := example16(csms.Options{})
	defer done()
	fmt.Println("cause:", st.Cause())
	st.Close(1008, "your contract has ended") // does not wait
	fmt.Println(p.ReadClose())
	<-st.Done()
	fmt.Println("cause:", st.Cause())
	_, err := csms.Call(context.Background(), st, &ocpp16.ClearCacheRequest{})
	fmt.Println("gone:", errors.Is(err, net.ErrClosed))
	// Output:
	// cause: <nil>
	// ocpptest: closed (1008): "your contract has ended" <nil>
	// cause: wsconn: closed (1008): "your contract has ended"
	// gone: true
}

// The codes under which connections ended, for statistics.
func ExampleCloseCode() {
	ends := make(chan uint16)
	o := csms.Options{OnDisconnect: func(_ *csms.Station, cause error) { ends <- csms.CloseCode(cause) }}

	_, p, done := example16(o)
	p.SendClose(1000, "good night")
	fmt.Println("said goodbye:", <-ends)
	done()

	_, p, done = example16(o)
	p.Close()
	fmt.Println("fell off the network:", <-ends)
	done()

	st, _, done := example16(o)
	st.Close(1008, "")
	fmt.Println("was thrown out:", <-ends)
	done()
	// Output:
	// said goodbye: 1000
	// fell off the network: 1006
	// was thrown out: 1008
}

// Work for a station ends with its connection.
func ExampleStation_Context() {
	st, p, done := example16(csms.Options{})
	defer done()
	ended := make(chan error)
	go func() {
		<-st.Context().Done() // or hand the context to whatever works for this station
		ended <- context.Cause(st.Context())
	}()
	p.SendClose(1001, "")
	fmt.Println(errors.Is(<-ended, net.ErrClosed))
	// Output: true
}

// A newer connection has a greater epoch: what the old one still has to write of itself is out of date.
func ExampleStation_Epoch() {
	_, web, connected := exampleServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp16.Protocol}})
	defer web.Close()
	p := exampleStation(web, "CS-1", "ocpp1.6")
	before := <-connected
	go p.ReadClose()                                // the server closes it ...
	again := exampleStation(web, "CS-1", "ocpp1.6") // ... when the station comes back over another network
	defer again.Close()
	after := <-connected
	<-before.Done()
	fmt.Println(after.Epoch() > before.Epoch(), errors.Is(before.Cause(), csms.ErrReplaced))
	p.Close()
	// Output: true true
}

// The application's own data goes with the connection.
func ExampleStation_SetData() {
	type record struct{ site string }
	st, _, done := example16(csms.Options{})
	defer done()
	st.SetData(&record{site: "Car park"}) // or Admission.Data, when it is known before
	if r, ok := st.Data().(*record); ok {
		fmt.Println(r.site)
	}
	// Output: Car park
}

// A station behind a network that forgets silent connections is pinged more often.
func ExampleStation_SetPingInterval() {
	st, p, done := example16(csms.Options{PingInterval: -1})
	defer done()
	st.SetPingInterval(time.Millisecond) // 20 * time.Second
	f, err := p.ReadFrame()
	fmt.Println(f.Op == ocpptest.OpPing, err)
	// Output: true <nil>
}

// A dashboard shows which stations do not take what is sent to them.
func ExampleStation_Queued() {
	st, _, done := example16(csms.Options{})
	defer done()
	if st.Queued() == 0 {
		fmt.Println(st.Identity(), "has taken everything that was sent to it")
	}
	// Output: CS-1 has taken everything that was sent to it
}

// A station that must not be pinged is taken for gone after an hour of silence.
func ExampleStation_SetIdleTimeout() {
	st, _, done := example16(csms.Options{})
	defer done()
	st.SetPingInterval(0)
	st.SetIdleTimeout(time.Millisecond) // time.Hour
	<-st.Done()
	fmt.Println(st.Cause())
	// Output: wsconn: no frame arrived within the idle timeout
}
