package wsconn

import "time"

// outbox is what waits for the socket.
type outbox struct {
	busy   bool // somebody writes: the frames below are theirs to take
	frames []*frame
	bytes  int // what they hold in memory
}

// Send sends one text message, which has to be valid UTF-8. It never blocks and keeps nothing of text. An error
// means that the connection has ended: it is the cause, and the message was certainly not sent whole. A message that
// does not fit into the outbox ends the connection with ErrOutboxFull. nil promises nothing about delivery.
func (c *Conn) Send(text []byte) error {
	f := c.engine.pools.frame()
	if c.deflate && len(text) > minDeflate {
		c.engine.pools.deflate(f, text, c.client)
	} else {
		f.build(opText, text, c.client)
	}
	return c.push(f)
}

// sendControl sends a ping or a pong; a connection that has ended sends none.
func (c *Conn) sendControl(op byte, p []byte) {
	f := c.engine.pools.frame()
	f.build(op, p, c.client)
	f.pong = op == opPong
	c.push(f) //nolint:errcheck // the connection has ended, and everybody who asks is told so
}

// push sends f or queues it. It does not block.
func (c *Conn) push(f *frame) error {
	c.mu.Lock()
	if c.cause != nil {
		err := c.cause
		c.mu.Unlock()
		c.engine.pools.putFrame(f)
		return err
	}
	if !c.out.busy {
		c.out.busy = true
		c.retain()
		c.mu.Unlock()
		return c.write(f)
	}
	spare, ok := c.out.add(f, c.o.MaxOutbox)
	c.mu.Unlock()
	if spare != nil {
		c.engine.pools.putFrame(spare)
	}
	if !ok {
		c.Abort(ErrOutboxFull)
		return c.Cause()
	}
	return nil
}

// add queues f; false means that there is no room. spare is a frame that is not needed: f itself when it was copied
// behind what waits already, so that many small messages do not hold many buffers. Of answers to pings that follow
// each other only the latest needs to wait (RFC 6455, 5.5.3).
func (o *outbox) add(f *frame, limit int) (spare *frame, ok bool) {
	if n := len(o.frames); n > 0 {
		last := o.frames[n-1]
		switch {
		case f.pong && last.pong:
			o.frames[n-1] = f
			o.bytes += f.cost() - last.cost()
			return last, true
		case !f.pong && !last.pong && cap(last.b)-len(last.b) >= len(f.b):
			last.b = append(last.b, f.b...)
			last.count++
			return f, true
		}
	}
	if o.bytes > 0 && o.bytes+f.cost() > limit {
		return f, false
	}
	o.push(f)
	return nil, true
}

func (o *outbox) push(f *frame) {
	o.frames = append(o.frames, f)
	o.bytes += f.cost()
}

// next returns what waits the longest, nil when nothing does.
func (o *outbox) next() *frame {
	if len(o.frames) == 0 {
		return nil
	}
	f := o.frames[0]
	o.frames[0] = nil
	o.frames = o.frames[1:]
	o.bytes -= f.cost()
	return f
}

// write sends f, which may be nil, and what waits behind it. The caller has made the outbox busy and hands that
// on. What the socket does not take at once is left to a goroutine that ends when nothing waits any more. An error
// means that f was not sent: what happens to the frames behind it is not its sender's concern, who would send f again.
func (c *Conn) write(f *frame) error {
	if c.raw == nil {
		go c.drain(f)
		return nil
	}
	own := f
	if f == nil {
		f = c.nextFrame()
	}
	for ; f != nil; f = c.nextFrame() {
		if err := c.tryWrite(f); err != nil {
			if err = c.writeFailed(f, err); own != nil {
				return err
			}
			return nil
		}
		if len(f.rest()) > 0 {
			c.stuck()
			go c.drain(f)
			return nil
		}
		c.written(f)
		own = nil
	}
	return nil
}

// What is written between two looks at the clock of a stalled write: a socket that blocks tells of its progress only
// when it has taken a whole piece.
const (
	minPiece   = 512
	firstPiece = 4 << 10
	maxPiece   = 16 << 10 // a record of TLS
)

// nextPiece returns the size of the next piece after one that took so long. It is meant to take far less time than
// the write timeout, however slow the line.
func nextPiece(piece int, took, timeout time.Duration) int {
	switch {
	case took > timeout/4:
		return max(piece/2, minPiece)
	case took < timeout/16:
		return min(piece*2, maxPiece)
	}
	return piece
}

// drain writes f, which may be nil, and what waits behind it, as fast as the socket takes it.
func (c *Conn) drain(f *frame) {
	if f == nil {
		f = c.nextFrame()
	}
	piece := firstPiece
	for ; f != nil; f = c.nextFrame() {
		for len(f.rest()) > 0 {
			begun := c.stuck()
			n, err := c.nc.Write(f.b[f.sent:min(len(f.b), f.sent+piece)])
			f.sent += n
			piece = nextPiece(piece, time.Duration(c.engine.wheel.now()-begun), c.o.WriteTimeout)
			if err != nil {
				c.stuckSince.Store(0)
				c.writeFailed(f, err) //nolint:errcheck // the cause is noted
				return
			}
		}
		c.stuckSince.Store(0)
		c.written(f)
	}
}

// nextFrame returns what waits, and gives up the outbox when nothing does.
func (c *Conn) nextFrame() *frame {
	c.mu.Lock()
	f := c.out.next()
	if f != nil {
		c.mu.Unlock()
		return f
	}
	c.out.busy = false
	c.out.frames = nil
	c.mu.Unlock()
	c.release()
	return nil
}

// written counts a frame that is out.
func (c *Conn) written(f *frame) {
	c.count.framesOut.Add(f.count)
	c.count.bytesOut.Add(uint64(len(f.b)))
	last := f.last
	c.engine.pools.putFrame(f)
	if last {
		c.closeSent()
	}
}

// writeFailed ends the connection after an error of the socket and gives up the outbox.
func (c *Conn) writeFailed(f *frame, err error) error {
	c.engine.pools.putFrame(f)
	c.Abort(&NetError{Op: "write", Err: err})
	c.mu.Lock()
	cause := c.cause
	c.out.drop()
	c.mu.Unlock()
	c.release()
	return cause
}

// drop forgets what waits. Its frames are left to the garbage collector: this is the end of the connection.
func (o *outbox) drop() { o.frames, o.bytes = nil, 0 }
