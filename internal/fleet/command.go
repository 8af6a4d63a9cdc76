package fleet

import (
	"encoding/json"
	"time"
)

// Command is a request to a station that is kept until it has been dealt with: the station may be offline, and the
// server may end. It moves through the states by the methods below and in no other way. Payloads with secrets are never
// kept. A Command is a value: methods return the changed one.
type Command struct {
	Number  int64  // in the order of their arrival, given by the store
	ID      string // random, 36 characters
	Key     string // of the caller, unique while the command is kept; "": none
	Bulk    string // id of the bulk that it is one of; "": none
	Station string
	Version string // of OCPP, which the payload was validated for
	Action  string
	Payload json.RawMessage // a JSON object without secrets

	// What was wanted in words of no version; "": the request was given as it is. Version, action and payload are then what it
	// became when it was kept, or, of a bulk, when its turn came.
	Verb      string
	Arguments json.RawMessage // a JSON object without secrets

	Lane    CommandLane
	Timeout time.Duration // for the answer, from the moment it was sent

	CreatedAt time.Time
	ExpiresAt time.Time // it is not sent at or after that moment

	// Of a request that takes several messages, which go out one after the other.
	Part  int // of them that the station has accepted
	Parts int // that there are; below 2: it is one message
	Begun int // how often it was begun again

	State     CommandState
	Attempts  int    // how often it may have been sent
	Epoch     int64  // of the connection that it was last sent on; 0: none
	MessageID string // of the CALL that it was last sent as
	SentAt    time.Time
	EndedAt   time.Time // zero while it is queued or sent

	Response  json.RawMessage // when answered, without secrets
	Status    string          // of the response, if it has one: the field status, or that of all its parts
	ErrorCode string          // when refused
	Detail    string          // in words, why it is in its state
}

// CommandState is where a command is on its way.
type CommandState string

// The states of commands. All but the first two are final.
const (
	StateQueued   CommandState = "queued"   // certainly not delivered, or harmless to deliver again
	StateSent     CommandState = "sent"     // it may have been delivered; the answer is waited for
	StateAnswered CommandState = "answered" // with a CALLRESULT, whatever its status says
	StateRefused  CommandState = "refused"  // with a CALLERROR
	StateTimeout  CommandState = "timeout"  // no answer on a connection that lasted; it may have been carried out
	StateUnknown  CommandState = "unknown"  // the connection or the server ended before the answer; it may have been carried out
	StateExpired  CommandState = "expired"  // certainly not delivered in its time
	StateCanceled CommandState = "canceled" // certainly not delivered, because somebody said so
	StateInvalid  CommandState = "invalid"  // certainly not delivered: the station cannot be asked for that
)

// CommandStates are all states.
func CommandStates() []CommandState {
	return []CommandState{
		StateQueued, StateSent, StateAnswered, StateRefused, StateTimeout, StateUnknown, StateExpired, StateCanceled,
		StateInvalid,
	}
}

// Final reports whether nothing comes after the state.
func (s CommandState) Final() bool { return s != StateQueued && s != StateSent }

// Outcome tells of a final state in the words of Commanded.
func (s CommandState) Outcome() CommandOutcome {
	switch s {
	case StateAnswered:
		return CommandAnswered
	case StateRefused:
		return CommandRefused
	case StateTimeout:
		return CommandTimeout
	case StateUnknown:
		return CommandUnknown
	}
	return CommandUnsent
}

// CommandLane says who goes first when several commands wait for a station.
type CommandLane string

// The lanes, the first served first.
const (
	LanePeople   CommandLane = "people"   // somebody waits
	LaneCharging CommandLane = "charging" // smart charging
	LaneBulk     CommandLane = "bulk"     // one of very many
)

// Rank orders lanes: 0 is served first. Unknown lanes are served last.
func (l CommandLane) Rank() int {
	switch l {
	case LanePeople:
		return 0
	case LaneCharging:
		return 1
	}
	return 2
}

// SameRequest reports whether two commands ask the same station for the same thing: the idempotency key of one may then
// stand for the other. When they were asked, and until when they count, does not matter; that the version was not said
// does not either.
func (c Command) SameRequest(other Command) bool {
	if c.Station != other.Station || c.Lane != other.Lane || c.Verb != other.Verb {
		return false
	}
	if c.Verb != "" { // what it becomes has new numbers and times in it
		return sameJSON(c.Arguments, other.Arguments)
	}
	return c.Action == other.Action && sameJSON(c.Payload, other.Payload)
}

// sameJSON compares two objects without regard to white space and the order of properties. Numbers are compared as they
// are written.
func sameJSON(a, b json.RawMessage) bool {
	x, errX := canonicalJSON(a)
	y, errY := canonicalJSON(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
