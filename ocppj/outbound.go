package ocppj

import (
	"context"
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

// leave takes a waiting call out of the queue.
func (o *outbound) leave(c *call) bool {
	for i, w := range o.waiting {
		if w == c {
			o.waiting = append(o.waiting[:i], o.waiting[i+1:]...)
			return true
		}
	}
	return false
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

// roundTrip sends one CALL when its turn comes and waits for the answer.
func (s *Session) roundTrip(ctx context.Context, x *ocpp.Exchange, req any, newResponse func() any) (any, error) {
	c := &call{id: x.MessageID, action: x.Action.Name, done: make(chan outcome, 1)}
	if err := s.takeTurn(ctx, c); err != nil {
		return nil, err
	}
	if err := s.transmit(ctx, c, x, req); err != nil {
		return nil, err
	}
	select {
	case o := <-c.done:
		return s.answered(ctx, x, o, newResponse)
	case <-ctx.Done():
	}
	if s.abandon(c) {
		return nil, &CanceledError{Err: context.Cause(ctx), Sent: true}
	}
	return s.answered(ctx, x, <-c.done, newResponse) // the answer won
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
	case s.closed:
		return s.closedError(false)
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

// transmit encodes and sends the CALL whose turn it is, and starts its clock (rule R14).
func (s *Session) transmit(ctx context.Context, c *call, x *ocpp.Exchange, req any) error {
	err := s.sendRequest(ctx, x, TypeCall, req, func() bool { return s.markSent(c) })
	if err != nil {
		s.release(c, false)
		return err
	}
	s.mu.Lock()
	if s.out.current == c {
		c.timer = time.AfterFunc(s.o.CallTimeout, func() { s.timedOut(c) })
	}
	s.mu.Unlock()
	return nil
}

// markSent notes that c may be delivered from now on; false: the session is closed.
func (s *Session) markSent(c *call) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.sent = true
	return s.out.current == c
}

func (s *Session) timedOut(c *call) {
	if s.release(c, true) {
		c.finish(outcome{err: &TimeoutError{Action: c.action, MessageID: c.id, After: s.o.CallTimeout}})
	}
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
