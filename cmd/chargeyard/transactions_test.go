package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestTransactionsAreListedAndShown(t *testing.T) {
	a := ask(t)
	cp := a.connect("CP-1", "ocpp1.6")
	now := time.Now().UTC()
	at := func(d time.Duration) string { return now.Add(d).Format(time.RFC3339) }
	cp.says("StartTransaction", fmt.Sprintf(`{"connectorId":1,"idTag":"OLD","meterStart":0,"timestamp":%q}`, at(-30*24*time.Hour)))
	cp.says("StopTransaction", fmt.Sprintf(`{"transactionId":1,"meterStop":1500,"timestamp":%q,"reason":"EVDisconnected"}`, at(-29*24*time.Hour)))
	cp.says("StartTransaction", fmt.Sprintf(`{"connectorId":2,"idTag":"CAFE","meterStart":1000,"timestamp":%q}`, at(-time.Hour)))
	for i, wh := range []string{"1500", "2250"} {
		cp.says("MeterValues", fmt.Sprintf(`{"connectorId":2,"transactionId":2,"meterValue":[{"timestamp":%q,"sampledValue":[{"value":%q},{"value":"11.5","measurand":"Power.Active.Import","unit":"kW","phase":"L1"}]}]}`,
			at(time.Duration(i-30)*time.Minute), wh))
	}
	a.want(0, "ended, EVDisconnected", "transactions")
	for args, want := range map[string]string{
		"--active": "CAFE", "--ended": "OLD", "--since 2h": "CAFE", "--limit 1": "CAFE", "--token cafe": "CAFE",
	} {
		out := a.want(0, want, append([]string{"transactions", "--station", "CP-1"}, strings.Fields(args)...)...)
		if strings.Count(out, "\n") != 2 {
			t.Errorf("%s:\n%s", args, out)
		}
	}
	a.want(0, "1.250", "transactions", "--active")
	a.want(0, "No transaction matches.", "transactions", "--station", "CP-2")
	a.want(0, "No transaction matches.", "transactions", "--trouble")
	a.want(0, `"id":"CP-1:2"`, "transactions", "-o", "json")
	shown := a.want(0, "1000 Wh to 2250 Wh", "transactions", "show", "CP-1:2")
	for _, want := range []string{"1.250 kWh", "none missing", "CAFE", "Power.Active.Import", "11.5", "L1"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is missing:\n%s", want, shown)
		}
	}
	if out := a.want(0, "Energy.Active.Import.Register", "transactions", "show", "CP-1:2", "--samples"); strings.Count(out, "\n") != 5 {
		t.Errorf("the samples:\n%s", out)
	}
	a.want(0, `"value":2250`, "transactions", "show", "CP-1:2", "--samples", "-o", "json")
	a.want(0, `"meterStart":1000`, "transactions", "show", "2", "-o", "json")
	a.want(exitNotFound, "no such transaction", "transactions", "show", "CP-1:99")
}

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
