package ocppj

import (
	"context"
	"log/slog"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// The defaults of Options.
const (
	DefaultCallTimeout     = 30 * time.Second
	DefaultMaxInbound      = 16
	DefaultMaxInboundBytes = 1 << 20
	DefaultMaxCallers      = 1024
)

// Options configures a Session. Protocol, End and Send are required; every other field may be zero.
type Options struct {
	// Protocol is the table of the negotiated version.
	Protocol *ocpp.Protocol

	// End says which end this is: ocpp.CSMSEnd or ocpp.StationEnd.
	End ocpp.End

	// Identity is the identity of the charging station, at both ends.
	Identity string

	// Send sends one text message. It must not block, and must not keep or change the frame after it returns. An
	// error means that the frame was certainly not delivered whole; it should satisfy
	// errors.Is(err, net.ErrClosed) when the connection is gone. It may be called by several goroutines at once.
	Send func(frame []byte) error

	// ReadOn is called on the goroutine of Receive when there is a message to handle and no worker. True means that
	// another goroutine calls Receive from now on: this one is the worker. Default: each worker gets a goroutine.
	ReadOn func() bool

	// Route finds the handler of an action of the peer. Nil, or false, is no handler: the message is answered
	// NotSupported when the protocol knows the action, NotImplemented otherwise. Called on the worker.
	Route func(action string) (Route, bool)

	// Context gives its values to the context that handlers get, which ends with the session and not with this one.
	// Default: context.Background().
	Context context.Context

	// CallTimeout is how long an answer may take, counted from sending. Default: 30 s.
	CallTimeout time.Duration

	// MaxInbound is how many inbound messages may wait or be handled; when it is reached, Receive blocks, which
	// pauses the reading of this connection only. A handler that calls its peer meanwhile does not get the answer
	// before there is room, at the latest when its call has timed out. Default: 16.
	MaxInbound int

	// MaxInboundBytes is how many bytes the frames of inbound messages that wait may have together; it is a bound like
	// MaxInbound. One message of any size may wait. Default: 1 MiB.
	MaxInboundBytes int

	// MaxCallers is how many calls may wait for the outstanding one; further ones fail with ErrTooManyCallers.
	// Default: 1024.
	MaxCallers int

	// Policy is the validation of what the peer sends. Default: ocpp.Tolerant at the CSMS end, ocpp.Strict at the
	// station end.
	Policy ocpp.Policy

	// SendPolicy is the validation of what this end sends. Default: ocpp.Strict.
	SendPolicy ocpp.Policy

	// Location is the zone of times that the peer sends without one. Default: UTC.
	Location *time.Location

	// Interceptor wraps the exchanges of both directions; make one of several with ocpp.Chain. Default: none.
	Interceptor ocpp.Interceptor

	// Tap sees every frame, inbound before it is parsed, outbound before it is sent. Default: none.
	Tap ocpp.Tap

	// Gate is asked about each CALL and SEND of the peer when its turn comes, before anything of its payload is looked
	// at (rule R43). Nil lets it pass; an error answers a CALL and drops a SEND. Default: all pass.
	Gate func(x *ocpp.Exchange) *ocpp.Error

	// SendGate is asked about each CALL and SEND of this end just before it is sent, when it has got its turn. An
	// error ends the call with a NotSentError that wraps it. Default: all pass.
	SendGate func(x *ocpp.Exchange) error

	// Answers remembers the answers given to the peer, so that a retry gets the same one (rule R12). It belongs to
	// the identity: give the next connection of that identity the same one. Default: one of this session's own.
	Answers *AnswerMemory

	// Signing says how signed messages are treated (2.x). Default: they are unwrapped and not verified.
	Signing Signing

	// Events are told what goes wrong.
	Events Events

	// NewID makes the ids of outbound messages: 1 to 36 characters, never the same twice for one identity. Default:
	// NewMessageID.
	NewID func() string

	// Buffers lends the buffers in which frames are made. Share one between the sessions of a server. Default: a
	// buffer for each frame.
	Buffers *Buffers

	// Logger gets a line for what Events tell, without the offending text: at most 30 a minute and 30 errors, then
	// their number. Default: nothing is logged.
	Logger *slog.Logger
}

// Route is how an action of the peer is handled.
type Route struct {
	// New makes the request to decode into, a pointer. Default: what the protocol says; an action that the protocol
	// does not know must have it.
	New func() any

	// Handle handles one request and returns its response, a pointer; nil for a SEND. A returned *ocpp.Error is sent
	// to the peer, unless a call of the handler brought it; ErrNoAnswer sends nothing; any other error, and a panic, is logged and answered with InternalError.
	// ctx ends with the session. Handle may call the peer and may block: that delays only what the same peer sends after
	// it.
	Handle func(ctx context.Context, req any) (resp any, err error)
}

func (o *Options) setDefaults() {
	if o.CallTimeout <= 0 {
		o.CallTimeout = DefaultCallTimeout
	}
	if o.MaxInbound <= 0 {
		o.MaxInbound = DefaultMaxInbound
	}
	if o.MaxInboundBytes <= 0 {
		o.MaxInboundBytes = DefaultMaxInboundBytes
	}
	if o.MaxCallers <= 0 {
		o.MaxCallers = DefaultMaxCallers
	}
	o.Policy = o.Policy.Or(defaultPolicy(o.End))
	o.SendPolicy = o.SendPolicy.Or(ocpp.Strict)
	if o.NewID == nil {
		o.NewID = NewMessageID
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

func defaultPolicy(end ocpp.End) ocpp.Policy {
	if end == ocpp.CSMSEnd {
		return ocpp.Tolerant
	}
	return ocpp.Strict
}
