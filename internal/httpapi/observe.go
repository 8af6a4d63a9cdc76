package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// observe tells Options.Observe of operations. One that panicked ends with 500.
func (a *api) observe(hc huma.Context, next func(huma.Context)) {
	r, _ := humago.Unwrap(hc)
	ctx, ended := a.o.Observe(hc.Context(), hc.Operation().OperationID, r.Header)
	hc = huma.WithContext(hc, ctx)
	status := http.StatusInternalServerError
	defer func() { ended(status) }()
	next(hc)
	if status = hc.Status(); status == 0 {
		status = http.StatusOK
	}
}

// metrics answers Prometheus.
func (a *api) metrics() http.Handler {
	if a.o.MetricsPublic {
		return a.o.Metrics
	}
	return a.requireToken(a.o.Metrics)
}
