package httpapi

import (
	"context"
	"net/http"
	"time"
)

// The HTTP server bounds how long a request may take. A command waits for a station and may need longer.

type controllerKey struct{}

// withController lets the handlers of huma, which never see the connection, move its deadlines.
func withController(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), controllerKey{}, c)))
	})
}

// spare is the time that an answer may take beside waiting for the station.
const spare = 15 * time.Second

// allowTime moves both deadlines of the connection. The read deadline counts, too: when it passes, net/http takes
// the client for gone and cancels the request.
func allowTime(ctx context.Context, d time.Duration) {
	c, ok := ctx.Value(controllerKey{}).(*http.ResponseController)
	if !ok {
		return
	}
	end := time.Now().Add(d + spare)
	// A connection without deadlines, as in tests, has none to move.
	_ = c.SetReadDeadline(end)
	_ = c.SetWriteDeadline(end)
}
