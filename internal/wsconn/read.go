package wsconn

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"
)

// errPeerClosed stops the reader after the peer's close frame.
var errPeerClosed = errors.New("wsconn: close frame received")

// read is the goroutine of the connection.
func (c *Conn) read(h Handler) {
	defer c.readerGone()
	err := c.take(c.early, h)
	c.early = nil
	if err == nil {
		err = c.readFrames(h)
	}
	c.readEnded(err)
}

// readFrames reads until the connection ends. It waits with two bytes, the length of the shortest frame, and
// borrows a buffer only when they are here. (Parking in the socket's own non-blocking read, which saves one of
// three system calls, was measured to gain nothing: BenchmarkEcho, BenchmarkIdle.)
func (c *Conn) readFrames(h Handler) error {
	for {
		n, err := c.nc.Read(c.first[:])
		err = c.takeThen(c.first[:n], h, err)
		for full := true; err == nil && full && c.in.within(); {
			full, err = c.readChunk(h)
		}
		if err != nil {
			return err
		}
	}
}

// readChunk reads once; full means that there is probably more.
func (c *Conn) readChunk(h Handler) (full bool, err error) {
	buf := c.engine.pools.chunk()
	defer c.engine.pools.putChunk(buf)
	n, err := c.nc.Read(buf[:])
	return n == len(buf), c.takeThen(buf[:n], h, err)
}

// takeThen takes b and returns what went wrong, err last: a read may bring both, bytes and the end.
func (c *Conn) takeThen(b []byte, h Handler, err error) error {
	if fault := c.take(b, h); fault != nil {
		return fault
	}
	return err
}

// take puts bytes of the stream together to frames and acts on them.
func (c *Conn) take(b []byte, h Handler) error {
	if len(b) == 0 {
		return nil
	}
	c.count.bytesIn.Add(uint64(len(b)))
	return c.in.feed(b, int(c.maxMessage.Load()), c.deflate, func(f received) error { return c.received(f, h) })
}

// received acts on one frame; data frames come when their message is complete, and without payload before.
func (c *Conn) received(f received, h Handler) error {
	c.count.framesIn.Add(1)
	c.lastFrame.Store(c.engine.wheel.now())
	switch {
	case f.op == opPing:
		c.sendControl(opPong, f.payload)
	case f.op == opClose:
		return c.receivedClose(f.payload)
	case f.op == opText && f.complete:
		return c.receivedText(f, h)
	}
	return nil
}

func (c *Conn) receivedText(f received, h Handler) error {
	text := f.payload
	if f.deflated {
		var err error
		if text, err = c.engine.pools.inflate(text, int(c.maxMessage.Load())); err != nil {
			return err
		}
	}
	if !utf8.Valid(text) {
		return &ProtocolError{CodeInvalidPayload, "a text message is not UTF-8"}
	}
	if h == nil || c.ended() {
		return nil
	}
	c.handling.Store(true)
	h.Message(c, text)
	c.lastFrame.Store(c.engine.wheel.now())
	c.handling.Store(false)
	return nil
}

func (c *Conn) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// receivedClose answers the peer's close frame, or takes it as the answer to ours.
func (c *Conn) receivedClose(p []byte) error {
	code, reason, err := parseClose(p)
	if err != nil {
		return err
	}
	c.end(&CloseError{Code: code, Reason: reason, Remote: true}, reply, code, "")
	c.closeReceived()
	return errPeerClosed
}

// parseClose reads the payload of a close frame (RFC 6455, 5.5.1 and 7.4).
func parseClose(p []byte) (code uint16, reason string, err error) {
	switch {
	case len(p) == 0:
		return CodeNoStatus, "", nil
	case len(p) == 1:
		return 0, "", &ProtocolError{CodeProtocolError, "a close frame with half a code"}
	}
	code = binary.BigEndian.Uint16(p)
	if !validCode(code) {
		return 0, "", &ProtocolError{CodeProtocolError, "a close frame with a code that may not be sent"}
	}
	if !utf8.Valid(p[2:]) {
		return 0, "", &ProtocolError{CodeInvalidPayload, "the reason of a close frame is not UTF-8"}
	}
	return code, string(p[2:]), nil
}

func validCode(code uint16) bool {
	switch {
	case code >= 1000 && code <= 1003, code >= 1007 && code <= 1014, code >= 3000 && code <= 4999:
		return true
	}
	return false
}

// readEnded ends the connection after the reader has stopped, and reads on to the end of the socket where the
// close handshake wants that.
func (c *Conn) readEnded(err error) {
	var p *ProtocolError
	switch {
	case errors.As(err, &p):
		c.end(p, broken, p.Code, p.Detail)
	case errors.Is(err, errPeerClosed):
	default:
		c.Abort(&NetError{Op: "read", Err: err})
		return
	}
	c.discard()
}

// discard reads until the socket ends; the bound of the close handshake sees to it that it does.
func (c *Conn) discard() {
	buf := c.engine.pools.chunk()
	defer c.engine.pools.putChunk(buf)
	for {
		if _, err := c.nc.Read(buf[:]); err != nil {
			return
		}
	}
}

// readerGone closes the socket behind the reader.
func (c *Conn) readerGone() {
	c.mu.Lock()
	bound := c.bound
	c.mu.Unlock()
	if bound != nil && bound.Stop() {
		c.release()
	}
	c.cutSocket()
	c.release()
}
