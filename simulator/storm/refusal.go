package storm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"syscall"
	"time"
)

// statusError is an answer to the handshake other than 101.
type statusError struct {
	code       int
	retryAfter string
}

func (e *statusError) Error() string { return fmt.Sprintf("HTTP %d", e.code) }

// wait is what Retry-After asks for in seconds (RFC 9110, 10.2.3).
func (e *statusError) wait() time.Duration {
	n, err := strconv.Atoi(e.retryAfter)
	if err != nil {
		return 0
	}
	return min(time.Duration(max(n, 0))*time.Second, time.Minute)
}

// tlsError is a failed TLS handshake.
type tlsError struct{ err error }

func (e *tlsError) Error() string { return "TLS: " + e.err.Error() }
func (e *tlsError) Unwrap() error { return e.err }

// reason says why a connection was not made, or ended, in a few words that can be counted.
func reason(err error) string {
	var status *statusError
	var end closing
	var failed *tlsError
	switch {
	case errors.As(err, &status), errors.As(err, &end):
		if status != nil {
			return status.Error()
		}
		return end.Error()
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return "timed out"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "reset by the server"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "ended by the server without a close frame"
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EADDRINUSE):
		return "no local port left: give several --source addresses"
	case errors.Is(err, syscall.EMFILE):
		return "no descriptor left in this process"
	case errors.As(err, &failed):
		return failed.Error()
	}
	return err.Error()
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}
