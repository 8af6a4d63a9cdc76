package ocppj

import (
	"context"
	"errors"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
	"github.com/chargeyard/chargeyard/ocpp"
)

// precheck refuses a CALL that cannot be sent before it waits for its turn. What only its text shows, as of a message
// that was not generated, encodeRequest finds.
func (s *Session) precheck(action string, req any) error {
	if missing(req) {
		return &NotSentError{Action: action, Err: errNoMessage}
	}
	m, ok := req.(interface {
		jsonwire.Message
		Validate() error
	})
	if !ok {
		return nil
	}
	invalid, ok := errors.AsType[*ocpp.ValidationError](m.Validate())
	if !ok || s.o.SendPolicy.Tolerates(invalid.Rule) {
		return nil
	}
	return invalid
}

// encodeRequest validates a CALL or SEND and makes its frame, in a buffer that the caller gives back.
func (s *Session) encodeRequest(ctx context.Context, x *ocpp.Exchange, t MessageType, req any) (*[]byte, error) {
	sign := s.signsRequest(x.Action.Name)
	buf := s.o.Buffers.get()
	b := appendHead((*buf)[:0], t, x.MessageID)
	if sign {
		b = jsonwire.AppendString(b, x.Action.Name+signedSuffix)
	} else {
		b = jsonwire.AppendString(b, x.Action.Name)
	}
	b, err := s.appendBody(ctx, append(b, ','), s.signedMessage(t, x.Action.Name, x.MessageID), sign, req)
	if err != nil {
		s.o.Buffers.put(buf)
		if _, ok := errors.AsType[*ocpp.ValidationError](err); ok {
			return nil, err
		}
		return nil, &NotSentError{Action: x.Action.Name, Err: err}
	}
	b = append(b, ']')
	*buf = b
	return buf, nil
}

// sendMessage sends a SEND.
func (s *Session) sendMessage(ctx context.Context, x *ocpp.Exchange, req any) error {
	frame, err := s.encodeRequest(ctx, x, TypeSend, req)
	if err != nil {
		return err
	}
	defer s.o.Buffers.put(frame)
	if err := s.mayStart(x.Action.Name); err != nil {
		return err
	}
	if err := s.askSendGate(x); err != nil {
		return err
	}
	if err := s.send(*frame); err != nil {
		return &NotSentError{Action: x.Action.Name, Err: err}
	}
	return nil
}

// mayStart refuses what begins after the end, or after Drain.
func (s *Session) mayStart(action string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.cause != nil:
		return &ClosedError{Cause: s.cause}
	case s.draining:
		return &NotSentError{Action: action, Err: ErrDraining}
	}
	return nil
}

func (s *Session) askSendGate(x *ocpp.Exchange) error {
	if err := s.link.SendGate(x); err != nil {
		return &NotSentError{Action: x.Action.Name, Err: err}
	}
	return nil
}
