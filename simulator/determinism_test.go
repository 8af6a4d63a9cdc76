package simulator_test

import (
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/simulator"
)

// heard is what the stations of a run told, station by station and sorted, as the messages of several EVSEs may overtake
// each other; and what they wrote down.
type heard struct {
	said   map[string][]string
	ledger simulator.Ledger
	sum    simulator.Summary
}

// jittered runs a scenario against a CSMS that takes up to slow for each answer, drawn from seed.
func jittered(t *testing.T, seed uint64, slow time.Duration, o simulator.Options) (h heard) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		n, said := 0, map[string][]string{}
		r := newRecorderWith(t, csms.Options{Interceptors: []ocpp.Interceptor{
			func(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
				if x.Inbound {
					mu.Lock()
					if line := content(t, x.Action.Name, req); line != "" {
						said[x.Identity] = append(said[x.Identity], line)
					}
					n++
					draw := rand.New(rand.NewPCG(seed, uint64(n)))
					mu.Unlock()
					time.Sleep(time.Duration(draw.Int64N(int64(slow)))) // of the bubble
				}
				return next(ctx, req)
			},
		}})
		f := newFleet(t, r, o)
		h.sum = f.Run(t.Context())
		h.ledger = *f.Ledger()
		mu.Lock()
		defer mu.Unlock()
		h.said = maps.Clone(said)
	})
	for _, lines := range h.said {
		slices.Sort(lines)
	}
	return h
}

// content is a message without what the CSMS gave it; "" for one that has its own time.
func content(t *testing.T, action string, req any) string {
	switch q := req.(type) {
	case *ocpp16.MeterValuesRequest:
		c := *q
		c.TransactionID = ocpp.Opt[int64]{}
		req = &c
	case *ocpp16.StopTransactionRequest:
		c := *q
		c.TransactionID = 0
		req = &c
	}
	switch action {
	case "BootNotification", "Heartbeat", "SignCertificate":
		return ""
	}
	text, err := json.Marshal(req)
	if err != nil {
		t.Error(err)
	}
	return action + " " + string(text)
}

// When answers come, and when the machine has time, changes nothing of what stations do and tell.
func TestSameSeedTellsTheSameWheneverAnswersCome(t *testing.T) {
	for _, scenario := range []string{"depot", "highway"} {
		kind, err := simulator.LoadScenario(scenario)
		if err != nil {
			t.Fatal(err)
		}
		kind.Incidents.Reboot = simulator.Range{} // when it is over is not planned
		o := simulator.Options{Scenario: kind, Stations: 6, Duration: 20 * time.Minute, Speed: 60, Seed: 9, Ledger: true}
		first, second := jittered(t, 1, time.Millisecond, o), jittered(t, 2, 50*time.Millisecond, o)
		if p := first.sum.Problem() + second.sum.Problem(); p != "" || first.sum.Started < 12 || first.sum.EnergyWh != second.sum.EnergyWh {
			t.Errorf("%s: %s; %d and %d sessions, %s and %s Wh", scenario, p, first.sum.Started, second.sum.Started, first.sum.EnergyWh, second.sum.EnergyWh)
		}
		if second.sum.Late == 0 {
			t.Errorf("%s: the slow CSMS delayed nothing: this proves nothing", scenario)
		}
		for _, id := range slices.Sorted(maps.Keys(first.said)) {
			if a, b := first.said[id], second.said[id]; !slices.Equal(a, b) {
				t.Errorf("%s: %s told %d messages, then %d; %s", scenario, id, len(a), len(b), firstDifference(a, b))
			}
		}
		for i, st := range first.ledger.Stations {
			if got := second.ledger.Stations[i]; sessions(st) != sessions(got) {
				t.Errorf("%s: %s had\n%s\nthen\n%s", scenario, st.ID, sessions(st), sessions(got))
			}
		}
	}
}

func firstDifference(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[i] + "\nthen " + b[i]
		}
	}
	return "one has more"
}

// sessions are the transactions of a station without the CSMS's ids, EVSE by EVSE.
func sessions(l simulator.StationLedger) string {
	var lines []string
	for _, tx := range l.Transactions {
		tx.ID = ""
		text, err := json.Marshal(tx)
		lines = append(lines, string(text))
		if err != nil {
			lines = append(lines, err.Error())
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
