package fleet

import (
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func used(energy Decimal, charging, idle int64) Usage {
	return Usage{Energy: energy, ChargingTime: charging, IdleTime: idle, Charged: true}
}

func TestCostOfUsage(t *testing.T) {
	vat := []TaxRate{{Type: "VAT", Tax: "19"}}
	full := TariffPrices{Currency: "EUR", Energy: "0.49", ChargingTime: "0.02", IdleTime: "0.10", FixedFee: "1", TaxRates: vat}
	limits := TariffPrices{Currency: "EUR", Energy: "0.49", MinCost: "2", MaxCost: "10", TaxRates: vat}
	for _, test := range []struct {
		name   string
		prices TariffPrices
		u      Usage
		ended  bool
		excl   Decimal
		incl   Decimal
		kind   CostKind
	}{
		{"everything", full, used("12345.678", 3600, 600), true, "9.25", "11.01", NormalCost},
		{"nothing was charged", full, Usage{Energy: "0", IdleTime: 600}, true, "0.00", "0.00", NormalCost},
		{"it begins to charge", full, used("0", 0, 0), false, "1.00", "1.19", NormalCost},
		{"the meter told nothing", full, used("", 60, 0), true, "1.02", "1.21", NormalCost},
		{"half a cent is rounded up", TariffPrices{Currency: "EUR", Energy: "0.005"}, used("1000", 0, 0), true, "0.01", "0.01", NormalCost},
		{"less than half is not", TariffPrices{Currency: "EUR", Energy: "0.00499"}, used("1000", 0, 0), true, "0.00", "0.00", NormalCost},
		{"a third of a cent", TariffPrices{Currency: "EUR", ChargingTime: "0.01"}, used("", 20, 0), true, "0.00", "0.00", NormalCost},
		{"no small coins", TariffPrices{Currency: "JPY", Energy: "31.5"}, used("1500", 0, 0), true, "47", "47", NormalCost},
		{"smaller coins", TariffPrices{Currency: "KWD", Energy: "0.0125"}, used("1500", 0, 0), true, "0.019", "0.019", NormalCost},
		{"a free tariff", TariffPrices{Currency: "EUR"}, used("1500", 60, 60), true, "0.00", "0.00", NormalCost},
		{"taxes beside and above each other", TariffPrices{Currency: "USD", Energy: "1", TaxRates: []TaxRate{
			{Type: "VAT", Tax: "10", Stack: 1}, {Type: "federal", Tax: "6"}, {Type: "state", Tax: "4"},
		}}, used("10000", 0, 0), true, "10.00", "12.10", NormalCost},
		{"below the minimum, still charging", limits, used("1000", 0, 0), false, "0.49", "0.58", NormalCost},
		{"below the minimum", limits, used("1000", 0, 0), true, "2.00", "2.38", MinCost},
		{"a minimum, and nothing charged", limits, Usage{}, true, "0.00", "0.00", NormalCost},
		{"between", limits, used("10000", 0, 0), true, "4.90", "5.83", NormalCost},
		{"above the maximum, still charging", limits, used("30000", 0, 0), false, "10.00", "11.90", MaxCost},
		{"an absurd meter", limits, used("1"+Decimal(fmt.Sprintf("%080d", 0)), 0, 0), false, "0.00", "0.00", NormalCost},
	} {
		got := NewRates(test.prices).Cost(test.u, test.ended)
		if want := (Price{test.excl, test.incl}); got.Total != want || got.Kind != test.kind || got.Currency != test.prices.Currency {
			t.Errorf("%s: %+v, want %+v, %s", test.name, *got, want, test.kind)
		}
	}
}

func TestPartsOfACost(t *testing.T) {
	got := NewRates(TariffPrices{Currency: "EUR", Energy: "0.49", IdleTime: "0.1", TaxRates: []TaxRate{{Type: "VAT", Tax: "20"}}}).Cost(used("2000", 60, 90), true)
	want := &Cost{Currency: "EUR", Kind: NormalCost, By: CostByServer, Total: Price{"1.13", "1.36"}, Usage: used("2000", 60, 90), CostParts: CostParts{
		Energy: Price{"0.98", "1.18"}, IdleTime: Price{"0.15", "0.18"},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", *got)
	}
}

func anyAmount(t *rapid.T, name string) Decimal {
	if rapid.Bool().Draw(t, "no "+name) {
		return ""
	}
	return Decimal(big.NewRat(rapid.Int64Range(0, 5_000_000).Draw(t, name), 1_000_000).FloatString(6)).Trim()
}

func anyPrices(t *rapid.T) TariffPrices {
	p := TariffPrices{Currency: rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(t, "currency")}
	for _, a := range p.amounts() {
		*a.value = anyAmount(t, a.pointer)
	}
	if p.MinCost != "" && p.MaxCost != "" && p.MinCost.Compare(p.MaxCost) > 0 {
		p.MinCost, p.MaxCost = p.MaxCost, p.MinCost
	}
	for range rapid.IntRange(0, 3).Draw(t, "taxes") {
		p.TaxRates = append(p.TaxRates, TaxRate{"tax", anyAmount(t, "tax") + "", rapid.IntRange(0, 2).Draw(t, "stack")})
	}
	return p
}

func anyUsage(t *rapid.T) Usage {
	return Usage{
		Energy:       rapid.SampledFrom([]Decimal{"", "0", "0.1", "1234.567", "99999999"}).Draw(t, "energy"),
		ChargingTime: rapid.Int64Range(0, 1e6).Draw(t, "charging"), IdleTime: rapid.Int64Range(0, 1e6).Draw(t, "idle"),
		Charged: rapid.Bool().Draw(t, "charged"),
	}
}

// exactly is the cost computed in another way, in one go and before rounding.
func exactly(p TariffPrices, u Usage) *big.Rat {
	sum := new(big.Rat)
	add := func(price Decimal, amount *big.Rat) {
		if x, ok := new(big.Rat).SetString(string(price)); ok && amount != nil {
			sum.Add(sum, x.Mul(x, amount))
		}
	}
	energy, _ := new(big.Rat).SetString(string(orDecimal(u.Energy, "0")) + "/1000")
	if energy == nil {
		energy, _ = new(big.Rat).SetString(string(u.Energy))
		energy.Quo(energy, big.NewRat(1000, 1))
	}
	add(p.Energy, energy)
	add(p.ChargingTime, big.NewRat(u.ChargingTime, 60))
	add(p.IdleTime, big.NewRat(u.IdleTime, 60))
	add(p.FixedFee, big.NewRat(1, 1))
	return sum
}

func orDecimal(a, b Decimal) Decimal {
	if a == "" {
		return b
	}
	return a
}

func ratOf(t *rapid.T, d Decimal) *big.Rat {
	x, ok := new(big.Rat).SetString(string(d))
	if !ok {
		t.Fatalf("%q is no number", d)
	}
	return x
}

// TestCostHolds: no cost is negative, a total is the sum of its parts and not further from the exact cost than rounding takes
// it, and minimum and maximum hold, whatever the prices.
func TestCostHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, u, ended := anyPrices(t), anyUsage(t), rapid.Bool().Draw(t, "ended")
		r := NewRates(p)
		c := r.Cost(u, ended)
		sums := Price{"0", "0"}
		parts := 0
		for _, part := range []Price{c.Fixed, c.Energy, c.ChargingTime, c.IdleTime} {
			if part == (Price{}) {
				continue
			}
			parts++
			sums = Price{addDecimals(t, sums.ExclTax, part.ExclTax), addDecimals(t, sums.InclTax, part.InclTax)}
		}
		for _, d := range []Decimal{c.Total.ExclTax, c.Total.InclTax, sums.ExclTax, sums.InclTax} {
			if d.Compare("0") < 0 {
				t.Fatalf("%+v", *c)
			}
		}
		if c.Total.InclTax.Compare(c.Total.ExclTax) < 0 {
			t.Fatalf("taxes below zero: %+v", *c)
		}
		if c.Kind == NormalCost {
			if c.Total.ExclTax.Compare(sums.ExclTax) != 0 || c.Total.InclTax.Compare(sums.InclTax) != 0 {
				t.Fatalf("%+v is not the sum %+v", *c, sums)
			}
			exact := exactly(p, u)
			if !u.Charged {
				exact = new(big.Rat)
			}
			off := new(big.Rat).Sub(exact, ratOf(t, c.Total.ExclTax))
			unit := new(big.Rat).SetFrac(big.NewInt(int64(parts)), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(r.places)), nil))
			if off.Abs(off).Cmp(unit.Quo(unit, big.NewRat(2, 1))) > 0 {
				t.Fatalf("%+v, exactly %s", *c, exact.FloatString(6))
			}
		}
		if p.MaxCost != "" && ratOf(t, c.Total.ExclTax).Cmp(ratOf(t, r.price(*r.maximum).ExclTax)) > 0 {
			t.Fatalf("above the maximum: %+v", *c)
		}
		if p.MinCost != "" && ended && u.Charged && ratOf(t, c.Total.ExclTax).Cmp(ratOf(t, r.price(*r.minimum).ExclTax)) < 0 {
			t.Fatalf("below the minimum: %+v", *c)
		}
	})
}

