package fleet

import "time"

// Question asks whether a token may charge.
type Question struct {
	Token   IDToken
	Station string
	EVSE    int       // the connector in OCPP 1.6; 0: not known
	At      time.Time // when the token is used
	Purpose Purpose

	// Late says that the token was used before anybody could be asked. What runs now says nothing about then, so the
	// limits of transactions at once refuse nothing.
	Late bool

	// Held says that the transaction in question was accepted before: it has its place among those at once.
	Held bool

	// Opinion is what an authorization hook says; nil: the records decide.
	Opinion *Opinion
}

// Purpose says what a token is used for.
type Purpose string

// The purposes.
const (
	PurposeAsk   Purpose = "authorize" // a station asks; nobody knows whether something starts or ends
	PurposeStart Purpose = "start"     // a transaction starts
	PurposeStop  Purpose = "stop"      // a transaction ends
)

// Facts are what a decision depends on beside the question.
type Facts struct {
	Record *Token      // nil: the token is not on record
	Group  *TokenGroup // of the record's group; nil: it has no record of its own
	Tags   []string    // of the station, those that the record names at least

	// Transactions that run, others than the one in question: of the token, and of its group.
	Running, GroupRunning int
}

// Opinion is what an authorization hook says of a token. It counts in place of the records, but for the limits of
// transactions at once, which only this system can keep.
type Opinion struct {
	Status   TokenStatus
	Detail   string    // in words; "" none
	Group    string    // value of the group's token; "" none
	Expiry   time.Time // zero: none
	EVSEs    []int     // where it may charge; empty: at the whole station
	Language string
	Priority int // see Token.Priority
	Message  string
	Limit    TransactionLimit // of the transaction that starts; nil: none
	Fallback bool             // nobody was reached: it is what the server does then
}

// late bounds of OCPP 1.6, whose messages do not say whether they waited: one that tells of something longer ago, once the
// station's clock is known, waited.
const lateAfter = 5 * time.Minute

// maxLate is how far back the time of a late event is believed: stations without a clock begin in 1970.
const maxLate = 90 * 24 * time.Hour

// Question returns what an event asks about its token, which it must have.
func (e TransactionEvent) Question() Question {
	q := Question{Token: *e.Token, Station: e.Station, EVSE: e.EVSE, At: e.Received, Purpose: PurposeStart, Opinion: e.Opinion}
	if e.Ends() {
		q.Purpose = PurposeStop
	}
	at := e.Time
	if e.ClockOffset != nil {
		at = at.Add(*e.ClockOffset)
	}
	waited := e.Received.Sub(at)
	if e.Time.IsZero() || waited <= 0 || waited > maxLate {
		q.Late = e.Offline
		return q
	}
	if q.Late = e.Offline || !e.Numbered && e.ClockOffset != nil && waited > lateAfter; q.Late {
		q.At = at
	}
	return q
}

// Ends reports whether the event's token is that of who ends the transaction, or its authorization (E07.FR.02).
func (e TransactionEvent) Ends() bool {
	return e.Kind == TransactionEnded || e.Trigger == "StopAuthorized"
}

// Question returns what is asked.
func (e AuthorizationAsked) Question() Question {
	return Question{Token: e.Token, Station: e.Station, At: e.Received, Purpose: PurposeAsk, Opinion: e.Opinion}
}
