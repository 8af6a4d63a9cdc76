package ocppj

import (
	"context"
	"fmt"

	"github.com/chargeyard/chargeyard/ocpp"
)

// Call sends a request and waits for its answer. At most one CALL is outstanding per session (rule R13): a further
// one waits for its turn, first come first served; the time that the answer may take counts from sending (R14).
//
// It returns *ocpp.Error with FromPeer set when the peer refused, *TimeoutError, *ClosedError (which is
// net.ErrClosed), *CanceledError when ctx ended, *AnswerError when the answer cannot be used, *ocpp.VersionError
// for a message of another version, *ocpp.ValidationError for a request that breaks its schema, *NotSentError otherwise.
// ocpp.SafeToRetry tells whether the request may have been delivered.
//
// The request is encoded when its turn has come: calls that wait hold no bytes. One that breaks its schema is refused
// before it waits.
//
// A ctx that ends gives up the waiting only: the next CALL goes out after the answer or the timeout of this one.
func Call[R any](ctx context.Context, s *Session, req ocpp.Request[R]) (*R, error) {
	resp, err := s.Do(ctx, req.OCPPAction(), req, func() any { return req.OCPPResponse() })
	if err != nil {
		return nil, err
	}
	r, ok := resp.(*R)
	if !ok { // an interceptor made it
		return nil, &AnswerError{Action: req.OCPPAction().Name, Err: fmt.Errorf("got a %T, want a %T", resp, r)}
	}
	return r, nil
}

// Do is Call without type parameters: it sends req as the given action, and decodes the answer into what
// newResponse returns, a pointer.
func (s *Session) Do(ctx context.Context, action ocpp.Action, req any, newResponse func() any) (any, error) {
	if action.Version != s.version {
		return nil, &ocpp.VersionError{Action: action, Negotiated: s.version}
	}
	x, err := s.exchange(ctx, action, ocpp.KindCall)
	if err != nil {
		return nil, err
	}
	f := beforeSend(ctx)
	if s.o.Interceptor == nil {
		return s.roundTrip(ctx, x, f, req, newResponse)
	}
	return s.o.Interceptor(withoutBeforeSend(withoutMessageID(ctx), f), x, req, func(ctx context.Context, req any) (any, error) {
		return s.roundTrip(ctx, x, f, req, newResponse)
	})
}

// SendMessage sends an unanswered message (SEND, OCPP 2.1). It may go out while a CALL is outstanding, and messages
// that one goroutine sends keep their order (rule R21). It returns an *ocpp.VersionError, *ocpp.ValidationError,
// *ClosedError or *NotSentError; nil means that it was handed to the connection.
func (s *Session) SendMessage(ctx context.Context, m ocpp.Send) error {
	action := m.OCPPAction()
	if action.Version != s.version || s.version != ocpp.V21 {
		return &ocpp.VersionError{Action: action, Negotiated: s.version}
	}
	x, err := s.exchange(ctx, action, ocpp.KindSend)
	if err != nil {
		return err
	}
	if s.o.Interceptor == nil {
		return s.sendMessage(ctx, x, m)
	}
	_, err = s.o.Interceptor(withoutMessageID(ctx), x, m, func(ctx context.Context, req any) (any, error) {
		return nil, s.sendMessage(ctx, x, req)
	})
	return err
}

func (s *Session) exchange(ctx context.Context, action ocpp.Action, kind ocpp.Kind) (*ocpp.Exchange, error) {
	id, err := s.messageID(ctx)
	if err != nil {
		return nil, &NotSentError{Action: action.Name, Err: err}
	}
	return &ocpp.Exchange{Identity: s.identity, Action: action, Kind: kind, MessageID: id}, nil
}
