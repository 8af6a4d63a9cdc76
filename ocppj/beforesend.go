package ocppj

import (
	"context"

	"github.com/chargeyard/chargeyard/ocpp"
)

type beforeSendKey struct{}

// WithBeforeSend returns a context under which the next call runs f when its turn has come (rule R13), right before it is
// sent: after f the request may have been delivered, before it certainly has not been. An error of f keeps it from being
// sent; the call then returns a *NotSentError that wraps it. f gets the context of the call and may block: that holds up
// other calls to this peer only. Use such a context for one call.
func WithBeforeSend(ctx context.Context, f func(context.Context) error) context.Context {
	return context.WithValue(ctx, beforeSendKey{}, f)
}

// beforeSend is what WithBeforeSend was given, or nil.
func beforeSend(ctx context.Context) func(context.Context) error {
	f, _ := ctx.Value(beforeSendKey{}).(func(context.Context) error)
	return f
}

// withoutBeforeSend keeps f, which was for one call, from those that an interceptor makes.
func withoutBeforeSend(ctx context.Context, f func(context.Context) error) context.Context {
	if f == nil {
		return ctx
	}
	return context.WithValue(ctx, beforeSendKey{}, nil)
}

// announce runs f before the request of x is sent.
func announce(ctx context.Context, x *ocpp.Exchange, f func(context.Context) error) error {
	if f == nil {
		return nil
	}
	if err := f(ctx); err != nil {
		return &NotSentError{Action: x.Action.Name, Err: err}
	}
	return nil
}
