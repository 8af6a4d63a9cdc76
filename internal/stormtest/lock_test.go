package stormtest

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// TestNoRegistryLockOnTheWritePath looks everybody up from inside of a write to a socket. A lock of the registry that
// is held there makes that hang.
func TestNoRegistryLockOnTheWritePath(t *testing.T) {
	srv, err := csms.NewServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp16.Protocol}, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	csms.Handle(srv, func(context.Context, *csms.Station, *ocpp16.DataTransferRequest) (*ocpp16.DataTransferResponse, error) {
		return &ocpp16.DataTransferResponse{Status: ocpp16.DataTransferStatusAccepted}, nil
	})
	var writes atomic.Int32
	look := func() {
		looked := make(chan struct{})
		go func() {
			defer close(looked)
			for st := range srv.Stations() {
				srv.Station(st.Identity())
				st.Cause()
			}
		}()
		select {
		case <-looked:
			writes.Add(1)
		case <-time.After(2 * time.Second):
			t.Error("the registry cannot be read while a socket is written")
		}
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	web := &http.Server{Handler: srv, ReadHeaderTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- web.Serve(spyListener{tcp, look}) }()
	p, err := ocpptest.DialPeer(t.Context(), fmt.Sprintf("ws://%s/ocpp/CS-1", tcp.Addr()), ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.SendText(`[2,"1","DataTransfer",{"vendorId":"sim"}]`); err != nil {
		t.Fatal(err)
	}
	if _, err := p.ReadText(); err != nil {
		t.Fatal(err)
	}
	p.Close()
	if err := srv.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	web.Close()
	<-served
	if writes.Load() == 0 {
		t.Error("nothing was written where the test looks")
	}
}

// spyListener gives out sockets that call look within every write of a WebSocket frame.
type spyListener struct {
	net.Listener
	look func()
}

func (l spyListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return spyConn{c, l.look}, nil
}

type spyConn struct {
	net.Conn
	look func()
}

func (c spyConn) SyscallConn() (syscall.RawConn, error) {
	raw, err := c.Conn.(syscall.Conn).SyscallConn()
	return spyRaw{raw, c.look}, err
}

type spyRaw struct {
	syscall.RawConn
	look func()
}

func (r spyRaw) Write(f func(fd uintptr) bool) error {
	r.look()
	return r.RawConn.Write(f)
}
