package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

func tariffTests() []test {
	return []test{
		{"TariffsKeepEverything", testTariffFields},
		{"TariffsNeverChange", testTariffChanges},
		{"TariffsAreListed", testTariffList},
		{"TheNearestTariffCounts", testNearestTariff},
		{"TariffsThatThereAreNot", testNoTariff},
		{"CostsOfTransactions", testCosts},
		{"CostsFollowTheSetOfEvents", testLateCosts},
		{"ATransactionKeepsItsTariff", testKeptTariff},
		{"CostsOfStations", testStationCosts},
		{"TextsOfTariffs", testTariffTexts},
		{"TextsThatChange", testNewTexts},
		{"TariffsOfDrivers", testDriverTariffs},
	}
}

func (f *fixture) putTariff(t fleet.Tariff) fleet.Tariff {
	f.Helper()
	put, _, err := f.PutTariff(f.Context(), t)
	f.ok(err)
	return put
}

// perKWh is a tariff with texts that costs so much for a kWh.
func perKWh(id string, price fleet.Decimal) fleet.Tariff {
	return fleet.Tariff{
		ID: id, TariffPrices: fleet.TariffPrices{Currency: "EUR", Energy: price, TaxRates: []fleet.TaxRate{{Type: "VAT", Tax: "20"}}},
		Texts: []fleet.TariffText{{Language: "en", Content: string(price) + " a kWh"}, {Language: "de", Content: string(price) + " die kWh"}},
	}
}

func testTariffFields(f *fixture) {
	want := fleet.Tariff{
		ID: "T-1", TariffPrices: fleet.TariffPrices{
			Currency: "EUR", Energy: "0.490", ChargingTime: "0.020", IdleTime: "0.1", FixedFee: "1.00", MinCost: "2", MaxCost: "50.0",
			TaxRates: []fleet.TaxRate{{Type: "VAT", Tax: "19.0", Stack: 1}, {Type: "energy", Tax: "1.5"}},
		},
		Texts: []fleet.TariffText{{Language: "en", Content: "x"}, {Content: "y"}}, Note: "night",
	}
	put, created, err := f.PutTariff(f.Context(), want)
	f.ok(err)
	equal(f, "created", created, true)
	got, err := f.Tariff(f.Context(), "T-1")
	f.ok(err)
	deepEqual(f, "as it was put", got, put)
	if put.CreatedAt.IsZero() || put.UpdatedAt != put.CreatedAt || !put.AssignedAt.IsZero() || put.TextVersion != 1 {
		f.Errorf("%+v", put)
	}
	want.TariffPrices = want.Tidy()
	put.CreatedAt, put.UpdatedAt, put.TextVersion = time.Time{}, time.Time{}, 0
	deepEqual(f, "what was wanted", put, want)
	equal(f, "notices", len(f.notices(fleet.NoticeTariffChanged)), 1)
	if _, err := f.Tariff(f.Context(), "t-1"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("another id: %v", err)
	}
}

// testTariffChanges: the same prices may have other texts, and no id ever has other prices (I08.FR.08).
func testTariffChanges(f *fixture) {
	ctx := f.Context()
	first := f.putTariff(perKWh("T", "0.40"))
	same := perKWh("T", "0.4")
	same.Texts, same.Note = first.Texts, "a note"
	put, created, err := f.PutTariff(ctx, same)
	f.ok(err)
	equal(f, "the same", fmt.Sprint(created, put.TextVersion, put.Note), fmt.Sprint(false, 1, "a note"))
	same.Texts = slices.Clone(same.Texts)
	same.Texts[0].Content = "from 0.30"
	put = f.putTariff(same)
	equal(f, "other texts", put.TextVersion, 2)
	equalTime(f, "created", put.CreatedAt, first.CreatedAt)
	same.Texts = nil
	equal(f, "no texts", f.putTariff(same).TextVersion, 3)
	equal(f, "again none", f.putTariff(same).TextVersion, 3)
	for name, other := range map[string]fleet.Tariff{"dearer": perKWh("T", "0.41"), "no taxes": {ID: "T", TariffPrices: fleet.TariffPrices{Currency: "EUR", Energy: "0.4"}}} {
		if _, _, err := f.PutTariff(ctx, other); !errors.Is(err, store.ErrOtherTariff) {
			f.Errorf("%s: %v", name, err)
		}
	}
	got, err := f.Tariff(ctx, "T")
	f.ok(err)
	equal(f, "the price", got.Energy, "0.4")

	f.ok(f.SetDefaultTariff(ctx, "T"))
	f.ok(f.SetDefaultTariff(ctx, ""))
	if err := f.DeleteTariff(ctx, "T"); !errors.Is(err, store.ErrTariffUsed) {
		f.Errorf("deleting one that was given: %v", err)
	}
	f.putTariff(perKWh("unused", "1"))
	f.ok(f.DeleteTariff(ctx, "unused"))
	if err := f.DeleteTariff(ctx, "unused"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("deleting it again: %v", err)
	}
	f.putTariff(perKWh("unused", "2")) // nobody has ever had the other one
	equal(f, "notices of those that were deleted", len(f.notices(fleet.NoticeTariffDeleted)), 1)
}

