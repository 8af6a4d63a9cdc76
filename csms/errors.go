package csms

import (
	"errors"
	"net"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocppj"
)

// What Options.Authenticate returns to refuse a station. They may be wrapped: errors.Is finds them.
var (
	// ErrUnknownStation is answered with 404 (OCPP-J 2.1 Part 4, 3.2).
	ErrUnknownStation = errors.New("csms: unknown station")

	// ErrBadCredential is answered with 401 and WWW-Authenticate.
	ErrBadCredential = errors.New("csms: bad credential")

	// ErrTooManyAttempts is answered with 429 and Retry-After: too many bad credentials came before this one, which was
	// not looked at. An error that wraps it may have a method RetryAfter() time.Duration, which says when it will be.
	ErrTooManyAttempts = errors.New("csms: too many bad credentials")

	// ErrBusy is answered with 503 and Retry-After. The server refuses with it by itself when the connection
	// waited too long at a LimitListener.
	ErrBusy = errors.New("csms: too many connections are waiting")
)

// Why the server refuses by itself; Refusal.Reason wraps one of them or one of the above.
var (
	// ErrDraining is answered with 503 and Retry-After after Shutdown was called.
	ErrDraining = errors.New("csms: the server is shutting down")

	// ErrBadIdentity is an identity that the version does not allow (rule R2), answered with 404.
	ErrBadIdentity = errors.New("csms: the identity is not allowed")

	// ErrProfile is a connection below the security profile that is demanded, answered with 401.
	ErrProfile = errors.New("csms: the security profile is too low")

	// ErrCertificate is a client certificate of somebody else (rule R63), answered with 401.
	ErrCertificate = errors.New("csms: the client certificate does not belong to the station")

	// ErrNoVersion is a station that speaks no version of ours. Its upgrade is completed without a
	// subprotocol, and the connection is then closed with 1002 (OCPP-J 2.1 Part 4, 3.1.2).
	ErrNoVersion = errors.New("csms: no version in common")

	// ErrNotWebSocket is a request that is no WebSocket handshake, answered with 4xx.
	ErrNotWebSocket = errors.New("csms: not a WebSocket handshake")
)

// ErrNoAnswer is returned by a handler, possibly wrapped, to leave the station's message unanswered: it keeps a message
// of a transaction, and sends it again (1.6 4.1.1, 2.x E13). It is ocppj.ErrNoAnswer.
var ErrNoAnswer = ocppj.ErrNoAnswer

// Why a connection ended. All of them satisfy errors.Is(err, net.ErrClosed).
var (
	// ErrReplaced is the cause of a connection that a newer one of the same identity replaced (rule R8).
	ErrReplaced error = gone("csms: replaced by a newer connection of the station")

	// ErrShutdown is the cause of a connection that Shutdown closed.
	ErrShutdown error = gone("csms: the server was shut down")
)

// CloseCode returns the WebSocket close code (RFC 6455, 7.4) that belongs to the cause of an end: that of the close
// frame that was sent or received, and 1006 when there was none.
func CloseCode(cause error) uint16 {
	if coded, ok := errors.AsType[*codedError](cause); ok {
		return coded.code
	}
	return wsconn.CloseCode(cause)
}

// codedError is a reason of our own for the end of a connection, with the code of its close frame.
type codedError struct {
	code   uint16
	reason error
}

func (e *codedError) Error() string { return e.reason.Error() }

// Unwrap returns ErrReplaced or ErrShutdown.
func (e *codedError) Unwrap() error { return e.reason }

// ErrBootRejected ends a call to a station whose boot was answered Rejected: a CSMS initiates nothing towards
// it (2.x B03.FR.02). The call was not sent.
var ErrBootRejected error = notSentError("csms: the boot of the station was rejected")

// ErrNotCSMSAction ends a call of an action that the version does not have or that a CSMS does not send. Nothing
// was sent.
var ErrNotCSMSAction error = notSentError("csms: not an action of a CSMS in this version")

// notSentError is an error of a request that never went out.
type notSentError string

func (e notSentError) Error() string { return string(e) }

// SafeToRetry reports true, see ocpp.SafeToRetry.
func (e notSentError) SafeToRetry() bool { return true }

// gone is a reason for the end of a connection.
type gone string

func (e gone) Error() string { return string(e) }

// Is makes errors.Is(e, net.ErrClosed) true.
func (e gone) Is(target error) bool { return target == net.ErrClosed }
