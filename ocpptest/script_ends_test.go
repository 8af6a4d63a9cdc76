package ocpptest_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// TestScriptsOverAConnection plays conversations of package ocppj against a CSMS behind a WebSocket.
func TestScriptsOverAConnection(t *testing.T) {
	connected := make(chan *csms.Station, 1)
	srv, err := csms.NewServer(csms.Options{
		Protocols: []*ocpp.Protocol{ocpp21.Protocol, ocpp201.Protocol, ocpp16.Protocol},
		OnConnect: func(st *csms.Station) { connected <- st },
		Logger:    slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	now := ocpp.Time{Time: time.Now()}
	csms.Handle(srv, func(context.Context, *csms.Station, *ocpp16.HeartbeatRequest) (*ocpp16.HeartbeatResponse, error) {
		return &ocpp16.HeartbeatResponse{CurrentTime: now}, nil
	})
	csms.Handle(srv, func(context.Context, *csms.Station, *ocpp201.HeartbeatRequest) (*ocpp201.HeartbeatResponse, error) {
		return &ocpp201.HeartbeatResponse{CurrentTime: now}, nil
	})
	csms.Handle(srv, func(context.Context, *csms.Station, *ocpp21.HeartbeatRequest) (*ocpp21.HeartbeatResponse, error) {
		return &ocpp21.HeartbeatResponse{CurrentTime: now}, nil
	})
	web := ocpptest.NewServer(srv)
	defer web.Close()
	for _, file := range []string{"16-crossing-csms", "201-crossing-csms", "21-crossing-csms"} {
		t.Run(file, func(t *testing.T) {
			script, err := ocpptest.ReadScript("../ocppj/testdata/conversations/" + file + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			peer, err := ocpptest.DialPeer(t.Context(), web.URL+"/ocpp/CS1", ocpptest.PeerOptions{
				DialContext: web.Listener.DialContext, Subprotocols: []string{script.Version.Subprotocol()},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer peer.Close()
			st := <-connected
			called := make(chan error, 1)
			err = script.Run(ocpp.StationEnd, peer, func(ocpptest.Message) {
				go func() { called <- clearCache(t.Context(), st) }()
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := <-called; err != nil {
				t.Error(err)
			}
		})
	}
	if err := srv.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func clearCache(ctx context.Context, st *csms.Station) (err error) {
	switch st.Version() {
	case ocpp.V16:
		_, err = csms.Call(ctx, st, &ocpp16.ClearCacheRequest{})
	case ocpp.V201:
		_, err = csms.Call(ctx, st, &ocpp201.ClearCacheRequest{})
	default:
		_, err = csms.Call(ctx, st, &ocpp21.ClearCacheRequest{})
	}
	return err
}