func testTariffList(f *fixture) {
	for i := range 5 {
		t := perKWh(fmt.Sprint("T", i), "1")
		if i%2 == 0 {
			t.Currency = "SEK"
		}
		f.putTariff(t)
	}
	ids := func(q store.TariffQuery) (list []string) {
		for _, t := range all(f, 2, func(ctx context.Context, cursor string) (store.Page[fleet.Tariff], error) {
			q.Cursor, q.Limit = cursor, 2
			return f.ListTariffs(ctx, q)
		}) {
			list = append(list, t.ID)
		}
		return list
	}
	equal(f, "all", fmt.Sprint(ids(store.TariffQuery{})), "[T0 T1 T2 T3 T4]")
	equal(f, "in kronor", fmt.Sprint(ids(store.TariffQuery{Currency: "SEK"})), "[T0 T2 T4]")
	if _, err := f.ListTariffs(f.Context(), store.TariffQuery{Cursor: "no"}); !errors.Is(err, store.ErrCursor) {
		f.Errorf("a cursor: %v", err)
	}
}

// testNearestTariff: of several, that of the token counts, then that of its group, of the station, of the server.
func testNearestTariff(f *fixture) {
	ctx := f.Context()
	for _, id := range []string{"token", "group", "station", "default"} {
		f.putTariff(perKWh(id, "1"))
	}
	token := fleet.Token{IDToken: idToken("CARD", ""), Status: fleet.TokenAccepted, Group: "G", Tariff: "token"}
	f.putTokens(token)
	group := func(tariff string) {
		f.Helper()
		_, err := f.ChangeTokenGroup(ctx, "g", func(*fleet.TokenGroup) (fleet.TokenGroup, error) {
			return fleet.TokenGroup{Name: "g", CreatedAt: noon, Tariff: tariff}, nil
		})
		f.ok(err)
	}
	group("group")
	f.ok(f.CreateStation(ctx, store.NewStation{ID: "A", At: noon}))
	f.ok(f.SetStationTariff(ctx, "A", "station"))
	f.ok(f.SetDefaultTariff(ctx, "default"))

	n := 0
	began := func(station string) string {
		f.Helper()
		n++
		t := f.transaction(station, f.submit(start16(station, "card", "0", noon.Add(time.Duration(n)*time.Hour))).TransactionID)
		return fmt.Sprint(t.Tariff, " by ", t.TariffSource)
	}
	equal(f, "all of them", began("A"), "token by token")
	equal(f, "asked for", f.submit(fleet.AuthorizationAsked{Station: "A", Received: noon, Token: token.IDToken}).Token.Tariff, "token")
	equal(f, "of the station", f.detail("A").Tariff, "station")
	id, err := f.DefaultTariff(ctx)
	f.ok(err)
	equal(f, "of the server", id, "default")
	f.restart(store.Options{})
	equal(f, "after a restart", began("A"), "token by token")
	token.Tariff = ""
	f.putTokens(token)
	equal(f, "none of the token", began("A"), "group by group")
	group("")
	equal(f, "none of the group", began("A"), "station by station")
	equal(f, "another station", began("B"), "default by default")
	f.ok(f.SetStationTariff(ctx, "A", ""))
	equal(f, "none of the station", began("A"), "default by default")
	f.ok(f.SetDefaultTariff(ctx, "station"))
	equal(f, "another default", began("A"), "station by default")
	f.ok(f.SetStationTariff(ctx, "A", "token"))
	f.ok(f.DeleteStation(ctx, "A"))
	equal(f, "a station that was deleted", began("A"), "station by default")
	f.ok(f.CreateStation(ctx, store.NewStation{ID: "C", At: noon}))
	f.ok(f.SetStationTariff(ctx, "C", "token"))
	equal(f, "meanwhile", began("A"), "station by default")
	f.ok(f.DeleteStation(ctx, "C"))
	equal(f, "one that was never here", began("C"), "station by default")
	f.ok(f.SetDefaultTariff(ctx, ""))
	equal(f, "none at all", began("A"), " by ")
	equal(f, "notices", len(f.notices(fleet.NoticeDefaultTariff)), 3)
}

