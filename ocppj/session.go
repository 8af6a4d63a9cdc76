package ocppj

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// Session is one end of one OCPP-J connection, without the socket. It is safe for concurrent use, except that
// Receive is called by one goroutine at a time. Make one with New, end it with Close.
type Session struct {
	o        *Options // those that other sessions may have as well
	link     Link
	events   *Events
	identity string
	protocol *ocpp.Protocol
	policy   ocpp.Policy
	version  ocpp.Version
	location *time.Location
	answers  *AnswerMemory
	ctx      context.Context // ends with the session
	cancel   context.CancelCauseFunc

	mu       sync.Mutex // held for moments only: never over Send, a handler, a hook or a channel
	cause    error      // why the session ended; nil while it has not
	draining bool
	progress chan struct{} // closed when something ends; nil when no Drain waits
	out      outbound
	in       inbound

	lines, errorLines *logLimit // nil before the first line
}

// New makes a session. It returns an error when Protocol, End or Send is missing.
func New(o Options) (*Session, error) {
	switch {
	case o.Protocol == nil:
		return nil, errors.New("ocppj: Options.Protocol is missing")
	case o.Send == nil:
		return nil, errors.New("ocppj: Options.Send is missing")
	}
	if err := checkEnd(o.End); err != nil {
		return nil, err
	}
	o.setDefaults()
	return newSession(&o, &Own{
		Protocol: o.Protocol, Link: callbacks{&o}, Identity: o.Identity, Context: o.Context, Policy: o.Policy,
		Location: o.Location, Answers: o.Answers, Events: &o.Events,
	}), nil
}

func checkEnd(end ocpp.End) error {
	if end != ocpp.CSMSEnd && end != ocpp.StationEnd {
		return errors.New("ocppj: Options.End must be one end")
	}
	return nil
}

// valuesOf returns a context that has the values of ctx and does not end.
func valuesOf(ctx context.Context) context.Context {
	if ctx.Done() == nil {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

// Identity returns the identity of the charging station.
func (s *Session) Identity() string { return s.identity }

// Protocol returns the table of the negotiated version.
func (s *Session) Protocol() *ocpp.Protocol { return s.protocol }

// Version returns the negotiated version.
func (s *Session) Version() ocpp.Version { return s.version }

// End returns which end this is.
func (s *Session) End() ocpp.End { return s.o.End }

// Context returns the context that handlers get. It ends with the session; context.Cause tells why.
func (s *Session) Context() context.Context { return s.ctx }

// Done is closed when the session has ended.
func (s *Session) Done() <-chan struct{} { return s.ctx.Done() }

// Cause returns why the session ended, and nil while it has not.
func (s *Session) Cause() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cause
}

// Close ends the session: calls fail with a *ClosedError that wraps cause, the context of handlers ends, what is
// queued is dropped. The first cause wins. Close does not block and may be called from anywhere, also from a handler.
// A nil cause stands for an orderly end.
func (s *Session) Close(cause error) {
	if cause == nil {
		cause = errClosed
	}
	s.mu.Lock()
	if s.cause != nil {
		s.mu.Unlock()
		return
	}
	s.cause = cause
	calls := s.out.takeAll()
	s.in.drop()
	dropped := s.droppedLines()
	s.mu.Unlock()
	s.logDropped(dropped)
	s.cancel(cause)
	for _, c := range calls {
		c.finish(outcome{err: &ClosedError{Cause: cause, Sent: c.sent}})
	}
}

// Wait waits until the session was closed and its last handler has returned. A handler must not call it.
func (s *Session) Wait() {
	<-s.ctx.Done()
	s.in.workers.Wait()
}

// Drain refuses new calls with ErrDraining and waits until no call is outstanding or waiting and no inbound
// message is being handled, until ctx ends (its cause is returned), or until the session ends. Inbound messages are still
// answered, so close the session afterwards.
func (s *Session) Drain(ctx context.Context) error {
	for {
		idle := s.drained()
		if idle == nil {
			return nil
		}
		select {
		case <-idle:
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.ctx.Done():
			return nil
		}
	}
}

// drained starts draining and returns nil when nothing is under way, or what tells that something has ended.
func (s *Session) drained() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.draining = true
	if s.out.idle() && s.in.idle() {
		return nil
	}
	if s.progress == nil {
		s.progress = make(chan struct{})
	}
	return s.progress
}

// noteProgress wakes every Drain. The caller must not hold mu.
func (s *Session) noteProgress() {
	s.mu.Lock()
	progress := s.progress
	s.progress = nil
	s.mu.Unlock()
	if progress != nil {
		close(progress)
	}
}

// send taps and sends one frame.
func (s *Session) send(frame []byte) error {
	s.tap(frame, false)
	return s.link.Send(frame)
}

func (s *Session) tap(frame []byte, inbound bool) {
	if s.o.Tap == nil {
		return
	}
	s.o.Tap(ocpp.Frame{
		Identity: s.identity, Version: s.version, Inbound: inbound, Time: time.Now(), Data: frame,
	})
}
