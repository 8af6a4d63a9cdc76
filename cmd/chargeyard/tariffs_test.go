package main

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestTariffsFromTheCommandLine(t *testing.T) {
	a := ask(t)
	a.want(0, "There is no tariff.", "tariffs")
	a.want(0, "No tariff counts where there is no other.", "tariffs", "default")
	a.want(2, "missing flags", "tariffs", "set", "T-1")
	a.want(0, "is on record", "tariffs", "set", "T-1", "--currency", "EUR", "--energy", "0.490", "--idle-time", "0.1", "--fixed-fee", "1", "--max-cost", "50",
		"--tax", "VAT=19", "--tax", "city=1.5@1", "--text", "en=0.49 EUR per kWh", "--text", "billig", "--note", "night")
	a.want(0, `"texts":[{"language":"en","content":"0.49 EUR per kWh"},{"content":"billig"}]`, "tariffs", "show", "T-1", "-o", "json")
	a.want(0, `"taxRates":[{"type":"VAT","tax":19,"stack":0},{"type":"city","tax":1.5,"stack":1}]`, "tariffs", "show", "T-1", "-o", "json")
	list := a.want(0, "EUR: 0.49 a kWh, 0.1 an idle minute, 1 a start", "tariffs")
	for _, want := range []string{"VAT 19 %, city 1.5 %", "50", "night"} {
		if !strings.Contains(list, want) {
			t.Errorf("%q is missing:\n%s", want, list)
		}
	}
	a.want(0, "is on record", "tariffs", "set", "free", "--currency", "SEK")
	a.want(0, "SEK: free", "tariffs", "--currency", "SEK")
	a.want(0, "No tariff matches.", "tariffs", "--currency", "USD")
	a.want(1, "take another id", "tariffs", "set", "T-1", "--currency", "EUR", "--energy", "0.5")
	a.want(exitInvalid, "/energy", "tariffs", "set", "T-2", "--currency", "EUR", "--energy", "0.1234567")
	a.want(exitInvalid, "is no number", "tariffs", "set", "T-2", "--currency", "EUR", "--energy", "cheap")
	a.want(exitInvalid, "is no number", "tariffs", "set", "T-2", "--currency", "EUR", "--tax", "VAT=NaN")
	a.want(exitInvalid, "write it as VAT=19", "tariffs", "set", "T-2", "--currency", "EUR", "--tax", "19")
	a.want(exitInvalid, "whole number", "tariffs", "set", "T-2", "--currency", "EUR", "--tax", "VAT=19@a")

	a.want(0, "The tariff T-1 counts where there is no other.", "tariffs", "default", "T-1")
	a.want(exitInvalid, "no such tariff", "tariffs", "default", "T-9")
	a.want(exitInvalid, "--none", "tariffs", "default", "T-1", "--none")
	a.want(1, "stays on record", "tariffs", "delete", "T-1")
	a.want(0, "was deleted", "tariffs", "delete", "free")
	a.want(exitNotFound, "no such tariff", "tariffs", "show", "free")
	a.want(0, "No tariff counts", "tariffs", "default", "--none")
}

func TestWhoHasWhichTariffFromTheCommandLine(t *testing.T) {
	a := ask(t)
	for _, id := range []string{"own", "fleet", "here"} {
		a.want(0, "", "tariffs", "set", id, "--currency", "EUR", "--energy", "0.5", "--min-cost", "2", "--tax", "VAT=20")
	}
	a.want(0, "", "stations", "add", "CP-1", "--profile", "0")
	cp := a.connect("CP-1", "ocpp1.6")
	a.want(0, "The station CP-1 has the tariff here", "stations", "tariff", "CP-1", "here")
	a.want(0, "Tariff: here (station)", "id-tokens", "check", "CAFE", "--station", "CP-1")
	a.want(0, "", "id-tokens", "add", "CAFE", "--group", "g", "--tariff", "own")
	a.want(0, "Tariff: own (token)", "id-tokens", "check", "CAFE", "--station", "CP-1")
	a.want(0, "has no tariff of its own", "id-tokens", "tariff", "CAFE", "--none")
	a.want(0, "", "token-groups", "set", "g", "--tariff", "fleet")
	a.want(0, "fleet", "token-groups")
	a.want(0, "Tariff: fleet (group)", "id-tokens", "check", "CAFE", "--station", "CP-1")
	a.want(0, `"tariff":"own"`, "id-tokens", "tariff", "CAFE", "own", "-o", "json")
	a.want(exitInvalid, "name a tariff", "id-tokens", "tariff", "CAFE")
	a.want(exitInvalid, "name a tariff", "stations", "tariff", "CP-1", "own", "--none")
	a.want(exitInvalid, "no such tariff", "stations", "tariff", "CP-1", "nothing")

	begun := time.Now().UTC().Add(-time.Hour).Format(time.RFC3339)
	cp.says("StartTransaction", fmt.Sprintf(`{"connectorId":1,"idTag":"CAFE","meterStart":0,"timestamp":%q}`, begun))
	cp.says("StopTransaction", fmt.Sprintf(`{"transactionId":1,"meterStop":1500,"timestamp":%q}`, time.Now().UTC().Format(time.RFC3339)))
	a.want(0, "2.40 EUR", "transactions", "--tariff", "own")
	a.want(0, "No transaction matches.", "transactions", "--tariff", "here")
	shown := a.want(0, "own (token)", "transactions", "show", "CP-1:1")
	for _, want := range []string{"2.40 EUR, 2.00 without taxes, the minimum", "0.75 for energy"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is missing:\n%s", want, shown)
		}
	}
}

func TestACostIsShownWithWhatItIsMadeOf(t *testing.T) {
	text := func(s string) *string { return &s }
	tx := transactionView{
		Tariff: text("T"), TariffSource: text("told"), Cost: "12.50", CostExclTax: "10", Currency: text("SEK"), CostKind: text("MaxCost"), CostBy: text("station"),
		CostParts: &costParts{Fixed: &costPart{ExclTax: "1"}, ChargingTime: &costPart{ExclTax: "2"}, IdleTime: &costPart{InclTax: "3"}}, CostUsage: &costUsage{ChargingTime: 600},
		StationCost: &costTold{Failed: true, Reason: text("no memory")},
	}
	var out strings.Builder
	if err := tx.facts(time.Now()).write(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"T (told)", "12.50 SEK, 10 without taxes, the maximum, as the station computed it", "1 to start, 2 to charge for 10m", "could not compute the cost: no memory"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing:\n%s", want, out.String())
		}
	}
}

func TestTextsOfTariffsFromTheCommandLine(t *testing.T) {
	got := tariffTexts([]string{"de-AT=billig", "0.49 = cheap", "a=b", "cheap"})
	want := []map[string]string{{"language": "de-AT", "content": "billig"}, {"content": "0.49 = cheap"}, {"content": "a=b"}, {"content": "cheap"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}
