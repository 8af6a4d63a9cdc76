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
	"time"

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
}

// Submit stores an event, and returns after the commit. Its error is the one to answer with.
func (b Backend) Submit(ctx context.Context, e fleet.Event) (fleet.Result, error) {
	result, err := b.Store.Submit(ctx, e)
	switch {
	case err == nil:
		return result, nil
	case errors.Is(err, fleet.ErrInvalidEvent):
		b.keepImpossible(ctx, e, err)
		return result, ocpp.Errorf(ocpp.PropertyConstraintViolation, "the message says something that cannot be")
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

// Record registers a handler that keeps a message as it is and gives the empty answer. It is for messages that tell of
// something and whose answer has no required field.
func Record[Q ocpp.StationRequest[R], R any](s *csms.Server, b Backend) {
	csms.Handle(s, func(ctx context.Context, st *csms.Station, req Q) (*R, error) {
		if err := b.Keep(ctx, st, req.OCPPAction().Name, req); err != nil {
			return nil, err
		}
		return req.OCPPResponse(), nil
	})
}

// Keep stores a message as it is.
func (b Backend) Keep(ctx context.Context, st *csms.Station, action string, req any) error {
	payload, err := ocpp.Append(nil, req, tolerateAll) // what a station may say was decided on arrival
	if err != nil {
		return err
	}
	_, err = b.Submit(ctx, fleet.MessageRecorded{
		Station: st.Identity(), Received: time.Now(), Action: action, Payload: payload,
	})
	return err
}

const tolerateAll = ^ocpp.Policy(0)