func testNoTariff(f *fixture) {
	ctx := f.Context()
	f.putTariff(perKWh("T", "1"))
	f.ok(f.CreateStation(ctx, store.NewStation{ID: "A", At: noon}))
	f.ok(f.SetStationTariff(ctx, "A", "T"))
	f.ok(f.SetDefaultTariff(ctx, "T"))
	_, err1 := f.ChangeToken(ctx, idToken("x", ""), func(*fleet.Token) (fleet.Token, error) {
		return fleet.Token{IDToken: idToken("x", ""), Status: fleet.TokenAccepted, Tariff: "none"}, nil
	})
	_, err2 := f.ChangeTokenGroup(ctx, "g", func(*fleet.TokenGroup) (fleet.TokenGroup, error) {
		return fleet.TokenGroup{Name: "g", CreatedAt: noon, Tariff: "none"}, nil
	})
	for i, err := range []error{err1, err2, f.SetStationTariff(ctx, "A", "none"), f.SetDefaultTariff(ctx, "none")} {
		if !errors.Is(err, store.ErrNoTariff) {
			f.Errorf("%d: %v", i, err)
		}
	}
	if err := f.SetStationTariff(ctx, "nowhere", "T"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("a station that there is not: %v", err)
	}
	if _, err := f.Token(ctx, idToken("x", "")); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("the token is there: %v", err)
	}
	equal(f, "of the station", f.detail("A").Tariff, "T")
	id, err := f.DefaultTariff(ctx)
	f.ok(err)
	equal(f, "of the server", id, "T")
}

