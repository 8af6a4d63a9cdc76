package csms

import (
	"testing"
	"testing/synctest"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocppj"
)

// Between the moment in which a newer connection takes the place of one whose turn has not come, and the moment in which
// the older one is closed, it is open and will never be told. From outside that moment cannot be held.
func TestMessageOfReplacedConnectionWaitsForItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session, err := ocppj.New(ocppj.Options{
			Protocol: ocpp16.Protocol, End: ocpp.CSMSEnd, Send: func([]byte) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		r := newRegistry(0, 1)
		st := &Station{server: &Server{registry: r}, identity: "CS-1", session: session, ready: make(chan struct{})}
		if _, _, err := r.add(st, nil, nothing); err != nil {
			t.Fatal(err)
		}
		newcomer(t, r) // of the same identity
		st.announce()
		close(st.ready) // as the goroutine of begin does then
		answers := make(chan *ocpp.Error, 1)
		go func() { answers <- st.gate(&ocpp.Exchange{Action: ocpp.Action{Version: ocpp.V16, Name: "Heartbeat"}}) }()
		synctest.Wait()
		if st.told || len(answers) > 0 {
			t.Fatalf("told %v, answers %d", st.told, len(answers))
		}
		session.Close(ErrReplaced)
		if answer := <-answers; answer == nil || answer.Code != ocpp.InternalError {
			t.Errorf("%v", answer)
		}
	})
}
