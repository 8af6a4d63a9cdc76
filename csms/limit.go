package csms

import (
	"errors"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// LimitOptions are the bounds of a LimitListener. Zero fields have the defaults.
type LimitOptions struct {
	// Handshakes is how many sockets may be at work at once between their acceptance and the end of their
	// WebSocket handshake: TLS handshake, request, authentication. Default: 2 x cores x 64.
	Handshakes int

	// Waiting is how many more accepted sockets may wait for their turn: each costs a descriptor and the goroutine
	// and buffers of net/http, together about 15 KiB. The rest stays in the backlog of the kernel; when that is full,
	// too, the kernel drops what comes, and stations try again a second later at the earliest. Default: 16384, or a
	// quarter of the descriptors that the process may have if that is less.
	Waiting int

	// HandshakeTimeout is how long a socket may be at work. It is closed then: a slow-loris costs one of
	// Handshakes for that time. Default: 10 s.
	HandshakeTimeout time.Duration

	// MaxWait is how long a socket may wait for its turn. One that waited longer is answered 503 with
	// Retry-After by a Server, for its station has probably given up. Default: 10 s.
	MaxWait time.Duration
}

// withDefaults fills in the zero fields.
func (o LimitOptions) withDefaults() LimitOptions {
	if o.Handshakes <= 0 {
		o.Handshakes = 2 * runtime.GOMAXPROCS(0) * 64
	}
	if o.Waiting <= 0 {
		o.Waiting = defaultWaiting(descriptors())
	}
	if o.HandshakeTimeout <= 0 {
		o.HandshakeTimeout = 10 * time.Second
	}
	if o.MaxWait <= 0 {
		o.MaxWait = 10 * time.Second
	}
	return o
}

// maxDefaultWaiting is room for some ten thousand stations that come back at once.
const maxDefaultWaiting = 16384

// defaultWaiting leaves most descriptors to stations.
func defaultWaiting(descriptors uint64, known bool) int {
	if !known {
		return maxDefaultWaiting
	}
	return int(min(max(1, descriptors/4), maxDefaultWaiting))
}

// LimitListener bounds what sockets that are not stations yet may cost. It wraps the TCP listener, below TLS:
//
//	l := csms.NewLimitListener(tcp, csms.LimitOptions{})
//	err := httpServer.Serve(tls.NewListener(l, tlsConfig))
//
// A socket has its place until a Server upgraded or refused it, or it is closed; so the listener is for stations
// only. Leave http.Server.ReadHeaderTimeout zero or above MaxWait: the wait counts into it. It starts no
// goroutine and is safe for concurrent use.
type LimitListener struct {
	net.Listener
	options LimitOptions
	room    chan struct{} // one token per socket that waits or works, and one for Accept
	slots   chan struct{} // one token per socket that works
	pending atomic.Int64  // sockets that wait or work
	closed  chan struct{}
	close   sync.Once
}

// NewLimitListener wraps l.
func NewLimitListener(l net.Listener, o LimitOptions) *LimitListener {
	o = o.withDefaults()
	return &LimitListener{
		Listener: l,
		options:  o,
		room:     make(chan struct{}, o.Handshakes+o.Waiting),
		slots:    make(chan struct{}, o.Handshakes),
		closed:   make(chan struct{}),
	}
}

// Accept waits until there is room, then for a socket.
func (l *LimitListener) Accept() (net.Conn, error) {
	select {
	case l.room <- struct{}{}:
	case <-l.closed:
		return nil, &net.OpError{Op: "accept", Net: l.Addr().Network(), Addr: l.Addr(), Err: net.ErrClosed}
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.room
		return nil, err
	}
	l.pending.Add(1)
	socket := &limitConn{Conn: c}
	socket.turn.Store(&turn{listener: l, accepted: time.Now(), gone: make(chan struct{})})
	return socket, nil
}

// Close closes the listener underneath and ends an Accept that waits for room. Sockets it gave out live on.
func (l *LimitListener) Close() error {
	l.close.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// Pending returns how many sockets wait for their turn or are at work.
func (l *LimitListener) Pending() int { return int(l.pending.Load()) }

// place says where a socket is on its way through the listener.
type place uint8

const (
	placeWaiting place = iota
	placeWorking
	placeLeft
)

// limitConn takes its turn at the first Read: net/http and crypto/tls do nothing before. It lives as long as the
// socket, so what it needs to become a station is apart.
type limitConn struct {
	net.Conn
	turn atomic.Pointer[turn] // nil when it has left
}

// turn is a socket on its way through the listener.
type turn struct {
	listener *LimitListener
	accepted time.Time
	gone     chan struct{} // closed by leave while waiting
	begun    atomic.Bool   // its turn has come

	mu     sync.Mutex // guards all below
	place  place
	timer  *time.Timer // of HandshakeTimeout, while working
	waited time.Duration
}

// Read waits for the socket's turn the first time.
func (c *limitConn) Read(b []byte) (int, error) {
	if t := c.turn.Load(); t != nil && !t.begun.Load() {
		if err := t.take(c.Conn); err != nil {
			return 0, err
		}
	}
	return c.Conn.Read(b)
}

// take waits for the turn of the socket.
func (t *turn) take(socket net.Conn) error {
	t.mu.Lock()
	waiting := t.place == placeWaiting
	t.mu.Unlock()
	if !waiting {
		return nil
	}
	select {
	case t.listener.slots <- struct{}{}:
		return t.work(socket)
	case <-t.gone:
		return net.ErrClosed
	}
}

// work begins with a slot in hand.
func (t *turn) work(socket net.Conn) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.place != placeWaiting {
		<-t.listener.slots
		return net.ErrClosed
	}
	t.place, t.waited = placeWorking, time.Since(t.accepted)
	t.begun.Store(true)
	t.timer = time.AfterFunc(t.listener.options.HandshakeTimeout, func() {
		socket.Close() //nolint:errcheck // the reader of the socket hears of it
	})
	return nil
}

// leave gives the socket's place back; it may be called more than once.
func (c *limitConn) leave() {
	if t := c.turn.Swap(nil); t != nil {
		t.leave()
	}
}

// leave is called once.
func (t *turn) leave() {
	t.mu.Lock()
	was := t.place
	t.place = placeLeft
	if t.timer != nil {
		t.timer.Stop()
	}
	if was == placeWaiting {
		close(t.gone)
	}
	t.mu.Unlock()
	if was == placeWorking {
		<-t.listener.slots
	}
	t.listener.pending.Add(-1)
	<-t.listener.room
}

// Close gives the place back and closes the socket.
func (c *limitConn) Close() error {
	c.leave()
	return c.Conn.Close()
}

// late reports whether the socket waited too long for its turn.
func (c *limitConn) late() bool {
	t := c.turn.Load()
	if t == nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.waited > t.listener.options.MaxWait
}

// ReadsDirectly says that reads may go around this wrapper as soon as the socket has its turn.
func (c *limitConn) ReadsDirectly() bool {
	_, tcp := c.Conn.(*net.TCPConn)
	t := c.turn.Load()
	return tcp && (t == nil || t.begun.Load())
}

// SyscallConn gives access to the socket underneath if that is a kernel's.
func (c *limitConn) SyscallConn() (syscall.RawConn, error) {
	if sc, ok := c.Conn.(syscall.Conn); ok {
		return sc.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

// SetLinger says what a close does with bytes that the peer did not take, where that can be said.
func (c *limitConn) SetLinger(sec int) error {
	if l, ok := c.Conn.(interface{ SetLinger(sec int) error }); ok {
		return l.SetLinger(sec)
	}
	return errors.ErrUnsupported
}

// CloseWrite ends this direction of the socket where that can be done.
func (c *limitConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// LocalAddr carries the socket to the handler: net/http puts the address into the context of each request, also
// from below TLS.
func (c *limitConn) LocalAddr() net.Addr { return limitAddr{c.Conn.LocalAddr(), c} }

// limitAddr is the local address of a socket that came through a LimitListener.
type limitAddr struct {
	net.Addr
	conn *limitConn
}

// limited returns the socket of the request if it came through a LimitListener, else nil.
func limited(r *http.Request) *limitConn {
	addr, ok := r.Context().Value(http.LocalAddrContextKey).(limitAddr)
	if !ok {
		return nil
	}
	return addr.conn
}
