package main

import (
	"context"
	"log/slog"
	"net"
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// csmsServer is a bare csms.Server: session, validation and answer memory included, handlers return at once.
type csmsServer struct{ srv *csms.Server }

func newCSMSServer() (*csmsServer, error) {
	srv, err := csms.NewServer(csms.Options{
		Protocols: []*ocpp.Protocol{ocpp21.Protocol, ocpp201.Protocol, ocpp16.Protocol},
		Logger:    slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	csms.Handle(srv, func(context.Context, *csms.Station, *ocpp16.BootNotificationRequest) (*ocpp16.BootNotificationResponse, error) {
		return &ocpp16.BootNotificationResponse{
			Status: ocpp16.RegistrationStatusAccepted, CurrentTime: ocpp.At(time.Now()), Interval: 300,
		}, nil
	})
	csms.Handle(srv, func(context.Context, *csms.Station, *ocpp16.HeartbeatRequest) (*ocpp16.HeartbeatResponse, error) {
		return &ocpp16.HeartbeatResponse{CurrentTime: ocpp.At(time.Now())}, nil
	})
	csms.Handle(srv, func(context.Context, *csms.Station, *ocpp16.MeterValuesRequest) (*ocpp16.MeterValuesResponse, error) {
		return &ocpp16.MeterValuesResponse{}, nil
	})
	return &csmsServer{srv}, nil
}

func (s *csmsServer) serve(l net.Listener) error { return serveHTTP(l, s.srv) }

func (s *csmsServer) stations() int { return s.srv.Len() }

func (s *csmsServer) callAll() called {
	all := slices.Collect(s.srv.Stations())
	return callEach(len(all), func(i int) error {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		_, err := csms.Call(ctx, all[i], &ocpp16.ClearCacheRequest{})
		return err
	})
}
