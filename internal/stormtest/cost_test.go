package stormtest

import (
	"context"
	"fmt"
	"runtime"
	"strings"
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
		before := inBubble()
		var peers []*ocpptest.Peer
		for i := range stations {
			identity := fmt.Sprint("CS-", i)
			p := y.dial(identity)
			y.send(p, "1")
			y.wantAnswer(p, "1", "1")
			st := y.station(identity)
			go transfer(context.Background(), st, "x") // it is answered
			y.answerCall(p)
			peers = append(peers, p)
		}
		synctest.Wait()
		if n := inBubble() - before; n != stations {
			t.Errorf("%d goroutines for %d idle stations", n, stations)
		}
		for _, p := range peers {
			p.Close()
		}
		synctest.Wait()
		if n := inBubble() - before; n != 0 {
			t.Errorf("%d goroutines are left", n)
		}
	})
}

// inBubble counts the goroutines of the bubble: those of the process come and go.
func inBubble() int {
	stacks := make([]byte, 4<<20)
	return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), ", synctest bubble ")
}

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
				go transfer(context.Background(), s, "x") // the connection ends first
			}
			synctest.Wait()
			p.Close()
			synctest.Wait()
			return weak.Make(s)
		}
		gone := end()
		y.reset()
		time.Sleep(time.Millisecond) // the runtime takes stopped timers out of its heap when it looks at it
		runtime.GC()
		if gone.Value() != nil {
			t.Error("it is held")
		}
	})
}
