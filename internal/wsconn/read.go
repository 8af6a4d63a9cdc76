package wsconn

import (
	"encoding/binary"
	"errors"
	"net"
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/internal/stack"
)

// What stops a reader.
var (
	errPeerClosed = errors.New("wsconn: close frame received")
	errReadOn     = errors.New("wsconn: another goroutine reads on")
)

// reader makes the goroutine of the connection: it waits, acts on what arrives, and leaves the further reading to a fresh
// goroutine where that is worth it (see fresh). A garbage collection looks at every call that a waiting goroutine is in,
// so it waits right here, and is a closure, which needs no call to bring it its arguments.
func (c *Conn) reader(h Handler) func() {
	return func() {
		defer c.leave(c.turn.Load())
		for {
			var n int
			var err error
			switch {
			case c.early != nil: // there is no need to wait
			case c.direct:
				n, err = c.arrived(c.raw.Read(c.try))
			default:
				n, err = c.nc.Read(c.first[:])
			}
			if err = c.act(n, h, err); err != nil {
				c.readEnded(err)
				return
			}
			if c.fresh {
				c.passOn(h)
				return
			}
		}
	}
}

// leave is the end of a goroutine that was the reader of that turn.
func (c *Conn) leave(turn uint32) {
	if c.turn.Load() == turn {
		c.readerGone()
	} else {
		c.release()
	}
}

// ReadOn has another goroutine go on reading, so that Handler.Message, which alone may call it and once at most, may
// take its time: it delays nothing any more, and the next Message may come before it has returned. It reports false
// where it would cost more than it gains, and nothing has changed then.
func (c *Conn) ReadOn() bool {
	if !c.fresh {
		return false
	}
	if len(c.in.rest) > 0 {
		c.early = append([]byte(nil), c.in.rest...)
	}
	c.in.rest = nil
	c.putChunk()
	c.lastFrame.Store(c.engine.wheel.now())
	c.handling.Store(false)
	c.mu.Lock()
	h := c.handler
	c.mu.Unlock()
	c.passOn(h)
	return true
}

// passOn starts the next reader. This one touches nothing of the reader's any more.
func (c *Conn) passOn(h Handler) {
	c.mu.Lock()
	c.retain()
	c.mu.Unlock()
	c.turn.Add(1)
	go c.reader(h)()
}

// act acts on what the reader has waited for: n bytes, and on all that is here as long as a frame is not complete.
func (c *Conn) act(n int, h Handler, err error) error {
	if c.fresh {
		stack.Grow()
	}
	full := true
	switch {
	case c.early != nil:
		early := c.early
		c.early = nil
		return c.take(early, h)
	case c.direct:
		full, err = n == chunkSize, c.takeChunk(n, h, err)
	default:
		err = c.takeThen(c.first[:n], h, err)
	}
	for full && err == nil && c.in.within() {
		full, err = c.readChunk(h)
	}
	return err
}

// DirectReader is a wrapper of a socket whose Read does nothing of its own once the handshake is through: reads may go
// around it then, to what SyscallConn gives access to.
type DirectReader interface{ ReadsDirectly() bool }

// readsDirectly reports whether the bytes of nc are those of its socket. Other wrappers may have some of them in a
// buffer.
func readsDirectly(nc net.Conn) bool {
	switch s := nc.(type) {
	case *net.TCPConn, *net.UnixConn:
		return true
	case DirectReader:
		return s.ReadsDirectly()
	}
	return false
}

// readChunk reads once; full means that there is probably more.
func (c *Conn) readChunk(h Handler) (full bool, err error) {
	c.chunk = c.engine.pools.chunk()
	n, err := c.nc.Read(c.chunk[:])
	return n == chunkSize, c.takeChunk(n, h, err)
}

// takeChunk is takeThen for the first n bytes of the borrowed buffer, which it gives back.
func (c *Conn) takeChunk(n int, h Handler, err error) error {
	if c.chunk == nil {
		return err
	}
	err = c.takeThen(c.chunk[:n], h, err)
	if !errors.Is(err, errReadOn) {
		c.putChunk()
	}
	return err
}

func (c *Conn) putChunk() {
	if c.chunk != nil {
		c.engine.pools.putChunk(c.chunk)
		c.chunk = nil
	}
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
	if h == nil || c.over.Load() {
		return nil
	}
	turn := c.turn.Load()
	c.handling.Store(true)
	h.Message(c, text)
	if c.turn.Load() != turn {
		return errReadOn
	}
	c.lastFrame.Store(c.engine.wheel.now())
	c.handling.Store(false)
	return nil
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

// readEnded ends the connection after the reader has stopped, unless another one goes on, and reads on to the end of the socket where the
// close handshake wants that.
func (c *Conn) readEnded(err error) {
	var p *ProtocolError
	switch {
	case errors.Is(err, errReadOn):
		return
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
