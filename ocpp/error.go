package ocpp

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Error is an RPC error: what a handler returns to answer with a CALLERROR, and what a call returns when the
// peer answered with one. Any other error that a handler returns is logged and answered with InternalError,
// without its text; so is one that came from a peer. A proxy that passes errors on makes its own of them.
type Error struct {
	Code        Code
	Description string          // sent with at most 255 characters
	Details     json.RawMessage // a JSON object; nil is {}
	FromPeer    bool            // the peer said it: not for answering
}

// Errorf makes an Error to answer with.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Description: fmt.Sprintf(format, args...)}
}

// Error returns the code and the description.
func (e *Error) Error() string {
	s := string(e.Code)
	if e.FromPeer {
		s = "the peer answered " + s
	}
	if e.Description != "" {
		s += ": " + e.Description
	}
	return s
}

// SafeToRetry reports that a peer which answered with an error did not carry the request out. Only
// InternalError and GenericError leave that open.
func (e *Error) SafeToRetry() bool { return e.Code != InternalError && e.Code != GenericError }

// Remote reports whether the peer itself said err, as opposed to this end or the network.
func Remote(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.FromPeer
}

// SafeToRetry reports whether the request that ended with err was certainly not carried out by the peer: it
// was refused, or it was never sent. It is false for nil and for errors that do not say.
func SafeToRetry(err error) bool {
	var e interface{ SafeToRetry() bool }
	return errors.As(err, &e) && e.SafeToRetry()
}

// VersionError says that a message of another version than the negotiated one was to be sent. Nothing was.
type VersionError struct {
	Action     Action
	Negotiated Version
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("ocpp: %s is a message of OCPP %s, but the connection speaks %s",
		e.Action.Name, e.Action.Version, e.Negotiated)
}

// SafeToRetry reports true: nothing was sent.
func (e *VersionError) SafeToRetry() bool { return true }

// Violation is one place where a message breaks its schema.
type Violation struct {
	Rule    Rule
	Pointer string // JSON pointer (RFC 6901) into the payload; "" is the payload itself
	Detail  string // what is wrong, without the offending text
}

// String returns "/meterValue/0/timestamp: not a date-time" and the like.
func (v Violation) String() string {
	if v.Pointer == "" {
		return v.Detail
	}
	return v.Pointer + ": " + v.Detail
}

// ValidationError is a message that breaks its schema: found in a payload while decoding, or in a message of
// our own before sending it.
type ValidationError struct{ Violation }

func (e *ValidationError) Error() string { return e.String() }

// SafeToRetry reports true: nothing was sent.
func (e *ValidationError) SafeToRetry() bool { return true }

// Code returns the RPC error code with which the violation is answered.
func (e *ValidationError) Code() Code { return e.Rule.Code() }

// AsError turns the violation into the error that answers it.
func (e *ValidationError) AsError() *Error {
	return &Error{Code: e.Code(), Description: strings.TrimSpace(e.String())}
}
