package wsconn

import (
	"errors"
	"fmt"
	"io"
	"net"
)

// Status codes of close frames (RFC 6455, 7.4.1).
const (
	CodeNormal         = 1000
	CodeGoingAway      = 1001
	CodeProtocolError  = 1002
	CodeUnsupported    = 1003 // a binary message
	CodeNoStatus       = 1005 // never sent: a close frame without a code
	CodeAbnormal       = 1006 // never sent: no close frame at all
	CodeInvalidPayload = 1007 // not UTF-8
	CodePolicy         = 1008
	CodeTooBig         = 1009
	CodeInternal       = 1011
	CodeServiceRestart = 1012
	CodeTryAgainLater  = 1013
)

// Causes of an end that this end decides. All of them are net.ErrClosed too (errors.Is).
var (
	ErrIdleTimeout   error = endError("wsconn: no frame arrived within the idle timeout")
	ErrOutboxFull    error = endError("wsconn: the peer stopped reading: the outbox is full")
	ErrWriteStalled  error = endError("wsconn: the peer stopped reading: the socket took nothing within the write timeout")
	ErrEngineClosed  error = endError("wsconn: the engine was closed")
	ErrNoSubprotocol error = endError("wsconn: no common subprotocol")
)

type endError string

func (e endError) Error() string        { return string(e) }
func (e endError) Is(target error) bool { return target == net.ErrClosed }

// CloseError is an end by a close frame: the peer's (Remote) or our own. It is net.ErrClosed too.
type CloseError struct {
	Code   uint16 // CodeNoStatus when the frame had none
	Reason string
	Remote bool // the peer closed first
}

func (e *CloseError) Error() string {
	who := "closed"
	if e.Remote {
		who = "closed by the peer"
	}
	if e.Reason == "" {
		return fmt.Sprintf("wsconn: %s (%d)", who, e.Code)
	}
	return fmt.Sprintf("wsconn: %s (%d): %q", who, e.Code, e.Reason)
}

// Is reports that a closed connection is net.ErrClosed.
func (e *CloseError) Is(target error) bool { return target == net.ErrClosed }

// ProtocolError says which rule of RFC 6455 or which limit the peer broke, and the code it was told. It is
// net.ErrClosed too.
type ProtocolError struct {
	Code   uint16
	Detail string
}

func (e *ProtocolError) Error() string {
	return fmt.Sprintf("wsconn: the peer broke the protocol (%d): %s", e.Code, e.Detail)
}

// Is reports that a closed connection is net.ErrClosed.
func (e *ProtocolError) Is(target error) bool { return target == net.ErrClosed }

// NetError is an end without a close frame: the network failed, or the peer closed the socket (io.EOF). It is
// net.ErrClosed too.
type NetError struct {
	Op  string // "read" or "write"
	Err error
}

func (e *NetError) Error() string {
	if errors.Is(e.Err, io.EOF) {
		return "wsconn: the peer closed the socket without a close frame"
	}
	return "wsconn: " + e.Op + ": " + e.Err.Error()
}

// Is reports that a dead connection is net.ErrClosed.
func (e *NetError) Is(target error) bool { return target == net.ErrClosed }

// Unwrap returns what the socket said.
func (e *NetError) Unwrap() error { return e.Err }

// CloseCode returns the status code that belongs to the cause of an end, for logs and events: the code of the
// close frame, the code sent after a broken rule, and CodeAbnormal for everything without a frame.
func CloseCode(cause error) uint16 {
	var c *CloseError
	var p *ProtocolError
	switch {
	case errors.As(cause, &c):
		return c.Code
	case errors.As(cause, &p):
		return p.Code
	case errors.Is(cause, ErrNoSubprotocol):
		return CodeProtocolError
	}
	return CodeAbnormal
}
