package simulator

import (
	"context"
	"fmt"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// speech is what a station says in one version of OCPP. Its methods report an error when the message could not be
// handed over; transaction messages are queued, so that being offline is none.
type speech interface {
	protocol() *ocpp.Protocol
	boot(s *Station) any
	listen(s *Station) // registers the handlers of what the CSMS may ask
	variables() *variables
	sampleKey() string // the variable with the seconds between meter values

	ownID(tx *transaction) string // what the CSMS will call it; "" when the CSMS gives the id
	status(ctx context.Context, s *Station, o *outlet) error
	authorize(ctx context.Context, s *Station, token string) (bool, error)
	start(ctx context.Context, s *Station, o *outlet, tx *transaction) error
	sample(ctx context.Context, s *Station, o *outlet, tx *transaction, r reading) error
	stop(ctx context.Context, s *Station, o *outlet, tx *transaction) error
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

// The interfaces hold for all three; a missing method is found here.
var (
	_ = []speech{speech16{}, speech201{}, speech21{}}
	_ = []*ocpp.Protocol{ocpp16.Protocol, ocpp201.Protocol, ocpp21.Protocol}
)
