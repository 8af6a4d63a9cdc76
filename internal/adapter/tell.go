package adapter

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
)

// Tell registers a handler that keeps what a message says, as records makes it out, and gives the empty answer. It is for
// messages whose answer has no required field.
func Tell[Q ocpp.StationRequest[R], R any](s *csms.Server, b Backend, records func(Q) []fleet.Record) {
	csms.Handle(s, func(ctx context.Context, st *csms.Station, req Q) (*R, error) {
		if err := b.Told(ctx, st, records(req)...); err != nil {
			return nil, err
		}
		return req.OCPPResponse(), nil
	})
}

// Told keeps what a message says.
func (b Backend) Told(ctx context.Context, st *csms.Station, records ...fleet.Record) error {
	_, err := b.Submit(ctx, fleet.Told{Station: st.Identity(), Received: time.Now(), Records: records})
	return err
}
