package ocppj

import (
	"context"
	"errors"
	"runtime/debug"

	"github.com/chargeyard/chargeyard/ocpp"
)

// handle answers one CALL, whatever happens, or takes one SEND, which is never answered (rules R17, R21).
func (s *Session) handle(m *message) {
	defer m.tellAnswered()
	defer s.rescue(m)
	m.x = ocpp.Exchange{
		Identity: s.identity, Action: ocpp.Action{Version: s.version, Name: m.action},
		MessageID: m.id, Inbound: true,
	}
	if m.typ == TypeSend {
		m.x.Kind = ocpp.KindSend
	}
	if err := s.process(m); err != nil {
		s.refuse(m, err)
	}
}

// tellAnswered tells whoever waits for the answer to be on its way.
func (m *message) tellAnswered() {
	if f := m.x.Answered; f != nil {
		f()
	}
}

// rescue answers for a handler that panicked or called runtime.Goexit. The process lives.
func (s *Session) rescue(m *message) {
	v := recover()
	if v != nil || !m.answered.Load() {
		if v == nil {
			v = "runtime.Goexit was called"
		}
		s.noteHandlerFailed(m.action, m.id, &PanicError{Value: v, Stack: debug.Stack()})
	}
	if !m.answered.Load() {
		s.answerFailure(m)
	}
}

// process takes a message through all its steps. The error that it returns refuses the message.
func (s *Session) process(m *message) *ocpp.Error {
	if m.problem != "" {
		return notAMessage(m.problem)
	}
	if err := s.link.Gate(&m.x); err != nil {
		return err
	}
	route, refusal := s.route(m)
	if refusal != nil {
		return refusal
	}
	payload, refusal := s.openPayload(m)
	if refusal != nil {
		return refusal
	}
	if s.repeated(m, payload) {
		return nil
	}
	req := route.New()
	if err := s.decode(&m.header, payload, m.action, req); err != nil {
		return asRefusal(err)
	}
	resp, err := s.invoke(route, &m.x, req)
	s.conclude(m, resp, err)
	return nil
}

// route finds the handler (rule R17).
func (s *Session) route(m *message) (Route, *ocpp.Error) {
	info, known := s.protocol.Action(m.action)
	route, ok := s.link.Route(m.action)
	switch {
	case !ok && !known:
		return route, ocpp.Errorf(ocpp.NotImplemented, "the action is unknown")
	case !ok:
		return route, ocpp.Errorf(ocpp.NotSupported, "the action is not supported")
	case known && info.Kind != m.x.Kind:
		return route, ocpp.Errorf(ocpp.NotSupported, "the action is not sent as a %s", m.typ)
	}
	if known {
		m.action = info.Name // which does not keep the frame alive
		m.x.Action.Name = info.Name
	}
	if route.New == nil {
		route.New = info.NewRequest
	}
	return route, nil
}

// invoke runs the handler inside the interceptors.
func (s *Session) invoke(route Route, x *ocpp.Exchange, req any) (any, error) {
	if s.o.Interceptor == nil {
		return route.Handle(s.ctx, req)
	}
	return s.o.Interceptor(s.ctx, x, req, func(ctx context.Context, req any) (any, error) {
		return route.Handle(ctx, req)
	})
}

// conclude answers with what the handler returned.
func (s *Session) conclude(m *message, resp any, err error) {
	switch {
	case err != nil:
		s.concludeError(m, err)
	case m.typ == TypeSend:
		m.answered.Store(true)
	default:
		s.answerResult(m, resp)
	}
}

func (s *Session) concludeError(m *message, err error) {
	if errors.Is(err, ErrNoAnswer) {
		m.answered.Store(true) // as far as there will be an answer
		s.forget(m)
		s.noteUnanswered(m.action, m.id, err)
		return
	}
	if refusal := refusalOf(err); refusal != nil {
		s.answerRefusal(m, refusal)
		return
	}
	s.noteHandlerFailed(m.action, m.id, err)
	s.answerFailure(m)
}

// refusalOf returns the refusal that a handler decided on, nil when there is none. What a call of the handler's own
// brought is none: the peer would be told its own CALLERROR, or what this end found wrong with its answer.
func refusalOf(err error) *ocpp.Error {
	switch e := err.(type) { //nolint:errorlint // it walks the tree itself, to leave parts of it out
	case *ocpp.Error:
		if e.FromPeer {
			return nil
		}
		return e
	case *AnswerError, *NotSentError:
		return nil
	case interface{ Unwrap() error }:
		return refusalOf(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			if refusal := refusalOf(inner); refusal != nil {
				return refusal
			}
		}
	}
	return nil
}

// refuse answers a CALL with an error; a SEND is dropped.
func (s *Session) refuse(m *message, err *ocpp.Error) {
	s.noteRefused(m.action, m.id, err)
	s.answerRefusal(m, err)
}

// answerFailure answers with InternalError, without the text of what went wrong.
func (s *Session) answerFailure(m *message) {
	s.answerRefusal(m, ocpp.Errorf(ocpp.InternalError, "an internal error occurred"))
}

func (s *Session) answerRefusal(m *message, err *ocpp.Error) {
	m.answered.Store(true)
	s.forget(m)
	id := m.id
	switch {
	case m.typ == TypeSend:
		return // never answered, not even with an error (rule R21)
	case id == "" && s.version == ocpp.V16:
		return // there is no readable answer to an unreadable id
	case id == "":
		id = "-1"
	}
	s.answerError(m.action, id, TypeCallError, err)
}

// notAMessage is the refusal of a frame that is no message (rule R17).
func notAMessage(problem string) *ocpp.Error {
	return ocpp.Errorf(ocpp.RpcFrameworkError, "the message %s", problem)
}

// asRefusal makes the answer to a payload that cannot be decoded.
func asRefusal(err error) *ocpp.Error {
	if refusal, ok := errors.AsType[*ocpp.Error](err); ok {
		return refusal
	}
	if invalid, ok := errors.AsType[*ocpp.ValidationError](err); ok {
		return invalid.AsError()
	}
	return ocpp.Errorf(ocpp.FormatViolation, "the payload cannot be read")
}
