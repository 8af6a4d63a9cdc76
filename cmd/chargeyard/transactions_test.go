package main

import (
	"strings"
	"testing"
	"time"
)

func TestTroubleOfATransactionIsNamed(t *testing.T) {
	for want, tx := range map[string]transactionView{
		"":                     {StartSeen: true},
		"no start":             {},
		"no start, 2 missing":  {MissingEvents: 2},
		"1 conflict":           {StartSeen: true, Conflicts: 1},
		"2 conflicts":          {StartSeen: true, Conflicts: 2},
		"1 missing, 1 anomaly": {StartSeen: true, MissingEvents: 1, Anomalies: []string{"place"}},
		"2 anomalies":          {StartSeen: true, Anomalies: []string{"place", "time"}},
	} {
		if got := tx.trouble(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAShownTransactionHasItsAnomaliesAndTheClock(t *testing.T) {
	show := func(tx transactionView) string {
		var out strings.Builder
		if err := tx.facts(time.Now()).write(&out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	behind, ahead, travel := 1308.9, -90.0, 0.4
	for want, tx := range map[string]transactionView{
		"place, time": {Anomalies: []string{"place", "time"}},
		"21m behind":  {ClockOffset: &behind},
		"90s ahead":   {ClockOffset: &ahead},
	} {
		if got := show(tx); !strings.Contains(got, want) {
			t.Errorf("%q is missing:\n%s", want, got)
		}
	}
	for _, no := range []string{"clock", "anomalies"} {
		if got := show(transactionView{StartSeen: true, ClockOffset: &travel}); strings.Contains(got, no) {
			t.Errorf("%q is told:\n%s", no, got)
		}
	}
}
