package ocpptest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/chargeyard/chargeyard/ocpptest"
)

// A cable is pulled: nobody is told, and only a deadline notices. This is what pings are for.
func ExampleLink_Blackhole() {
	link := ocpptest.NewLink(ocpptest.LinkOptions{})
	link.Blackhole()
	_, err := fmt.Fprint(link.Client(), "is anybody there?")
	fmt.Println(err)
	link.Server().SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err = link.Server().Read(make([]byte, 1))
	fmt.Println(errors.Is(err, os.ErrDeadlineExceeded))
	// Output:
	// <nil>
	// true
}

// A router restarts: what is on the way is lost, and both ends are told.
func ExampleLink_Reset() {
	link := ocpptest.NewLink(ocpptest.LinkOptions{})
	fmt.Fprint(link.Client(), "on the way")
	link.Reset()
	n, err := link.Server().Read(make([]byte, 100))
	fmt.Println(n, errors.Is(err, syscall.ECONNRESET))
	_, err = link.Client().Write([]byte("more"))
	fmt.Println(errors.Is(err, syscall.ECONNRESET))
	// Output:
	// 0 true
	// true
}

// A peer that does not read: the writer blocks when the window is full.
func ExampleDirection_Pause() {
	link := ocpptest.NewLink(ocpptest.LinkOptions{Window: 4})
	link.ToServer.Pause()
	link.Client().SetWriteDeadline(time.Now().Add(time.Millisecond))
	n, err := fmt.Fprint(link.Client(), "too long")
	fmt.Println(n, errors.Is(err, os.ErrDeadlineExceeded))

	link.ToServer.Resume()
	buf := make([]byte, 4)
	_, err = io.ReadFull(link.Server(), buf)
	fmt.Println(string(buf), err)
	// Output:
	// 4 true
	// too  <nil>
}

// A connection breaks in the middle of a frame.
func ExampleDirection_CutAfter() {
	link := ocpptest.NewLink(ocpptest.LinkOptions{})
	station, csms := ocpptest.NewPeer(link.Client(), true), ocpptest.NewPeer(link.Server(), false)
	link.ToServer.CutAfter(10)
	station.SendText(`[2,"1","Heartbeat",{}]`)
	_, err := csms.ReadText()
	fmt.Println(errors.Is(err, syscall.ECONNRESET))
	// Output: true
}

// One way is dead, the other works: the station hears its CSMS and is not heard.
func ExampleDirection_Blackhole() {
	link := ocpptest.NewLink(ocpptest.LinkOptions{})
	link.ToServer.Blackhole()
	fmt.Fprint(link.Client(), "lost")
	fmt.Fprint(link.Server(), "heard")
	buf := make([]byte, 5)
	io.ReadFull(link.Client(), buf)
	fmt.Println(string(buf))
	// Output: heard
}

// A satellite is in between. In a testing/synctest bubble the time is exact, and takes none.
func ExampleDirection_SetLatency() {
	link := ocpptest.NewLink(ocpptest.LinkOptions{})
	link.ToServer.SetLatency(20 * time.Millisecond)
	sent := time.Now()
	fmt.Fprint(link.Client(), "!")
	link.Server().Read(make([]byte, 1))
	fmt.Println(time.Since(sent) >= 20*time.Millisecond)
	// Output: true
}

// A modem of 1000 bytes per second.
func ExampleDirection_SetBandwidth() {
	link := ocpptest.NewLink(ocpptest.LinkOptions{})
	link.ToServer.SetBandwidth(1000)
	sent := time.Now()
	link.Client().Write(make([]byte, 20))
	io.ReadFull(link.Server(), make([]byte, 20))
	fmt.Println(time.Since(sent) >= 20*time.Millisecond)
	// Output: true
}

// What listens no more refuses, as a port does.
func ExampleListener_Close() {
	l := ocpptest.Listen(ocpptest.LinkOptions{Addr: "csms.example:443"})
	fmt.Println(l.Addr())
	l.Close()
	_, err := l.Dial()
	fmt.Println(errors.Is(err, syscall.ECONNREFUSED))
	_, err = l.Accept()
	fmt.Println(errors.Is(err, net.ErrClosed))
	// Output:
	// csms.example:443
	// true
	// true
}

// DialContext goes wherever a client takes the function of a net.Dialer.
func ExampleListener_DialContext() {
	server := ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "hello, ", r.Host)
	}))
	defer server.Close()
	client := http.Client{Transport: &http.Transport{DialContext: server.Listener.DialContext}}
	defer client.CloseIdleConnections()
	resp, err := client.Get("http://anywhere.example/")
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(string(body), err)
	// Output: hello, anywhere.example <nil>
}

// The links of a server are kept, to break the one of a station later.
func ExampleNewServerOn() {
	links := make(chan *ocpptest.Link, 1)
	l := ocpptest.Listen(ocpptest.LinkOptions{Latency: time.Millisecond})
	l.OnLink = func(link *ocpptest.Link) { links <- link }
	server := ocpptest.NewServerOn(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ocpptest.AcceptPeer(w, r, "ocpp1.6") // in truth: a csms.Server
	}))
	defer server.Close()
	station, err := ocpptest.DialPeer(context.Background(), server.URL+"/ocpp/CS1", ocpptest.PeerOptions{
		DialContext: l.DialContext, Subprotocols: []string{"ocpp1.6"},
	})
	if err != nil {
		panic(err)
	}
	defer station.Close()
	(<-links).Reset()
	_, err = station.ReadText()
	fmt.Println(errors.Is(err, syscall.ECONNRESET))
	// Output: true
}

// Upgraded connections outlive the server: whoever upgraded them closes them.
func ExampleServer_Close() {
	peers := make(chan *ocpptest.Peer, 1)
	server := ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := ocpptest.AcceptPeer(w, r, "ocpp1.6")
		if err == nil {
			peers <- p
		}
	}))
	o := ocpptest.PeerOptions{DialContext: server.Listener.DialContext, Subprotocols: []string{"ocpp1.6"}}
	station, err := ocpptest.DialPeer(context.Background(), server.URL+"/ocpp/CS1", o)
	if err != nil {
		panic(err)
	}
	defer station.Close()
	csms := <-peers
	defer csms.Close()

	server.Close()
	_, err = ocpptest.DialPeer(context.Background(), server.URL+"/ocpp/CS2", o)
	fmt.Println("refused:", errors.Is(err, syscall.ECONNREFUSED))
	csms.SendText("still here")
	fmt.Println(station.ReadText())
	// Output:
	// refused: true
	// still here <nil>
}