// testCosts: what a transaction costs is known while it goes on and when it has ended, in all versions.
func testCosts(f *fixture) {
	f.putTariff(fleet.Tariff{ID: "T", TariffPrices: fleet.TariffPrices{Currency: "EUR", Energy: "0.40", ChargingTime: "0.10", IdleTime: "1", FixedFee: "0.50", TaxRates: []fleet.TaxRate{{Type: "VAT", Tax: "20"}}}})
	before := f.submit(start16("B", "early", "0", noon)).TransactionID
	f.ok(f.SetDefaultTariff(f.Context(), "T"))

	var costs []fleet.Decimal
	for _, e := range session2x("A", "tx") {
		costs = append(costs, f.submit(e).Cost)
	}
	// Charging from minute 2 to 4, connected until 5; 0.75 kWh are measured at 3, 2.25 kWh at 5.
	equal(f, "as it goes on", fmt.Sprint(costs), "[0.00 0.00 0.60 1.08 1.20 3.12]")
	t := f.transaction("A", "tx")
	deepEqual(f, "in the end", t.Cost, &fleet.Cost{
		Currency: "EUR", Kind: fleet.NormalCost, By: fleet.CostByServer, Total: fleet.Price{ExclTax: "2.60", InclTax: "3.12"},
		Usage: fleet.Usage{Energy: "2250", ChargingTime: 120, IdleTime: 60, Charged: true},
		CostParts: fleet.CostParts{
			Fixed: fleet.Price{ExclTax: "0.50", InclTax: "0.60"}, Energy: fleet.Price{ExclTax: "0.90", InclTax: "1.08"},
			ChargingTime: fleet.Price{ExclTax: "0.20", InclTax: "0.24"}, IdleTime: fleet.Price{ExclTax: "1.00", InclTax: "1.20"},
		},
	})

	ended := f.notices(fleet.NoticeTransactionEnded)
	equal(f, "ends that were told", len(ended), 1)
	if told := string(ended[0].Data); !strings.Contains(told, `"cost":"3.12","currency":"EUR"`) {
		f.Errorf("the end was told as %s", told)
	}

	id := f.submit(start16("A", "Driver", "1000", noon)).TransactionID
	f.submit(meter16("A", id, 2500, noon.Add(10*time.Minute)))
	equal(f, "1.6, running", f.transaction("A", id).Cost.Total.InclTax, "2.52")
	f.submit(stop16("A", id, "6000", noon.Add(time.Hour)))
	equal(f, "1.6, in the end", f.transaction("A", id).Cost.Total.InclTax, "10.20")

	r := f.submit(stop16("B", before, "9000", noon.Add(time.Hour)))
	if t := f.transaction("B", before); t.Cost != nil || t.Tariff != "" || r.Cost != "" {
		f.Errorf("one that began before there was a tariff costs %+v, told %q", t.Cost, r.Cost)
	}
	equal(f, "found", f.idsOfTariff("T"), "[7 tx]")
	equal(f, "found by another", f.idsOfTariff("t"), "[]")
}

// idsOfTariff lists the transactions of a tariff; numbers become 7, for nobody knows them.
func (f *fixture) idsOfTariff(tariff string) string {
	f.Helper()
	ids := []string{}
	for _, t := range all(f, 1, func(ctx context.Context, cursor string) (store.Page[fleet.Transaction], error) {
		return f.ListTransactions(ctx, store.TransactionQuery{Tariff: tariff, Cursor: cursor, Limit: 1})
	}) {
		if t.Number != 0 {
			t.ID = "7"
		}
		ids = append(ids, t.ID)
	}
	slices.Sort(ids)
	return fmt.Sprint(ids)
}

// testLateCosts: what comes late changes the cost, what is repeated does not, and is answered as it stands.
func testLateCosts(f *fixture) {
	f.putTariff(perKWh("T", "1"))
	f.ok(f.SetDefaultTariff(f.Context(), "T"))
	list := session2x("A", "tx")
	end := list[5]
	end.Samples = nil
	f.submit(list[0])
	f.submit(list[2])
	equal(f, "without its readings", f.submit(end).Cost, "0.00")
	equal(f, "a late reading", f.submit(list[3]).Cost, "0.90")
	equal(f, "the end again", f.submit(end).Cost, "0.90")
	equal(f, "the start again", f.submit(list[0]).Cost, "0.90")
	f.restart(store.Options{})
	r := f.submit(list[3])
	equal(f, "after a restart", fmt.Sprint(r.Duplicate, r.Cost), "true0.90")
	equal(f, "on record", f.transaction("A", "tx").Cost.Total.InclTax, "0.90")
}