func addDecimals(t *rapid.T, a, b Decimal) Decimal {
	return Decimal(new(big.Rat).Add(ratOf(t, a), ratOf(t, b)).FloatString(3)).Trim()
}

// anyCourse draws the events of a transaction of OCPP 2.x, some of which may be missing.
func anyCourse(t *rapid.T) []TransactionEvent {
	n := rapid.IntRange(1, 14).Draw(t, "events")
	at := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	var events []TransactionEvent
	for seq := range n {
		at = at.Add(time.Duration(rapid.Int64Range(-5, 600).Draw(t, "after")) * time.Second)
		e := TransactionEvent{
			Station: "A", TransactionID: "x", Numbered: true, SeqNo: int64(seq), Kind: TransactionUpdated, Time: at,
			ChargingState: rapid.SampledFrom([]string{"", "Idle", "EVConnected", "Charging", "Charging", "SuspendedEV", "SuspendedEVSE"}).Draw(t, "state"),
		}
		switch {
		case seq == 0:
			e.Kind = TransactionStarted
		case seq == n-1 && rapid.Bool().Draw(t, "ends"):
			e.Kind = TransactionEnded
		case rapid.IntRange(0, 9).Draw(t, "odd") == 0:
			e.Time = time.Unix(0, 0)
		}
		if rapid.Bool().Draw(t, "meter") {
			e.Samples = []Sample{{Value: Decimal(fmt.Sprint(1000 * (seq + 1))), Time: at}}
		}
		events = append(events, e)
	}
	keep := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 1, n, rapid.ID[int]).Draw(t, "arrive")
	slices.Sort(keep)
	list := make([]TransactionEvent, len(keep))
	for i, k := range keep {
		list[i] = events[k]
	}
	return list
}

