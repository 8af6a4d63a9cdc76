package csms

import (
	"net"
	"syscall"
	"testing"
	"unsafe"

	"github.com/chargeyard/chargeyard/ocpptest"
)

func TestLimitedSocketsOfferWhatTheSocketUnderneathCan(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	memory := ocpptest.Listen(ocpptest.LinkOptions{})
	for name, c := range map[string]struct {
		l      net.Listener
		dial   func() (net.Conn, error)
		kernel bool
	}{
		"TCP":    {tcp, func() (net.Conn, error) { return net.Dial("tcp", tcp.Addr().String()) }, true},
		"memory": {memory, memory.Dial, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := NewLimitListener(c.l, LimitOptions{})
			defer l.Close()
			client, err := c.dial()
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			conn, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			socket := conn.(*limitConn)
			var _ syscall.Conn = socket
			if _, err := socket.SyscallConn(); (err == nil) != c.kernel {
				t.Errorf("SyscallConn: %v", err)
			}
			if err := socket.SetLinger(0); (err == nil) != c.kernel {
				t.Errorf("SetLinger: %v", err)
			}
			if err := socket.CloseWrite(); err != nil {
				t.Errorf("CloseWrite: %v", err)
			}
			if _, err := client.Read(make([]byte, 1)); err == nil {
				t.Error("read something behind the end")
			}
		})
	}
}

// A station keeps its limitConn as long as it is connected: only what every socket has may be left of it.
func TestLimitedSocketThatLeftHoldsNothingOfItsTurn(t *testing.T) {
	memory := ocpptest.Listen(ocpptest.LinkOptions{})
	l := NewLimitListener(memory, LimitOptions{})
	defer l.Close()
	client, err := memory.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go client.Write([]byte("x")) // the read tells
	if _, err := conn.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	socket := conn.(*limitConn)
	socket.leave()
	if size := unsafe.Sizeof(*socket); size > 32 || socket.turn.Load() != nil {
		t.Errorf("%d bytes and %v are left", size, socket.turn.Load())
	}
	socket.leave()
	if n := l.Pending(); n != 0 {
		t.Errorf("%d pending", n)
	}
}
