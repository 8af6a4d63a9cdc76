package csms_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
)

// A message that meets the end of its connection is no news: when all stations reconnect it happens to thousands.
func TestMessagesThatMeetTheEndOfTheirConnectionAreNotLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var j journal
		hold := make(chan struct{})
		y := open(t, csms.Options{
			PingInterval: -1,
			Logger:       slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo})),
			OnDisconnect: func(*csms.Station, error) { <-hold },
			OnProtocolEvent: func(_ *csms.Station, e csms.ProtocolEvent) {
				if e.Kind == csms.Refused {
					j.note("%v", e.Err)
				}
			},
		})
		heartbeats(y.srv)
		y.dial("CS-1", ocpp.V16).Close()
		for i := range 3 { // each waits for the end of the first, and is replaced before its turn
			p := y.dial("CS-1", ocpp.V16)
			send(t, p, fmt.Sprintf(`[2,"%d","Heartbeat",{}]`, i))
			synctest.Wait()
			defer p.Close()
		}
		y.dial("CS-1", ocpp.V16).Close() // ends before its turn
		synctest.Wait()
		close(hold)
		synctest.Wait()
		if log.Len() > 0 || len(j.all()) > 0 {
			t.Errorf("told %v, logged\n%s", j.all(), &log)
		}
	})
}

// What a connection sent before its end was noticed is refused as quietly when its turn is decided on just then.
func TestMessagesOfAConnectionThatIsBeingReplacedAreNotLogged(t *testing.T) {
	for range 50 { // one instant has many orders
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			hold := make(chan struct{})
			y := open(t, csms.Options{
				PingInterval: -1,
				Logger:       slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo})),
				OnDisconnect: func(*csms.Station, error) { <-hold },
			})
			heartbeats(y.srv)
			y.dial("CS-1", ocpp.V16).Close()
			second := y.dial("CS-1", ocpp.V16)
			defer second.Close()
			send(t, second, `[2,"1","Heartbeat",{}]`)
			synctest.Wait()
			arrived := make(chan struct{})
			go func() {
				defer close(arrived)
				y.dial("CS-1", ocpp.V16)
			}()
			close(hold)
			<-arrived
			synctest.Wait()
			if log.Len() > 0 {
				t.Errorf("logged\n%s", &log)
			}
		})
	}
}
