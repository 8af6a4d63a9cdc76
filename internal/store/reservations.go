package store

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Reservations are places that stations keep free. They begin, change and end by what is submitted: ReservationAsked and
// its answers, ReservationUpdate, and transactions of who has come.
type Reservations interface {
	// NewReservationID returns a number for a reservation that no other open one of the station has.
	NewReservationID(ctx context.Context, station string) (int64, error)
	// Reservation returns one by its number. ErrNotFound.
	Reservation(ctx context.Context, number int64) (fleet.Reservation, error)
	// ListReservations returns reservations, the latest first.
	ListReservations(ctx context.Context, q ReservationQuery) (Page[fleet.Reservation], error)
	// ExpireReservations ends those whose time is over, and returns how many, and when the next one's is; the zero time:
	// there is none.
	ExpireReservations(ctx context.Context, now time.Time) (expired int, next time.Time, err error)
}

// ReservationQuery selects reservations.
type ReservationQuery struct {
	Cursor  string
	Limit   int                    // 0: DefaultLimit
	Station string                 // "": all
	State   fleet.ReservationState // "": all
	Open    *bool                  // requested or accepted; nil: both
	Token   string                 // for whom, without regard to case; "": all
}
