package fleet

import (
	"fmt"
	"time"
)

// Reservation is a place at a station that is kept free for somebody, as far as is known. It moves through its states by
// the methods below and in no other way. A Reservation is a value: methods return the changed one.
type Reservation struct {
	Number  int64 // in the order of their requests, given by the store
	Station string
	ID      int64 // as the station knows it; free again when the reservation has ended

	EVSE          int    // the connector in OCPP 1.6; 0: any
	ConnectorType string // 2.x; "": any
	Token         IDToken
	Group         IDToken // others who may use it; zero: nobody
	ExpiresAt     time.Time

	State       ReservationState
	Answer      string // status of the station's answer; "" none
	Detail      string // in words, why it is in its state; "" when that is plain
	Transaction string // id of the one that used it; "" none, or not known

	RequestedAt time.Time
	UpdatedAt   time.Time
	EndedAt     time.Time // zero while it is requested or accepted
}

// ReservationState is where a reservation is in its life.
type ReservationState string

// The states of reservations. All but the first two are final, but for ReservationUsed: a transaction proves that the
// station had kept the place, whatever was heard before.
const (
	ReservationRequested ReservationState = "requested" // the station was asked, and has not answered
	ReservationAccepted  ReservationState = "accepted"  // the station keeps a place free
	ReservationRefused   ReservationState = "refused"   // the station answered Faulted, Occupied, Rejected or Unavailable, or with an error
	ReservationUnsent    ReservationState = "unsent"    // the station was not asked
	ReservationUsed      ReservationState = "used"      // somebody has come
	ReservationExpired   ReservationState = "expired"   // nobody came in time
	ReservationCanceled  ReservationState = "canceled"  // it was taken back
	ReservationRemoved   ReservationState = "removed"   // the station could not keep it
)

// ReservationStates are all states.
func ReservationStates() []ReservationState {
	return []ReservationState{
		ReservationRequested, ReservationAccepted, ReservationRefused, ReservationUnsent, ReservationUsed, ReservationExpired,
		ReservationCanceled, ReservationRemoved,
	}
}

// Open reports whether the station may keep a place free.
func (s ReservationState) Open() bool { return s == ReservationRequested || s == ReservationAccepted }

// Answered takes the station's answer to the request.
func (r Reservation) Answered(status string, now time.Time) Reservation {
	if r.State != ReservationRequested {
		return r
	}
	r.Answer = status
	if status == "Accepted" {
		return r.to(ReservationAccepted, "", now)
	}
	return r.to(ReservationRefused, "", now)
}

// Failed takes what became of a request that the station did not answer. One that it may have got stays requested: the
// station may keep a place free.
func (r Reservation) Failed(sent bool, detail string, now time.Time) Reservation {
	switch {
	case r.State != ReservationRequested:
		return r
	case sent:
		r.Detail, r.UpdatedAt = detail, now
		return r
	}
	return r.to(ReservationUnsent, detail, now)
}

// Refused takes a CALLERROR.
func (r Reservation) Refused(detail string, now time.Time) Reservation {
	if r.State != ReservationRequested {
		return r
	}
	return r.to(ReservationRefused, detail, now)
}

// Used takes a transaction of who had the place kept free; "" when there was none in the end.
func (r Reservation) Used(transaction string, now time.Time) Reservation {
	if r.State == ReservationUsed && (r.Transaction != "" || transaction == "") {
		return r
	}
	r.Transaction = transaction
	detail := ""
	if transaction == "" {
		detail = "the token was presented, and no transaction started in time"
	}
	return r.to(ReservationUsed, detail, now)
}

// Updated takes what the station says of it (H01, H03, H04).
func (r Reservation) Updated(status string, now time.Time) Reservation {
	if !r.State.Open() {
		return r
	}
	switch status {
	case "Expired":
		return r.to(ReservationExpired, "", now)
	case "Removed":
		return r.to(ReservationRemoved, "the station could not keep the place any more", now)
	case "NoTransaction":
		return r.Used("", now)
	}
	return r
}

// CancelAnswered takes the answer to a CancelReservation. Rejected means that the station does not know it: it is gone in
// any case (H02.FR.01).
func (r Reservation) CancelAnswered(status string, now time.Time) Reservation {
	if !r.State.Open() {
		return r
	}
	if status == "Accepted" {
		return r.to(ReservationCanceled, "", now)
	}
	return r.to(ReservationCanceled, "the station did not know it any more", now)
}

