package fleet

import (
	"time"
	"unicode/utf8"
)

// TokenPolicy decides what becomes of tokens that are not on record. The zero TokenPolicy accepts them.
type TokenPolicy struct {
	RefuseUnknown bool // answer Invalid (1.6) or Unknown (2.x)
}

// Decision is the answer to the question whether a token may charge, and why. The zero Decision belongs to an event
// without a token.
type Decision struct {
	Status  TokenStatus
	Reason  DecisionReason
	Unknown bool      // the token was not on record
	Group   string    // value of the group's token
	Expiry  time.Time // zero: none
}

// DecisionReason says in one word why a token may charge or may not.
type DecisionReason string

// The reasons.
const (
	ReasonNone           DecisionReason = ""                 // there was no token
	ReasonOnRecord       DecisionReason = "on-record"        // accepted: the record says so
	ReasonUnknownTaken   DecisionReason = "unknown-accepted" // accepted: not on record, and the policy accepts those
	ReasonNoneNeeded     DecisionReason = "none-needed"      // accepted: the station asks its drivers for no token
	ReasonVouched        DecisionReason = "vouched-for"      // accepted: made up for a remote start, or paid for at a terminal
	ReasonBlocked        DecisionReason = "blocked"          // refused: the record says so
	ReasonInvalid        DecisionReason = "invalid"          // refused: the record says so
	ReasonExpired        DecisionReason = "expired"          // refused: the record's expiry is over
	ReasonUnknownRefused DecisionReason = "unknown-refused"  // refused: not on record, and the policy refuses those
	ReasonWrongCode      DecisionReason = "wrong-code"       // refused: a code that a driver typed, and that is not on record
	ReasonMalformed      DecisionReason = "malformed"        // refused: no version allows a token of this form
)

// Accepted reports whether the token may charge.
func (d Decision) Accepted() bool { return d.Status == TokenAccepted }

// Words says the reason in a sentence for people; "" without a token.
func (d Decision) Words() string {
	switch d.Reason {
	case ReasonNone:
		return ""
	case ReasonOnRecord:
		return "it is on record as accepted"
	case ReasonUnknownTaken:
		return "it is not on record, and the server accepts such tokens (--unknown-tokens accept)"
	case ReasonNoneNeeded:
		return "the station asks its drivers for no token"
	case ReasonVouched:
		return "whoever issued it answers for it: this system for a remote start, a terminal for a payment"
	case ReasonBlocked:
		return "it is on record as blocked"
	case ReasonInvalid:
		return "it is on record as invalid"
	case ReasonExpired:
		return "it is on record and expired at " + d.Expiry.UTC().Format(time.RFC3339)
	case ReasonUnknownRefused:
		return "it is not on record, and the server refuses such tokens (--unknown-tokens refuse): accept it with a PATCH of the token"
	case ReasonWrongCode:
		return "no such code is on record"
	case ReasonMalformed:
		return "no version of OCPP allows a token that is so long"
	}
	return string(d.Reason)
}

// Decide answers for a token at a time. record is nil for one that is not on record. What the record says outweighs
// what the token's type says. A token that no version allows to be so long is invalid, and not even an unknown one.
func (p TokenPolicy) Decide(t IDToken, record *Token, now time.Time) Decision {
	switch {
	case t.Is(NoAuthorization):
		return Decision{Status: TokenAccepted, Reason: ReasonNoneNeeded}
	case utf8.RuneCountInString(t.Value) > MaxToken || utf8.RuneCountInString(t.Type) > MaxToken:
		return Decision{Status: TokenInvalid, Reason: ReasonMalformed}
	case record == nil || record.Status == TokenUnknown:
		return p.unknown(t)
	}
	status := record.StatusAt(now)
	return Decision{Status: status, Reason: recordReason(status), Group: record.Group, Expiry: record.Expiry}
}

// recordReason is why a record has the last word.
func recordReason(s TokenStatus) DecisionReason {
	switch s {
	case TokenAccepted:
		return ReasonOnRecord
	case TokenBlocked:
		return ReasonBlocked
	case TokenExpired:
		return ReasonExpired
	}
	return ReasonInvalid
}

// unknown decides on a token that is not on record. A code that is not must not be taken for one that is (C04.FR.01), and
// is no card that an operator could put on record; a token that this system or a terminal made up is on no record.
func (p TokenPolicy) unknown(t IDToken) Decision {
	switch {
	case t.Is(KeyCode):
		return Decision{Status: TokenInvalid, Reason: ReasonWrongCode}
	case t.Is(CentralToken), t.Is(DirectPayment):
		return Decision{Status: TokenAccepted, Reason: ReasonVouched}
	case p.RefuseUnknown:
		return Decision{Status: TokenUnknown, Reason: ReasonUnknownRefused, Unknown: true}
	}
	return Decision{Status: TokenAccepted, Reason: ReasonUnknownTaken, Unknown: true}
}
