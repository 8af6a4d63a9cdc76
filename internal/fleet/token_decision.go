package fleet

import (
	"fmt"
	"slices"
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
	Expiry  time.Time // until when a station may go by it; zero: for ever

	EVSEs    []int  // the only ones where the token may charge; empty: all
	Language string // of the driver; "" not known
	Priority int    // see Token.Priority
	Message  string // for the driver; "" none

	// The driver's own tariff, whatever the status, and whether it is that of the token or of its group.
	Tariff       string // its id; "" none
	TariffSource TariffSource

	Limit TransactionLimit // of the transaction that starts; nil: none

	detail string // of Words
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
	ReasonNoCredit       DecisionReason = "no-credit"        // refused: the record says so, or nothing is left of its credit
	ReasonNotYet         DecisionReason = "not-yet"          // refused: the record is valid from later on
	ReasonNotNow         DecisionReason = "not-now"          // refused: it is outside the hours of the record
	ReasonNotHere        DecisionReason = "not-here"         // refused: the record is for other stations, or other EVSEs
	ReasonTooMany        DecisionReason = "too-many"         // refused: the token has as many transactions as it may have
	ReasonGroupTooMany   DecisionReason = "too-many-in-group"
	ReasonMasterPass     DecisionReason = "master-pass" // refused: such tokens end transactions, and start none
	ReasonHook           DecisionReason = "hook"        // the authorization hook says so
	ReasonHookFailed     DecisionReason = "hook-failed" // the authorization hook said nothing; what the server does then
)

// DecisionReasons are all reasons but ReasonNone.
func DecisionReasons() []DecisionReason {
	return []DecisionReason{
		ReasonOnRecord, ReasonUnknownTaken, ReasonNoneNeeded, ReasonVouched, ReasonBlocked, ReasonInvalid, ReasonExpired,
		ReasonUnknownRefused, ReasonWrongCode, ReasonMalformed, ReasonNoCredit, ReasonNotYet, ReasonNotNow, ReasonNotHere,
		ReasonTooMany, ReasonGroupTooMany, ReasonMasterPass, ReasonHook, ReasonHookFailed,
	}
}

// Accepted reports whether the token may charge.
func (d Decision) Accepted() bool { return d.Status == TokenAccepted }

// Words says the reason in a sentence for people; "" without a token.
func (d Decision) Words() string {
	if d.detail != "" {
		return d.detail
	}
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
	case ReasonUnknownRefused:
		return "it is not on record, and the server refuses such tokens (--unknown-tokens refuse): accept it with a PATCH of the token"
	case ReasonWrongCode:
		return "no such code is on record"
	case ReasonMalformed:
		return "no version of OCPP allows a token that is so long"
	case ReasonExpired:
		return "it is on record and expired at " + d.Expiry.UTC().Format(time.RFC3339)
	}
	return d.wordsOfRefusal()
}

func (d Decision) wordsOfRefusal() string {
	switch d.Reason {
	case ReasonBlocked:
		return "it is on record as blocked"
	case ReasonInvalid:
		return "it is on record as invalid"
	case ReasonNoCredit:
		return "it is on record as one without credit"
	case ReasonNotNow:
		return "it may charge at other hours only"
	case ReasonNotHere:
		return "it may charge elsewhere only"
	case ReasonMasterPass:
		return "its group is a master pass: it ends transactions of others, and starts none"
	case ReasonHook:
		return "the authorization hook says so"
	case ReasonHookFailed:
		return "the authorization hook gave no answer; this is what --authorization-fallback says"
	}
	return string(d.Reason)
}

// Decide answers a question; it depends on nothing else. What the record says outweighs what the token's type says. A
// token that no version allows to be so long is invalid, and not even an unknown one.
func (p TokenPolicy) Decide(q Question, f Facts) Decision {
	d := p.decide(q, f)
	d.Tariff, d.TariffSource = f.tariff()
	return d
}

// tariff returns the nearest tariff of those that the driver has.
func (f Facts) tariff() (string, TariffSource) {
	switch {
	case f.Record != nil && f.Record.Tariff != "":
		return f.Record.Tariff, TariffOfToken
	case f.Group != nil && f.Group.Tariff != "":
		return f.Group.Tariff, TariffOfGroup
	}
	return "", ""
}

func (p TokenPolicy) decide(q Question, f Facts) Decision {
	switch {
	case q.Token.Is(NoAuthorization):
		return Decision{Status: TokenAccepted, Reason: ReasonNoneNeeded}
	case utf8.RuneCountInString(q.Token.Value) > MaxToken || utf8.RuneCountInString(q.Token.Type) > MaxToken:
		return Decision{Status: TokenInvalid, Reason: ReasonMalformed}
	case q.Opinion != nil:
		return limited(q.Opinion.decision(q), q, f)
	case f.Record == nil || f.Record.Status == TokenUnknown:
		return p.unknown(q.Token)
	}
	return limited(f.Record.decide(q, f.Tags), q, f)
}

