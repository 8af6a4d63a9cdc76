package ocppj

import "github.com/chargeyard/chargeyard/ocpp"

// Events are hooks for what a session tolerates, drops or refuses. Each may be nil. They run on the path of
// the connection, never under a lock, possibly several at once: they must not block. None of them is given
// offending text.
type Events struct {
	// UnknownType: a frame of a type that the version does not have was ignored (rule R11).
	UnknownType func(messageType int)

	// Malformed: a frame could not be read, or a message was refused before a handler saw it. err is what the peer
	// was answered, or would have been if the message could be answered; action and id are "" when they could not
	// be read.
	Malformed func(action, id string, err *ocpp.Error)

	// Tolerated: a message of the peer breaks its schema in a tolerant rule.
	Tolerated func(x *ocpp.Exchange, v ocpp.Violation)

	// UnmatchedAnswer: an answer came for which no call waits any more; late when there was one, whose time
	// had run out or whose caller had given up (rule R14).
	UnmatchedAnswer func(t MessageType, id string, late bool)

	// ResultRefused: the peer could not process a result that we had sent (CALLRESULTERROR, 2.1, rule R20). action
	// is "" when the result is too long ago to be remembered.
	ResultRefused func(action, id string, err *ocpp.Error)

	// HandlerFailed: a handler returned an error that is no *ocpp.Error, panicked (*PanicError), or returned a
	// response that breaks its schema. The peer got InternalError.
	HandlerFailed func(x *ocpp.Exchange, err error)

	// AnswerLost: an answer could not be sent, because the connection is gone.
	AnswerLost func(x *ocpp.Exchange, err error)

	// Repeated: the message is a retry of one that was answered before; it got the same answer, no handler ran (R12).
	Repeated func(x *ocpp.Exchange)
}
