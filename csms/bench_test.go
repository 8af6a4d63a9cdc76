package csms_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// benchServer is a server on the loopback with n stations.
func benchServer(b *testing.B, n int) (*csms.Server, []*ocpptest.Peer) {
	b.Helper()
	connected := make(chan struct{}, n)
	srv, err := csms.NewServer(csms.Options{
		Protocols: allVersions(), Logger: slog.New(slog.DiscardHandler), OnConnect: func(*csms.Station) { connected <- struct{}{} },
	})
	if err != nil {
		b.Fatal(err)
	}
	heartbeats(srv)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	web := &http.Server{Handler: srv, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan struct{})
	go func() {
		defer close(served)
		web.Serve(l) // until Close
	}()
	peers := make([]*ocpptest.Peer, n)
	for i := range peers {
		peers[i], err = ocpptest.DialPeer(context.Background(), fmt.Sprintf("ws://%s/ocpp/CS-%d", l.Addr(), i),
			ocpptest.PeerOptions{Subprotocols: []string{ocpp.V16.Subprotocol()}})
		if err != nil {
			b.Fatal(err)
		}
		<-connected
	}
	b.Cleanup(func() {
		for _, p := range peers {
			p.Close()
		}
		if err := srv.Shutdown(context.Background()); err != nil {
			b.Error(err)
		}
		web.Close()
		<-served
	})
	return srv, peers
}

// BenchmarkHeartbeat is one round trip over the loopback, both ends counted: the peer's frames and reads, too.
func BenchmarkHeartbeat(b *testing.B) {
	_, peers := benchServer(b, 1)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := peers[0].SendText(fmt.Sprintf(`[2,"%d","Heartbeat",{}]`, i)); err != nil {
			b.Fatal(err)
		}
		if _, err := peers[0].ReadText(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIdle reports the memory of an idle station on a plain connection after one message, without the
// benchmark's buffers of its own end; both sockets are in this process.
func BenchmarkIdle(b *testing.B) {
	const stations = 1000
	for b.Loop() {
		goroutines, before := runtime.NumGoroutine(), memoryInUse()
		_, peers := benchServer(b, stations)
		for _, p := range peers {
			if err := p.SendText(`[2,"1","Heartbeat",{}]`); err != nil {
				b.Fatal(err)
			}
			if _, err := p.ReadText(); err != nil {
				b.Fatal(err)
			}
		}
		for i, p := range peers {
			peers[i] = &ocpptest.Peer{Conn: p.Conn} // its read buffer is not the server's
		}
		b.ReportMetric(float64(memoryInUse()-before)/stations, "B/station")
		b.ReportMetric(float64(runtime.NumGoroutine()-goroutines)/stations, "goroutines/station")
	}
}

func memoryInUse() uint64 {
	runtime.GC()
	runtime.GC() // empties the pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}
