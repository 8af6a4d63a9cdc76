package csms

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpp"
)

// begin starts the turn of the connection in the eyes of the application. after is the connection whose end comes
// before, or nil.
func (st *Station) begin(after *Station) {
	if after == nil && st.server.options.OnConnect == nil {
		st.ready = st.server.ready
		st.announce()
		return
	}
	st.ready = make(chan struct{})
	st.server.active.Go(func() {
		defer close(st.ready)
		if after == nil || st.awaitTurn(after) {
			st.announce()
		}
	})
}

// awaitTurn waits until the application was told of the end of the connection before. It reports false when this
// one ended meanwhile: the application never hears of it.
func (st *Station) awaitTurn(after *Station) bool {
	select {
	case <-after.gone:
		return true
	case <-st.session.Done():
		st.server.registry.abandon(st)
		return false
	}
}

// announce calls OnConnect. Handlers wait until it has returned, calls to the station do not.
func (st *Station) announce() {
	if st.server.registry.announce(st) {
		st.told = true
		if hook := st.server.options.OnConnect; hook != nil {
			hook(st)
		}
	}
}

// receiver is what the connection tells its station. It keeps these methods out of the public ones.
type receiver struct{ st *Station }

// Message takes a text message over.
func (r receiver) Message(_ *wsconn.Conn, text []byte) {
	r.st.lastMessage.Store(time.Now().UnixNano())
	r.st.session.Receive(text) //nolint:errcheck // the end of the session is told by Closed
}

// Closed is the end of the connection: it leaves the registry, calls and handlers end, the application is told, and
// what is left is waited for.
func (r receiver) Closed(_ *wsconn.Conn, cause error) {
	st := r.st
	defer st.server.active.Done()
	st.server.registry.remove(st)
	st.session.Close(cause)
	<-st.ready
	st.tellEnd(cause)
	st.session.Wait()
}

func (st *Station) tellEnd(cause error) {
	if !st.told {
		return // and nobody waits for it
	}
	defer st.server.registry.settle(st)
	if hook := st.server.options.OnDisconnect; hook != nil {
		hook(st, cause)
	}
}

// gate decides on a message of the station before its payload is looked at. It holds handlers back until OnConnect
// has returned.
func (st *Station) gate(x *ocpp.Exchange) *ocpp.Error {
	select {
	case <-st.ready:
	default: // Done makes a channel, which most connections never need
		select {
		case <-st.ready:
		case <-st.session.Done():
		}
	}
	if st.session.Cause() != nil || !st.told { // the application perhaps never hears of the connection
		<-st.session.Done() // one that was replaced is about to end; what has ended is no news
		return ocpp.Errorf(ocpp.InternalError, "the connection has ended")
	}
	return st.admits(x.Action.Name)
}
