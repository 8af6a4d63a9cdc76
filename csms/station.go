package csms

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// Station is one connection of a charging station. A station that comes back is a new Station. All methods may be
// called concurrently, also after the end of the connection.
type Station struct {
	server    *Server
	identity  string
	profile   Profile
	connected time.Time
	session   *ocppj.Session
	conn      *wsconn.Conn

	registration

	ready chan struct{} // closed when OnConnect has returned, or will never be called; made by begin
	told  bool          // the application heard of it; written before ready is closed

	lastMessage atomic.Int64 // Unix time in nanoseconds

	mu   sync.Mutex // guards data
	data any
}

// Identity returns the identity of the station.
func (st *Station) Identity() string { return st.identity }

// Version returns the negotiated version.
func (st *Station) Version() ocpp.Version { return st.session.Version() }

// Protocol returns the table of the negotiated version.
func (st *Station) Protocol() *ocpp.Protocol { return st.session.Protocol() }

// Epoch numbers the connection. A newer connection, of whatever station, has a greater one: writes about presence
// that compare epochs cannot be overtaken by those of an older connection.
func (st *Station) Epoch() uint64 { return st.epoch }

// Profile returns the security profile of the connection.
func (st *Station) Profile() Profile { return st.profile }

// RemoteAddr returns the address of the station's end.
func (st *Station) RemoteAddr() net.Addr { return st.conn.RemoteAddr() }

// ConnectedAt returns when the WebSocket handshake was completed.
func (st *Station) ConnectedAt() time.Time { return st.connected }

// LastMessageAt returns when the last OCPP message arrived, and the zero time before the first.
func (st *Station) LastMessageAt() time.Time {
	if ns := st.lastMessage.Load(); ns != 0 {
		return time.Unix(0, ns)
	}
	return time.Time{}
}

// BootStatus returns what the boot of the station was last answered, on whichever connection, and "" when that is not
// known.
func (st *Station) BootStatus() ocpp.BootStatus { return st.memory.bootStatus() }

// Context ends with the connection; context.Cause tells why.
func (st *Station) Context() context.Context { return st.session.Context() }

// Done is closed when the connection has ended.
func (st *Station) Done() <-chan struct{} { return st.session.Done() }

// Cause returns why the connection ended, and nil while it has not. There is one cause: the first.
func (st *Station) Cause() error { return st.session.Cause() }

// Data returns the application's own data of the connection: what Authenticate gave or SetData set.
func (st *Station) Data() any {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.data
}

// SetData replaces the application's own data.
func (st *Station) SetData(v any) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.data = v
}

// SetPingInterval changes the time between two pings of this end at once; 0 or less is off (rule R33). An idle
// timeout that has become too short for it is raised.
func (st *Station) SetPingInterval(d time.Duration) { st.conn.SetPingInterval(max(d, 0)) }

// SetIdleTimeout changes how long the connection may go without any frame; 0 or less is for ever (rule R34).
func (st *Station) SetIdleTimeout(d time.Duration) { st.conn.SetIdleTimeout(max(d, 0)) }

// Queued returns how many bytes of memory hold the messages that wait for the socket of the station, which has stopped
// reading or reads slowly; Options.MaxOutbox bounds it. What the kernel has taken is not counted. It is 0 after the end.
func (st *Station) Queued() int { return st.conn.Queued() }

// Close ends the connection with a close frame: a code that may be sent (RFC 6455, 7.4: 1000 to 1003, 1007 to 1014, or
// 3000 to 4999) and a reason of at most 123 bytes. It does not block, and may be called from handlers and hooks. Calls
// under way end at once. The first cause of an end wins: on a connection that has ended, Close does nothing.
func (st *Station) Close(code uint16, reason string) {
	st.conn.Close(code, reason, nil)
	st.session.Close(st.conn.Cause())
}

// closeFor is Close with a cause of our own.
func (st *Station) closeFor(code uint16, reason string, cause error) {
	st.conn.Close(code, reason, &codedError{code, cause})
	st.session.Close(st.conn.Cause())
}
