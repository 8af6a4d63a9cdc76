package ocpptest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/chargeyard/chargeyard/ocpptest"
)

func ExamplePipe() {
	client, server := ocpptest.Pipe()
	fmt.Fprint(client, "ping")
	fmt.Fprint(server, "pong") // both may write before anybody reads
	buf := make([]byte, 4)
	io.ReadFull(client, buf)
	fmt.Println(string(buf))
	// Output: pong
}

func ExampleNewLink() {
	link := ocpptest.NewLink(ocpptest.LinkOptions{Latency: time.Millisecond})
	link.ToServer.CutAfter(5) // in the middle of what follows
	n, err := fmt.Fprint(link.Client(), "a message")
	fmt.Println(n, err)
	arrived, err := io.ReadAll(link.Server())
	fmt.Printf("%q %v\n", arrived, err)
	// Output:
	// 5 write memory station.test:1024->csms.test:80: connection reset by peer
	// "a mes" read memory csms.test:80->station.test:1024: connection reset by peer
}

func ExampleListen() {
	l := ocpptest.Listen(ocpptest.LinkOptions{})
	defer l.Close()
	l.OnLink = func(link *ocpptest.Link) { fmt.Println("a new link: keep it to break it later") }
	client, err := l.Dial()
	if err != nil {
		fmt.Println(err)
		return
	}
	server, err := l.Accept()
	fmt.Println(client.RemoteAddr(), server.LocalAddr(), err)
	// Output:
	// a new link: keep it to break it later
	// csms.test:80 csms.test:80 <nil>
}

func ExampleNewServer() {
	// Any http.Handler will do; in a test of a CSMS it is its csms.Server.
	server := ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no such station", http.StatusNotFound)
	}))
	defer server.Close()
	_, err := ocpptest.DialPeer(context.Background(), server.URL+"/ocpp/CS1", ocpptest.PeerOptions{
		DialContext:  server.Listener.DialContext,
		Subprotocols: []string{"ocpp2.0.1"},
	})
	fmt.Println(err)
	// Output: ocpptest: the server answered 404
}

func ExampleDialPeer() {
	server := ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := ocpptest.AcceptPeer(w, r, "ocpp1.6")
		if err != nil {
			return
		}
		text, _ := p.ReadText()
		p.SendText("you said " + text)
		p.SendClose(1000, "that is all")
	}))
	defer server.Close()
	station, err := ocpptest.DialPeer(context.Background(), server.URL+"/ocpp/CS1", ocpptest.PeerOptions{
		DialContext:  server.Listener.DialContext,
		Subprotocols: []string{"ocpp1.6"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer station.Close()
	station.SendFragments(`[2,"1",`, `"Heartbeat",{}]`)
	fmt.Println(station.ReadText())
	fmt.Println(station.ReadClose())
	// Output:
	// you said [2,"1","Heartbeat",{}] <nil>
	// ocpptest: closed (1000): "that is all" <nil>
}

func ExampleAcceptPeer() {
	// The CSMS of a station test: it hangs up in the middle of a frame.
	server := ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := ocpptest.AcceptPeer(w, r, "")
		if err != nil {
			return
		}
		frame := ocpptest.Frame{Fin: true, Op: ocpptest.OpText, Payload: []byte(`[3,"1",{}]`)}.Append(nil)
		p.Write(frame[:5])
		p.Close()
	}))
	defer server.Close()
	station, err := ocpptest.DialPeer(context.Background(), server.URL+"/CS1", ocpptest.PeerOptions{DialContext: server.Listener.DialContext})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer station.Close()
	_, err = station.ReadText()
	fmt.Println(err)
	// Output: unexpected EOF
}

func ExampleNewPeer() {
	// Two peers over a pipe need no handshake.
	a, b := ocpptest.Pipe()
	station, csms := ocpptest.NewPeer(a, true), ocpptest.NewPeer(b, false)
	// A frame that breaks a rule: a client has to mask.
	station.Send(ocpptest.Frame{Fin: true, Op: ocpptest.OpText, Payload: []byte("naked")})
	f, err := csms.ReadFrame()
	fmt.Printf("%s masked=%v %v\n", f.Payload, f.Masked, err)
	// Output: naked masked=false <nil>
}
