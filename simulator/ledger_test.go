package simulator_test

import (
	"bytes"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/simulator"
)

// ledgerOf runs a fleet of all versions whose connections are lost now and then.
func ledgerOf(t *testing.T, seed uint64) *simulator.Ledger {
	t.Helper()
	r := newRecorder(t)
	f := newFleet(t, r, simulator.Options{Stations: 6, Duration: 10 * time.Minute, Seed: seed, Ledger: true})
	done := make(chan simulator.Summary, 1)
	go func() { done <- f.Run(t.Context()) }()
	for range 3 {
		time.Sleep(2 * time.Minute) // of the bubble
		for st := range r.srv.Stations() {
			st.Close(1012, "restart")
		}
	}
	if s := <-done; s.Problem() != "" {
		t.Error(s.Problem())
	}
	return f.Ledger()
}

// observed is a CSMS that stored everything.
func observed(l *simulator.Ledger) map[string][]simulator.Observed {
	all := map[string][]simulator.Observed{}
	for _, s := range l.Stations {
		for _, t := range s.Transactions {
			all[s.ID] = append(all[s.ID], simulator.Observed{
				ID: t.ID, EVSE: t.EVSE, Token: t.Token, StartedAt: t.StartedAt, EndedAt: t.EndedAt, Active: !t.Ended, Reason: t.Reason,
				MeterStart: ocpp.Some(t.StartWh), MeterStop: ocpp.Some(t.StopWh), Events: ocpp.Some(int64(t.Acked)), FirstReceived: t.StartedAt,
			})
		}
	}
	return all
}

func TestLedgerHasWhatHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ledgerOf(t, 3)
		sum := l.Totals()
		if sum.Stations != 6 || sum.Transactions < 12 || sum.Complete != sum.Transactions || sum.Acked != sum.Sent || sum.EnergyWh.Coef <= 0 {
			t.Errorf("totals %+v", sum)
		}
		for _, s := range l.Stations {
			if s.Connections != 4 || len(s.Boots) != 1 || len(s.Offline) != 4 || s.Offline[0].To.IsZero() {
				t.Errorf("%s: %d connections, boots %v, offline %v", s.ID, s.Connections, s.Boots, s.Offline)
			}
			for _, tx := range s.Transactions {
				if tx.ID == "" || tx.Reason == "" || tx.StopWh.Cmp(tx.StartWh) < 0 || !tx.EndedAt.After(tx.StartedAt) {
					t.Errorf("%s: %+v", s.ID, tx)
				}
			}
		}
	})
}

func TestSameSeedGivesTheSameLedger(t *testing.T) {
	run := func(seed uint64) (text string) {
		synctest.Test(t, func(t *testing.T) {
			l := ledgerOf(t, seed)
			for i := range l.Stations { // numbers of the CSMS, in the order of arrival
				for j := range l.Stations[i].Transactions {
					if l.Stations[i].Version == "1.6" {
						l.Stations[i].Transactions[j].ID = ""
					}
				}
			}
			var b bytes.Buffer
			if _, err := l.WriteTo(&b); err != nil {
				t.Error(err)
			}
			text = b.String()
		})
		return text
	}
	first, second := run(7), run(7)
	for i := range min(len(first), len(second)) {
		if first[i] != second[i] {
			t.Fatalf("seed 7 gave\n%s\nand then\n%s", first[max(0, i-100):i+20], second[max(0, i-100):i+20])
		}
	}
	if len(first) != len(second) {
		t.Error("one ledger of seed 7 is longer")
	}
	if first == run(8) {
		t.Error("seed 8 gives the same as seed 7")
	}
}

func TestLedgerIsReadAsItWasWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ledgerOf(t, 1)
		name := filepath.Join(t.TempDir(), "ledger.json")
		if err := l.WriteFile(name); err != nil {
			t.Fatal(err)
		}
		again, err := simulator.ReadLedgerFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(l, again) {
			t.Errorf("wrote %+v\nread  %+v", l, again)
		}
	})
	for text, want := range map[string]string{
		``:                            "this is no ledger",
		`{"format": 1, "nothing": 2}`: `unknown field "nothing"`,
		`{"format": 99}`:              "has format 99",
		`{"format": 1} {}`:            "something behind",
	} {
		if _, err := simulator.ReadLedger(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one that says %q", text, err, want)
		}
	}
}

