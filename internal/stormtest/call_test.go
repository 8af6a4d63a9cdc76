package stormtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocppj"
)

// answering is what a station does with a CALL.
type answering int

const (
	answerPrompt   answering = iota
	answerLater              // when the generator says so: in time, late, or never
	answerError              // with a CALLERROR
	answerTwice              // and once more
	answerStranger           // behind answers that nobody asked for
)

// call is one csms.Call.
type call struct {
	n       int
	c       *conn
	ctx     context.Context
	cancel  context.CancelFunc
	answer  answering
	padding int

	id         string // on the wire
	wiredAt    time.Time
	answeredAt time.Time
	beside     *call // was outstanding when this one went out
	done       bool
	checked    bool
	doneAt     time.Time
	data       string // what the answer said
	err        error
}

func (k *call) token() string  { return fmt.Sprint("c", k.n) }
func (k *call) String() string { return fmt.Sprintf("call %s of %v", k.token(), k.c) }

// call calls a station and notes how that ended.
func (w *world) call(ctx context.Context, c *conn, st *csms.Station, answer answering, padding int) {
	ctx, cancel := context.WithCancel(ctx)
	k := &call{c: c, ctx: ctx, cancel: cancel, answer: answer, padding: padding}
	w.note(func() {
		c.known(st)
		k.n = len(w.calls)
		w.calls = append(w.calls, k)
	})
	data, err := transfer(ctx, st, k.token()+strings.Repeat("x", padding))
	w.note(func() { k.done, k.doneAt, k.data, k.err = true, time.Now(), data, err })
}

// transfer sends data to the station and returns what it answers with.
func transfer(ctx context.Context, st *csms.Station, data string) (string, error) {
	if st.Version() == ocpp.V16 {
		resp, err := csms.Call(ctx, st, &ocpp16.DataTransferRequest{VendorID: "sim", Data: ocpp.Some(data)})
		if err != nil {
			return "", err
		}
		return resp.Data.Or(""), nil
	}
	resp, err := csms.Call(ctx, st, &ocpp21.DataTransferRequest{VendorID: "sim", Data: quote(data)})
	if err != nil {
		return "", err
	}
	return unquote(resp.Data), nil
}

// outstanding returns the call that has the slot of the connection: sent, not answered, not timed out, whether or
// not its caller still waits; w.mu is held.
func (c *conn) outstanding() *call {
	for _, k := range c.wire {
		if k.answeredAt.IsZero() && time.Since(k.wiredAt) < callTimeout {
			return k
		}
	}
	return nil
}

// full reports whether something may have the slot: on a dark link, an answer may have got lost; w.mu is held.
func (c *conn) full() bool {
	for _, k := range c.wire {
		if (k.answeredAt.IsZero() || c.dark) && time.Since(k.wiredAt) < callTimeout {
			return true
		}
	}
	return false
}

// checkCalls checks every call that has not been found to have ended well; w.mu is held.
func (w *world) checkCalls() {
	for _, k := range w.calls {
		switch {
		case k.beside != nil && !k.beside.unsent():
			w.fault("%v went out while %v, sent %v, is outstanding", k, k.beside, w.at(k.beside.wiredAt))
		case k.checked:
		case k.done:
			k.checked = true
			if wrong := w.judge(k); wrong != "" {
				w.fault("%v (sent %v, answered %v) ended at %v with %q, %v: %s",
					k, w.at(k.wiredAt), w.at(k.answeredAt), w.at(k.doneAt), k.data, k.err, wrong)
			}
		default:
			if wrong := k.overdue(); wrong != "" {
				w.fault("%v (sent %v, answered %v) waits, but %s", k, w.at(k.wiredAt), w.at(k.answeredAt), wrong)
			}
		}
	}
}

// unsent reports whether sending failed after all, because the connection had just ended.
func (k *call) unsent() bool {
	var unsent *ocppj.NotSentError
	return k.done && errors.As(k.err, &unsent)
}

func (w *world) at(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return "at " + t.Sub(w.born).String()
}

// overdue says why a call that still waits should have ended; w.mu is held.
func (k *call) overdue() string {
	switch {
	case k.ctx.Err() != nil:
		return "its context has ended"
	case k.c.cause != nil:
		return "its connection has ended"
	case k.wiredAt.IsZero() && !k.c.full():
		return "nothing has the slot"
	case k.wiredAt.IsZero():
		return ""
	case time.Since(k.wiredAt) >= callTimeout:
		return "its time has run out"
	case !k.answeredAt.IsZero() && !k.c.dark:
		return "it was answered"
	}
	return ""
}

// judge says what is wrong with how a call ended; w.mu is held.
func (w *world) judge(k *call) string {
	var remote *ocpp.Error
	var timeout *ocppj.TimeoutError
	var closed *ocppj.ClosedError
	var canceled *ocppj.CanceledError
	var unsent *ocppj.NotSentError
	switch {
	case k.err == nil:
		return k.judgeAnswer(k.data, k.answer != answerError)
	case errors.As(k.err, &remote) && remote.FromPeer:
		return k.judgeAnswer(remote.Description, k.answer == answerError)
	case errors.As(k.err, &timeout):
		return k.judgeTimeout()
	case errors.As(k.err, &closed):
		return k.judgeClosed(closed)
	case errors.As(k.err, &canceled):
		if k.ctx.Err() == nil || canceled.Sent != !k.wiredAt.IsZero() {
			return "nobody gave up, or Sent is wrong"
		}
		return ""
	case errors.As(k.err, &unsent):
		if errors.Is(k.err, ocppj.ErrDraining) && w.shutdowns > 0 || k.c.cause != nil && errors.Is(k.err, k.c.cause) {
			return ""
		}
	}
	return "that is no end for a call"
}

func (k *call) judgeAnswer(data string, rightKind bool) string {
	switch {
	case data != k.token():
		return "that is the answer to another call"
	case !rightKind:
		return "that is not what the station answered"
	case k.answeredAt.IsZero() || k.answeredAt.After(k.doneAt):
		return "the station has not answered"
	case k.doneAt.Sub(k.wiredAt) > callTimeout:
		return "it is too late for an answer"
	}
	return ""
}

func (k *call) judgeTimeout() string {
	switch {
	case k.wiredAt.IsZero() || k.doneAt.Sub(k.wiredAt) != callTimeout:
		return "the time counts from sending"
	case !k.answeredAt.IsZero() && k.answeredAt.Before(k.doneAt) && !k.c.dark:
		return "the station has answered"
	}
	return ""
}

func (k *call) judgeClosed(err *ocppj.ClosedError) string {
	switch {
	case k.c.cause == nil:
		return "the connection lives"
	case !errors.Is(err, k.c.cause) || !errors.Is(err, net.ErrClosed):
		return fmt.Sprintf("the connection ended with %v", k.c.cause)
	case err.Sent != !k.wiredAt.IsZero():
		return "Sent is wrong"
	}
	return ""
}
