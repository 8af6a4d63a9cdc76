package wsconn

import (
	"crypto/tls"
	"time"
)

// ending is how a connection ends.
type ending uint8

const (
	open      ending = iota
	handshake        // our close frame goes out; the peer's is awaited
	reply            // the peer closed; our close frame answers it
	broken           // the peer broke a rule: our close frame goes out, what it still sends is thrown away
	cut              // no close frame
)

// Close ends the connection with a close frame behind what is already queued, and waits for the peer's answer in
// the background for at most Options.CloseTimeout; then the socket is closed whatever the peer does. It does not
// block. cause is what Cause returns from now on; nil makes a CloseError of code and reason. The first cause
// wins: on a connection that has ended Close does nothing. The reason is cut to 123 bytes; CodeNoStatus sends a
// close frame without a code.
func (c *Conn) Close(code uint16, reason string, cause error) {
	if cause == nil {
		cause = &CloseError{Code: code, Reason: reason}
	}
	c.end(cause, handshake, code, reason)
}

// Abort ends the connection without a close frame: the socket is closed at once and what waits for it is
// dropped. It does not block. The first cause wins.
func (c *Conn) Abort(cause error) {
	if cause == nil {
		cause = &CloseError{Code: CodeAbnormal}
	}
	c.end(cause, cut, 0, "")
}

// giveUp ends a connection whose peer is probably gone: a close frame is tried, but nobody waits for it.
func (c *Conn) giveUp(cause error) {
	if c.raw != nil && c.seize() {
		f := c.engine.pools.frame()
		f.build(opClose, appendClose(nil, CodeGoingAway, ""), c.client)
		c.tryWrite(f) //nolint:errcheck // the peer is taken for dead; this is a courtesy if it is not
		c.engine.pools.putFrame(f)
		c.Abort(cause)
		c.release()
		return
	}
	c.Abort(cause)
}

// seize makes the outbox busy if nobody writes.
func (c *Conn) seize() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out.busy || c.cause != nil {
		return false
	}
	c.out.busy = true
	c.retain()
	return true
}

// end notes the first cause and does what that kind of ending asks for.
func (c *Conn) end(cause error, how ending, code uint16, reason string) {
	c.mu.Lock()
	if c.cause != nil {
		c.mu.Unlock()
		return
	}
	c.cause, c.ending = cause, how
	c.over.Store(true)
	done := c.done
	h, read := c.handler, !c.reading
	c.reading = true
	if h != nil {
		c.retain() // tellClosed
	}
	write := false
	if how == cut {
		c.out.drop()
	} else {
		write = c.queueClose(code, reason)
		c.retain() // the timer
		c.bound = time.AfterFunc(c.o.CloseTimeout, c.outOfTime)
	}
	c.mu.Unlock()
	if done != nil {
		close(done)
	}
	c.engine.wheel.remove(c)
	c.carryOut(h, cause, how, read, write)
}

// carryOut is the part of end that needs no lock.
func (c *Conn) carryOut(h Handler, cause error, how ending, read, write bool) {
	if h != nil {
		go c.tellClosed(h, cause)
	}
	if how == cut {
		c.cutSocket()
	}
	if read { // never started: somebody has to see the peer's close frame and the end of the socket
		go c.reader(nil)()
	}
	if write {
		c.write(nil) //nolint:errcheck // a failure only ends the close handshake earlier
	}
}

// queueClose puts the close frame behind what waits, outside of the bound. It reports whether the caller has to
// write; c.mu is held.
func (c *Conn) queueClose(code uint16, reason string) (write bool) {
	f := c.engine.pools.frame()
	f.build(opClose, appendClose(nil, code, reason), c.client)
	f.last = true
	c.out.push(f)
	if c.out.busy {
		return false
	}
	c.out.busy = true
	c.retain()
	return true
}

// tellClosed is the one call of Handler.Closed.
func (c *Conn) tellClosed(h Handler, cause error) {
	defer c.release()
	h.Closed(c, cause)
}

// outOfTime ends a close handshake that the peer does not finish.
func (c *Conn) outOfTime() {
	defer c.release()
	c.cutSocket()
}

// closeSent goes on with the close handshake after our frame went out.
func (c *Conn) closeSent() {
	c.mu.Lock()
	c.lastSent = true
	both, how := c.peerClosed, c.ending
	c.mu.Unlock()
	switch {
	case how == broken: // the peer learns the code only if we read until it has read it: no reset
		c.closeWrite()
	case both && !c.client:
		c.shutSocket()
	}
}

// closeReceived goes on with the close handshake after the peer's frame came in. The server closes the socket as
// soon as both are through; the client leaves it to the server (RFC 6455, 7.1.1), within the close timeout.
func (c *Conn) closeReceived() {
	c.mu.Lock()
	c.peerClosed = true
	both := c.lastSent
	c.mu.Unlock()
	if both && !c.client {
		c.shutSocket()
	}
}

// closeWrite ends our direction of the socket where it can.
func (c *Conn) closeWrite() {
	if h, ok := c.nc.(interface{ CloseWrite() error }); ok {
		h.CloseWrite() //nolint:errcheck // the bound of the close handshake does the rest
	}
}

// shutSocket closes the socket after a complete close handshake. On TLS that sends a close alert, which may block
// for a moment; all callers are goroutines of the connection then.
func (c *Conn) shutSocket() {
	c.nc.Close() //nolint:errcheck // there is nothing left to do with the socket
}

// cutSocket closes the socket at once. What the kernel still holds for a peer that does not read is dropped.
func (c *Conn) cutSocket() {
	nc := c.nc
	if t, ok := nc.(*tls.Conn); ok {
		nc = t.NetConn() // tls.Conn.Close would try to send an alert and wait for it
	}
	if t, ok := nc.(interface{ SetLinger(sec int) error }); ok && c.stuckSince.Load() != 0 {
		t.SetLinger(0) //nolint:errcheck // only to free the kernel's memory earlier
	}
	nc.Close() //nolint:errcheck // there is nothing left to do with the socket
}
