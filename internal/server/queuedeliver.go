package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

const (
	// connectGrace is how long a station that has come may be silent before it gets queued commands: most say something at
	// once, and one that has been started boots before anything else.
	connectGrace = 5 * time.Second

	// busyRetry is the wait when a station, or the store, cannot take a command just now.
	busyRetry = time.Second
)

// connected hears of a station that has come.
func (q *queue) connected(st *csms.Station) {
	if q.has(st.Identity()) {
		q.kickAfter(connectGrace, st.Identity())
	}
}

// intercept hears of every message of a station: when it has been answered is the moment for what is queued, not before, for
// a station that boots understands nothing else (rule R40). It is an ocpp.Interceptor.
func (q *queue) intercept(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	resp, err := next(ctx, req)
	if !x.Inbound || !q.has(x.Identity) {
		return resp, err
	}
	if boot, ok := resp.(ocpp.BootResponse); ok && boot.OCPPBootResult().Status == ocpp.BootRejected {
		return resp, err // R42, R43
	}
	st, known := csms.StationFromContext(ctx)
	if !known {
		return resp, err
	}
	before := x.Answered
	x.Answered = func() {
		if before != nil {
			before()
		}
		q.hear(st)
	}
	return resp, err
}

// hear notes that a station has been answered, and has somebody look at it.
func (q *queue) hear(st *csms.Station) {
	q.mu.Lock()
	if t := q.turns[st.Identity()]; t != nil {
		t.heard = st.Epoch()
	}
	q.mu.Unlock()
	q.kick(st.Identity())
}

// heard reports whether a station has been answered on this connection, as far as that matters.
func (q *queue) heard(st *csms.Station) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	t := q.turns[st.Identity()]
	return t != nil && t.heard == st.Epoch()
}

// deliverAll delivers to a station what can be delivered, then to others that wait.
func (q *queue) deliverAll(station string) {
	for station != "" {
		q.look(station)
		station = q.looked(station, q.deliverTo(station))
	}
}

// deliverTo delivers commands, one after the other, until there is none or the station cannot take one.
func (q *queue) deliverTo(station string) found {
	var held []string // bulks whose pace does not let their command out now
	for q.ctx.Err() == nil {
		c, err := q.store.NextCommand(q.ctx, station, held)
		switch {
		case errors.Is(err, store.ErrNotFound) && len(held) > 0:
			return foundHeld
		case errors.Is(err, store.ErrNotFound):
			return foundNothing
		case err != nil:
			q.log.Warn("queued commands cannot be read", "station", station, "error", err)
			q.kickAfter(busyRetry, station)
			return foundWaiting
		}
		st, online := q.csms.Station(station)
		if !online || !q.settled(st) {
			return foundWaiting
		}
		if c.Bulk != "" && !q.enter(c.Bulk, station) {
			held = append(held, c.Bulk)
			continue
		}
		goOn := q.deliver(st, c)
		if c.Bulk != "" {
			q.leave(c.Bulk, station)
		}
		if !goOn {
			return foundWaiting
		}
	}
	return foundWaiting
}

// settled reports whether a station has been answered something on its connection, or has waited long enough. That it has
// said something is not enough: it may be its boot, which is to be answered first.
func (q *queue) settled(st *csms.Station) bool {
	rest := connectGrace - time.Since(st.ConnectedAt())
	if rest <= 0 || q.heard(st) {
		return true
	}
	q.kickAfter(rest, st.Identity())
	return false
}

// deliver brings one command to its end, as far as that is possible now. It reports whether the next one may be tried.
func (q *queue) deliver(st *csms.Station, c fleet.Command) bool {
	c, err := q.become(st, c)
	if err != nil {
		return q.denied(c, err)
	}
	if err := st.Check(c.Action, c.Payload); err != nil {
		detail := fmt.Sprintf("the station speaks OCPP %s by now, where this is no valid request; nothing was sent", st.Version())
		return q.settle(c, func(c fleet.Command) (fleet.Command, error) { return c.Deny(detail, time.Now()) })
	}
	message, announced, begun := ocppj.NewMessageID(), errNotAnnounced, time.Now()
	patience, giveUp := context.WithCancelCause(q.ctx)
	defer giveUp(nil)
	var timer *time.Timer
	var offer keyOffer
	call := httpapi.Command{Station: c.Station, Action: c.Action, Payload: c.Payload}
	ctx := ocppj.WithBeforeSend(ocppj.WithMessageID(q.listStep(patience, c), message), func(ctx context.Context) error {
		if announced = q.outranked(ctx, c, begun); announced == nil {
			offer, announced = q.commands.offerKey(ctx, st, call)
		}
		if announced == nil {
			announced = q.announce(ctx, st, c, message)
		}
		if announced == nil {
			timer = time.AfterFunc(c.Timeout, func() { giveUp(errGaveUp) })
		}
		return announced
	})
	response, err := st.Invoke(ctx, c.Action, c.Payload)
	q.commands.settleKey(q.ctx, offer, call, response, err) // before the end is told: the station may be back with its new key in no time
	if timer != nil {
		timer.Stop()
	}
	if announced != nil {
		return q.unannounced(c, message, announced, err)
	}
	q.log.Info("queued command", "station", c.Station, "action", c.Action, "command", c.ID, "id", message, "took", time.Since(begun), "error", err)
	settled := q.settle(c, func(c fleet.Command) (fleet.Command, error) { return concluded(c, message, response, err) })
	if err != nil && !ocpp.Remote(err) && ocpp.SafeToRetry(err) { // it was announced, and could not be sent
		q.kickAfter(busyRetry, c.Station)
		return false
	}
	return settled && st.Cause() == nil
}

