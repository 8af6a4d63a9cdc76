package sqlite

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// anyTransactionEvent draws an event of a transaction of OCPP 2.x.
func anyTransactionEvent(t *rapid.T, id string) fleet.TransactionEvent {
	seq := rapid.Int64Range(0, 8).Draw(t, "seq")
	e := fleet.TransactionEvent{
		Station: "A", Received: noon.Add(time.Hour), TransactionID: id, Numbered: true, SeqNo: seq, Time: noon.Add(time.Duration(seq) * time.Minute),
		Kind:          rapid.SampledFrom([]fleet.TransactionKind{fleet.TransactionStarted, fleet.TransactionUpdated, fleet.TransactionUpdated, fleet.TransactionEnded}).Draw(t, "kind"),
		ChargingState: rapid.SampledFrom([]string{"", "Charging", "SuspendedEV"}).Draw(t, "state"),
		EVSE:          rapid.IntRange(0, 2).Draw(t, "evse"),
		Offline:       rapid.Bool().Draw(t, "offline"),
		TariffID:      rapid.SampledFrom([]string{"", "", "theirs"}).Draw(t, "tariff"),
		StopReason:    rapid.SampledFrom([]string{"", "Remote"}).Draw(t, "reason"),
	}
	if rapid.Bool().Draw(t, "meter") {
		e.Samples = []fleet.Sample{{Value: fleet.Decimal(fmt.Sprint(1000 * (seq + 1))), Time: e.Time}}
	}
	if rapid.IntRange(0, 3).Draw(t, "driver") == 0 {
		e.Token = &fleet.IDToken{Value: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "token")}
		e.RemoteStartID = &seq
	}
	switch rapid.IntRange(0, 5).Draw(t, "cost") {
	case 0:
		e.StationCost = &fleet.StationCost{Currency: "SEK", Total: fleet.Price{ExclTax: fleet.Decimal(fmt.Sprint(seq))}}
	case 1:
		e.StationCost = &fleet.StationCost{Failed: true, Reason: "why"}
	}
	return e
}

// TestARowIsWhatItsHistorySays: an event writes only those columns that it changes, and none is left as it was before.
func TestARowIsWhatItsHistorySays(t *testing.T) {
	db := openHooked(t, store.Options{MaxDelay: -1}, hooks{})
	prices := fleet.TariffPrices{Currency: "EUR", Energy: "0.5", ChargingTime: "0.1", FixedFee: "1"}
	for _, id := range []string{"all", "own"} {
		if _, _, err := db.PutTariff(t.Context(), fleet.Tariff{ID: id, TariffPrices: prices, Texts: []fleet.TariffText{{Content: id}}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.SetDefaultTariff(t.Context(), "all"); err != nil {
		t.Fatal(err)
	}
	if err := db.PutToken(t.Context(), fleet.Token{IDToken: fleet.IDToken{Value: "b"}, Status: fleet.TokenAccepted, Tariff: "own", CreatedAt: noon}); err != nil {
		t.Fatal(err)
	}
	rates, n := fleet.NewRates(prices), 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		id := fmt.Sprint("tx", n)
		for range rapid.IntRange(1, 10).Draw(rt, "events") {
			if _, err := db.Submit(t.Context(), anyTransactionEvent(rt, id)); err != nil {
				rt.Fatal(err)
			}
			got, err := db.Transaction(t.Context(), "A", id)
			if err != nil {
				rt.Fatal(err)
			}
			var text string
			if err := db.readers.QueryRowContext(t.Context(), "SELECT history FROM transactions WHERE id = ?", id).Scan(&text); err != nil {
				rt.Fatal(err)
			}
			var h fleet.History
			if err := json.Unmarshal([]byte(text), &h); err != nil {
				rt.Fatal(err)
			}
			want := got
			h.Transaction(&want)
			want.Cost, want.StationTariff, want.StationCost = h.Cost(rates), h.TariffTold.V, nil
			if h.CostTold.Set {
				want.StationCost = &h.CostTold.V
			}
			want.Tariff, want.TariffSource = "all", fleet.TariffOfServer
			switch {
			case want.Cost.By == fleet.CostByStation:
				want.Tariff, want.TariffSource = h.TariffTold.V, fleet.TariffTold
			case h.Token.V.Value == "b":
				want.Tariff, want.TariffSource = "own", fleet.TariffOfToken
			}
			if !reflect.DeepEqual(got, want) {
				rt.Fatalf("got %+v %+v\nwant %+v %+v", got, got.Cost, want, want.Cost)
			}
		}
	})
}
