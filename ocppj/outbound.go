package ocppj

import (
	"context"
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// call is one outbound CALL from the moment its caller asked for its turn.
type call struct {
	id     string
	action string
	turn   chan struct{} // buffered; gets one value when the turn has come; nil when there was no wait
	done   chan outcome  // buffered; gets one value at most

	sent      bool        // from here on guarded by Session.mu
	abandoned bool        // the caller has given up
	timer     *time.Timer // nil before sending
}

func (c *call) finish(o outcome) { c.done <- o }

// outcome is how a call ended: with an answer, or with an error.
type outcome struct {
	answer header
	err    error
}

// outbound is what a session has under way to its peer. All of it is guarded by Session.mu.
type outbound struct {
	current *call   // has the turn: about to be sent, or waiting for its answer
	waiting []*call // for their turn, in order
	gone    recentIDs
}

func (o *outbound) idle() bool { return o.current == nil && len(o.waiting) == 0 }

// enter gives c the turn, or a place in the queue.
func (o *outbound) enter(c *call, limit int) error {
	if o.current == nil {
		o.current = c
		return nil
	}
	if len(o.waiting) >= limit {
		return ErrTooManyCallers
	}
	c.turn = make(chan struct{}, 1)
	o.waiting = append(o.waiting, c)
	return nil
}

// next gives the turn to the call that waits longest and returns it.
func (o *outbound) next() *call {
	o.current = nil
	if len(o.waiting) == 0 {
		o.waiting = nil // an idle session keeps no queue
		return nil
	}
	o.current = o.waiting[0]
	o.waiting[0] = nil
	o.waiting = o.waiting[1:]
	return o.current
}

// leave takes a waiting call out of the queue; false: it does not wait any more.
func (o *outbound) leave(c *call) bool {
	i := slices.Index(o.waiting, c)
	if i < 0 {
		return false
	}
	o.waiting = slices.Delete(o.waiting, i, i+1)
	return true
}

// takeAll empties it for Close.
func (o *outbound) takeAll() []*call {
	all := o.waiting
	if o.current != nil {
		all = append(all, o.current)
		if o.current.timer != nil {
			o.current.timer.Stop()
		}
	}
	*o = outbound{}
	return all
}

// roundTrip sends one CALL when its turn comes and waits for the answer. before is as WithBeforeSend has it.
func (s *Session) roundTrip(ctx context.Context, x *ocpp.Exchange, before func(context.Context) error, req any, newResponse func() any) (any, error) {
	if err := s.precheck(x.Action.Name, req); err != nil {
		return nil, err
	}
	c := &call{id: x.MessageID, action: x.Action.Name, done: make(chan outcome, 1)}
	if err := s.sendInTurn(ctx, c, x, before, req); err != nil {
		return nil, err
	}
	select {
	case o := <-c.done:
		return s.result(ctx, x, o, newResponse)
	case <-ctx.Done():
	}
	if s.abandon(c) {
		return nil, &CanceledError{Err: context.Cause(ctx), Sent: true}
	}
	return s.result(ctx, x, <-c.done, newResponse) // the answer won
}

// sendInTurn makes the frame when the turn has come: calls that wait, which may be many and large, have none.
func (s *Session) sendInTurn(ctx context.Context, c *call, x *ocpp.Exchange, before func(context.Context) error, req any) error {
	if err := s.takeTurn(ctx, c); err != nil {
		return err
	}
	sent := false
	defer func() { // also when the gate, the message or the signer panics
		if !sent {
			s.release(c, false)
		}
	}()
	if err := s.askSendGate(x); err != nil {
		return err
	}
	frame, err := s.encodeRequest(ctx, x, TypeCall, req)
	if err != nil {
		return err
	}
	defer s.o.Buffers.put(frame)
	if err := announce(ctx, x, before); err != nil {
		return err
	}
	if err := s.transmit(c, *frame); err != nil {
		return err
	}
	sent = true
	return nil
}

// takeTurn waits until c may be sent.
func (s *Session) takeTurn(ctx context.Context, c *call) error {
	if ctx.Err() != nil {
		return &CanceledError{Err: context.Cause(ctx)}
	}
	if err := s.enter(c); err != nil {
		return err
	}
	if c.turn == nil {
		return nil
	}
	select {
	case <-c.turn:
		return nil
	case o := <-c.done: // closed
		return o.err
	case <-ctx.Done():
	}
	s.mu.Lock()
	waited := s.out.leave(c)
	s.mu.Unlock()
	if !waited { // the turn, or the end, came at the same moment
		s.release(c, false)
	} else {
		s.noteProgress()
	}
	return &CanceledError{Err: context.Cause(ctx)}
}

func (s *Session) enter(c *call) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.cause != nil:
		return &ClosedError{Cause: s.cause}
	case s.draining:
		return &NotSentError{Action: c.action, Err: ErrDraining}
	}
	if err := s.out.enter(c, s.o.MaxCallers); err != nil {
		return &NotSentError{Action: c.action, Err: err}
	}
	return nil
}

// release passes the turn on, if c has it, and reports whether it had. An answer to c may still come if it is late.
func (s *Session) release(c *call, late bool) bool {
	s.mu.Lock()
	if s.out.current != c {
		s.mu.Unlock()
		return false
	}
	if c.timer != nil {
		c.timer.Stop()
	}
	if late {
		s.out.gone.add(c.id, c.action)
	}
	next := s.out.next()
	s.mu.Unlock()
	if next != nil {
		next.turn <- struct{}{}
	}
	s.noteProgress()
	return true
}

// transmit sends the CALL whose turn it is, and starts its clock (rule R14).
func (s *Session) transmit(c *call, frame []byte) error {
	if err := s.markSent(c); err != nil {
		return err
	}
	if err := s.send(frame); err != nil {
		return &NotSentError{Action: c.action, Err: err}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.out.current == c {
		c.timer = time.AfterFunc(s.o.CallTimeout, func() { s.timedOut(c) })
	}
	return nil
}

// markSent notes that c may be delivered from now on.
func (s *Session) markSent(c *call) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause != nil {
		return &ClosedError{Cause: s.cause}
	}
	c.sent = true
	return nil
}

func (s *Session) timedOut(c *call) {
	if s.release(c, true) {
		c.finish(outcome{err: &TimeoutError{Action: c.action, MessageID: c.id, After: s.o.CallTimeout}})
	}
}

// settle matches an answer with the call that waits for it and passes the turn on.
func (s *Session) settle(h header) {
	s.mu.Lock()
	c := s.out.current
	if c == nil || !c.sent || c.id != h.id {
		_, late := s.out.gone.take(h.id)
		s.mu.Unlock()
		s.noteUnmatched(h.typ, h.id, late)
		return
	}
	abandoned := c.abandoned
	s.mu.Unlock()
	if !s.release(c, false) {
		return // it ended at this moment
	}
	if abandoned {
		s.noteUnmatched(h.typ, h.id, true)
		return
	}
	c.finish(outcome{answer: h})
}

// abandon leaves c to its answer or its timeout; false: it has ended already.
func (s *Session) abandon(c *call) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.out.current != c {
		return false
	}
	c.abandoned = true
	return true
}