func historyOf(t *rapid.T, events []TransactionEvent) History {
	var h History
	seen := map[string]bool{}
	for _, e := range events {
		content, err := e.Content()
		if err != nil {
			t.Fatal(err)
		}
		if key := e.Key(content); !seen[key] {
			seen[key] = true
			before := throughJSON(t, h)
			shared := h
			h.Add(e, content)
			if !reflect.DeepEqual(throughJSON(t, shared), before) {
				t.Fatal("adding an event changed a copy of the history")
			}
			h = throughJSON(t, h)
		}
	}
	return h
}

// TestUsageIsThatOfTheSet: any order and repetition of the events of a transaction gives the same usage, and it is what a
// second derivation finds that sorts first.
func TestUsageIsThatOfTheSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := anyCourse(t)
		repeated := rapid.SliceOfN(rapid.SampledFrom(events), 0, 6).Draw(t, "repeated")
		mixed := rapid.Permutation(slices.Concat(events, repeated)).Draw(t, "order")
		h := historyOf(t, mixed)
		got, want := h.Usage(), plainUsage(events)
		if got.ChargingTime != want.ChargingTime || got.IdleTime != want.IdleTime || got.Charged != (want.Charged || got.Energy.Compare("0") > 0) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		if missing := h.HighSeq - h.LowSeq + 1 - h.Numbered; int64(len(h.Stretches)) > missing+1 {
			t.Fatalf("%d stretches of events of which %d are missing", len(h.Stretches), missing)
		}
	})
}

// plainUsage goes through events in their order.
func plainUsage(events []TransactionEvent) (u Usage) {
	var lead, charging, idle time.Duration
	state, told, over := "", false, false
	for i, e := range events {
		if i > 0 && !odd(e.Time) && !odd(events[i-1].Time) {
			switch d := max(e.Time.Sub(events[i-1].Time), 0); {
			case over:
			case state == "":
				lead += d
			case state == "Charging":
				charging += d
			case state != "Idle" && u.Charged:
				idle += d
			}
		}
		if e.ChargingState != "" {
			state, told = e.ChargingState, true
		}
		u.Charged = u.Charged || e.ChargingState == "Charging"
		over = over || e.Kind == TransactionEnded
	}
	if !told {
		charging = lead
	}
	u.ChargingTime, u.IdleTime = int64(charging/time.Second), int64(idle/time.Second)
	return u
}

