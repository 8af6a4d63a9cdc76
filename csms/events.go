package csms

import (
	"fmt"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// EventKind is a kind of ProtocolEvent.
type EventKind uint8

// The kinds of protocol events.
const (
	UnknownType     EventKind = iota + 1 // a frame of a type that the version does not have was ignored (R11): Err
	Refused                              // a message was refused before a handler saw it; Err is what answers it
	Tolerated                            // a message breaks its schema in a tolerant rule, see Violation
	UnmatchedAnswer                      // an answer came for which no call waits any more (R14)
	ResultRefused                        // the station could not process a result of ours (R20); Err says why
	HandlerFailed                        // a handler returned Err, which is no *ocpp.Error, or panicked
	AnswerLost                           // an answer could not be sent: Err
	Repeated                             // a retry was answered from memory (R12)
	Unanswered                           // a handler returned ErrNoAnswer; Err wraps it
)

var eventNames = [...]string{
	"", "unknown type", "refused", "tolerated", "unmatched answer", "result refused", "handler failed", "answer lost",
	"repeated", "unanswered",
}

// String returns the name of the kind.
func (k EventKind) String() string {
	if int(k) >= len(eventNames) {
		return ""
	}
	return eventNames[k]
}

// ProtocolEvent is something that a session tolerated, dropped or refused. It has no offending text.
type ProtocolEvent struct {
	Kind      EventKind
	Action    string // "" when not known
	MessageID string // "" when not known
	Err       error
	Violation ocpp.Violation // of Tolerated
	Late      bool           // of UnmatchedAnswer: there was a call, but it is over
}

// events are the hooks of the session, if somebody listens.
func (st *Station) events() *ocppj.Events {
	hook := st.server.options.OnProtocolEvent
	if hook == nil {
		return nil
	}
	of := func(kind EventKind) func(action, id string, err error) {
		return func(action, id string, err error) {
			hook(st, ProtocolEvent{Kind: kind, Action: action, MessageID: id, Err: err})
		}
	}
	refused, resultRefused := of(Refused), of(ResultRefused)
	return &ocppj.Events{
		UnknownType: func(t int) { hook(st, ProtocolEvent{Kind: UnknownType, Err: fmt.Errorf("csms: message type %d", t)}) },
		Refused:     func(action, id string, err *ocpp.Error) { refused(action, id, err) },
		Tolerated: func(action, id string, v ocpp.Violation) {
			hook(st, ProtocolEvent{Kind: Tolerated, Action: action, MessageID: id, Violation: v})
		},
		UnmatchedAnswer: func(_ ocppj.MessageType, id string, late bool) {
			hook(st, ProtocolEvent{Kind: UnmatchedAnswer, MessageID: id, Late: late})
		},
		ResultRefused: func(action, id string, err *ocpp.Error) { resultRefused(action, id, err) },
		HandlerFailed: of(HandlerFailed),
		AnswerLost:    of(AnswerLost),
		Unanswered:    of(Unanswered),
		Repeated: func(action, id string) {
			hook(st, ProtocolEvent{Kind: Repeated, Action: action, MessageID: id})
		},
	}
}