// decide goes by a record alone. Who ends something may do so outside the places and hours of the token: it is there.
func (t Token) decide(q Question, tags []string) Decision {
	status := t.validAt(q.At)
	d := Decision{
		Status: status, Reason: recordReason(status), Group: t.Group, Expiry: t.Expiry, Language: t.Language, Message: t.Message,
		Priority: t.Priority,
	}
	switch {
	case status == TokenNoCredit:
		d.Expiry = q.At // C17.FR.02: nobody keeps it in a cache
		return d
	case status != TokenAccepted:
		return d
	case t.Credit != "":
		d.Expiry = q.At // C17.FR.01
	}
	switch {
	case q.Purpose == PurposeStop:
		return d
	case t.spent() && !q.Held:
		return d.refuse(TokenNoCredit, ReasonNoCredit, "nothing is left of its credit")
	case q.At.Before(t.ValidFrom):
		return d.refuse(TokenNotNow, ReasonNotYet, "it is on record and valid from "+t.ValidFrom.UTC().Format(time.RFC3339))
	}
	evses, allowed := t.AllowedAt(q.Station, tags)
	if q.Station == "" { // anywhere
		evses, allowed = nil, true
	}
	switch d.EVSEs = evses; {
	case !allowed:
		return d.refuse(TokenElsewhere, ReasonNotHere, "it may not charge at this station")
	case notAmong(evses, q.EVSE): // C01.FR.18
		return d.refuse(TokenWrongEVSE, ReasonNotHere, wordsOfEVSE(q))
	}
	within, until := t.Hours.At(q.At)
	if !within {
		return d.refuse(TokenNotNow, ReasonNotNow, "")
	}
	d.Expiry, d.Limit = earlier(d.Expiry, until), t.TransactionLimit()
	return d
}

// notAmong reports whether an EVSE is known and none of those that are allowed.
func notAmong(evses []int, evse int) bool {
	return len(evses) > 0 && evse > 0 && !slices.Contains(evses, evse)
}

func wordsOfEVSE(q Question) string {
	return fmt.Sprintf("it may not charge at EVSE %d of this station", q.EVSE)
}

// Again returns d as it was decided before: what ran then may be over.
func (d Decision) Again(status TokenStatus, reason DecisionReason, detail string) Decision {
	return d.refuse(status, reason, detail)
}

// refuse turns an accepted token down. Where it may charge is of no use any more.
func (d Decision) refuse(status TokenStatus, reason DecisionReason, detail string) Decision {
	d.Status, d.Reason, d.detail, d.EVSEs, d.Limit = status, reason, detail, nil, nil
	return d
}

// earlier returns the earlier of two times of which a zero one is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// limited turns an accepted token down that may not start one more transaction. An Authorize reserves nothing, and is
// refused for no limit: the station may ask to end a transaction (2.x, AuthorizationStatusEnumType).
func limited(d Decision, q Question, f Facts) Decision {
	if !d.Accepted() || q.Purpose != PurposeStart {
		return d
	}
	if f.Group != nil && f.Group.MasterPass {
		return d.refuse(TokenInvalid, ReasonMasterPass, "")
	}
	if q.Late || q.Held {
		return d
	}
	if f.Record != nil && f.Record.AtOnce() > 0 && f.Running >= f.Record.AtOnce() {
		return d.refuse(TokenConcurrent, ReasonTooMany, wordsOfLimit("it", f.Running, f.Record.AtOnce()))
	}
	if f.Group != nil && f.Group.Concurrent > 0 && f.GroupRunning >= f.Group.Concurrent {
		return d.refuse(TokenConcurrent, ReasonGroupTooMany, wordsOfLimit("its group", f.GroupRunning, f.Group.Concurrent))
	}
	return d
}

func wordsOfLimit(who string, running, limit int) string {
	return fmt.Sprintf("%s has %d running transactions, and may have %d at once", who, running, limit)
}

// decision says what a hook says.
func (o Opinion) decision(q Question) Decision {
	d := Decision{
		Status: o.Status, Reason: ReasonHook, Group: o.Group, Expiry: o.Expiry, EVSEs: o.EVSEs, Language: o.Language, Message: o.Message,
		Priority: o.Priority, Limit: o.Limit, detail: o.Detail,
	}
	if o.Fallback {
		d.Reason = ReasonHookFailed
	}
	if d.Accepted() && q.Purpose != PurposeStop && notAmong(o.EVSEs, q.EVSE) {
		return d.refuse(TokenWrongEVSE, ReasonHook, wordsOfEVSE(q))
	}
	return d
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
	case TokenNoCredit:
		return ReasonNoCredit
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
