package ocppj

import (
	"context"

	"github.com/chargeyard/chargeyard/ocpp"
)

// result turns the outcome of a call into what its caller gets.
func (s *Session) result(ctx context.Context, x *ocpp.Exchange, o outcome, newResponse func() any) (any, error) {
	switch {
	case o.err != nil:
		return nil, o.err
	case o.answer.typ == TypeCallError:
		return nil, readError(o.answer)
	}
	resp := newResponse()
	if err := s.readResult(ctx, x, &o.answer, resp); err != nil {
		if s.version == ocpp.V21 { // rule R20
			s.answerError(x.Action.Name, x.MessageID, TypeCallResultError, asRefusal(err))
		}
		return nil, &AnswerError{Action: x.Action.Name, Err: err}
	}
	return resp, nil
}

// readResult unwraps, verifies and decodes a CALLRESULT.
func (s *Session) readResult(ctx context.Context, x *ocpp.Exchange, h *header, resp any) error {
	if h.problem != "" {
		return notAMessage(h.problem)
	}
	payload, err := s.openResult(ctx, x, h)
	if err != nil {
		return err
	}
	return s.decode(h, payload, x.Action.Name, resp)
}