// announce marks a command as sent. It is committed before the message goes out: whatever happens from here on, it may
// have been delivered.
func (q *queue) announce(ctx context.Context, st *csms.Station, asked fleet.Command, message string) error {
	_, err := q.store.ChangeCommand(ctx, asked.ID, func(c fleet.Command) (fleet.Command, error) {
		return c.Become(asked.Version, asked.Action, keptPayload(asked)).In(asked.Part, asked.Parts, asked.Begun).Send(int64(st.Epoch()), message, time.Now())
	})
	return err
}

// keptPayload is what is kept of the payload of a command: all of it, but for a secret that was made for it.
func keptPayload(c fleet.Command) json.RawMessage {
	if c.Verb == "" || !holdsSecret(c.Payload) {
		return c.Payload
	}
	return redact(c.Payload)
}

// shortWait is a wait for a command's turn in which none of a better lane is looked for.
const shortWait = 100 * time.Millisecond

// errOutranked says that another command of the station goes first.
var errOutranked = errors.New("a command of a better lane came while it waited for its turn")

// outranked looks whether a command of a better lane came while c waited for the answer to an earlier call.
func (q *queue) outranked(ctx context.Context, c fleet.Command, since time.Time) error {
	if time.Since(since) < shortWait {
		return nil
	}
	next, err := q.store.NextCommand(ctx, c.Station, nil)
	if err == nil && next.Lane.Rank() < c.Lane.Rank() {
		return errOutranked
	}
	return nil // what the store has to say is heard when it is told
}

// errNotAnnounced stands for a message whose turn has not come.
var errNotAnnounced = errors.New("its turn has not come")

// unannounced deals with a message that was not sent, because it was not announced.
func (q *queue) unannounced(c fleet.Command, message string, announced, err error) bool {
	switch {
	case errors.Is(announced, errOutranked), errors.Is(announced, fleet.ErrCommandState), errors.Is(announced, fleet.ErrCommandExpired), errors.Is(announced, store.ErrNotFound):
		return true // somebody was faster; the one that keeps the times ends what is over
	case tokenPointer(err) != "" || profilePointer(err) != "":
		return q.settle(c, func(cmd fleet.Command) (fleet.Command, error) { return cmd.Deny(deniedDetail(c.Verb, err), time.Now()) })
	case announced != errNotAnnounced: //nolint:errorlint // it is this very value
		// The commit may have been written nevertheless; nothing was sent.
		q.settle(c, func(c fleet.Command) (fleet.Command, error) {
			return c.Unsend(message, "the store failed before it was sent")
		})
		q.kickAfter(busyRetry, c.Station)
	case errors.Is(err, ocppj.ErrTooManyCallers):
		q.kickAfter(busyRetry, c.Station)
	}
	return false // it is gone, or blocked, or the server stops: what changes that looks again
}

// concluded changes a command by how its call ended.
func concluded(c fleet.Command, message string, response []byte, err error) (fleet.Command, error) {
	now := time.Now()
	if err == nil {
		return c.Answer(message, redact(response), now)
	}
	outcome, detail := outcomeOf(err)
	refused, _ := errors.AsType[*ocpp.Error](err)
	switch {
	case outcome == httpapi.CommandGarbled:
		return c.Garble(message, detail, now)
	case outcome == httpapi.CommandRefused && refused != nil:
		return c.Refuse(message, string(refused.Code), detail, now)
	case outcome == httpapi.CommandTimeout:
		return c.TimeOut(message, detail, now)
	case ocpp.SafeToRetry(err):
		return c.Unsend(message, "it could not be sent")
	case outcome == "":
		return c.Lose(message, "the server ended before the answer", now)
	}
	return c.Lose(message, detail, now)
}

// deniedDetail says why a request was not sent in the words, and with the place, of the answer to one that is not kept.
func deniedDetail(verb string, err error) string {
	switch {
	case verb == "":
		return "/payload" + tokenPointer(err) + profilePointer(err) + ": " + err.Error()
	case tokenPointer(err) != "":
		return "/arguments/idToken: " + err.Error()
	}
	return err.Error()
}

// settle changes a command, however long the store fails: until then nothing else goes to the station. It reports false
// when the queue was closed before that: the next process decides. A command that is not in the state for it stays as it
// is.
func (q *queue) settle(c fleet.Command, change func(fleet.Command) (fleet.Command, error)) bool {
	for {
		changed, err := q.change(c.ID, change)
		switch {
		case err == nil:
			q.ended(changed)
			return true
		case errors.Is(err, fleet.ErrCommandState), errors.Is(err, store.ErrNotFound):
			if c.Bulk != "" {
				q.recount(c.Bulk)
			}
			return true
		case errors.Is(err, store.ErrClosed):
			return false
		}
		q.log.Warn("what became of a command cannot be stored yet", "command", c.ID, "error", err)
		select {
		case <-time.After(busyRetry):
		case <-q.ctx.Done():
			return false
		}
	}
}

func (q *queue) change(id string, change func(fleet.Command) (fleet.Command, error)) (fleet.Command, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.ctx), recordTimeout)
	defer cancel()
	return q.store.ChangeCommand(ctx, id, change)
}
