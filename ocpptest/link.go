package ocpptest

import (
	"net"
	"time"
)

// LinkOptions describe a network connection in memory. The zero value is a fast and faultless one.
type LinkOptions struct {
	// Window is how many bytes may be on the way in one direction before writing blocks. Default 64 KiB.
	Window int
	// Latency is how long bytes are on the way.
	Latency time.Duration
	// Bandwidth in bytes per second and direction; 0 is unlimited.
	Bandwidth int
	// Addr is the address of the server's end. Default "csms.test:80".
	Addr string
}

const defaultWindow = 64 << 10

// Link is a network connection in memory. Both ends are buffered: two ends that write at once do not block each
// other before their windows are full. Deadlines work. All methods may be called concurrently.
type Link struct {
	ToServer, ToClient *Direction
	client, server     *end
}

// NewLink connects two ends.
func NewLink(o LinkOptions) *Link {
	if o.Window <= 0 {
		o.Window = defaultWindow
	}
	if o.Addr == "" {
		o.Addr = "csms.test:80"
	}
	l := &Link{ToServer: newDirection(o), ToClient: newDirection(o)}
	l.client = &end{link: l, in: l.ToClient, out: l.ToServer, local: "station.test:1024", remote: addr(o.Addr)}
	l.server = &end{link: l, in: l.ToServer, out: l.ToClient, local: addr(o.Addr), remote: "station.test:1024"}
	return l
}

// Pipe returns the two ends of a faultless link.
func Pipe() (client, server net.Conn) {
	l := NewLink(LinkOptions{})
	return l.Client(), l.Server()
}

// Client returns the end that dialled. It also has CloseWrite, as a TCP connection has.
func (l *Link) Client() net.Conn { return l.client }

// Server returns the end that accepted. It also has CloseWrite, as a TCP connection has.
func (l *Link) Server() net.Conn { return l.server }

// Blackhole makes the link half-open: from now on nothing arrives at either end, neither bytes nor the news of a
// close. Writing still succeeds until the window is full.
func (l *Link) Blackhole() {
	l.ToServer.Blackhole()
	l.ToClient.Blackhole()
}

// Reset breaks the link: bytes on the way are lost, and both ends get an error.
func (l *Link) Reset() {
	l.ToServer.reset()
	l.ToClient.reset()
}

// end is one end of a link.
type end struct {
	link          *Link
	in, out       *Direction
	local, remote addr
}

func (e *end) Read(p []byte) (int, error) {
	n, err := e.in.read(p)
	return n, e.named("read", err)
}

func (e *end) Write(p []byte) (int, error) {
	n, err := e.out.write(p)
	return n, e.named("write", err)
}

// Close ends both directions: the peer reads what is on the way and then io.EOF; what it writes fails.
func (e *end) Close() error {
	first := e.in.stopReading()
	e.out.finish()
	if !first {
		return e.named("close", net.ErrClosed)
	}
	return nil
}

// CloseWrite ends this end's direction: the peer reads what is on the way and then io.EOF.
func (e *end) CloseWrite() error {
	e.out.finish()
	return nil
}

func (e *end) LocalAddr() net.Addr  { return e.local }
func (e *end) RemoteAddr() net.Addr { return e.remote }

func (e *end) SetDeadline(t time.Time) error {
	e.in.readBy.set(t)
	e.out.writeBy.set(t)
	return nil
}

func (e *end) SetReadDeadline(t time.Time) error {
	e.in.readBy.set(t)
	return nil
}

func (e *end) SetWriteDeadline(t time.Time) error {
	e.out.writeBy.set(t)
	return nil
}

// named gives an error the form of those of package net; io.EOF stays as it is.
func (e *end) named(op string, err error) error {
	if err == nil || isEOF(err) {
		return err
	}
	return &net.OpError{Op: op, Net: e.local.Network(), Source: e.local, Addr: e.remote, Err: err}
}

type addr string

func (addr) Network() string  { return "memory" }
func (a addr) String() string { return string(a) }
