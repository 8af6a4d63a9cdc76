package csms

import (
	"net"
	"syscall"
	"testing"

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
