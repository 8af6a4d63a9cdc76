package server

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/ocpptest"
)

// benchStations is how many stations send at once, each of which waits for its answer.
const benchStations = 500

// BenchmarkWholePath takes messages of charging stations, with six samples each, from the socket to the answer, that is, to
// the disk. The stations run in the same process, on the same cores: they send text that is ready, and look at no more of
// an answer than its first bytes.
func BenchmarkWholePath(b *testing.B) {
	for name, subprotocol := range map[string]string{"1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1", "2.1": "ocpp2.1"} {
		b.Run(name, func(b *testing.B) { benchmarkPath(b, subprotocol) })
	}
}

func benchmarkPath(b *testing.B, subprotocol string) {
	srv, stop := serveBench(b)
	defer stop()
	stations := make([]*benchStation, benchStations)
	for i := range stations {
		stations[i] = newBenchStation(b, srv, subprotocol, i)
		defer stations[i].Close()
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	var wg sync.WaitGroup
	for _, s := range stations[:min(b.N, benchStations)] {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := s.meter(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// serveBench runs a server that logs nothing.
func serveBench(b *testing.B) (srv *Server, stop func()) {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	srv, err := Open(ctx, Config{
		OCPP: "127.0.0.1:0", HTTP: "127.0.0.1:0", Data: b.TempDir(), APIToken: apiToken, DrainWindow: time.Second,
		Log: slog.New(slog.DiscardHandler), Banner: io.Discard,
	})
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Run(ctx) }()
	return srv, func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
	}
}

// benchStation is a station with a transaction that runs.
type benchStation struct {
	*ocpptest.Peer
	n      int
	format string // of a message: number, time, reading
	began  time.Time
}

func newBenchStation(b *testing.B, srv *Server, subprotocol string, i int) *benchStation {
	b.Helper()
	p, err := ocpptest.DialPeer(context.Background(), fmt.Sprintf("ws://%s/ocpp/CS-%03d", srv.StationAddrs()[0], i),
		ocpptest.PeerOptions{Subprotocols: []string{subprotocol}})
	if err != nil {
		b.Fatal(err)
	}
	s := &benchStation{Peer: p, began: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}
	const samples2x = `{"value":%[4]d,"unitOfMeasure":{"unit":"Wh"}},{"value":11040.5,"measurand":"Power.Active.Import","unitOfMeasure":{"unit":"W"}},
		{"value":16.01,"measurand":"Current.Import","phase":"L1"},{"value":15.98,"measurand":"Current.Import","phase":"L2"},
		{"value":16,"measurand":"Current.Import","phase":"L3"},{"value":52,"measurand":"SoC","unitOfMeasure":{"unit":"Percent"}}`
	s.format = `[2,"%[1]d","TransactionEvent",{"eventType":"Updated","timestamp":%[2]q,"triggerReason":"MeterValuePeriodic","seqNo":%[1]d,
		"transactionInfo":{"transactionId":"TX-1","chargingState":"Charging"},"evse":{"id":1,"connectorId":1},
		"meterValue":[{"timestamp":%[2]q,"sampledValue":[` + samples2x + `]}]}]`
	if subprotocol == "ocpp1.6" {
		id := s.start(b)
		s.format = `[2,"%[1]d","MeterValues",{"connectorId":1,"transactionId":` + id + `,"meterValue":[{"timestamp":%[2]q,"sampledValue":[
			{"value":"%[4]d","unit":"Wh"},{"value":"11040.5","measurand":"Power.Active.Import","unit":"W"},
			{"value":"16.01","measurand":"Current.Import","phase":"L1","unit":"A"},{"value":"15.98","measurand":"Current.Import","phase":"L2","unit":"A"},
			{"value":"16","measurand":"Current.Import","phase":"L3","unit":"A"},{"value":"52","measurand":"SoC","unit":"Percent"}]}]}]`
	}
	s.format = strings.NewReplacer("\n", "", "\t", "", "%[4]d", "%[3]d").Replace(s.format)
	return s
}

// start begins a transaction of 1.6 and returns its id.
func (s *benchStation) start(b *testing.B) string {
	b.Helper()
	err := s.SendText(`[2,"start","StartTransaction",{"connectorId":1,"idTag":"CAFE","meterStart":0,"timestamp":"2026-05-04T11:00:00Z"}]`)
	if err != nil {
		b.Fatal(err)
	}
	answer, err := s.ReadText()
	_, id, ok := strings.Cut(answer, `"transactionId":`)
	if err != nil || !ok {
		b.Fatal(answer, err)
	}
	return id[:strings.IndexAny(id, ",}")]
}

// meter sends one message and waits for its answer.
func (s *benchStation) meter() error {
	s.n++
	at := s.began.Add(time.Duration(s.n) * time.Second).Format(time.RFC3339)
	if err := s.SendText(fmt.Sprintf(s.format, s.n, at, 1000+s.n)); err != nil {
		return err
	}
	answer, err := s.ReadText()
	if err == nil && !strings.HasPrefix(answer, `[3,`) {
		err = fmt.Errorf("the answer is %s", answer)
	}
	return err
}
