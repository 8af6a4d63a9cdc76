package stormtest

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// At most one goroutine per idle connection, after traffic in both directions, and none once it is gone.
func TestOneGoroutinePerIdleConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const stations = 200
		y := open(t, csms.Options{OnConnect: func(*csms.Station) {}, OnDisconnect: func(*csms.Station, error) {}}, echo)
		synctest.Wait()
		before := runtime.NumGoroutine()
		var peers []*ocpptest.Peer
		for i := range stations {
			p := y.dial(fmt.Sprint("CS-", i))
			y.send(p, "1")
			y.wantAnswer(p, "1", "1")
			st := y.station(st(i))
			go transfer(context.Background(), st, "x") //nolint:errcheck // it is answered
			y.answerCall(p)
			peers = append(peers, p)
		}
		synctest.Wait()
		if n := runtime.NumGoroutine() - before; n != stations {
			t.Errorf("%d goroutines for %d idle stations", n, stations)
		}
		for _, p := range peers {
			p.Close()
		}
		synctest.Wait()
		if n := runtime.NumGoroutine() - before; n != 0 {
			t.Errorf("%d goroutines are left", n)
		}
	})
}

func st(i int) string { return fmt.Sprint("CS-", i) }

// Nothing holds a connection that has ended, no timer either: a call was outstanding, another one waited, and the
// close handshake was not answered.
func TestNothingHoldsAConnectionThatHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{}, echo)
		end := func() weak.Pointer[csms.Station] {
			p := y.dial("CS-1")
			y.send(p, "1")
			y.wantAnswer(p, "1", "1")
			s := y.station("CS-1")
			for range 3 {
				go transfer(context.Background(), s, "x") //nolint:errcheck // the connection ends first
			}
			synctest.Wait()
			p.Close()
			synctest.Wait()
			return weak.Make(s)
		}
		gone := end()
		y.links = nil
		time.Sleep(time.Millisecond) // the runtime takes stopped timers out of its heap when it looks at it
		runtime.GC()
		if gone.Value() != nil {
			t.Error("it is held")
		}
	})
}
