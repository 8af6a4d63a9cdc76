package simulator

import (
	"context"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// speech is what a station says in one version of OCPP. Its methods report an error when the message could not be
// handed over; transaction messages are queued, so that being offline is none.
type speech interface {
	protocol() *ocpp.Protocol
	boot(s *Station) any
	listen(s *Station) // registers the handlers of what the CSMS may ask
	variables(f *Fleet) map[string]*variable
	keys() keys
	iso15118() bool                     // vehicles can authorize themselves
	place(o *outlet, connector int) int // the EVSE; in OCPP 1.6 the number of the connector

	ownID(tx *transaction) string // what the CSMS will call it; "" when the CSMS gives the id
	status(ctx context.Context, s *Station, o *outlet, connector int, at time.Time) error
	authorize(ctx context.Context, s *Station, token, tokenType string) (bool, error)
	tell(ctx context.Context, s *Station, o *outlet, tx *transaction, m moment) error
	meter(ctx context.Context, s *Station, o *outlet, values []value, m moment) error
	notice(ctx context.Context, s *Station, n notice, o *outlet) error
}

// keys are the names of the variables that change how a station behaves.
type keys struct {
	sample, measurands, aligned, alignedMeasurands string
	preAuthorize, unknownOffline                   string
	connectionTimeout                              string
	heartbeat, ping, attempts, attemptWait         string
}

func speechOf(v ocpp.Version) (speech, error) {
	switch v {
	case ocpp.V16:
		return speech16{}, nil
	case ocpp.V201:
		return speech201{}, nil
	case ocpp.V21:
		return speech21{}, nil
	}
	return nil, fmt.Errorf("simulator: there is no OCPP version %q; 1.6, 2.0.1 and 2.1 are spoken", v)
}
