package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// observers are the interceptors that look on and change nothing, the outermost first.
func (s *Server) observers() []ocpp.Interceptor {
	list := []ocpp.Interceptor{s.metrics.intercept}
	if s.traces != nil {
		list = append(list, s.traces.intercept)
	}
	return append(list, messageLog{s.cfg.Log, s.debugs()}.intercept)
}

// debugs reports whether the log wants every message.
func (s *Server) debugs() bool { return s.cfg.Log.Enabled(context.Background(), slog.LevelDebug) }

// tap is csms.Options.Tap.
func (s *Server) tap() ocpp.Tap {
	if !s.debugs() {
		return s.metrics.tap
	}
	l := messageLog{s.cfg.Log, true}
	return func(f ocpp.Frame) {
		s.metrics.tap(f)
		l.frame(f)
	}
}

// streamOperation takes as long as its client likes.
const streamOperation = "follow-events"

// observeAPI is httpapi.Options.Observe. The ids of operations are those of our source.
func (s *Server) observeAPI(ctx context.Context, operation string, header http.Header) (context.Context, func(status int)) {
	begun, traced := time.Now(), func(int) {}
	if s.traces != nil && operation != streamOperation {
		ctx, traced = s.traces.request(ctx, operation, header)
	}
	return ctx, func(status int) {
		traced(status)
		s.metrics.apiRequests.WithLabelValues(operation, strconv.Itoa(status)).Inc()
		if operation != streamOperation {
			s.metrics.apiSeconds.WithLabelValues(operation).Observe(time.Since(begun).Seconds())
		}
		s.cfg.Log.Debug("API request", "operation", operation, "status", status, "took", time.Since(begun))
	}
}

// observedStore tells the log and the traces what stations have stored.
type observedStore struct {
	store.Ingest
	log    *slog.Logger
	traces *traces
}

// Submit implements store.Ingest.
func (o observedStore) Submit(ctx context.Context, e fleet.Event) (result fleet.Result, err error) {
	if o.traces != nil {
		var end func(error)
		ctx, end = o.traces.commit(ctx, fmt.Sprintf("%T", e))
		defer func() { end(err) }()
	}
	result, err = o.Ingest.Submit(ctx, e)
	switch {
	case err == nil && !result.Duplicate && !result.Conflict:
		o.tell(ctx, e, result)
	case errors.Is(err, fleet.ErrInvalidEvent):
		o.log.Warn("message refused: it says something that cannot be", "station", e.About(), "why", clipText(err.Error()), "id", messageID(ctx))
	}
	return result, err
}

// tell logs what an operator wants to know.
func (o observedStore) tell(ctx context.Context, e fleet.Event, result fleet.Result) {
	switch e := e.(type) {
	case fleet.Booted:
		o.log.Info("station booted", "station", e.Station, "vendor", e.Vendor, "model", e.Model, "firmware", e.Firmware,
			"status", e.Status, "id", messageID(ctx))
	case fleet.TransactionEvent:
		if text := transactionText(e.Kind); text != "" {
			attrs := append([]any{"station", e.Station, "transaction", cmp.Or(result.TransactionID, e.TransactionID)}, placeAttrs(e)...)
			o.log.Info(text, append(attrs, "offline", e.Offline, "id", messageID(ctx))...)
		}
	}
}

// placeAttrs are the attributes of a place, as far as the event names it.
func placeAttrs(e fleet.TransactionEvent) (attrs []any) {
	if e.EVSE != 0 {
		attrs = append(attrs, "evse", e.EVSE)
	}
	if e.Connector != 0 {
		attrs = append(attrs, "connector", e.Connector)
	}
	return attrs
}

// transactionText is "" for what is no news.
func transactionText(kind fleet.TransactionKind) string {
	switch kind {
	case fleet.TransactionStarted:
		return "transaction started"
	case fleet.TransactionEnded:
		return "transaction ended"
	}
	return ""
}
