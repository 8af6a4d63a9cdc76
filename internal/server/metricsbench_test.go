package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// BenchmarkRoundTrip is a Heartbeat over the loopback, both ends counted, bare and with everything that looks on.
func BenchmarkRoundTrip(b *testing.B) {
	s := &Server{cfg: Config{Log: slog.New(slog.DiscardHandler)}, metrics: newMetrics("", protocols())}
	b.Run("bare", func(b *testing.B) { roundTrips(b, csms.Options{}) })
	b.Run("observed", func(b *testing.B) { roundTrips(b, csms.Options{Interceptors: s.observers(), Tap: s.tap()}) })
}

func roundTrips(b *testing.B, o csms.Options) {
	o.Protocols, o.Logger = protocols(), slog.New(slog.DiscardHandler)
	srv, err := csms.NewServer(o)
	if err != nil {
		b.Fatal(err)
	}
	csms.Handle(srv, func(context.Context, *csms.Station, *ocpp16.HeartbeatRequest) (*ocpp16.HeartbeatResponse, error) {
		return &ocpp16.HeartbeatResponse{CurrentTime: ocpp.At(time.Now())}, nil
	})
	web := httptest.NewServer(srv)
	defer web.Close()
	p, err := ocpptest.DialPeer(b.Context(), "ws"+strings.TrimPrefix(web.URL, "http")+"/CS-1", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := p.SendText(fmt.Sprintf(`[2,"%d","Heartbeat",{}]`, i)); err != nil {
			b.Fatal(err)
		}
		if _, err := p.ReadText(); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	if err := srv.Shutdown(context.Background()); err != nil {
		b.Error(err)
	}
}
