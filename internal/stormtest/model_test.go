package stormtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// phase is how far the application was told of the connection of an identity.
type phase int

const (
	connecting    phase = iota // OnConnect was called
	connected                  // and has returned
	disconnecting              // OnDisconnect was called
	disconnected               // and has returned
)

func (p phase) String() string {
	return [...]string{"connecting", "connected", "disconnecting", "disconnected"}[p]
}

// telling is what the application was told last of an identity.
type telling struct {
	phase phase
	c     *conn
	epoch uint64
}

// tell checks that the application is told of one connection after the other, in order of their epochs.
func (w *world) tell(c *conn, st *csms.Station, p phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := w.told[c.identity]
	switch {
	case p == connecting && last != nil && (last.phase != disconnected || last.epoch >= st.Epoch()):
		w.fault("%v (epoch %d) is %v while %v (epoch %d) is %v", c, st.Epoch(), p, last.c, last.epoch, last.phase)
	case p != connecting && (last == nil || last.c != c || last.phase != p-1):
		w.fault("%v is %v out of turn: %+v", c, p, last)
	}
	c.known(st)
	w.told[c.identity] = &telling{p, c, st.Epoch()}
}

// check holds the server to the model, when nothing moves, and reports whether all is well.
func (w *world) check() bool {
	w.mu.Lock()
	for _, identity := range identities {
		w.checkRegistry(identity)
	}
	for _, c := range w.conns {
		w.checkConn(c)
	}
	for _, identity := range identities {
		w.checkTold(identity)
	}
	w.checkListing()
	w.checkCalls()
	for _, c := range w.conns {
		w.checkAsks(c)
	}
	faults := slices.Clone(w.faults)
	w.mu.Unlock()
	if len(faults) == 0 {
		return true
	}
	w.t.Errorf("in step %d, after %v:\n\t%s\nthe last steps:\n%s", w.step, w.elapsed(), strings.Join(faults, "\n\t"),
		strings.Join(w.trace[max(0, len(w.trace)-30):], "\n"))
	return false
}

// live returns the connections of an identity that have not ended; w.mu is held.
func (w *world) live(identity string) (live []*conn) {
	for _, c := range w.conns {
		if c.identity == identity && c.st != nil && c.st.Cause() == nil {
			live = append(live, c)
		}
	}
	return live
}

// checkRegistry checks that there is at most one live connection of an identity, the newest, and that the registry
// has it; w.mu is held.
func (w *world) checkRegistry(identity string) {
	st, ok := w.srv.Station(identity)
	if ok {
		connOf(st).known(st)
	}
	live := w.live(identity)
	switch {
	case len(live) > 1:
		w.fault("%s has %d live connections: %v", identity, len(live), live)
	case len(live) == 1 && !ok:
		w.fault("%v is live, but not in the registry", live[0])
	case len(live) == 0 && ok:
		w.fault("%v has ended (%v), but is in the registry", connOf(st), st.Cause())
	case len(live) == 1 && st != live[0].st:
		w.fault("the registry has %v, live is %v", connOf(st), live[0])
	}
	for _, c := range w.conns {
		if ok && c.identity == identity && c.st != nil && c.st.Epoch() > st.Epoch() && c.st.Cause() == nil {
			w.fault("%v is in the registry, %v is newer", connOf(st), c)
		}
	}
}

// checkListing checks Stations and Len; w.mu is held.
func (w *world) checkListing() {
	live, listed := 0, map[*csms.Station]bool{}
	for _, identity := range identities {
		live += len(w.live(identity))
	}
	for st := range w.srv.Stations() {
		if listed[st] || st.Cause() != nil {
			w.fault("%v is listed twice or after its end", connOf(st))
		}
		listed[st] = true
	}
	if len(listed) != live || w.srv.Len() != live {
		w.fault("%d stations are live, %d listed, Len is %d", live, len(listed), w.srv.Len())
	}
}

// checkConn checks that a connection lives or has ended as it should; w.mu is held.
func (w *world) checkConn(c *conn) {
	switch {
	case !c.dialled:
		if !c.inAuth && !c.hungUp {
			w.fault("%v hangs in its handshake", c)
		}
		return
	case c.dialErr != nil:
		w.checkRefusal(c)
		return
	case c.st == nil:
		if c.closed != wsconn.CodePolicy && !c.hungUp && w.shutdowns == 0 {
			w.fault("%v has connected, but the server does not know it", c)
		}
		return
	}
	cause := c.st.Cause()
	switch {
	case c.cause != nil && cause != c.cause:
		w.fault("%v ended with %v, and then with %v", c, c.cause, cause)
	case c.cause != nil:
	case cause == nil:
		w.checkLive(c)
	default:
		if kind := kindOf(cause); !w.mayEnd(c, kind) {
			w.fault("%v ended with %q (%v); allowed: %q", c, kind, cause, c.allowed)
		}
		c.cause = cause
	}
}

