package wsconn

import "time"

// SetPingInterval changes how often this end pings, at once: the next ping goes out d from now. 0 sends no more
// pings (R33). The silence until now is forgotten: the interval so far allowed it, the new one may not (R34).
func (c *Conn) SetPingInterval(d time.Duration) {
	c.lastFrame.Store(c.engine.wheel.now())
	c.ping.Store(int64(max(d, 0)))
	if d > 0 {
		c.nextPing.Store(c.engine.wheel.now() + int64(d))
	}
	c.engine.wheel.atMost(c, c.nextCheck())
}

// SetIdleTimeout changes the time without any frame after which the connection is given up, at once: it counts
// from the last frame. 0 never gives up (R34).
func (c *Conn) SetIdleTimeout(d time.Duration) {
	c.idle.Store(int64(max(d, 0)))
	c.engine.wheel.atMost(c, c.nextCheck())
}

// idleAt returns the moment at which the connection is idle for too long.
func (c *Conn) idleAt() int64 {
	idle := c.idle.Load()
	if idle == 0 {
		return never
	}
	if ping := c.ping.Load(); ping > 0 { // R34: never give up before the answer to a ping can be here
		idle = max(idle, ping+int64(c.o.PongWait))
	}
	last := c.lastFrame.Load()
	if c.handling.Load() { // we do not read: the silence is not the peer's
		last = c.engine.wheel.now()
	}
	return last + idle
}

// pingAt returns the moment of the next ping.
func (c *Conn) pingAt() int64 {
	if c.ping.Load() == 0 {
		return never
	}
	return c.nextPing.Load()
}

// stallAt returns the moment at which a waiting write is given up.
func (c *Conn) stallAt() int64 {
	since := c.stuckSince.Load()
	if since == 0 {
		return never
	}
	return since + int64(c.o.WriteTimeout)
}

func (c *Conn) nextCheck() int64 { return min(c.idleAt(), c.pingAt(), c.stallAt()) }

// check does what is due and returns the moment of the next check. It does not block.
func (c *Conn) check() (next int64) {
	now := c.engine.wheel.now()
	switch {
	case c.stallAt() <= now:
		c.Abort(ErrWriteStalled)
		return never
	case c.idleAt() <= now:
		c.giveUp(ErrIdleTimeout)
		return never
	}
	if at := c.pingAt(); at <= now {
		c.nextPing.CompareAndSwap(at, now+c.ping.Load())
		c.sendControl(opPing, nil)
	}
	return c.nextCheck()
}

// stuck notes that bytes wait for the socket, or that it took some of them, and returns the moment.
func (c *Conn) stuck() (now int64) {
	now = c.engine.wheel.now()
	c.stuckSince.Store(max(now, 1))
	// Only the first of a series has the wheel look earlier; its check works the next moment out.
	c.engine.wheel.atMost(c, now+int64(c.o.WriteTimeout))
	return now
}