// testKeptTariff: whatever is changed meanwhile, a transaction costs what it cost when it began.
func testKeptTariff(f *fixture) {
	ctx := f.Context()
	for _, id := range []string{"one", "two"} {
		f.putTariff(perKWh(id, map[string]fleet.Decimal{"one": "1", "two": "2"}[id]))
	}
	f.ok(f.SetDefaultTariff(ctx, "one"))
	list := session2x("A", "tx")
	f.submit(list[0])
	f.ok(f.SetDefaultTariff(ctx, "two"))
	f.submit(list[1]) // the driver, who has no tariff
	f.restart(store.Options{})
	for _, e := range list[2:] {
		f.submit(e)
	}
	t := f.transaction("A", "tx")
	equal(f, "it keeps the first", fmt.Sprint(t.Tariff, t.TariffSource, t.Cost.Total.InclTax), "onedefault2.70")

	list = session2x("A", "own")
	f.submit(list[0])
	f.putTokens(fleet.Token{IDToken: *list[1].Token, Status: fleet.TokenAccepted, Tariff: "one"})
	for _, e := range list[1:] {
		f.submit(e)
	}
	t = f.transaction("A", "own")
	equal(f, "the driver has another", fmt.Sprint(t.Tariff, t.TariffSource, t.Cost.Total.InclTax), "onetoken2.70")
	f.putTokens(fleet.Token{IDToken: idToken("stopper", ""), Status: fleet.TokenAccepted, Tariff: "one"})
	f.submit(session2x("A", "stop")[4])
	equal(f, "who ends it does not pay", f.transaction("A", "stop").Tariff, "two")
}

// testStationCosts: a station that computes is believed, and one that could not is helped out.
func testStationCosts(f *fixture) {
	f.putTariff(perKWh("T", "1"))
	f.ok(f.SetDefaultTariff(f.Context(), "T"))
	list := session2x("A", "tx")
	told := fleet.StationCost{
		Currency: "SEK", Kind: fleet.MinCost, Total: fleet.Price{ExclTax: "10", InclTax: "12.5"}, Energy: fleet.Price{ExclTax: "9"},
		ReservationTime: fleet.Price{ExclTax: "1"}, Used: "2250", UsedCharging: 120, UsedIdle: 60, UsedReserving: 5,
	}
	for _, e := range list[:3] {
		f.submit(e)
	}
	list[3].TariffID, list[3].StationCost = "theirs", &told
	equal(f, "the station knows", f.submit(list[3]).Cost, "")
	equal(f, "and still does", f.submit(list[4]).Cost, "")
	t := f.transaction("A", "tx")
	deepEqual(f, "what it computed", t.StationCost, &told)
	deepEqual(f, "is what counts", t.Cost, &fleet.Cost{
		Currency: "SEK", Kind: fleet.MinCost, By: fleet.CostByStation, Total: told.Total, CostParts: fleet.CostParts{Energy: told.Energy},
		Usage: fleet.Usage{Energy: "750", ChargingTime: 120, Charged: true},
	})
	equal(f, "its tariff", fmt.Sprint(t.Tariff, t.TariffSource, t.StationTariff), "theirstoldtheirs")
	equal(f, "found", f.idsOfTariff("theirs"), "[tx]")
	list[5].StationCost = &fleet.StationCost{Failed: true, Reason: "no memory"}
	equal(f, "it cannot", f.submit(list[5]).Cost, "2.70")
	t = f.transaction("A", "tx")
	equal(f, "so the server does", fmt.Sprint(t.Tariff, t.TariffSource, t.StationTariff), "Tdefaulttheirs")
	equal(f, "with its own result", fmt.Sprint(t.Cost.By, " ", t.Cost.Currency, " ", t.StationCost.Reason), "server EUR no memory")
}

// canShow is what station A tells that shows tariffs in words.
func canShow(instance, value string) fleet.VariablesReported {
	return fleet.VariablesReported{Station: "A", Received: noon, Action: "GetVariables", List: []fleet.Variable{{
		Station: "A", Setting: fleet.Setting{Component: "TariffCostCtrlr", Variable: "Enabled", VariableInstance: instance},
		Attribute: fleet.AttributeActual, Value: &value, Received: noon,
	}}}
}

