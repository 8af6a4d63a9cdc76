package server

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// streamOperation takes as long as its client likes.
const streamOperation = "follow-events"

// observeAPI is httpapi.Options.Observe. The ids of operations are those of our source.
func (s *Server) observeAPI(ctx context.Context, operation string, _ http.Header) (context.Context, func(status int)) {
	begun := time.Now()
	return ctx, func(status int) {
		s.metrics.apiRequests.WithLabelValues(operation, strconv.Itoa(status)).Inc()
		if operation != streamOperation {
			s.metrics.apiSeconds.WithLabelValues(operation).Observe(time.Since(begun).Seconds())
		}
	}
}