// checkRefusal checks that only a server that shuts down refuses; w.mu is held.
func (w *world) checkRefusal(c *conn) {
	var status *ocpptest.StatusError
	refused := errors.As(c.dialErr, &status)
	if !c.hungUp && (w.shutdowns == 0 || !refused || status.Code != 503) {
		w.fault("%v was refused: %v", c, c.dialErr)
	}
	if c.st != nil && c.cause == nil {
		c.cause = c.st.Cause()
	}
}

func (w *world) checkLive(c *conn) {
	deaf := c.dark || c.paused // it answers no pings
	switch {
	case c.must || c.said && !c.dark:
		w.fault("%v has not ended, after %q", c, c.allowed)
	case deaf && time.Since(c.heard) >= idleTimeout:
		w.fault("%v was silent for %v and has not ended", c, time.Since(c.heard))
	case w.shutdowns > 0 && w.idle(c):
		w.fault("%v is idle and has outlived the shutdown", c)
	}
}

// idle reports whether nothing keeps a shutdown from closing the connection; w.mu is held.
func (w *world) idle(c *conn) bool {
	busy := c.full() || c.running != nil || len(c.queue) > 0 || len(c.expected) > 0
	for _, k := range w.calls {
		busy = busy || k.c == c && !k.done
	}
	return !busy
}

// kindOf names the kind of a cause.
func kindOf(cause error) string {
	var closed *wsconn.CloseError
	var protocol *wsconn.ProtocolError
	var network *wsconn.NetError
	switch {
	case errors.Is(cause, csms.ErrReplaced):
		return "replaced"
	case errors.Is(cause, csms.ErrShutdown):
		return "shutdown"
	case errors.Is(cause, wsconn.ErrIdleTimeout):
		return "idle"
	case errors.Is(cause, wsconn.ErrWriteStalled):
		return "stalled"
	case errors.Is(cause, wsconn.ErrOutboxFull):
		return "outbox full"
	case errors.As(cause, &closed) && closed.Remote:
		return fmt.Sprint("closed by the peer ", closed.Code)
	case errors.As(cause, &closed):
		return fmt.Sprint("closed ", closed.Code)
	case errors.As(cause, &protocol):
		return fmt.Sprint("protocol ", protocol.Code)
	case errors.As(cause, &network):
		return "network"
	}
	return "unknown"
}

// mayEnd reports whether a connection may have ended so; w.mu is held.
func (w *world) mayEnd(c *conn, kind string) bool {
	switch kind {
	case "replaced":
		return w.hasSuccessor(c)
	case "shutdown":
		return w.shutdowns > 0
	case "idle":
		return time.Since(c.heardBefore) >= idleTimeout
	case "stalled":
		return !c.slowSince.IsZero() && time.Since(c.slowSince) >= writeTimeout
	case "outbox full":
		return !c.slowSince.IsZero()
	case "network":
		return c.hungUp || slices.Contains(c.allowed, kind)
	}
	return slices.Contains(c.allowed, kind)
}

// hasSuccessor reports whether the identity has connected again; w.mu is held.
func (w *world) hasSuccessor(c *conn) bool {
	for _, o := range w.conns {
		if o == c || o.identity != c.identity {
			continue
		}
		if o.admitted == w.step || o.st != nil && o.st.Epoch() > c.st.Epoch() {
			return true
		}
	}
	return false
}

// checkTold checks that the application knows what is the case, unless one of its hooks blocks; w.mu is held.
func (w *world) checkTold(identity string) {
	live, last := w.live(identity), w.told[identity]
	switch {
	case last == nil:
		if len(live) > 0 {
			w.fault("the application was not told of %v", live[0])
		}
	case last.phase == connecting || last.phase == disconnecting:
		if !last.c.inHook {
			w.fault("%v is %v for ever", last.c, last.phase)
		}
	case last.phase == connected && (len(live) != 1 || live[0] != last.c):
		w.fault("the application believes in %v; live are %v", last.c, live)
	case last.phase == disconnected && len(live) != 0:
		w.fault("the application was told of the end of %v only; live is %v", last.c, live[0])
	}
}

// checkAsks checks that the messages of a healthy station are handled and answered, unless a handler or a hook
// blocks; w.mu is held.
func (w *world) checkAsks(c *conn) {
	if c.st == nil || c.cause != nil || c.dark || c.paused || !c.announced {
		return
	}
	blocked := c.running != nil && c.running.blocked
	if (len(c.queue) > 0 || len(c.expected) > 0) && !blocked {
		w.fault("%v waits for handlers of %v, answers to %v; running is %v", c, c.queue, c.expected, c.running)
	}
}

// checkNothingIsLeft is for the end.
func (w *world) checkNothingIsLeft() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, k := range w.calls {
		if !k.done {
			w.t.Errorf("%v waits for ever", k)
		}
	}
	for _, c := range w.conns {
		if c.st != nil && c.st.Cause() == nil || c.running != nil {
			w.t.Errorf("%v is left: %v", c, c.running)
		}
	}
	for identity, last := range w.told {
		if last.phase != disconnected {
			w.t.Errorf("%s: %v is still %v", identity, last.c, last.phase)
		}
	}
	if n := w.srv.Len(); n != 0 {
		w.t.Errorf("%d stations are left", n)
	}
}