// Expire ends it when its time is over.
func (r Reservation) Expire(now time.Time) Reservation {
	if !r.State.Open() || now.Before(r.ExpiresAt) {
		return r
	}
	return r.to(ReservationExpired, "", now)
}

// to is the only way into another state.
func (r Reservation) to(state ReservationState, detail string, now time.Time) Reservation {
	r.State, r.Detail, r.UpdatedAt, r.EndedAt = state, detail, now, time.Time{}
	if !state.Open() {
		r.EndedAt = now
	}
	return r
}

// restarted is the detail of a reservation whose station has started since it accepted it.
const restarted = "the station has started again since: it may have lost it"

// Restarted takes a start of the station. Whether it still keeps the place free is not known: OCPP demands it nowhere.
func (r Reservation) Restarted(now time.Time) Reservation {
	if !r.State.Open() || r.Detail == restarted {
		return r
	}
	r.Detail, r.UpdatedAt = restarted, now
	return r
}

// Shown takes the status of a connector at its EVSE. After a start of the station Reserved says that it has kept the reservation, and
// Available that it has not.
func (r Reservation) Shown(status string, now time.Time) Reservation {
	switch {
	case r.State != ReservationAccepted || r.Detail != restarted:
		return r
	case status == "Reserved":
		return r.to(ReservationAccepted, "", now)
	case status == "Available":
		return r.to(ReservationRemoved, "the station has started again, and says that the place is available", now)
	}
	return r
}

// Ignored returns the contradiction of a transaction that began at the place that is kept free, and is not of whom it is kept for.
func (r Reservation) Ignored(transaction string) Contradiction {
	c := place("TransactionEvent", r.EVSE)
	c.What, c.Detail = ContradictsReservation, fmt.Sprintf("transaction %s began at EVSE %d with another token than that of reservation %d, which keeps it free", transaction, r.EVSE, r.ID)
	return c
}

// For reports whether a token, or its group, uses the reservation at a place and time (H03.FR.01 to FR.06). A token without
// a type is one of OCPP 1.6.
func (r Reservation) For(q Question, group string) bool {
	if !r.State.Open() || q.EVSE != 0 && r.EVSE != 0 && q.EVSE != r.EVSE {
		return false
	}
	if q.At.Before(r.RequestedAt) || !q.At.Before(r.ExpiresAt) {
		return false
	}
	return sameToken(r.Token, q.Token) || group != "" && FoldGroup(group) == FoldGroup(r.Group.Value)
}

// sameToken compares tokens of which one may have no type.
func sameToken(a, b IDToken) bool {
	a, b = a.Fold(), b.Fold()
	return a.Value == b.Value && (a.Type == b.Type || a.Type == "" || b.Type == "")
}

// ReservationAsked is a request to keep a place free, before it is sent.
type ReservationAsked struct {
	Received    time.Time // when it was asked
	Reservation Reservation
}

// ReservationAnswered is the station's answer to it.
type ReservationAnswered struct {
	Received    time.Time
	Reservation Reservation // as it was asked
	Status      string
}

// ReservationFailed is a request that got no answer.
type ReservationFailed struct {
	Station  string
	Received time.Time
	ID       int64
	Sent     bool   // the station may have got it
	Refused  bool   // with a CALLERROR
	Detail   string // in words
}

// ReservationCancelAnswered is the station's answer to a CancelReservation.
type ReservationCancelAnswered struct {
	Station  string
	Received time.Time
	ID       int64
	Status   string
}

// About returns the station's identity.
func (e ReservationAsked) About() string { return e.Reservation.Station }

// Check demands a station and a place that can be.
func (e ReservationAsked) Check() error { return e.Reservation.check() }

// About returns the station's identity.
func (e ReservationAnswered) About() string { return e.Reservation.Station }

// Check demands a station and a place that can be.
func (e ReservationAnswered) Check() error { return e.Reservation.check() }

// About returns the station's identity.
func (e ReservationFailed) About() string { return e.Station }

// Check demands a station.
func (e ReservationFailed) Check() error { return checkStation(e.Station) }

// About returns the station's identity.
func (e ReservationCancelAnswered) About() string { return e.Station }

// Check demands a station.
func (e ReservationCancelAnswered) Check() error { return checkStation(e.Station) }

func (r Reservation) check() error {
	if r.EVSE < 0 {
		return fmt.Errorf("%w: EVSE %d", ErrInvalidEvent, r.EVSE)
	}
	return checkStation(r.Station)
}
