package stormtest

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
)

// asking is what the handler of a message of the station does.
type asking int

const (
	askEcho      asking = iota
	askRefused          // returns an *ocpp.Error
	askPanic            // panics
	askSend             // is a SEND
	askHold             // blocks, whatever its context says
	askHoldCtx          // blocks until its context ends
	askCallBack         // calls its own station
	askCallOther        // calls another station
	askClose            // closes its own connection
	askCloseOther
	askList
	askKinds // how many there are
)

// ask is one message of a station.
type ask struct {
	n        int
	c        *conn
	id       string
	kind     asking
	other    string    // identity, for askCallOther and askCloseOther
	answer   answering // of the call that the handler makes
	retry    bool      // of an answered one: answered again, not handled again (rule R12)
	first    int       // the n of the message that it repeats
	repeated bool      // there was a retry
	runs     int
	blocked  bool
	answered time.Time
}

func (a *ask) token() string {
	if a.retry {
		return fmt.Sprint("k", a.first)
	}
	return fmt.Sprint("k", a.n)
}

func (a *ask) String() string { return fmt.Sprintf("message %s of %v", a.token(), a.c) }

// handle is the handler of all messages.
func (w *world) handle(ctx context.Context, st *csms.Station, token string) (string, error) {
	a := w.begin(st, token)
	if a == nil {
		return "", ocpp.Errorf(ocpp.GenericError, "unknown")
	}
	defer w.note(func() { a.c.running, a.blocked = nil, false })
	blocking := func(f func()) {
		w.note(func() { a.blocked = true })
		f()
	}
	switch a.kind {
	case askEcho, askSend, askKinds:
	case askRefused:
		return "", ocpp.Errorf(ocpp.GenericError, "%s", token)
	case askPanic:
		panic("as it was asked to")
	case askHold:
		blocking(func() { w.block(a.String(), nil) })
	case askHoldCtx:
		blocking(func() { w.block(a.String(), ctx.Done()) })
	case askCallBack:
		blocking(func() { w.call(ctx, a.c, st, a.answer, 0) })
	case askCallOther:
		if other, ok := w.srv.Station(a.other); ok {
			blocking(func() { w.call(ctx, connOf(other), other, a.answer, 0) })
		}
	case askClose:
		w.note(func() { a.c.ends("closed 1000") })
		st.Close(1000, "by its handler")
	case askCloseOther:
		w.closeCurrent(a.other)
	case askList:
		w.listStations()
	}
	return token, nil
}

// begin notes that a handler was called, and checks that it is the turn of that message.
func (w *world) begin(st *csms.Station, token string) *ask {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := strconv.Atoi(token[1:])
	if err != nil || n >= len(w.asks) {
		w.fault("a handler got the unknown message %q", token)
		return nil
	}
	a := w.asks[n]
	if a.runs++; a.runs > 1 {
		w.fault("%v was handled %d times", a, a.runs)
		return nil
	}
	c := a.c
	if connOf(st) != c || len(c.queue) == 0 || c.queue[0] != a || c.running != nil || !c.announced {
		w.fault("%v is handled by %v, while %v is, of %v (announced: %v)", a, connOf(st), c.running, c.queue, c.announced)
		return a
	}
	c.queue, c.running = c.queue[1:], a
	return a
}
