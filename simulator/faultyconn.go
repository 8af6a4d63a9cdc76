package simulator

import (
	"net"
	"sync"
	"time"
)

// fate is how a connection fails.
type fate uint8

const (
	fateNone     fate = iota
	fateReset         // at once, between two frames of ours
	fateCut           // within the next frame of ours: its first half arrives
	fateHalfOpen      // nothing arrives any more in either direction, and nobody says so
)

// cutWithin is how long a connection that is to be cut waits for a frame of ours.
const cutWithin = 5 * time.Second

// faultyConn is a network connection that is slow and fails.
type faultyConn struct {
	net.Conn
	n     *network
	delay time.Duration // of everything, in each direction
	fails *time.Timer   // nil: never

	closing sync.Once
	closed  chan struct{}

	mu   sync.Mutex
	fate fate // that has come
}

// fail lets the fate come.
func (c *faultyConn) fail(how fate) {
	c.mu.Lock()
	c.fate = how
	c.mu.Unlock()
	switch how {
	case fateReset:
		c.reset()
	case fateCut:
		time.AfterFunc(cutWithin, c.reset) // closing it once more changes nothing
	}
}

func (c *faultyConn) now() fate {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fate
}

// spare cancels a fate that has not come yet; it reports false when it has.
func (c *faultyConn) spare() bool { return c.now() == fateNone && (c.fails == nil || c.fails.Stop()) }

// reset ends the connection as a network does that forgets it.
func (c *faultyConn) reset() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		tcp.SetLinger(0) //nolint:errcheck // then it ends more politely
	}
	c.Close() //nolint:errcheck // it is given up
}

// Read takes what arrives, later than it did. Of a half-open connection nothing arrives.
func (c *faultyConn) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if err != nil || !c.wait() {
			return n, err
		}
		if c.now() != fateHalfOpen {
			return n, nil
		}
	}
}

// Write sends, later. Of what is written to a half-open connection nobody hears.
func (c *faultyConn) Write(b []byte) (int, error) {
	if !c.wait() {
		return 0, net.ErrClosed
	}
	switch c.now() {
	case fateHalfOpen:
		return len(b), nil
	case fateCut:
		n, err := c.Conn.Write(b[:len(b)/2])
		if err == nil {
			err = net.ErrClosed
		}
		c.reset()
		return n, err
	}
	return c.Conn.Write(b)
}

// wait lets the delay pass; it reports false when the connection is closed meanwhile.
func (c *faultyConn) wait() bool {
	if c.delay <= 0 {
		return true
	}
	t := time.NewTimer(c.delay)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-c.closed:
		return false
	}
}

// Close closes the connection.
func (c *faultyConn) Close() error {
	c.closing.Do(func() {
		close(c.closed)
		if c.fails != nil {
			c.fails.Stop()
		}
		c.n.forget(c)
	})
	return c.Conn.Close()
}
