package ocppj

import (
	"errors"
	"fmt"
	"net"
	"time"
)

// Errors that a NotSentError wraps.
var (
	// ErrTooManyCallers says that Options.MaxCallers calls already wait for this peer.
	ErrTooManyCallers = errors.New("ocppj: too many calls wait for this peer")

	// ErrDraining says that Drain was called: nothing new is sent.
	ErrDraining = errors.New("ocppj: the session is shutting down")

	// ErrMessageID says that a message id is not 1 to 36 characters long, or that it is in use.
	ErrMessageID = errors.New("ocppj: unusable message id")
)

// ErrNoAnswer is returned by a handler, possibly wrapped, to leave the message unanswered, which OCPP counts as a failed
// delivery: the peer sends it again if it is one that must not be lost. It is the one deliberate exception from
// "every CALL is answered" (rule R17), for a message that cannot be dealt with for the moment and of which a CALLERROR
// might be taken as the end. The peer sends nothing else until its own timeout.
var ErrNoAnswer = errors.New("ocppj: no answer is to be sent")

// NotSentError says that a message was not sent: it was refused at this end, or sending it failed.
type NotSentError struct {
	Action string
	Err    error
}

func (e *NotSentError) Error() string {
	return fmt.Sprintf("ocppj: %s was not sent: %v", e.Action, e.Err)
}

// Unwrap returns the reason.
func (e *NotSentError) Unwrap() error { return e.Err }

// SafeToRetry reports true.
func (e *NotSentError) SafeToRetry() bool { return true }

// ClosedError says that the session ended before the answer came. errors.Is(err, net.ErrClosed) holds, and so
// does errors.Is for everything that Cause is.
type ClosedError struct {
	Cause error // what the session was closed with; never nil
	Sent  bool  // the request may have been delivered
}

func (e *ClosedError) Error() string { return "ocppj: the connection is gone: " + e.Cause.Error() }

// Unwrap returns net.ErrClosed and the cause.
func (e *ClosedError) Unwrap() []error { return []error{net.ErrClosed, e.Cause} }

// SafeToRetry reports whether the request was certainly not delivered.
func (e *ClosedError) SafeToRetry() bool { return !e.Sent }

// TimeoutError says that the peer did not answer in time. It may have carried the request out.
type TimeoutError struct {
	Action    string
	MessageID string
	After     time.Duration // since the request was sent
}

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("ocppj: %s was not answered within %v", e.Action, e.After)
}

// Timeout reports true, as net.Error has it.
func (e *TimeoutError) Timeout() bool { return true }

// SafeToRetry reports false.
func (e *TimeoutError) SafeToRetry() bool { return false }

// CanceledError says that the caller's context ended before the answer came. errors.Is tells why:
// context.Canceled, context.DeadlineExceeded, or the cause given to the context.
type CanceledError struct {
	Err  error
	Sent bool // the request may have been delivered; its slot stays taken until the answer or the timeout
}

func (e *CanceledError) Error() string { return "ocppj: the caller gave up: " + e.Err.Error() }

// Unwrap returns the context's cause.
func (e *CanceledError) Unwrap() error { return e.Err }

// SafeToRetry reports whether the request was certainly not delivered.
func (e *CanceledError) SafeToRetry() bool { return !e.Sent }

// AnswerError says that the peer answered with something that cannot be used. It has carried the request out,
// as far as one can tell.
type AnswerError struct {
	Action string
	Err    error // often an *ocpp.ValidationError
}

func (e *AnswerError) Error() string {
	return fmt.Sprintf("ocppj: the answer to %s cannot be used: %v", e.Action, e.Err)
}

// Unwrap returns what is wrong with the answer.
func (e *AnswerError) Unwrap() error { return e.Err }

// SafeToRetry reports false.
func (e *AnswerError) SafeToRetry() bool { return false }

// PanicError is a panic of a handler, or its call of runtime.Goexit. It reaches Events.HandlerFailed only.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("ocppj: a handler panicked: %v", e.Value) }

// errClosed is the cause of Close(nil).
var errClosed = errors.New("ocppj: session closed")
