// Package adapter is what the adapters of all OCPP versions share. An adapter turns messages of one version into events
// of package fleet and answers from what the store made of them; its packages v16, v201 and v21 have the same files.
//
// An answer goes out after the commit. When the store cannot take an event of a transaction, the station gets no answer:
// it keeps the message and sends it again (1.6 4.1.1, 2.x E13), while many take a CALLERROR as the end of it. Any other
// message is answered InternalError then, so that the station can go on.
package adapter

import (
	"context"
	"errors"
	"fmt"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// Backend is what the adapters need of the server. It is safe for concurrent use.
type Backend struct {
	Store store.Ingest // takes the events

	// Vendors answer DataTransfers; the zero Vendors know no vendor.
	Vendors Vendors

	// Boots decides how the boot of a station is answered. An error is answered InternalError: the station boots again.
	Boots func(ctx context.Context, station string) (fleet.BootAnswer, error)

	// Needs decides what a vehicle gets that has said what it wants: what it promises is kept (K15, K17 to K20).
	// An error is answered InternalError: the station may say it again.
	Needs func(ctx context.Context, station string, n fleet.ChargingNeeds) (fleet.NeedsAnswer, error)

	// EVSchedule returns what of a vehicle's own schedule goes beyond its limits, "" when nothing does; then what follows is
	// kept (K15.FR.11 to FR.13). An error is answered InternalError.
	EVSchedule func(ctx context.Context, station string, s fleet.EVSchedule) (string, error)

	// Dynamic returns the values that a dynamic charging profile of a station has from here, false when the station has no
	// such profile (K28). An error is answered InternalError.
	Dynamic func(ctx context.Context, station string, profile int64) (fleet.SchedulePeriod, bool, error)
}

// Submit stores an event, and returns after the commit. Its error is the one to answer with.
func (b Backend) Submit(ctx context.Context, e fleet.Event) (fleet.Result, error) {
	result, err := b.Store.Submit(ctx, e)
	switch {
	case err == nil:
		return result, nil
	case errors.Is(err, fleet.ErrInvalidEvent):
		return result, ocpp.Errorf(ocpp.PropertyConstraintViolation, "the message says something that cannot be: %s", b.keepImpossible(ctx, e, err))
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, store.ErrClosed):
		return result, notStored(e, err)
	}
	return result, err
}

// notStored is the answer, or none, to a message that cannot be stored for now.
func notStored(e fleet.Event, err error) error {
	if _, ok := e.(fleet.TransactionEvent); ok {
		return fmt.Errorf("%w: %w", csms.ErrNoAnswer, err)
	}
	return ocpp.Errorf(ocpp.InternalError, "nothing can be stored now; send it again later")
}
