package station

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// Client is one charging station. Make it with New, register its handlers with Handle, then call Run. It is safe
// for concurrent use.
type Client struct {
	o        Options
	roles    map[ocpp.Version]*roles
	handlers handlers

	mu sync.Mutex // guards all below; never held across I/O, a channel operation or a hook

	running bool
	closed  bool
	stop    context.CancelCauseFunc // ends Run or Dial; nil when neither is at work
	stopped chan struct{}           // closed when that has ended
	engine  *Engine                 // while running

	profiles rotation
	conn     *Connection   // nil while offline
	changed  chan struct{} // closed and made anew when conn or the boot status changes
	backOff  BackOff
	ping     time.Duration

	boot      boot
	trouble   error // of the last attempt to connect or boot; nil once a boot was accepted
	heartbeat heartbeat
	delivery  delivery
	answers   *ocppj.AnswerMemory // belongs to the CSMS that we talk to (rule R12)

	agenda agenda
	work   sync.WaitGroup // goroutines of the current connection
	wake   chan struct{}  // buffered; cuts the wait for the next attempt short
}

// New makes a station. It connects when Run or Dial is called. The errors are those of missing or contradictory
// options.
func New(o Options) (*Client, error) {
	if err := o.setDefaults(); err != nil {
		return nil, err
	}
	c := &Client{
		o:        o,
		roles:    make(map[ocpp.Version]*roles),
		profiles: rotation{list: o.Profiles, floor: o.MinProfile},
		changed:  make(chan struct{}),
		backOff:  o.BackOff,
		ping:     o.PingInterval,
		answers:  new(ocppj.AnswerMemory),
		wake:     make(chan struct{}, 1),
	}
	c.delivery.init(&o)
	c.heartbeat.interval = o.HeartbeatInterval
	c.boot.reset(o.Boot != nil)
	for _, p := range o.Protocols {
		r := o.Engine.rolesOf(p)
		if o.Boot != nil && r.boot.Name == "" {
			return nil, fmt.Errorf("station: the protocol of OCPP %s has no BootNotification", p.Version())
		}
		c.roles[p.Version()] = r
	}
	return c, nil
}

// Identity returns the identity of the station.
func (c *Client) Identity() string { return c.o.Identity }

// Connection returns the current connection, nil while there is none.
func (c *Client) Connection() *Connection {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.conn
}

// BootStatus returns what the CSMS has answered to the boot, "" before it has. Without Options.Boot it is
// ocpp.BootAccepted.
func (c *Client) BootStatus() ocpp.BootStatus {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.boot.status
}

// WaitAccepted waits until the station is connected and its boot accepted, so that calls may be made. It returns
// ErrClosed when the client is closed. When ctx ends first it returns an error for which errors.Is(err,
// context.Cause(ctx)) holds, and which wraps why the last attempt to connect or boot failed, when one did: a *ocpp.Error
// that the CSMS answered, for instance.
func (c *Client) WaitAccepted(ctx context.Context) error {
	for {
		c.mu.Lock()
		ready, closed, changed := c.conn != nil && c.boot.accepted(), c.closed, c.changed
		c.mu.Unlock()
		switch {
		case closed:
			return ErrClosed
		case ready:
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return c.waitEnded(ctx)
		}
	}
}

// announce wakes everybody in WaitAccepted. The caller holds mu and closes what it returns after releasing it.
func (c *Client) announce() (changed chan struct{}) {
	changed = c.changed
	c.changed = make(chan struct{})
	return changed
}

// Close ends Run or Dial: the CSMS gets a close frame, calls under way end with ErrClosed. It returns when they have
// ended and no goroutine of the client is left; a hook or handler must not call it. The client cannot be used again.
// The queue stays open.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	stop, stopped := c.stop, c.stopped
	changed := c.announce()
	c.mu.Unlock()
	close(changed)
	if stop != nil {
		stop(ErrClosed)
		<-stopped
	}
	return nil
}

// Shutdown is Close after calls and handlers under way have ended: new calls fail, and until ctx ends the client
// waits. It returns the cause of ctx when that ended first; the client is closed then, too.
func (c *Client) Shutdown(ctx context.Context) error {
	var err error
	if conn := c.Connection(); conn != nil {
		conn.stopWork()
		err = conn.session.Drain(ctx)
	}
	c.Close() //nolint:errcheck // it has none
	return err
}
