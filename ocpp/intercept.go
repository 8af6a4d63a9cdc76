package ocpp

import (
	"context"
	"time"
)

// Exchange describes one request on its way, for interceptors and taps.
type Exchange struct {
	Identity  string // of the charging station
	Action    Action
	Kind      Kind
	MessageID string
	Inbound   bool // the peer sent the request

	// Answered is nil, or what an interceptor of an inbound request wants to run once its answer is on its way, or there
	// will be none: whatever is sent from then on arrives after the answer. An interceptor that finds one calls it, too.
	// It runs on the goroutine of the handler, must not panic, and what it blocks is that station.
	Answered func()
}

// Next goes on with an exchange. For an inbound request it runs the handler, for an outbound one it sends and
// waits. resp is nil for a SEND.
type Next func(ctx context.Context, req any) (resp any, err error)

// Interceptor wraps exchanges of both directions: logging, metrics, tracing, refusal. It calls next at most
// once. Interceptors run on the goroutine of the handler or of the caller and may block only that one.
type Interceptor func(ctx context.Context, x *Exchange, req any, next Next) (resp any, err error)

// Chain makes one interceptor of several; the first is the outermost. With none it goes straight on.
func Chain(list ...Interceptor) Interceptor {
	switch len(list) {
	case 0:
		return func(ctx context.Context, _ *Exchange, req any, next Next) (any, error) { return next(ctx, req) }
	case 1:
		return list[0]
	}
	first, rest := list[0], Chain(list[1:]...)
	return func(ctx context.Context, x *Exchange, req any, next Next) (any, error) {
		return first(ctx, x, req, func(ctx context.Context, req any) (any, error) { return rest(ctx, x, req, next) })
	}
}

// Frame is one text message as it was on the wire, malformed ones included.
type Frame struct {
	Identity string
	Version  Version
	Inbound  bool
	Time     time.Time
	Data     []byte // valid during the call only; must not be changed
}

// Tap sees every frame before it is parsed (inbound) or written (outbound). It runs on the connection's own
// path and must not block.
type Tap func(Frame)
