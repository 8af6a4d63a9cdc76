package ocppj_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// TestR25ReaderBecomesWorker: Receive handles the messages itself once another goroutine receives, in order, and is asked
// only when there is no worker.
func TestR25ReaderBecomesWorker(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		asked := 0
		r := newRig(t, v, func(o *ocppj.Options) { o.ReadOn = func() bool { asked++; return true } })
		goOn := make(chan struct{})
		r.handle("StatusNotification", func(context.Context, any) (any, error) {
			<-goOn
			return statusResponse(v), nil
		})
		returned := make(chan struct{})
		go func() {
			defer close(returned)
			r.receive(`[2,"1","StatusNotification",` + status(v, 1) + `]`)
		}()
		synctest.Wait()
		r.receive(`[2,"2","StatusNotification",` + status(v, 1) + `]`)
		select {
		case <-returned:
			t.Error("Receive did not wait for the handler that it runs")
		default:
		}
		close(goOn)
		<-returned
		r.wants(`[3,"1",{}]`, `[3,"2",{}]`)
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
	})
}