// A station may leave out as many numbers as it likes: what is kept of a transaction stays small.
func TestStretchesAreBounded(t *testing.T) {
	var h History
	for seq := range int64(1000) {
		e := TransactionEvent{Station: "A", TransactionID: "x", Numbered: true, SeqNo: 2 * seq, Kind: TransactionUpdated, ChargingState: "Charging", Time: time.Unix(1.8e9+60*seq, 0)}
		content, err := e.Content()
		if err != nil {
			t.Fatal(err)
		}
		h.Add(e, content)
	}
	if got := h.Usage().ChargingTime; len(h.Stretches) != maxStretches || got != 999*60 {
		t.Errorf("%d stretches, charging for %d s", len(h.Stretches), got)
	}
}

// Times that jump between the ends of a century add up to more than fits.
func TestUsageDoesNotOverflow(t *testing.T) {
	a := stretch{High: 1, Low: 0, First: Micros(soonest), Last: Micros(soonest), State: "Charging", Charging: 1<<63 - 5, Charged: true, Told: true}
	b := stretch{High: 2, Low: 2, First: Micros(farthest), Last: Micros(farthest), State: "Charging", Charging: 1 << 62, Charged: true, Told: true}
	if got := a.join(b).Charging; got != 1<<63-1 {
		t.Errorf("%d", got)
	}
}

func TestUsageOfOlderVersions(t *testing.T) {
	start := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	begin := TransactionEvent{Station: "A", TransactionID: "7", Kind: TransactionStarted, Connector: 1, Time: start, MeterStart: "1000"}
	values := TransactionEvent{Station: "A", TransactionID: "7", Kind: TransactionUpdated, Time: start.Add(10 * time.Minute), Samples: []Sample{{Value: "1.75", Unit: "kWh", Time: start.Add(10 * time.Minute)}}}
	end := TransactionEvent{Station: "A", TransactionID: "7", Kind: TransactionEnded, Time: start.Add(time.Hour), MeterStop: "3500"}
	strange := end
	strange.Time = time.Unix(0, 0)
	for name, test := range map[string]struct {
		events []TransactionEvent
		want   Usage
	}{
		"begun":             {[]TransactionEvent{begin}, Usage{}},
		"running":           {[]TransactionEvent{begin, values}, Usage{Energy: "750", ChargingTime: 600, Charged: true}},
		"ended":             {[]TransactionEvent{begin, values, end}, Usage{Energy: "2500", ChargingTime: 3600, Charged: true}},
		"without its start": {[]TransactionEvent{values, end}, Usage{Energy: "1750", Charged: true}},
		"ended in 1970":     {[]TransactionEvent{begin, strange}, Usage{Energy: "2500", Charged: true}},
	} {
		rapid.Check(t, func(t *rapid.T) {
			h := historyOf(t, rapid.Permutation(test.events).Draw(t, "order"))
			got := h.Usage()
			if got.Energy == "0" {
				got.Energy = ""
			}
			if got != test.want {
				t.Fatalf("%s: got %+v, want %+v", name, got, test.want)
			}
		})
	}
}

func TestCostAsTheStationComputedIt(t *testing.T) {
	rates := NewRates(TariffPrices{Currency: "EUR", FixedFee: "1"})
	charging := func(seq int64, told *StationCost) TransactionEvent {
		return TransactionEvent{Station: "A", TransactionID: "x", Numbered: true, SeqNo: seq, Kind: TransactionUpdated, ChargingState: "Charging", StationCost: told}
	}
	running := &StationCost{Currency: "SEK", Kind: NormalCost, Total: Price{"3", "3.75"}}
	later := &StationCost{Currency: "SEK", Kind: NormalCost, Total: Price{ExclTax: "4.5"}}
	failed := &StationCost{Currency: "SEK", Failed: true, Total: Price{"3", "3.75"}, Reason: "out of memory"}
	for name, test := range map[string]struct {
		told []*StationCost
		want string
	}{
		"nothing":           {[]*StationCost{nil}, "EUR 1.00 server"},
		"running":           {[]*StationCost{running, nil}, "SEK 3.75 station"},
		"later, no taxes":   {[]*StationCost{running, later}, "SEK 4.5 station"},
		"failed":            {[]*StationCost{running, later, failed, nil}, "EUR 1.00 server"},
		"without any total": {[]*StationCost{{Currency: "SEK"}}, "EUR 1.00 server"},
	} {
		rapid.Check(t, func(t *rapid.T) {
			var events []TransactionEvent
			for seq, told := range test.told {
				events = append(events, charging(int64(seq), told))
			}
			h := historyOf(t, rapid.Permutation(events).Draw(t, "order"))
			c := h.Cost(rates)
			if got := fmt.Sprintf("%s %s %s", c.Currency, c.Total.InclTax, c.By); got != test.want {
				t.Fatalf("%s: %s, want %s", name, got, test.want)
			}
		})
	}
	var h History
	if c := h.Cost(nil); c != nil {
		t.Errorf("without a tariff: %+v", *c)
	}
}

