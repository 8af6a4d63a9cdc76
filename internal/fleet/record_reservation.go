package fleet

import (
	"time"
)

// ReservationUpdate is what a station says of a reservation (H01, H03, H04).
type ReservationUpdate struct {
	ReservationID int64  `json:"reservationId"`    // Id of the reservation
	Status        string `json:"status,omitempty"` // Expired, Removed, or NoTransaction (2.1)
}

// Kind returns RecordReservation.
func (ReservationUpdate) Kind() RecordKind { return RecordReservation }

// Subject returns what it is about.
func (r ReservationUpdate) Subject() string { return subject(r.ReservationID) }

// Moment returns the zero time: the message has none.
func (ReservationUpdate) Moment() time.Time { return time.Time{} }

// Alike returns AlikeInARow.
func (ReservationUpdate) Alike() Alike { return AlikeInARow }

// Check accepts everything.
func (ReservationUpdate) Check() error { return nil }
