package simulator_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/simulator"
)

// Whatever a CSMS can ask in a version has a handler. What is asked is empty here, so that most answers name what is
// missing; a request without a handler would be NotSupported.
func TestEveryRequestOfACSMSIsAnswered(t *testing.T) {
	for _, p := range []*ocpp.Protocol{ocpp16.Protocol, ocpp201.Protocol, ocpp21.Protocol} {
		synctest.Test(t, func(t *testing.T) {
			r := newRecorderWith(t, csms.Options{SendPolicy: ^ocpp.Policy(0)})
			f := newFleet(t, r, simulator.Options{Versions: []ocpp.Version{p.Version()}, PauseMin: time.Hour, PauseMax: 2 * time.Hour, SessionMin: time.Hour, SessionMax: time.Hour})
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan simulator.Summary, 1)
			go func() { done <- f.Run(ctx) }()
			r.wait(t, "SIM-0001", 0, "2 Available")
			st, _ := r.srv.Station("SIM-0001")
			asked := 0
			for info := range p.Actions() {
				if info.SentBy&ocpp.CSMSEnd == 0 || info.Kind != ocpp.KindCall {
					continue
				}
				asked++
				_, err := st.CallAny(t.Context(), info.NewRequest())
				var answer *ocpp.Error
				if err != nil && (!errors.As(err, &answer) || answer.Code == ocpp.NotSupported || answer.Code == ocpp.NotImplemented || answer.Code == ocpp.InternalError) {
					t.Errorf("OCPP %s, %s: %v", p.Version(), info.Name, err)
				}
			}
			if asked < 19 {
				t.Errorf("OCPP %s: %d requests", p.Version(), asked)
			}
			cancel()
			<-done
		})
	}
}
