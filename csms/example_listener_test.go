package csms_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// A server is a handler among others, and answers what is no station as HTTP has it.
func ExampleServer_ServeHTTP() {
	srv, err := csms.NewServer(csms.Options{
		Protocols: []*ocpp.Protocol{ocpp16.Protocol},
		Logger:    slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/ocpp/{identity}", srv)
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, srv.Len(), " stations") })
	for _, path := range []string{"/health", "/ocpp/CS-1"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 0 stations
	// 426 Upgrade Required
}

// A socket has its place until it has become a station, or is closed.
func ExampleLimitListener_Accept() {
	memory := ocpptest.Listen(ocpptest.LinkOptions{}) // or net.Listen("tcp", ":8887")
	l := csms.NewLimitListener(memory, csms.LimitOptions{Handshakes: 256})
	memory.Dial()             // somebody who connects and says nothing
	socket, err := l.Accept() // what http.Server.Serve does
	fmt.Println(l.Pending(), err)
	socket.Close() // after LimitOptions.HandshakeTimeout at the latest
	fmt.Println(l.Pending())

	l.Close()
	_, err = l.Accept()
	fmt.Println(errors.Is(err, net.ErrClosed))
	// Output:
	// 1 <nil>
	// 0
	// true
}
