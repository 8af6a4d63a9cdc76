package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	v16 "github.com/chargeyard/chargeyard/internal/adapter/v16"
	v201 "github.com/chargeyard/chargeyard/internal/adapter/v201"
	v21 "github.com/chargeyard/chargeyard/internal/adapter/v21"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
)

// remoteStarts decides on the tokens of remote starts as on those of drivers, whoever asks for the start and how: a
// transaction that would be refused when it starts is not asked for.
type remoteStarts struct {
	decide func(ctx context.Context, q fleet.Question) (fleet.Decision, error)
}

// tokenError says that a remote start was not sent, because its token may not charge.
type tokenError struct {
	fleet.Decision
	pointer string // to the token in the request
}

func (e *tokenError) Error() string {
	return fmt.Sprintf("this token may not start a transaction there now (%s): %s", e.Status, e.Words())
}

// SafeToRetry reports that nothing was sent.
func (*tokenError) SafeToRetry() bool { return true }

// tokenPointer returns where in a request the token is that a *tokenError is about.
func tokenPointer(err error) string {
	if e, ok := errors.AsType[*tokenError](err); ok {
		return e.pointer
	}
	return ""
}

// decideTimeout bounds how long a remote start waits for a decision beyond the time of an authorization hook.
const decideTimeout = 5 * time.Second

// intercept is an ocpp.Interceptor. When nobody can decide, the station is asked: it decides again when it starts.
func (r remoteStarts) intercept(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	q, pointer, ok := starting(x, req)
	if x.Inbound || !ok {
		return next(ctx, req)
	}
	deciding, cancel := context.WithTimeout(ctx, decideTimeout)
	d, err := r.decide(deciding, q)
	cancel()
	if err == nil && !d.Accepted() {
		return nil, &tokenError{d, pointer}
	}
	return next(ctx, req)
}

// starting returns what a request that starts a transaction asks about its token.
func starting(x *ocpp.Exchange, req any) (q fleet.Question, pointer string, ok bool) {
	switch x.Action.Version {
	case ocpp.V16:
		return v16.Starting(x.Identity, req)
	case ocpp.V201:
		return v201.Starting(x.Identity, req)
	case ocpp.V21:
		return v21.Starting(x.Identity, req)
	}
	return q, "", false
}
