package stormserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// Options of a Bare. The zero value works.
type Options struct {
	Logger    *slog.Logger // nil discards
	MaxOutbox int          // csms.Options.MaxOutbox

	// Authenticate is csms.Options.Authenticate. Default: everybody is admitted.
	Authenticate func(ctx context.Context, identity string, c csms.Credential) error
}

// Bare is a CSMS whose handlers return at once.
type Bare struct {
	CSMS *csms.Server

	transactions atomic.Int64

	mu    sync.Mutex
	ended map[string]int // by cause
}

// NewBare makes a CSMS.
func NewBare(o Options) (*Bare, error) {
	b := &Bare{ended: map[string]int{}}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	co := csms.Options{
		Protocols:    protocols(),
		OnDisconnect: func(_ *csms.Station, cause error) { b.note(cause) },
		Logger:       o.Logger,
		MaxOutbox:    o.MaxOutbox,
	}
	if o.Authenticate != nil {
		co.Authenticate = o.authenticate
	}
	var err error
	if b.CSMS, err = csms.NewServer(co); err != nil {
		return nil, err
	}
	b.register16()
	b.register201()
	b.register21()
	return b, nil
}

func protocols() []*ocpp.Protocol {
	return []*ocpp.Protocol{ocpp21.Protocol, ocpp201.Protocol, ocpp16.Protocol}
}

func (b *Bare) note(cause error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended[named(cause)]++
}

// named is a cause without the addresses of the connection, so that it can be counted.
func named(cause error) string {
	if op, ok := errors.AsType[*net.OpError](cause); ok {
		return fmt.Sprintf("%s: %v", op.Op, op.Err)
	}
	return cause.Error()
}

// Ended counts the connections that ended, by cause.
func (b *Bare) Ended() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.ended)
}

// Queued is how many bytes wait for the sockets of all stations, and for that of the one where it is most.
func (b *Bare) Queued() (all, most int64) {
	for st := range b.CSMS.Stations() {
		n := int64(st.Queued())
		all += n
		most = max(most, n)
	}
	return all, most
}

const heartbeatInterval = 300 // seconds

func (b *Bare) register16() {
	handle(b.CSMS, func(*ocpp16.BootNotificationRequest) *ocpp16.BootNotificationResponse {
		return &ocpp16.BootNotificationResponse{Status: ocpp16.RegistrationStatusAccepted, CurrentTime: ocpp.At(time.Now()), Interval: heartbeatInterval}
	})
	handle(b.CSMS, func(*ocpp16.HeartbeatRequest) *ocpp16.HeartbeatResponse {
		return &ocpp16.HeartbeatResponse{CurrentTime: ocpp.At(time.Now())}
	})
	handle(b.CSMS, func(*ocpp16.StatusNotificationRequest) *ocpp16.StatusNotificationResponse {
		return &ocpp16.StatusNotificationResponse{}
	})
	handle(b.CSMS, func(*ocpp16.AuthorizeRequest) *ocpp16.AuthorizeResponse {
		return &ocpp16.AuthorizeResponse{IDTagInfo: ocpp16.IDTagInfo{Status: ocpp16.AuthorizationStatusAccepted}}
	})
	handle(b.CSMS, func(*ocpp16.StartTransactionRequest) *ocpp16.StartTransactionResponse {
		return &ocpp16.StartTransactionResponse{
			TransactionID: b.transactions.Add(1), IDTagInfo: ocpp16.IDTagInfo{Status: ocpp16.AuthorizationStatusAccepted},
		}
	})
	handle(b.CSMS, func(*ocpp16.MeterValuesRequest) *ocpp16.MeterValuesResponse { return &ocpp16.MeterValuesResponse{} })
	handle(b.CSMS, func(*ocpp16.StopTransactionRequest) *ocpp16.StopTransactionResponse {
		return &ocpp16.StopTransactionResponse{}
	})
}

func (b *Bare) register201() {
	handle(b.CSMS, func(*ocpp201.BootNotificationRequest) *ocpp201.BootNotificationResponse {
		return &ocpp201.BootNotificationResponse{Status: ocpp201.RegistrationStatusAccepted, CurrentTime: ocpp.At(time.Now()), Interval: heartbeatInterval}
	})
	handle(b.CSMS, func(*ocpp201.HeartbeatRequest) *ocpp201.HeartbeatResponse {
		return &ocpp201.HeartbeatResponse{CurrentTime: ocpp.At(time.Now())}
	})
	handle(b.CSMS, func(*ocpp201.StatusNotificationRequest) *ocpp201.StatusNotificationResponse {
		return &ocpp201.StatusNotificationResponse{}
	})
	handle(b.CSMS, func(*ocpp201.TransactionEventRequest) *ocpp201.TransactionEventResponse {
		return &ocpp201.TransactionEventResponse{}
	})
}

func (b *Bare) register21() {
	handle(b.CSMS, func(*ocpp21.BootNotificationRequest) *ocpp21.BootNotificationResponse {
		return &ocpp21.BootNotificationResponse{Status: ocpp21.RegistrationStatusAccepted, CurrentTime: ocpp.At(time.Now()), Interval: heartbeatInterval}
	})
	handle(b.CSMS, func(*ocpp21.HeartbeatRequest) *ocpp21.HeartbeatResponse {
		return &ocpp21.HeartbeatResponse{CurrentTime: ocpp.At(time.Now())}
	})
	handle(b.CSMS, func(*ocpp21.StatusNotificationRequest) *ocpp21.StatusNotificationResponse {
		return &ocpp21.StatusNotificationResponse{}
	})
	handle(b.CSMS, func(*ocpp21.TransactionEventRequest) *ocpp21.TransactionEventResponse {
		return &ocpp21.TransactionEventResponse{}
	})
}

// handle registers a handler that needs nothing but the request.
func handle[Q ocpp.StationRequest[R], R any](s *csms.Server, h func(Q) *R) {
	csms.Handle(s, func(_ context.Context, _ *csms.Station, req Q) (*R, error) { return h(req), nil })
}
