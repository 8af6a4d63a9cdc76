package httpapi

import (
	"io"
	"net/http"
	"runtime/debug"
)

// maxBody bounds request bodies, in bytes. The largest is a command's payload: a certificate chain or a local list.
const maxBody = 1 << 20

// guard is the outermost layer: headers that keep browsers from guessing, framing or caching, a limit of the body,
// and a panic that ends one request and not the process. There is deliberately no CORS: no foreign page has
// business here.
func (a *api) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer a.recover(w, r)
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")
		r.Body = leftOpen{http.MaxBytesReader(w, r.Body, maxBody)}
		if r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
			r.Header.Set("Content-Type", "application/json") // what `curl -d` says of any body; there are no forms here
		}
		next.ServeHTTP(w, r)
	})
}

// leftOpen is a body that nobody but net/http closes. Huma closes one that it has read in part, and net/http takes a
// wrapped one that is closed for read to its end: the rest would be the next request of the connection.
type leftOpen struct{ io.Reader }

// Close does nothing.
func (leftOpen) Close() error { return nil }

// recover turns a panic of a handler into a 500. http.ErrAbortHandler keeps its meaning.
func (a *api) recover(w http.ResponseWriter, r *http.Request) {
	switch cause := recover(); cause {
	case nil:
	case http.ErrAbortHandler:
		panic(cause)
	default:
		a.o.Log.Error("an API request panicked", "method", r.Method, "path", r.URL.Path, "panic", cause, "stack", string(debug.Stack()))
		writeProblem(w, problem(http.StatusInternalServerError, "the server made a mistake; its log says more"))
	}
}
