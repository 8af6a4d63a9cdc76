package ocppj_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocppj"
)

// meterValues is the payload of a MeterValues with six samples.
var meterValues = `{"connectorId":1,"transactionId":4711,"meterValue":[{"timestamp":"2026-01-02T03:04:05Z","sampledValue":[` +
	strings.Repeat(`{"value":"230.4","context":"Sample.Periodic","measurand":"Voltage","phase":"L1","unit":"V"},`, 5) +
	`{"value":"1234567","measurand":"Energy.Active.Import.Register","unit":"Wh"}]}]}`

// benchRoutes answer at once.
func benchRoutes() func(string) (ocppj.Route, bool) {
	now := ocpp.Time{Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	table := map[string]ocppj.Route{}
	for action, resp := range map[string]any{
		"Heartbeat": &ocpp16.HeartbeatResponse{CurrentTime: now}, "MeterValues": &ocpp16.MeterValuesResponse{},
	} {
		table[action] = ocppj.Route{Handle: func(context.Context, any) (any, error) { return resp, nil }}
	}
	return func(action string) (ocppj.Route, bool) {
		r, ok := table[action]
		return r, ok
	}
}

// BenchmarkSession measures one session: Inbound from the frame of a CALL to its CALLRESULT, the copy that a
// transport makes of the frame included; RoundTrip a call through two sessions.
func BenchmarkSession(b *testing.B) {
	for name, payload := range map[string]string{"Heartbeat": "{}", "MeterValues": meterValues} {
		b.Run("Inbound/"+name, func(b *testing.B) { benchInbound(b, name, payload) })
		b.Run("RoundTrip/"+name, func(b *testing.B) { benchRoundTrip(b, name, payload) })
	}
}

func benchInbound(b *testing.B, action, payload string) {
	answered := make(chan struct{}, 1)
	s, err := ocppj.New(ocppj.Options{
		Protocol: ocpp16.Protocol, End: ocpp.CSMSEnd, Route: benchRoutes(), Buffers: new(ocppj.Buffers),
		Send: func([]byte) error { answered <- struct{}{}; return nil },
	})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close(nil)
	frame := fmt.Sprintf(`[2,"%036d","%s",%s]`, 0, action, payload)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		f := []byte(frame)
		for p, n := 39, i; n > 0; p, n = p-1, n/10 { // another id each time
			f[p] = byte('0' + n%10)
		}
		if err := s.Receive(f); err != nil {
			b.Fatal(err)
		}
		<-answered
	}
}

func benchRoundTrip(b *testing.B, action, payload string) {
	var csms, station *ocppj.Session
	options := ocppj.Options{Protocol: ocpp16.Protocol, Route: benchRoutes(), Buffers: new(ocppj.Buffers)}
	make1 := func(end ocpp.End, peer **ocppj.Session) *ocppj.Session {
		o := options
		o.End = end
		o.Send = func(frame []byte) error { return (*peer).Receive(append([]byte(nil), frame...)) }
		s, err := ocppj.New(o)
		if err != nil {
			b.Fatal(err)
		}
		return s
	}
	csms = make1(ocpp.CSMSEnd, &station)
	station = make1(ocpp.StationEnd, &csms)
	defer csms.Close(nil)
	defer station.Close(nil)

	info, _ := ocpp16.Protocol.Action(action)
	req := info.NewRequest()
	if err := ocpp.Unmarshal([]byte(payload), req, ocpp.DecodeOptions{}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := station.Do(b.Context(), ocpp.Action{Version: ocpp.V16, Name: action}, req, info.NewResponse); err != nil {
			b.Fatal(err)
		}
	}
}
