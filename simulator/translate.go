package simulator

import (
	"context"
	"fmt"
	"reflect"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/station"
)

// both registers a handler of OCPP 2.1 for both versions of 2.x. What a CSMS asks in 2.0.1 it asks in 2.1 in the same
// words, so that requests and answers are translated through JSON; an answer that 2.0.1 does not know is an error.
func both[Q1 ocpp.CSMSRequest[R1], Q2 ocpp.CSMSRequest[R2], R1, R2 any](s *Station, h func(context.Context, Q2) (*R2, error)) {
	if s.version() == ocpp.V21 {
		station.Handle(s.client, h)
		return
	}
	station.Handle(s.client, func(ctx context.Context, req Q1) (*R1, error) {
		q, ok := reflect.TypeAssert[Q2](reflect.New(reflect.TypeFor[Q2]().Elem()))
		if !ok {
			return nil, fmt.Errorf("simulator: %T is no pointer", q)
		}
		if err := translate(req, q); err != nil {
			return nil, err
		}
		answer, err := h(ctx, q)
		if err != nil {
			return nil, err
		}
		resp := new(R1)
		return resp, translate(answer, resp)
	})
}

// translate puts a message of one version into that of another.
func translate(from, into any) error {
	const tolerant = ^ocpp.Policy(1 << ocpp.RuleSyntax) // requests were validated, answers will be
	text, err := ocpp.Append(nil, from, tolerant)
	if err == nil {
		err = ocpp.Unmarshal(text, into, ocpp.DecodeOptions{Policy: tolerant})
	}
	if err != nil {
		return fmt.Errorf("simulator: translating a %T: %w", from, err)
	}
	return nil
}

// only21 registers a handler of a request that OCPP 2.0.1 does not have.
func only21[Q ocpp.CSMSRequest[R], R any](s *Station, h func(context.Context, Q) (*R, error)) {
	if s.version() == ocpp.V21 {
		station.Handle(s.client, h)
	}
}

// word picks a status.
func word[T any](cond bool, yes, no T) T {
	if cond {
		return yes
	}
	return no
}
