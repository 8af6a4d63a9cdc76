package station

import "time"

// agenda is what a client does of its own on a connection: boots, queued messages, heartbeats. One goroutine works
// it off and exists only while something is due; otherwise one timer waits for the next instant. It is guarded by
// Client.mu.
type agenda struct {
	busy  bool        // the goroutine exists
	timer *time.Timer // made when first needed
}

// job is something due.
type job func(*Connection)

// kick looks whether something is due. It is called after every change that may make it so, without mu held.
func (c *Client) kick() {
	c.mu.Lock()
	start := !c.agenda.busy && c.idleConn() != nil
	if start {
		c.agenda.busy = true
		c.work.Add(1)
	}
	c.mu.Unlock()
	if start {
		go c.workOff()
	}
}

// idleConn is the connection on which work may begin, nil for none. The caller holds mu.
func (c *Client) idleConn() *Connection {
	if c.conn == nil || c.conn.leaving || c.conn.Cause() != nil {
		return nil
	}
	return c.conn
}

func (c *Client) workOff() {
	defer c.work.Done()
	for {
		n, do := c.nextJob()
		if do == nil {
			return
		}
		do(n)
	}
}

// nextJob returns what is due, or ends the goroutine and sets the timer. Both happen under one lock, so that no
// kick falls between.
func (c *Client) nextJob() (*Connection, job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := c.idleConn(); n != nil {
		do, at := c.dueJob(time.Now())
		if do != nil {
			return n, do
		}
		c.arm(at)
	}
	c.agenda.busy = false
	return nil, nil
}

// dueJob returns what is due now, or when something will be; the zero time is never. Nothing but the boot is done
// before it is accepted (rules R40 to R42).
func (c *Client) dueJob(now time.Time) (job, time.Time) {
	var next time.Time
	if c.boot.wanted {
		if !c.boot.notBefore.After(now) {
			return c.bootJob, time.Time{}
		}
		next = c.boot.notBefore
	}
	if !c.boot.accepted() {
		return nil, next
	}
	if at := c.heartbeatAt(); !at.IsZero() {
		if !at.After(now) {
			return c.heartbeatJob, time.Time{}
		}
		next = earlier(next, at)
	}
	if c.delivery.dirty {
		if !c.delivery.retryAt.After(now) {
			return c.deliverJob, time.Time{}
		}
		next = earlier(next, c.delivery.retryAt)
	}
	return nil, next
}

// earlier returns the earlier of two times; the zero time is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

func (c *Client) arm(at time.Time) {
	switch {
	case at.IsZero():
		c.agenda.disarm()
	case c.agenda.timer == nil:
		c.agenda.timer = time.AfterFunc(time.Until(at), c.kick)
	default:
		c.agenda.timer.Reset(time.Until(at))
	}
}

func (a *agenda) disarm() {
	if a.timer != nil {
		a.timer.Stop()
	}
}
