package csms_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// What a handler cannot take for now stays with the station, which gets on with everything else.
func TestHandlerMayLeaveAMessageToTheStation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var told []csms.ProtocolEvent
		y := open(t, csms.Options{OnProtocolEvent: func(_ *csms.Station, e csms.ProtocolEvent) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, e)
		}})
		heartbeats(y.srv)
		full := errors.New("the disk is full")
		csms.Handle(y.srv, func(context.Context, *csms.Station, *ocpp16.MeterValuesRequest) (*ocpp16.MeterValuesResponse, error) {
			return nil, fmt.Errorf("%w: %w", csms.ErrNoAnswer, full)
		})
		p := y.dial("CS-1", ocpp.V16)
		send(t, p, `[2,"1","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2026-05-01T10:00:00Z","sampledValue":[{"value":"1"}]}]}]`)
		beat(t, p, "2") // the next frame
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		if len(told) != 1 || told[0].Kind != csms.Unanswered || told[0].Action != "MeterValues" || told[0].MessageID != "1" ||
			!errors.Is(told[0].Err, full) || told[0].Kind.String() != "unanswered" {
			t.Errorf("told: %+v", told)
		}
	})
}
