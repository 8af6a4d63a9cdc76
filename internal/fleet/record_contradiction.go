package fleet

import (
	"fmt"
	"time"
)

// Contradiction says that a message outside of transactions contradicts what is known, or what can be. The message counts
// as it came wherever that is possible. For those of transactions see Anomalies.
type Contradiction struct {
	Message string            `json:"message"` // what the message became, such as StatusReported
	What    ContradictionKind `json:"contradiction"`
	EVSE    *int64            `json:"evse,omitempty"`
	Time    time.Time         `json:"time,omitzero"` // what the message says, zero: nothing
	Detail  string            `json:"detail"`        // a sentence for people
}

// ContradictionKind names a way to contradict.
type ContradictionKind string

// The contradictions.
const (
	ContradictsTime        ContradictionKind = "time"            // it happened outside the years 2000 to 2099, such as 1970
	ContradictsNegative    ContradictionKind = "meter-negative"  // the energy register is below zero
	ContradictsBackwards   ContradictionKind = "meter-backwards" // the energy register is below what it was
	ContradictsPlace       ContradictionKind = "place"           // the station never told of this EVSE, but of others, or of none near it
	ContradictsReservation ContradictionKind = "reservation"     // nobody asked for this reservation, or somebody else has its place
	ContradictsToken       ContradictionKind = "empty-token"     // somebody without a token asks for authorization
	ContradictsImpossible  ContradictionKind = "impossible"      // nothing of it could be kept
)

// Kind returns RecordContradiction.
func (Contradiction) Kind() RecordKind { return RecordContradiction }

// Subject returns what it is about.
func (r Contradiction) Subject() string {
	if r.EVSE == nil {
		return subject(r.Message, r.What)
	}
	return subject(r.Message, r.What, *r.EVSE)
}

// Moment returns the zero time: it is not what the station said.
func (Contradiction) Moment() time.Time { return time.Time{} }

// Alike returns AlikeInARow.
func (Contradiction) Alike() Alike { return AlikeInARow }

// Check accepts everything.
func (Contradiction) Check() error { return nil }

// Contradictions returns what a status contradicts by itself.
func (e StatusReported) Contradictions() []Contradiction {
	if !odd(e.Time) {
		return nil
	}
	return []Contradiction{oddTime("StatusReported", e.EVSE, e.Time)}
}

// Contradictions returns what meter values contradict by themselves.
func (e Metered) Contradictions() []Contradiction {
	var list []Contradiction
	for _, s := range e.Samples {
		if odd(s.Time) {
			list = append(list, oddTime("Metered", e.EVSE, s.Time))
			break
		}
	}
	for _, s := range e.Samples {
		if wh, ok := s.WattHours(); ok && wh.Compare("0") < 0 {
			list = append(list, meterContradiction(e.EVSE, ContradictsNegative, s.Time, fmt.Sprintf("the energy register shows %s Wh", wh)))
			break
		}
	}
	return list
}

// Falls returns the contradiction of meter values whose register is below that of values before.
func (e Metered) Falls(before Metered) []Contradiction {
	is, was := registerOf(e), registerOf(before)
	if is.First == "" || was.Last == "" || is.First.Compare(was.Last) >= 0 {
		return nil
	}
	return []Contradiction{meterContradiction(e.EVSE, ContradictsBackwards, e.Samples[0].Time, falls(was.Last, is.First))}
}

func registerOf(e Metered) Reading { return TransactionEvent{Samples: e.Samples}.Reading() }

// UnknownPlace returns the contradiction of a message about an EVSE that the station never told of.
func UnknownPlace(message string, evse int) Contradiction {
	c := place(message, evse)
	c.What, c.Detail = ContradictsPlace, fmt.Sprintf("the station told of its EVSEs, but never of EVSE %d", evse)
	return c
}

// FarPlace returns the contradiction of a message about an EVSE whose number is far beyond those that the station told of: EVSEs are
// numbered from 1 on without gaps, and so are connectors in OCPP 1.6.
func FarPlace(message string, evse int) Contradiction {
	c := place(message, evse)
	c.What, c.Detail = ContradictsPlace, fmt.Sprintf("EVSEs are numbered from 1 on without gaps, and the station told of none near EVSE %d", evse)
	return c
}

// NearEVSEs is how far a number may be beyond the EVSEs that a station told of: its messages may be out of order.
const NearEVSEs = 16

// UnknownReservation returns the contradiction of news about a reservation that nobody asked for here.
func UnknownReservation(id int64) Contradiction {
	return Contradiction{Message: "ReservationUpdate", What: ContradictsReservation, Detail: fmt.Sprintf("the station tells of reservation %d, which nobody asked for here", id)}
}

func oddTime(message string, evse int, t time.Time) Contradiction {
	c := place(message, evse)
	c.What, c.Time, c.Detail = ContradictsTime, Instant(t), "it happened at "+Instant(t).Format(time.RFC3339)
	return c
}

func meterContradiction(evse int, what ContradictionKind, t time.Time, detail string) Contradiction {
	c := place("Metered", evse)
	c.What, c.Time, c.Detail = what, Instant(t), detail
	return c
}

func place(message string, evse int) Contradiction {
	n := int64(evse)
	return Contradiction{Message: message, EVSE: &n}
}
