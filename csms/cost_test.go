package csms_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// eventually waits for what other goroutines do to real sockets.
func eventually(t *testing.T, what func() (ok bool, state string)) {
	t.Helper()
	var state string
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		var ok bool
		if ok, state = what(); ok {
			return
		}
	}
	t.Fatal(state)
}

// descriptors counts the open files of the process, -1 where that cannot be told.
func descriptors() int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return -1
	}
	return len(list)
}

// onTCP runs f against a server on real sockets, TLS if config is not nil, and shuts it down.
func onTCP(t *testing.T, o csms.Options, config *tls.Config, f func(y *yard, url string)) {
	t.Helper()
	y := newYard(t, o)
	heartbeats(y.srv)
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "ws://" + tcp.Addr().String()
	var l net.Listener = csms.NewLimitListener(tcp, csms.LimitOptions{})
	if config != nil {
		url = "wss" + url[len("ws"):]
		l = tls.NewListener(l, config)
	}
	web := &http.Server{Handler: y.srv, ReadHeaderTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- web.Serve(l) }()
	f(y, url)
	if err := y.srv.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	web.Close()
	<-served
}

func dialTCP(t *testing.T, url string, roots *authority) *ocpptest.Peer {
	t.Helper()
	o := ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}}
	if roots != nil {
		o.TLS = &tls.Config{RootCAs: roots.pool(), ServerName: "csms.test"}
	}
	p, err := ocpptest.DialPeer(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Invariants: at most one goroutine per idle connection, and no descriptor and no goroutine after Shutdown, plain and
// with TLS.
func TestCostOfIdleStationsAndNothingAfterShutdown(t *testing.T) {
	a := newAuthority(t)
	for name, certificates := range map[string][]tls.Certificate{"plain": nil, "TLS": a.serverCertificates()[:1]} {
		t.Run(name, func(t *testing.T) {
			var config *tls.Config
			var roots *authority
			if certificates != nil {
				roots = a
				var err error
				if config, err = csms.TLSConfig(csms.TLSOptions{Certificates: certificates}); err != nil {
					t.Fatal(err)
				}
			}
			const stations = 200
			var peers []*ocpptest.Peer
			// The first socket of a process opens the runtime's poller; and listeners leave nothing open either.
			onTCP(t, csms.Options{}, config, func(_ *yard, url string) { dialTCP(t, url+"/CS-0", roots).Close() })
			goroutines, files := runtime.NumGoroutine(), descriptors()
			onTCP(t, csms.Options{}, config, func(y *yard, url string) {
				before := runtime.NumGoroutine()
				for i := range stations {
					p := dialTCP(t, fmt.Sprintf("%s/CS-%d", url, i), roots)
					beat(t, p, "1")
					peers = append(peers, p)
				}
				eventually(t, func() (bool, string) {
					n := runtime.NumGoroutine() - before
					return n <= stations, fmt.Sprintf("%d goroutines for %d idle stations", n, stations)
				})
				for i, p := range peers { // some end before the shutdown, the others with it
					if i%2 == 0 {
						p.Close()
						continue
					}
					go func() {
						if c, err := p.ReadClose(); err == nil {
							p.SendClose(c.Code, "") // the server may be through
						}
						p.Close()
					}()
				}
			})
			eventually(t, func() (bool, string) {
				n, f := runtime.NumGoroutine(), descriptors()
				return n <= goroutines && f <= files, fmt.Sprintf("%d goroutines, before %d; %d descriptors, before %d", n, goroutines, f, files)
			})
		})
	}
}

// Invariant: no timer and no goroutine holds a server that was shut down, nor its stations: pings, idle timeouts, write
// stalls, close handshakes, calls, handshakes that did not end.
func TestNothingHoldsAServerThatWasShutDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serve := func() weak.Pointer[csms.Server] {
			y := newYard(t, csms.Options{PingInterval: time.Minute, CallTimeout: time.Hour})
			heartbeats(y.srv)
			y.web = ocpptest.NewServer(y.srv)
			for i := range 3 {
				p := y.dial(fmt.Sprint("CS-", i), ocpp.V16)
				beat(t, p, "1")
				call(y.station(fmt.Sprint("CS-", i)), reset16()) // ends with the connection
				readCall(t, p, "Reset")
			}
			time.Sleep(90 * time.Second) // pings go out
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			y.srv.Shutdown(ctx)                                 // calls are under way: it ends with ctx
			if err := y.srv.Shutdown(t.Context()); err != nil { // the close handshakes, which nobody answers
				t.Error(err)
			}
			y.web.Close()
			return weak.Make(y.srv)
		}
		gone := serve()
		synctest.Wait()
		time.Sleep(time.Millisecond) // the runtime takes stopped timers out of its heap when it looks at it
		runtime.GC()
		runtime.GC() // the first one leaves what lies in pools
		if gone.Value() != nil {
			t.Error("it is held")
		}
	})
}