func TestComparisonFindsEveryDifference(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ledgerOf(t, 5)
		station := l.Stations[0].ID
		if c := l.Compare(observed(l)); len(c.Differences) != 0 || c.CSMS.EnergyWh.Cmp(c.Ledger.EnergyWh) != 0 || c.CSMS.Complete != c.Ledger.Complete {
			t.Errorf("a CSMS that has everything differs: %+v", c)
		}
		for want, spoil := range map[string]func(list []simulator.Observed) []simulator.Observed{
			"missing": func(list []simulator.Observed) []simulator.Observed { return list[1:] },
			"doubled": func(list []simulator.Observed) []simulator.Observed { return append(list, list[0]) },
			"invented": func(list []simulator.Observed) []simulator.Observed {
				o := list[0]
				o.ID, o.Token = "x", "y"
				return append(list, o)
			},
			"doubled it is": func(list []simulator.Observed) []simulator.Observed { o := list[0]; o.ID = "x"; return append(list, o) },
			"meterStop": func(list []simulator.Observed) []simulator.Observed {
				list[0].MeterStop = ocpp.Some(ocpp.Dec(list[0].MeterStop.Or(ocpp.Decimal{}).Coef+1, 0))
				return list
			},
			"meterStart": func(list []simulator.Observed) []simulator.Observed {
				list[0].MeterStart = ocpp.Opt[ocpp.Decimal]{}
				return list
			},
			"events": func(list []simulator.Observed) []simulator.Observed {
				list[0].Events = ocpp.Some(list[0].Events.Or(0) + 1)
				return list
			},
			"missing events": func(list []simulator.Observed) []simulator.Observed { list[0].MissingEvents = 2; return list },
			"conflicts":      func(list []simulator.Observed) []simulator.Observed { list[0].Conflicts = 1; return list },
			"ended":          func(list []simulator.Observed) []simulator.Observed { list[0].Active = true; return list },
			"endedAt": func(list []simulator.Observed) []simulator.Observed {
				list[0].EndedAt = list[0].EndedAt.Add(time.Millisecond)
				return list
			},
			"startedAt": func(list []simulator.Observed) []simulator.Observed {
				list[0].StartedAt = list[0].StartedAt.Add(time.Hour)
				return list
			},
			"reason": func(list []simulator.Observed) []simulator.Observed { list[0].Reason = "Elsewhere"; return list },
			"token":  func(list []simulator.Observed) []simulator.Observed { list[0].Token = "SOMEBODY"; return list },
			"evse":   func(list []simulator.Observed) []simulator.Observed { list[0].EVSE = 9; return list },
		} {
			seen := observed(l)
			seen[station] = spoil(slices.Clone(seen[station]))
			c := l.Compare(seen)
			if len(c.Differences) != 1 || !strings.Contains(c.Differences[0].String(), want) {
				t.Errorf("%s: found %v", want, c.Differences)
			}
		}
	})
}

// What was not acknowledged may be there or not; what was there before the ledger began is none of its business.
func TestComparisonKnowsWhatIsUncertain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ledgerOf(t, 5)
		tx := &l.Stations[0].Transactions[0]
		seen := observed(l)
		seen[l.Stations[0].ID] = append(seen[l.Stations[0].ID], simulator.Observed{ID: "old", FirstReceived: l.Begun.Add(-time.Hour)})
		tx.Acked, tx.ID = tx.Acked-2, "" // the last two answers, and in 1.6 the first one, got lost
		if l.Stations[0].Version != "1.6" {
			t.Fatalf("%s speaks %s", l.Stations[0].ID, l.Stations[0].Version)
		}
		seen[l.Stations[0].ID][0].Active = true
		if c := l.Compare(seen); len(c.Differences) != 0 {
			t.Errorf("differences %v", c.Differences)
		}
		tx.Acked = 0
		none := maps.Clone(seen)
		none[l.Stations[0].ID] = seen[l.Stations[0].ID][1:]
		if c := l.Compare(none); len(c.Differences) != 0 {
			t.Errorf("differences %v", c.Differences)
		}
	})
}
