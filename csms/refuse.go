package csms

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"
)

// Refusal is a connection that was refused.
type Refusal struct {
	Identity   string // as in the path; may be anything
	RemoteAddr string // as net/http has it
	Status     int    // the HTTP status; 101 when there was no version in common (ErrNoVersion)
	Reason     error  // wraps one of the errors of this package, or what a hook returned
	Request    *http.Request
}

// statusOf returns the answer to a reason; any unknown one is answered with 500.
func statusOf(err error) int {
	switch {
	case errors.Is(err, ErrUnknownStation), errors.Is(err, ErrBadIdentity):
		return http.StatusNotFound
	case errors.Is(err, ErrBadCredential), errors.Is(err, ErrProfile), errors.Is(err, ErrCertificate):
		return http.StatusUnauthorized
	case errors.Is(err, ErrTooManyAttempts):
		return http.StatusTooManyRequests
	case errors.Is(err, ErrBusy), errors.Is(err, ErrDraining), errors.Is(err, errBootStates):
		return http.StatusServiceUnavailable
	case errors.Is(err, ErrNotWebSocket):
		return http.StatusUpgradeRequired
	case errors.Is(err, ErrNoVersion):
		return http.StatusSwitchingProtocols
	}
	return http.StatusInternalServerError
}

// refuse answers a request that is not to become a connection (rule R4). The socket is closed after it.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, identity string, reason error) {
	status := statusOf(reason)
	h := w.Header()
	h.Set("Connection", "close")
	switch status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Basic realm="OCPP", charset="UTF-8"`)
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		h.Set("Retry-After", strconv.Itoa(int((retryAfter(reason, s.options.RetryAfter)+time.Second-1)/time.Second)))
	case http.StatusUpgradeRequired:
		h.Set("Upgrade", "websocket")
		h.Add("Connection", "Upgrade") // a line of its own: net/http closes only after a first one that says close
	}
	http.Error(w, http.StatusText(status), status)
	s.noteRefusal(r, identity, status, reason)
}

// retryAfter returns what a reason itself says, or the default.
func retryAfter(reason error, def time.Duration) time.Duration {
	if own, ok := errors.AsType[interface {
		error
		RetryAfter() time.Duration
	}](reason); ok {
		return own.RetryAfter()
	}
	return def
}

// noteRefusal tells the application and the log.
func (s *Server) noteRefusal(r *http.Request, identity string, status int, reason error) {
	s.options.Logger.LogAttrs(r.Context(), slog.LevelWarn, "station refused",
		slog.String("station", identity), slog.String("remote", r.RemoteAddr),
		slog.Int("status", status), slog.Any("reason", reason))
	if s.options.OnRefuse != nil {
		s.options.OnRefuse(Refusal{
			Identity: identity, RemoteAddr: r.RemoteAddr, Status: status, Reason: reason, Request: r,
		})
	}
}
