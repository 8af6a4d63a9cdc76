//go:build !race

package ocppj_test

import (
	"fmt"
	"testing"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocppj"
)

// TestInboundAllocations holds the path of a CALL to what it needs: the message, its goroutine, what the codec makes
// and the remembered answer.
func TestInboundAllocations(t *testing.T) {
	for action, c := range map[string]struct {
		payload string
		most    float64
	}{"Heartbeat": {`{}`, 2}, "MeterValues": {meterValues, 7}} {
		answered := make(chan struct{}, 1)
		s, err := ocppj.New(ocppj.Options{
			Protocol: ocpp16.Protocol, End: ocpp.CSMSEnd, Route: benchRoutes(), Buffers: new(ocppj.Buffers),
			Send: func([]byte) error { answered <- struct{}{}; return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		const runs = 200
		var frames [][]byte
		for i := range runs + 20 {
			frames = append(frames, fmt.Appendf(nil, `[2,"%036d","%s",%s]`, i, action, c.payload))
		}
		next := 0
		receive := func() {
			if err := s.Receive(frames[next]); err != nil {
				t.Fatal(err)
			}
			<-answered
			next++
		}
		for range 18 { // fill the answer memory
			receive()
		}
		if got := testing.AllocsPerRun(runs, receive); got > c.most {
			t.Errorf("%s: %v allocations, want at most %v", action, got, c.most)
		}
		s.Close(nil)
		s.Wait()
	}
}
