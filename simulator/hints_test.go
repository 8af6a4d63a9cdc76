package simulator_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/simulator"
)

func TestTheSummarySaysThatNobodyCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home, err := simulator.LoadScenario("home")
		if err != nil {
			t.Fatal(err)
		}
		s := newFleet(t, newRecorder(t), simulator.Options{Scenario: home, Duration: 2 * time.Hour}).Run(t.Context())
		var text strings.Builder
		if _, err := s.WriteTo(&text); err != nil {
			t.Fatal(err)
		}
		if want := "hint: no driver came in 2h0m0s of simulated time: the first one of an EVSE comes after 8h0m0s..11h0m0s"; !strings.Contains(text.String(), want) {
			t.Errorf("the summary lacks %q:\n%s", want, text.String())
		}
	})
}

// A CSMS that needs up to two seconds for each answer cannot follow 600 times as fast; the stations go on as long as it takes messages, and
// the summary says what is wrong.
func TestTheSummarySaysThatTheSpeedIsTooHigh(t *testing.T) {
	o := simulator.Options{Stations: 2, Outlets: 1, Duration: 40 * time.Minute, Speed: 600, Ledger: true}
	slow := jittered(t, 1, 2*time.Second, o)
	if len(slow.sum.Hints) != 1 || !strings.Contains(slow.sum.Hints[0], "a --speed below 600") || slow.sum.Late < 2*time.Second && slow.sum.Backlog < 10 {
		t.Errorf("hints %q; late %v, backlog %d", slow.sum.Hints, slow.sum.Late, slow.sum.Backlog)
	}
	if most := 4*time.Second + time.Minute + 8*time.Second + 10*time.Second; slow.sum.Elapsed > most {
		t.Errorf("it took %v; at most %v were to be", slow.sum.Elapsed, most)
	}
	o.Speed = 1
	if quick := jittered(t, 1, time.Millisecond, o); len(quick.sum.Hints) != 0 || quick.sum.Problem() != "" {
		t.Errorf("hints %q, %s", quick.sum.Hints, quick.sum.Problem())
	}
}
