package station

import (
	"context"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpp"
)

// connect makes one connection with the network profile whose turn it is.
func (c *Client) connect(ctx context.Context) (*Connection, error) {
	c.mu.Lock()
	p, ok := c.profiles.current()
	at, turn, ping, engine := c.profiles.at, c.profiles.turn, c.ping, c.engine
	c.mu.Unlock()
	if !ok {
		return nil, &connectError{turn: turn, err: ErrNoProfile}
	}
	target, err := connectionURL(p.URL, c.o.Identity)
	if err != nil {
		return nil, &connectError{turn: turn, err: err}
	}
	ws, err := engine.ws.Dial(ctx, target, c.dialOptions(p, ping))
	if err != nil {
		return nil, &connectError{turn: turn, url: target, err: err}
	}
	protocol := c.chosen(ws.Subprotocol())
	if protocol == nil {
		ws.Close(wsconn.CodeProtocolError, "no common subprotocol", ErrNoVersion)
		return nil, &connectError{turn: turn, url: target, err: ErrNoVersion}
	}
	conn := &Connection{
		c: c, ws: ws, roles: c.roles[protocol.Version()], profile: p, profileAt: at, url: target,
		done: make(chan struct{}),
	}
	if err := conn.newSession(engine); err != nil {
		ws.Abort(err)
		return nil, &connectError{turn: turn, url: target, err: err}
	}
	return conn, nil
}

func (c *Client) dialOptions(p NetworkProfile, ping time.Duration) wsconn.DialOptions {
	o := wsconn.DialOptions{
		Options:     c.o.connOptions(ping),
		TLS:         p.TLS,
		DialContext: c.o.DialContext,
		Timeout:     c.o.DialTimeout,
	}
	for _, proto := range c.o.Protocols {
		o.Subprotocols = append(o.Subprotocols, proto.Subprotocol())
	}
	if p.Password != nil {
		o.Basic = &wsconn.Basic{User: p.User, Password: p.Password}
		if p.User == "" {
			o.Basic.User = c.o.Identity
		}
	}
	return o
}

// chosen finds the protocol that the CSMS chose, in whatever case it spells it (rule R3); nil when it was not offered.
func (c *Client) chosen(subprotocol string) *ocpp.Protocol {
	for _, p := range c.o.Protocols {
		if strings.EqualFold(p.Subprotocol(), subprotocol) {
			return p
		}
	}
	return nil
}

// connectError is a failed attempt with the URL that was tried.
type connectError struct {
	turn int // of the profiles
	url  string
	err  error
}

func (e *connectError) Error() string {
	if e.url == "" {
		return e.err.Error()
	}
	return "station: connecting to " + e.url + ": " + e.err.Error()
}

// Unwrap returns what went wrong.
func (e *connectError) Unwrap() error { return e.err }

// connectFailed counts a failed attempt and tells the hooks.
func (c *Client) connectFailed(err error, wait time.Duration) {
	f := ConnectFailure{Err: err, Status: httpStatus(err), Retry: wait}
	if e, ok := err.(*connectError); ok { //nolint:errorlint // connect returns nothing else
		f.URL = e.url
		c.mu.Lock()
		c.profiles.fail(e.turn)
		c.trouble = err
		c.mu.Unlock()
	}
	c.o.Logger.Info("connecting failed", "station", c.o.Identity, "err", err, "retry", wait)
	if c.o.OnConnectFailed != nil {
		c.o.OnConnectFailed(f)
	}
	if e, ok := securityEventOf(err); ok {
		c.securityEvent(e)
	}
}

func (c *Client) securityEvent(e SecurityEvent) {
	if c.o.OnSecurityEvent != nil {
		c.o.OnSecurityEvent(e)
	}
}
