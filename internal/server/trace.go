package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/chargeyard/chargeyard/ocpp"
)

// traces sends spans to a collector, OTLP over HTTP: of each request of a station and to one, of commits, and of requests of
// the API. A nil *traces makes none. It is safe for concurrent use, and a collector that is slow or gone delays nobody:
// spans are left out then.
type traces struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	client   *http.Client
}

// Times of the export.
const (
	traceSendLimit = 10 * time.Second
	traceEndLimit  = 2 * time.Second
)

// openTraces returns nil when no collector is configured.
func openTraces(ctx context.Context, c Config) (*traces, error) {
	if c.OTLPEndpoint == "" {
		return nil, nil
	}
	u, err := url.Parse(c.OTLPEndpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("no address of a collector: %q; give --otlp-endpoint one such as http://127.0.0.1:4318", c.OTLPEndpoint)
	}
	client := &http.Client{Timeout: traceSendLimit, Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithHTTPClient(client),
		otlptracehttp.WithEndpointURL(strings.TrimSuffix(c.OTLPEndpoint, "/")+"/v1/traces"))
	if err != nil {
		return nil, fmt.Errorf("cannot send traces to %s: %w", u.Host, err)
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithFromEnv(),
		resource.WithAttributes(attribute.String("service.name", "chargeyard"), attribute.String("service.version", c.Version)))
	if err != nil {
		return nil, fmt.Errorf("cannot describe this server to %s: %w; look at OTEL_RESOURCE_ATTRIBUTES", u.Host, err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(loggedExporter{exporter, c.Log}), sdktrace.WithResource(about))
	return &traces{provider, provider.Tracer("github.com/chargeyard/chargeyard"), client}, nil
}

// openTraces has the traces of the server, if any, closed as the last of what needs them.
func (s *Server) openTraces(ctx context.Context) (err error) {
	if s.traces, err = openTraces(ctx, s.cfg); s.traces != nil {
		s.closers.add(s.traces.close)
	}
	return err
}

// close sends what is left, within a limit.
func (t *traces) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), traceEndLimit)
	defer cancel()
	defer t.client.CloseIdleConnections()
	if err := t.provider.Shutdown(ctx); err != nil && ctx.Err() == nil {
		return fmt.Errorf("ending the traces: %w", err)
	}
	return nil
}

// loggedExporter says in our log what goes wrong; OpenTelemetry has one log for the whole process.
type loggedExporter struct {
	sdktrace.SpanExporter
	log *slog.Logger
}

// ExportSpans implements sdktrace.SpanExporter.
func (e loggedExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if err := e.SpanExporter.ExportSpans(ctx, spans); err != nil {
		e.log.Warn("traces are lost: the collector does not take them", "spans", len(spans), "error", err)
	}
	return nil
}

// intercept is an ocpp.Interceptor.
func (t *traces) intercept(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	kind := trace.SpanKindClient
	if x.Inbound {
		kind = trace.SpanKindServer
	}
	ctx, span := t.tracer.Start(ctx, x.Action.Name, trace.WithSpanKind(kind), trace.WithAttributes(
		attribute.String("rpc.system", "ocpp"), attribute.String("rpc.method", x.Action.Name),
		attribute.String("ocpp.version", x.Action.Version.String()), attribute.String("ocpp.station", x.Identity),
		attribute.String("ocpp.message_id", x.MessageID),
	))
	defer span.End()
	resp, err := next(ctx, req)
	outcome := endOf(x, err)
	span.SetAttributes(attribute.String("ocpp.outcome", outcome.String()))
	if err != nil {
		span.SetStatus(codes.Error, outcome.String()) // the text of the error may come from a station
		if outcome == callRefused {
			span.SetAttributes(attribute.String("ocpp.error_code", codeLabel(err)))
		}
	}
	return resp, err
}

// commit begins the span of a commit; end ends it.
func (t *traces) commit(ctx context.Context, event string) (_ context.Context, end func(error)) {
	ctx, span := t.tracer.Start(ctx, "store.commit", trace.WithAttributes(attribute.String("chargeyard.event", event)))
	return ctx, func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
		span.End()
	}
}

// request begins the span of a request of the API, within the caller's trace if there is one (W3C Trace Context).
func (t *traces) request(ctx context.Context, operation string, header http.Header) (_ context.Context, end func(status int)) {
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(header))
	ctx, span := t.tracer.Start(ctx, operation, trace.WithSpanKind(trace.SpanKindServer))
	return ctx, func(status int) {
		span.SetAttributes(attribute.Int("http.response.status_code", status))
		if status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, http.StatusText(status))
		}
		span.End()
	}
}