func TestTariffsThatCannotBe(t *testing.T) {
	right := func() Tariff {
		return Tariff{ID: "T", TariffPrices: TariffPrices{Currency: "EUR", Energy: "0.49", MinCost: "1", MaxCost: "1", TaxRates: []TaxRate{{Type: "VAT", Tax: "19"}}}, Texts: []TariffText{{"en", "x"}, {"", "y"}}}
	}
	if f := right().Check(); f != nil {
		t.Fatal(f)
	}
	for pointer, spoil := range map[string]func(*Tariff){
		"/currency":         func(t *Tariff) { t.Currency = "eur" },
		"/energy":           func(t *Tariff) { t.Energy = "-0.01" },
		"/chargingTime":     func(t *Tariff) { t.ChargingTime = "0.1234567" },
		"/idleTime":         func(t *Tariff) { t.IdleTime = "1000000.1" },
		"/fixedFee":         func(t *Tariff) { t.FixedFee = "2000000" },
		"/minCost":          func(t *Tariff) { t.MinCost = "1.01" },
		"/maxCost":          func(t *Tariff) { t.MinCost, t.MaxCost = "", "-1" },
		"/taxRates":         func(t *Tariff) { t.TaxRates = slices.Repeat(t.TaxRates, 6) },
		"/taxRates/0/type":  func(t *Tariff) { t.TaxRates[0].Type = "" },
		"/taxRates/0/tax":   func(t *Tariff) { t.TaxRates[0].Tax = "" },
		"/taxRates/0/stack": func(t *Tariff) { t.TaxRates[0].Stack = 10 },
		"/texts/1/language": func(t *Tariff) { t.Texts[1].Language = "EN" },
		"/texts/0/content":  func(t *Tariff) { t.Texts[0].Content = "" },
		"/texts": func(t *Tariff) {
			t.Texts = []TariffText{{"a", "x"}, {"b", "x"}, {"c", "x"}, {"d", "x"}, {"e", "x"}, {"f", "x"}}
		},
	} {
		bad := right()
		spoil(&bad)
		if f := bad.Check(); len(f) != 1 || f[0].Pointer != pointer {
			t.Errorf("%s: %v", pointer, f)
		}
	}
}

func TestTextsInTheLanguageOfADriver(t *testing.T) {
	tariff := Tariff{Texts: []TariffText{{"en", "first"}, {"de", "deutsch"}, {"fr-CH", "romand"}}}
	for language, want := range map[string]string{"": "first", "DE": "deutsch", "de-AT": "deutsch", "fr": "romand", "it": "first"} {
		if got := tariff.Text(language); got.Content != want {
			t.Errorf("%q: %q, want %q", language, got.Content, want)
		}
	}
	if got := new(Tariff).Text("en"); got != (TariffText{}) {
		t.Errorf("without texts: %+v", got)
	}
}

// BenchmarkCost is what a message of a transaction pays for it.
func BenchmarkCost(b *testing.B) {
	r := NewRates(TariffPrices{Currency: "EUR", Energy: "0.49", ChargingTime: "0.02", FixedFee: "1", TaxRates: []TaxRate{{Type: "VAT", Tax: "19"}}})
	h := History{
		MeterStart: mark[Decimal]{V: "1000.5", Set: true}, MeterLast: mark[Decimal]{V: "23456.75", Set: true},
		Stretches: []stretch{{High: 40, State: "Charging", Charging: 3.6e9, Charged: true, Told: true}},
	}
	b.ReportAllocs()
	for b.Loop() {
		h.Cost(r)
	}
}

func TestIDsOfTariffs(t *testing.T) {
	for id, want := range map[string]bool{
		"T-1": true, "9": true, "DE*ABC:night@home_2+1~.": true, strings.Repeat("x", 60): true,
		"": false, "-T": false, "..": false, "a b": false, "a/b": false, "ü": false, strings.Repeat("x", 61): false,
	} {
		if IsTariffID(id) != want {
			t.Errorf("%q: %v", id, !want)
		}
	}
}
