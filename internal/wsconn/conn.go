package wsconn

import (
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Handler takes what a connection receives.
type Handler interface {
	// Message takes one text message: valid UTF-8, complete, in a buffer of its exact size that now belongs
	// to the handler. Messages come one after the other on the goroutine that reads the socket: while
	// Message has not returned nothing is read, no pong and no close frame either, and the idle timeout
	// stands still; Conn.ReadOn ends that. No message comes after the connection has ended, but one may be under way.
	Message(c *Conn, text []byte)
	// Closed is called once, on a goroutine of its own, when the connection has ended. It has to make a
	// Message that waits return.
	Closed(c *Conn, cause error)
}

// Conn is one WebSocket connection. All methods may be called concurrently; none of them blocks.
type Conn struct {
	engine      *Engine
	nc          net.Conn
	raw         syscall.RawConn    // for writes that must not block; nil: there are none on this socket
	try         func(uintptr) bool // c.readOnce, for raw: made once, so that waiting costs no allocation
	subprotocol string
	o           *Options // shared with other connections
	client      bool     // this end is the client: it masks what it sends
	deflate     bool     // permessage-deflate was agreed
	fresh       bool     // each goroutine that reads waits only once: it grows its stack then, which never gets as small again
	direct      bool     // reading goes around nc

	turn atomic.Uint32 // counts the readers
	over atomic.Bool   // it has a cause
	got  int32         // the reader's: what readOnce read; negative: the error
	slot int32         // guarded by engine.wheel.mu: place in the heap; -1: not there

	handling   atomic.Bool // the handler has the goroutine of the reader
	maxMessage atomic.Int64
	ping, idle atomic.Int64 // durations; 0 is off
	nextPing   atomic.Int64 // moment
	lastFrame  atomic.Int64 // moment of the last frame, or of the last return from the handler
	stuckSince atomic.Int64 // moment since which the socket takes nothing; 0: nothing waits
	count      counters

	due atomic.Int64 // the next check; changed under engine.wheel.mu

	in    assembler        // the reader's
	first [2]byte          // the reader's: what it waits with when idle
	early []byte           // the reader's: bytes that came with the handshake, or that the last reader left
	chunk *[chunkSize]byte // the reader's: borrowed

	mu         sync.Mutex // guards all below; never held across I/O or a callback
	handler    Handler
	out        outbox
	cause      error
	done       chan struct{} // closed when there is a cause; nil until somebody asks for it
	refs       int32         // goroutines and timers of the connection
	reading    bool          // the goroutine of the reader was started
	ending     ending
	lastSent   bool // our close frame is out
	peerClosed bool // the peer's close frame is in
	bound      *time.Timer
}

// agreed is what the handshake brought.
type agreed struct {
	client      bool
	subprotocol string
	deflate     bool
	early       []byte // bytes that came right behind it
}

// newConn takes over an upgraded socket, also when it fails. It is watched from now on, but reads only after Start.
func (e *Engine) newConn(nc net.Conn, a agreed, o Options) (*Conn, error) {
	c := &Conn{
		engine: e, nc: nc, raw: rawConn(nc), client: a.client, subprotocol: a.subprotocol, deflate: a.deflate,
		early: a.early, o: e.shared(o.withDefaults()), refs: 1, slot: -1,
	}
	limitUnsent(nc, c.raw)
	c.in.client = a.client
	_, secure := nc.(*tls.Conn) // whose Read needs a large stack anyway
	c.fresh, c.direct = !secure, c.raw != nil && readsDirectly(nc)
	if c.direct {
		c.try = c.readOnce
	}
	c.maxMessage.Store(int64(c.o.MaxMessage))
	c.lastFrame.Store(e.wheel.now())
	if err := e.wheel.add(c); err != nil {
		nc.Close() //nolint:errcheck // the engine is closed: that is the error to tell
		return nil, err
	}
	c.SetIdleTimeout(c.o.IdleTimeout)
	c.SetPingInterval(c.o.PingInterval)
	return c, nil
}

// Start begins to read and gives what arrives to h. It is called once; what arrived earlier is not lost.
// Sending and closing work before Start too. When the connection has ended already, Start returns the cause and h
// is never called.
func (c *Conn) Start(h Handler) error {
	c.mu.Lock()
	cause, again := c.cause, c.handler != nil
	c.handler = h
	if cause == nil {
		c.reading = true
	}
	c.mu.Unlock()
	switch {
	case again:
		panic("wsconn: Start called twice")
	case cause != nil:
		return cause
	}
	go c.reader(h)()
	return nil
}

// Subprotocol returns what was agreed, in the client's spelling; "" is none.
func (c *Conn) Subprotocol() string { return c.subprotocol }

// Compressed reports whether permessage-deflate was agreed.
func (c *Conn) Compressed() bool { return c.deflate }

// RemoteAddr returns the address of the peer's socket.
func (c *Conn) RemoteAddr() net.Addr { return c.nc.RemoteAddr() }

// LocalAddr returns the address of this end's socket.
func (c *Conn) LocalAddr() net.Addr { return c.nc.LocalAddr() }

// TLS returns the state of the TLS session, nil on a plain connection.
func (c *Conn) TLS() *tls.ConnectionState {
	t, ok := c.nc.(interface{ ConnectionState() tls.ConnectionState })
	if !ok {
		return nil
	}
	s := t.ConnectionState()
	return &s
}

// Done is closed when the connection has ended: nothing is received or sent after it, though the close
// handshake may still be under way.
func (c *Conn) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.cause != nil {
			close(c.done)
		}
	}
	return c.done
}

// Cause returns why the connection ended: nil while it is open, else an error that is net.ErrClosed
// (errors.Is) or the one that was given to Close or Abort.
func (c *Conn) Cause() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause
}

// SetMaxMessage changes Options.MaxMessage for the frames that begin after it. 0 is the default.
func (c *Conn) SetMaxMessage(n int) {
	setDefault(&n, defaultMaxMessage)
	c.maxMessage.Store(int64(n))
}

// retain counts a goroutine or a timer that the connection has to outlive; c.mu is held.
func (c *Conn) retain() { c.refs++ }

func (c *Conn) release() {
	c.mu.Lock()
	c.refs--
	gone := c.refs == 0
	c.mu.Unlock()
	if gone {
		c.engine.conns.Done()
	}
}