// testTariffTexts: a station that can show tariffs gets the text in the language of the driver (I01.FR.02).
func testTariffTexts(f *fixture) {
	f.putTariff(perKWh("T", "1"))
	f.ok(f.SetDefaultTariff(f.Context(), "T"))
	card := idToken("Driver", "ISO14443")
	f.putTokens(fleet.Token{IDToken: card, Status: fleet.TokenAccepted, Language: "de-AT"}, fleet.Token{IDToken: idToken("bad", ""), Status: fleet.TokenBlocked})
	asked := func(token fleet.IDToken) string {
		f.Helper()
		return f.submit(fleet.AuthorizationAsked{Station: "A", Received: noon, Token: token}).TariffText.Content
	}
	equal(f, "nobody knows whether it can", asked(card), "")
	f.submit(canShow("Cost", "true"))
	equal(f, "it knows costs", asked(card), "")
	f.submit(canShow("Tariff", "true"))
	equal(f, "it knows tariffs", asked(card), "1 die kWh")
	equal(f, "another driver", asked(idToken("other", "")), "1 a kWh")
	equal(f, "a driver who may not charge", asked(idToken("bad", "")), "")
	f.restart(store.Options{})
	equal(f, "after a restart", asked(card), "1 die kWh")
	list := session2x("A", "tx")
	equal(f, "the start has no driver", f.submit(list[0]).TariffText.Content, "")
	equal(f, "the driver", f.submit(list[1]).TariffText.Content, "1 die kWh")
	equal(f, "again", f.submit(list[1]).TariffText.Content, "1 die kWh")
	equal(f, "then it goes on", f.submit(list[2]).TariffText.Content, "")
	f.submit(canShow("Tariff", "false"))
	equal(f, "it does not any more", asked(card), "")
	display := canShow("", "TRUE")
	display.List[0].Setting.Component, display.List[0].Setting.Variable = "displaymessagectrlr", "Available"
	f.submit(display)
	equal(f, "but it has a display", asked(card), "1 die kWh")
}

// testNewTexts: who charges hears of a text that has changed, once, also when the answer was lost (I06.FR.02).
func testNewTexts(f *fixture) {
	tariff := f.putTariff(perKWh("T", "1"))
	f.ok(f.SetDefaultTariff(f.Context(), "T"))
	f.submit(canShow("Tariff", "true"))
	list := session2x("A", "tx")
	told := func(e fleet.TransactionEvent) string {
		f.Helper()
		return f.submit(e).NewText.Content
	}
	f.submit(list[0])
	f.submit(list[1])
	equal(f, "nothing new", told(list[2]), "")
	tariff.Texts = []fleet.TariffText{{Content: "at night"}}
	f.putTariff(tariff)
	equal(f, "an old message says nothing new", told(list[2]), "")
	equal(f, "the next one does", told(list[3]), "at night")
	equal(f, "and again", told(list[3]), "at night")
	equal(f, "it is told", told(list[4]), "")
	f.restart(store.Options{})
	equal(f, "the lost answer, after a restart", told(list[3]), "at night")
	tariff.Texts = nil
	f.putTariff(tariff)
	late := list[4]
	late.SeqNo, late.Token = 6, nil
	equal(f, "a text that is gone", told(late), "")
	tariff.Texts = []fleet.TariffText{{Content: "by day"}}
	f.putTariff(tariff)
	equal(f, "the end tells nothing", told(list[5]), "")

	f.submit(session2x("B", "tx")[0])
	tariff.Texts[0].Content = "later"
	f.putTariff(tariff)
	equal(f, "a station that cannot show it", told(session2x("B", "tx")[3]), "")
}

// testDriverTariffs: a station that has enabled tariffs gets that of the driver, and no other (I08).
func testDriverTariffs(f *fixture) {
	f.putTariff(perKWh("own", "1"))
	f.putTariff(perKWh("all", "2"))
	f.ok(f.SetDefaultTariff(f.Context(), "all"))
	f.putTokens(fleet.Token{IDToken: idToken("a", ""), Status: fleet.TokenAccepted, Tariff: "own"}, fleet.Token{IDToken: idToken("b", ""), Status: fleet.TokenBlocked, Tariff: "own"})
	asked := func(token string) string {
		f.Helper()
		if t := f.submit(fleet.AuthorizationAsked{Station: "A", Received: noon, Token: idToken(token, "")}).Tariff; t != nil {
			return t.ID
		}
		return ""
	}
	equal(f, "tariffs are not enabled", asked("a"), "")
	f.submit(canShow("Tariff", "true"))
	equal(f, "the driver's own", asked("a"), "own")
	equal(f, "a driver without one", asked("c"), "")
	equal(f, "a driver who may not charge", asked("b"), "")
}
