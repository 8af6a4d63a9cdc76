package wsconn

import (
	"crypto/tls"
	"io"
	"net"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"
)

// sockets returns both ends of a TCP connection; they are closed when the test ends.
func sockets(t *testing.T) (ours, theirs net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if theirs, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if ours, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ours.Close()
		theirs.Close()
	})
	return ours, theirs
}

func adopt(t *testing.T, nc net.Conn) *Conn {
	t.Helper()
	e := NewEngine()
	c, err := e.Adopt(nc, Options{CloseTimeout: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return c
}

// resetting is a socket that takes the first write and then is reset. In the first write, meanwhile is called.
type resetting struct {
	syscall.RawConn
	writes    int
	meanwhile func()
}

func (r *resetting) Write(f func(fd uintptr) bool) error {
	r.writes++
	if r.writes > 1 {
		return syscall.ECONNRESET
	}
	err := r.RawConn.Write(f)
	r.meanwhile()
	return err
}

// The sender of a frame that went out whole must not be told that it did not, or a command is sent twice.
func TestSendIsNotBlamedForTheFramesBehindIt(t *testing.T) {
	ours, _ := sockets(t)
	c := adopt(t, ours)
	if c.raw == nil {
		t.Skip("this system has no writes that do not block")
	}
	var behind error
	raw := &resetting{RawConn: c.raw, meanwhile: func() { behind = c.Send([]byte("the second")) }}
	c.raw = raw
	if err := c.Send([]byte("the first")); err != nil {
		t.Errorf("a message that was sent: %v", err)
	}
	if behind != nil || raw.writes != 2 || c.Cause() == nil {
		t.Errorf("the second: %v, %d writes, cause %v", behind, raw.writes, c.Cause())
	}
}

func TestSendTellsThatItsOwnFrameFailed(t *testing.T) {
	ours, _ := sockets(t)
	c := adopt(t, ours)
	if c.raw == nil {
		t.Skip("this system has no writes that do not block")
	}
	c.raw = &resetting{RawConn: c.raw, writes: 1}
	if err := c.Send([]byte("x")); err == nil || err != c.Cause() {
		t.Errorf("%v, cause %v", err, c.Cause())
	}
}

// Invariant: no registry-wide lock on the write path. Somebody holds the lock of the wheel, which all connections
// share; messages go out all the same. Where a write may block (TLS, a pipe) the wheel has to know of it: the first one
// within each write timeout tells it and takes the lock for that moment, the others take none.
func TestSendTakesNoSharedLock(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	defer server.Close()
	for name, connect := range map[string]func(t *testing.T) (ours, theirs net.Conn){
		"plain": sockets,
		"pipe":  func(*testing.T) (ours, theirs net.Conn) { return net.Pipe() },
		"TLS": func(t *testing.T) (ours, theirs net.Conn) {
			ours, theirs = sockets(t)
			client := tls.Client(theirs, &tls.Config{InsecureSkipVerify: true})
			return tls.Server(ours, &tls.Config{Certificates: server.TLS.Certificates}), client
		},
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := connect(t)
			c := adopt(t, ours)
			defer theirs.Close()
			if c.raw == nil {
				c.engine.wheel.atMost(c, c.engine.wheel.now()+int64(c.o.WriteTimeout)) // the first one
			}
			c.engine.wheel.mu.Lock()
			defer c.engine.wheel.mu.Unlock()
			arrived := make(chan error, 1)
			go func() {
				if err := c.Send([]byte("hello")); err != nil {
					arrived <- err
					return
				}
				_, err := io.ReadFull(theirs, make([]byte, 7))
				arrived <- err
			}()
			select {
			case err := <-arrived:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(10 * time.Second):
				t.Error("nothing arrived while the lock of the wheel was held")
			}
		})
	}
}
