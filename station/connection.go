package station

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// Connection is one connection to a CSMS. A client that connects again has a new Connection. All methods may be
// called concurrently, also after its end.
type Connection struct {
	c         *Client
	ws        *wsconn.Conn
	session   *ocppj.Session
	roles     *roles
	profile   NetworkProfile
	profileAt int
	url       string
	connected time.Time
	done      chan struct{} // closed after OnDisconnect

	lastSent atomic.Int64 // of an OCPP message; Unix time in nanoseconds

	// Guarded by Client.mu:
	triggered map[string]bool // actions that a TriggerMessage asked for while Pending
	leaving   bool            // nothing is started any more
	next      bool            // the next connection is wanted at once
}

// Identity returns the identity of the station.
func (n *Connection) Identity() string { return n.c.o.Identity }

// Version returns the negotiated version.
func (n *Connection) Version() ocpp.Version { return n.session.Version() }

// Protocol returns the table of the negotiated version.
func (n *Connection) Protocol() *ocpp.Protocol { return n.session.Protocol() }

// Profile returns the security profile of the connection.
func (n *Connection) Profile() Profile { return n.profile.SecurityProfile() }

// NetworkProfile returns which of the network profiles the connection was made with, counted from 0.
func (n *Connection) NetworkProfile() int { return n.profileAt }

// URL returns where the connection leads, identity included.
func (n *Connection) URL() string { return n.url }

// RemoteAddr returns the address of the CSMS's end.
func (n *Connection) RemoteAddr() net.Addr { return n.ws.RemoteAddr() }

// LocalAddr returns the address of this end.
func (n *Connection) LocalAddr() net.Addr { return n.ws.LocalAddr() }

// Compressed reports whether compression was agreed.
func (n *Connection) Compressed() bool { return n.ws.Compressed() }

// ConnectedAt returns when the WebSocket handshake was completed.
func (n *Connection) ConnectedAt() time.Time { return n.connected }

// Context ends with the connection; context.Cause tells why.
func (n *Connection) Context() context.Context { return n.session.Context() }

// Done is closed when the connection has ended, its handlers have returned and OnDisconnect has been called.
func (n *Connection) Done() <-chan struct{} { return n.done }

// Cause returns why the connection ended, and nil while it has not. There is one cause: the first.
func (n *Connection) Cause() error { return n.session.Cause() }

// Close ends the connection with a close code (RFC 6455, 7.4) and a reason of at most 123 bytes. It does not block.
// Run connects again.
func (n *Connection) Close(code uint16, reason string) {
	n.ws.Close(code, reason, nil)
	n.session.Close(n.ws.Cause())
}

// newSession makes the OCPP session on the connection.
func (n *Connection) newSession(e *Engine) error {
	o := &n.c.o
	n.c.mu.Lock()
	answers := n.c.answers
	if n.profileAt != n.c.boot.profile { // another CSMS: the ids that it uses have nothing to do with those of the last one
		answers = new(ocppj.AnswerMemory)
		n.c.answers = answers
	}
	n.c.mu.Unlock()
	var err error
	n.connected = time.Now()
	n.lastSent.Store(n.connected.UnixNano())
	n.session, err = ocppj.New(ocppj.Options{
		Protocol:        n.roles.protocol,
		End:             ocpp.StationEnd,
		Identity:        o.Identity,
		Send:            n.send,
		Route:           n.route,
		Context:         context.WithValue(context.Background(), clientKey{}, n.c),
		CallTimeout:     o.CallTimeout,
		MaxInbound:      o.MaxInbound,
		MaxInboundBytes: o.MaxInboundBytes,
		Policy:          o.Policy,
		SendPolicy:      o.SendPolicy,
		Location:        o.Location,
		Interceptor:     n.interceptor(),
		Tap:             o.Tap,
		Gate:            n.gate,
		SendGate:        n.sendGate,
		Answers:         answers,
		Signing:         o.Signing,
		Events:          n.c.protocolEvents(),
		NewID:           o.NewMessageID,
		Buffers:         e.buffers,
		Logger:          o.Logger,
	})
	return err
}

// send gives a frame to the socket; any message that goes out puts the heartbeat off (rule R32).
func (n *Connection) send(frame []byte) error {
	n.lastSent.Store(time.Now().UnixNano())
	return n.ws.Send(frame)
}

