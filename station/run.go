package station

import (
	"context"
	"errors"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
)

// Run connects, boots and serves, and connects again whenever the connection is lost, for ever (rule R30). It
// returns when ctx has ended, with its cause, or after Close, with nil; it waits for the handlers, whose contexts end with
// the connection, and no goroutine of the client is left then. With
// Options.Engine the close handshake of the last connection may still be under way for a moment; Engine.Close waits
// for it.
//
// Run may be called again after its ctx has ended; the station has not rebooted then, and does not boot again (rule
// R31).
func (c *Client) Run(ctx context.Context) error {
	ctx, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer c.end()
	var waits backOffSequence
	for ctx.Err() == nil {
		c.pause(ctx, c.once(ctx, &waits))
	}
	if err := context.Cause(ctx); !errors.Is(err, ErrClosed) {
		return err
	}
	return nil
}

// Dial makes one connection and returns when it is established; it then boots and serves in the background until it
// ends, and is not made again. ctx bounds the connecting only. Close ends it.
func (c *Client) Dial(ctx context.Context) (*Connection, error) {
	life, err := c.begin(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	dialCtx, cancel := context.WithCancelCause(ctx)
	unhook := context.AfterFunc(life, func() { cancel(context.Cause(life)) })
	conn, err := c.connect(dialCtx)
	unhook()
	cancel(nil)
	if err != nil {
		c.connectFailed(err, 0)
		c.end()
		return nil, err
	}
	ready := make(chan struct{})
	go func() {
		c.serve(life, conn, func() { close(ready) })
		c.end()
		close(conn.done) // now Dial may be called again
	}()
	<-ready
	return conn, nil
}

// begin claims the client for Run or Dial.
func (c *Client) begin(ctx context.Context) (context.Context, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return nil, ErrClosed
	case c.running:
		return nil, ErrRunning
	}
	c.running = true
	c.engine = c.o.Engine
	if c.engine == nil {
		c.engine = NewEngine()
	}
	ctx, c.stop = context.WithCancelCause(ctx)
	c.stopped = make(chan struct{})
	return ctx, nil
}

// end releases the client. An engine of its own ends here, and with it every goroutine.
func (c *Client) end() {
	if c.o.Engine == nil {
		c.engine.Close()
	}
	c.mu.Lock()
	c.running = false
	stop, stopped := c.stop, c.stopped
	c.stop = nil
	c.mu.Unlock()
	stop(nil)
	close(stopped)
}

// once makes one attempt to connect, serves what comes of it, and returns the wait before the next one.
func (c *Client) once(ctx context.Context, waits *backOffSequence) time.Duration {
	conn, err := c.connect(ctx)
	if ctx.Err() != nil && err != nil {
		return 0
	}
	if err != nil {
		wait := max(c.nextWait(waits), retryAfter(err))
		c.connectFailed(err, wait)
		return wait
	}
	waits.reset()
	c.serve(ctx, conn, func() {})
	close(conn.done)
	if conn.wantsNext() {
		return 0
	}
	return c.nextWait(waits)
}

// maxRetryAfter bounds how long a CSMS can send a station away.
const maxRetryAfter = 10 * time.Minute

// retryAfter is the wait that a refusing CSMS asks for, 0 for none. It can only lengthen the back-off.
func retryAfter(err error) time.Duration {
	if s, ok := errors.AsType[*wsconn.StatusError](err); ok {
		return min(s.RetryAfter(), maxRetryAfter)
	}
	return 0
}

func (c *Client) currentBackOff() BackOff {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.backOff
}

func (c *Client) nextWait(waits *backOffSequence) time.Duration {
	b := c.currentBackOff()
	return waits.next(b, b.random())
}

// pause waits before the next attempt.
func (c *Client) pause(ctx context.Context, wait time.Duration) {
	if wait <= 0 {
		return
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.wake:
	case <-ctx.Done():
	}
}
