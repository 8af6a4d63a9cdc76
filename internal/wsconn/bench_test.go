//go:build unix

package wsconn_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/gobwas/ws"
)

// setting is what a benchmark runs over.
type setting struct {
	name    string
	secure  bool
	generic bool // hides the socket from the non-blocking path
	bare    bool // gobwas/ws behind net/http without anything of ours: what there is to compare with
}

var settings = []setting{
	{name: "plain"}, {name: "plain-generic", generic: true}, {name: "plain-bare", bare: true},
	{name: "tls", secure: true}, {name: "tls-bare", secure: true, bare: true},
}

// bareEcho is the plainest echo on gobwas/ws.
func bareEcho(w http.ResponseWriter, r *http.Request) {
	conn, _, _, err := ws.UpgradeHTTP(r, w)
	if err != nil {
		return
	}
	go func() {
		defer conn.Close()
		for {
			f, err := ws.ReadFrame(conn) //nolint:staticcheck // the plainest way is what is to be compared with
			if err != nil {
				return
			}
			ws.Cipher(f.Payload, f.Header.Mask, 0)
			out, err := ws.CompileFrame(ws.NewTextFrame(f.Payload))
			if err != nil {
				return
			}
			if _, err := conn.Write(out); err != nil {
				return
			}
		}
	}()
}

// benchServer is an echo server over real sockets.
func benchServer(b *testing.B, o setting) (url string, config *tls.Config, engine *wsconn.Engine) {
	b.Helper()
	engine = wsconn.NewEngine()
	handler := func(w http.ResponseWriter, r *http.Request) {
		c, err := engine.Upgrade(w, r, wsconn.UpgradeOptions{})
		if err != nil {
			return // a client that has gone already; one that has not notices
		}
		c.Start(echo{})
	}
	if o.bare {
		handler = bareEcho
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(handler))
	if o.generic {
		server.Listener = plainListener{server.Listener}
	}
	if o.secure {
		server.StartTLS()
		config = server.Client().Transport.(*http.Transport).TLSClientConfig
		url = "wss" + strings.TrimPrefix(server.URL, "https")
	} else {
		server.Start()
		url = "ws" + strings.TrimPrefix(server.URL, "http")
	}
	b.Cleanup(func() {
		engine.Close()
		server.Close()
	})
	return url, config, engine
}

// plainListener gives connections that are nothing but a net.Conn.
type plainListener struct{ net.Listener }

func (l plainListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return struct{ net.Conn }{c}, err
}

// rawClient is the cheapest client there is: it writes one prepared frame and reads so many bytes.
type rawClient struct {
	conn  net.Conn
	frame []byte
	in    []byte
}

func rawDial(b *testing.B, url string, config *tls.Config, size int) *rawClient {
	b.Helper()
	conn, br, _, err := ws.Dialer{TLSConfig: config}.Dial(context.Background(), url)
	if err != nil {
		b.Fatal(err)
	}
	if br != nil {
		b.Fatal("bytes behind the handshake")
	}
	b.Cleanup(func() { conn.Close() })
	f := ws.MaskFrame(ws.NewTextFrame([]byte(long(size))))
	var out strings.Builder
	ws.WriteFrame(&out, f)
	head := 2
	if size > 125 {
		head = 4
	}
	return &rawClient{conn, []byte(out.String()), make([]byte, head+size)}
}

func (c *rawClient) echo() error {
	if _, err := c.conn.Write(c.frame); err != nil {
		return err
	}
	for got := 0; got < len(c.in); {
		n, err := c.conn.Read(c.in[got:])
		if err != nil {
			return err
		}
		got += n
	}
	return nil
}

// BenchmarkEcho is one 300-byte message there and back, both ends in this process. cpu-µs/op is the CPU time of
// both, the kernel's included.
func BenchmarkEcho(b *testing.B) {
	for _, bb := range settings {
		b.Run(bb.name, func(b *testing.B) {
			url, config, _ := benchServer(b, bb)
			const clients = 50
			list := make([]*rawClient, clients)
			for i := range list {
				list[i] = rawDial(b, url, config, 300)
			}
			b.ReportAllocs()
			b.ResetTimer()
			cpu := cpuTime()
			var wg sync.WaitGroup
			for i, c := range list {
				wg.Go(func() {
					for range share(b.N, clients, i) {
						if err := c.echo(); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N)/1e3, "cpu-µs/op")
		})
	}
}

// share splits n into parts.
func share(n, parts, i int) int {
	s := n / parts
	if i < n%parts {
		s++
	}
	return s
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkIdle reports what one idle connection holds on our side, after one message each: the heap and the
// stacks. The peers are bare sockets whose few hundred bytes are in the figure, and so is their half of TLS.
func BenchmarkIdle(b *testing.B) {
	for _, bb := range settings {
		b.Run(bb.name, func(b *testing.B) {
			const conns = 1000
			url, config, engine := benchServer(b, bb)
			before := memory()
			list := make([]*rawClient, conns)
			goroutines := runtime.NumGoroutine()
			for i := range list {
				list[i] = rawDial(b, url, config, 300)
				if err := list[i].echo(); err != nil {
					b.Fatal(err)
				}
				list[i].in, list[i].frame = nil, nil
			}
			for b.Loop() {
				runtime.Gosched()
			}
			b.ReportMetric(float64(memory()-before)/conns, "bytes/conn")
			b.ReportMetric(float64(runtime.NumGoroutine()-goroutines)/conns, "goroutines/conn")
			if !bb.bare && engine.Len() != conns {
				b.Errorf("%d connections", engine.Len())
			}
			runtime.KeepAlive(list)
		})
	}
}

// BenchmarkHandshake is one connection made and dropped; cpu-µs/op counts both ends.
func BenchmarkHandshake(b *testing.B) {
	for _, bb := range settings {
		b.Run(bb.name, func(b *testing.B) {
			url, config, _ := benchServer(b, bb)
			b.ReportAllocs()
			cpu := cpuTime()
			for b.Loop() {
				conn, _, _, err := ws.Dialer{TLSConfig: config}.Dial(context.Background(), url)
				if err != nil {
					b.Fatal(err)
				}
				if t, ok := conn.(*tls.Conn); ok {
					conn = t.NetConn()
				}
				conn.(*net.TCPConn).SetLinger(0)
				conn.Close()
			}
			b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N)/1e3, "cpu-µs/op")
		})
	}
}

// memory is the heap in use and the stacks.
func memory() int64 {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// BenchmarkSend is the path of one message out to a socket that takes it.
func BenchmarkSend(b *testing.B) {
	for _, size := range []int{100, 4000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			engine := wsconn.NewEngine()
			defer engine.Close()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			go func() {
				c, err := net.Dial("tcp", l.Addr().String())
				if err != nil {
					return
				}
				defer c.Close()
				buf := make([]byte, 1<<20)
				for {
					if _, err := c.Read(buf); err != nil {
						return
					}
				}
			}()
			nc, err := l.Accept()
			if err != nil {
				b.Fatal(err)
			}
			c, err := engine.Adopt(nc, wsconn.Options{MaxOutbox: 1 << 30})
			if err != nil {
				b.Fatal(err)
			}
			text := []byte(long(size))
			b.ReportAllocs()
			for b.Loop() {
				if err := c.Send(text); err != nil {
					b.Fatal(err)
				}
			}
			c.Abort(nil)
		})
	}
}