// Message implements wsconn.Handler.
func (n *Connection) Message(_ *wsconn.Conn, text []byte) {
	n.noteBootAnswer(text)
	n.session.Receive(text) //nolint:errcheck // it says that the session has ended, which Closed deals with
}

// Closed implements wsconn.Handler.
func (n *Connection) Closed(_ *wsconn.Conn, cause error) { n.session.Close(cause) }

type clientKey struct{}

// FromContext returns the client whose handler or interceptor has ctx.
func FromContext(ctx context.Context) (*Client, bool) {
	c, ok := ctx.Value(clientKey{}).(*Client)
	return c, ok
}

// serve lives the life of a connection, until it or ctx ends. online is called when calls may be made. The caller closes
// done.
func (c *Client) serve(ctx context.Context, n *Connection, online func()) {
	content := c.bootContent(n)
	if c.o.OnConnect != nil {
		c.o.OnConnect(n)
	}
	c.goOnline(n, content)
	n.ws.Start(n) //nolint:errcheck // when it has ended already Done says so
	c.kick()
	online()
	select {
	case <-n.ws.Done():
	case <-ctx.Done():
		n.ws.Close(wsconn.CodeNormal, "", endCause(ctx))
	}
	cause := n.ws.Cause()
	n.session.Close(cause)
	n.session.Wait()
	c.goOffline()
	c.work.Wait()
	c.o.Logger.Info("disconnected", "station", c.o.Identity, "cause", cause)
	if c.o.OnDisconnect != nil {
		c.o.OnDisconnect(n, cause)
	}
}

// endCause is the cause of the end of a connection whose client ends. Pending calls return it, so it is net.ErrClosed.
func endCause(ctx context.Context) error {
	cause := context.Cause(ctx)
	if errors.Is(cause, net.ErrClosed) {
		return cause
	}
	return &ended{cause}
}

// ended is the end of a client by its context.
type ended struct{ cause error }

func (e *ended) Error() string { return ErrClosed.Error() + ": " + e.cause.Error() }

// Unwrap returns ErrClosed and the cause of the context.
func (e *ended) Unwrap() []error { return []error{ErrClosed, e.cause} }

func (c *Client) goOnline(n *Connection, content []byte) {
	c.mu.Lock()
	c.profiles.succeed(n.profile)
	c.conn = n
	c.connectedAfterAll()
	c.boot.connected(n, content)
	c.heartbeat.connected(time.Now())
	c.delivery.dirty = true
	changed := c.announce()
	c.mu.Unlock()
	close(changed)
	c.o.Logger.Info("connected", "station", c.o.Identity, "url", n.url, "version", n.Version())
}

func (c *Client) goOffline() {
	c.mu.Lock()
	c.conn = nil
	c.agenda.disarm()
	changed := c.announce()
	c.mu.Unlock()
	close(changed)
}

// wantsNext reports whether the connection was ended in order to be made anew.
func (n *Connection) wantsNext() bool {
	n.c.mu.Lock()
	defer n.c.mu.Unlock()
	return n.next
}

// stopWork starts nothing on the connection any more.
func (n *Connection) stopWork() {
	n.c.mu.Lock()
	n.leaving = true
	n.c.mu.Unlock()
}

// leaveTimeout bounds how long a connection that is to be made anew waits for calls and handlers under way.
const leaveTimeout = 5 * time.Second

// leave ends the connection for cause when calls and handlers under way have ended, so that the answer to what
// asked for it still goes out. The next connection is made at once. It does not block.
func (n *Connection) leave(cause error) {
	n.c.mu.Lock()
	started := n.leaving || n.c.conn != n
	n.leaving, n.next = true, true
	if !started {
		n.c.work.Add(1)
	}
	n.c.mu.Unlock()
	if started {
		return
	}
	go func() {
		defer n.c.work.Done()
		ctx, cancel := context.WithTimeout(n.session.Context(), leaveTimeout)
		defer cancel()
		n.session.Drain(ctx) //nolint:errcheck // whatever is left then ends with the connection
		n.ws.Close(wsconn.CodeNormal, cause.Error(), cause)
	}()
}
