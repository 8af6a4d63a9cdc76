package storetest

import (
	"errors"
	"maps"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

func limitTests() []test {
	return []test{
		{"LimitsOfStarts", testStartLimits},
		{"LimitsOfTokens", testTokenLimits},
		{"LimitsOfOperators", testOperatorLimits},
		{"PrepaidTokens", testPrepaidTokens},
		{"CreditIsTakenOnce", testCreditTaken},
		{"CreditFollowsLateMessages", testLateCredit},
	}
}

// event21 is an event of a transaction of a station that takes limits.
func event21(seqNo int64, kind fleet.TransactionKind, token string) fleet.TransactionEvent {
	e := start2x("A", "t", token, noon.Add(time.Duration(seqNo)*time.Minute))
	e.Kind, e.SeqNo, e.TakesLimits = kind, seqNo, true
	if token == "" {
		e.Token = nil
	}
	return e
}

// takes has the station A say which limits it takes.
func (f *fixture) takes(kinds string) {
	f.Helper()
	f.submit(fleet.VariablesReported{Station: "A", Received: noon, List: []fleet.Variable{{
		Station: "A", Setting: fleet.SupportedLimits(), Attribute: fleet.AttributeActual, Value: &kinds, Received: noon,
	}}})
}

// gives submits an event and compares which limit its answer gives.
func (f *fixture) gives(e fleet.TransactionEvent, want fleet.TransactionLimit) {
	f.Helper()
	if got := f.submit(e).Limit; !maps.Equal(got, want) {
		f.Errorf("event %d: the answer gives %v, want %v", e.SeqNo, got, want)
	}
}

// testStartLimits: the limit of a remote start is given once, to the transaction that names it, whoever restarts.
func testStartLimits(f *fixture) {
	f.takes("maxEnergy,maxTime")
	limit := fleet.TransactionLimit{fleet.LimitEnergy: "8000", fleet.LimitTime: "60"}
	f.ok(f.LimitStart(f.Context(), "A", 7, limit, noon))
	f.ok(f.LimitStart(f.Context(), "B", 7, fleet.TransactionLimit{fleet.LimitTime: "1"}, noon))
	f.restart(store.Options{})
	started := event21(0, fleet.TransactionStarted, "Driver")
	f.gives(started, nil) // it names none
	named := event21(1, fleet.TransactionUpdated, "")
	named.RemoteStartID = new(int64(7))
	f.gives(named, limit)
	f.restart(store.Options{})
	f.gives(named, limit) // the answer was lost
	f.gives(event21(2, fleet.TransactionUpdated, ""), nil)
	f.gives(named, limit)
	asked := f.transaction("A", "t").AskedLimits
	if got := asked[fleet.LimitTime]; !maps.Equal(asked.Limit(), limit) || got.By != fleet.LimitOfStart || got.Event != "1" || got.GivenAt.IsZero() {
		f.Errorf("%v", asked)
	}
	other := named
	other.TransactionID = "u"
	f.gives(other, nil) // of a number that was used
}

// testTokenLimits: the limit of a token waits until the station has said that it takes it.
func testTokenLimits(f *fixture) {
	f.ok(f.PutToken(f.Context(), fleet.Token{
		IDToken: fleet.IDToken{Value: "Paid"}, Status: fleet.TokenAccepted, Credit: "20", Limit: fleet.TransactionLimit{fleet.LimitSoC: "80"},
	}))
	first := f.submit(event21(0, fleet.TransactionStarted, "Paid"))
	if len(first.Limit) != 0 || !first.LimitsWait {
		f.Errorf("%v", first)
	}
	withheld := func(kind fleet.LimitKind) fleet.LimitWithheld {
		return f.transaction("A", "t").AskedLimits[kind].Withheld
	}
	equal(f, "why not", withheld(fleet.LimitCost), fleet.LimitSupportOpen)
	f.takes("maxSoC")
	f.gives(event21(0, fleet.TransactionStarted, "Paid"), fleet.TransactionLimit{fleet.LimitSoC: "80"})
	equal(f, "why not", withheld(fleet.LimitCost), fleet.LimitUnsupported)
	f.takes("maxCost,maxSoC")
	told := event21(1, fleet.TransactionUpdated, "")
	told.Limit = fleet.TransactionLimit{fleet.LimitCost: "15"} // by the driver
	f.gives(told, nil)
	equal(f, "why not", withheld(fleet.LimitCost), fleet.LimitIsLower)
	told.SeqNo, told.Limit = 2, fleet.TransactionLimit{fleet.LimitCost: "30"}
	f.gives(told, fleet.TransactionLimit{fleet.LimitCost: "20"})
	reached := event21(3, fleet.TransactionUpdated, "")
	reached.Trigger = "CostLimitReached"
	f.gives(reached, nil)
	x := f.transaction("A", "t")
	if got := x.ToldLimits[fleet.LimitCost]; got.Value != "30" || !got.ReachedAt.Equal(reached.Time) {
		f.Errorf("%v", x.ToldLimits)
	}
	older := start2x("B", "t", "Paid", noon) // the place is taken
	f.gives(older, nil)
	if len(f.transaction("B", "t").AskedLimits) != 0 {
		f.Error("a token that was refused limits something")
	}
	f.submit(event21(4, fleet.TransactionEnded, ""))
	f.gives(older, nil) // OCPP 2.0.1
	again := start2x("B", "v", "Paid", noon)
	f.gives(again, nil)
	equal(f, "why not", f.transaction("B", "v").AskedLimits[fleet.LimitCost].Withheld, fleet.LimitNotInVersion)
}

// testOperatorLimits: what is wanted of a transaction that goes on is given with the next answer, after a restart, too.
func testOperatorLimits(f *fixture) {
	f.takes("maxEnergy")
	change := func(c fleet.LimitChange) error { return f.LimitTransaction(f.Context(), "A", "t", c, noon) }
	energy := func(v fleet.Decimal) fleet.LimitChange {
		return fleet.LimitChange{Set: fleet.TransactionLimit{fleet.LimitEnergy: v}}
	}
	if err := change(energy("1")); !errors.Is(err, store.ErrNotFound) {
		f.Error(err)
	}
	f.gives(event21(0, fleet.TransactionStarted, "Driver"), nil)
	f.ok(change(energy("10")))
	f.restart(store.Options{})
	f.gives(event21(1, fleet.TransactionUpdated, ""), energy("10").Set)
	f.ok(change(energy("30"))) // the answer was lost, and it is repeated
	f.gives(event21(1, fleet.TransactionUpdated, ""), energy("30").Set)
	f.gives(event21(2, fleet.TransactionUpdated, ""), nil)
	f.ok(change(fleet.LimitChange{Remove: []fleet.LimitKind{fleet.LimitEnergy, fleet.LimitTime}}))
	f.gives(event21(3, fleet.TransactionUpdated, ""), energy("1000000000").Set)
	f.ok(change(energy("5")))
	f.gives(event21(4, fleet.TransactionEnded, ""), nil)
	if err := change(energy("1")); !errors.Is(err, store.ErrEnded) {
		f.Error(err)
	}
	f.restart(store.Options{})
	if err := change(energy("1")); !errors.Is(err, store.ErrEnded) {
		f.Error(err)
	}
	equal(f, "notices", f.count(fleet.NoticeTransactionLimited), 4)
	support, err := f.LimitSupport(f.Context(), "A")
	f.ok(err)
	if !support.Takes(fleet.LimitEnergy) || support.Takes(fleet.LimitTime) {
		f.Errorf("%v", support)
	}
}

// testPrepaidTokens: what is left of a token is kept, and what may be found by.
func testPrepaidTokens(f *fixture) {
	for value, credit := range map[string]fleet.Decimal{"none": "", "some": "0.5", "zero": "0.00", "less": "-3"} {
		f.ok(f.PutToken(f.Context(), fleet.Token{IDToken: fleet.IDToken{Value: value}, Status: fleet.TokenAccepted, Credit: credit, CreatedAt: noon}))
	}
	for status, want := range map[fleet.TokenStatus]int{fleet.TokenAccepted: 2, fleet.TokenNoCredit: 2, "": 4} {
		p, err := f.ListTokens(f.Context(), store.TokenQuery{Status: status, Now: noon})
		f.ok(err)
		equal(f, "tokens that are "+string(status), len(p.Items), want)
		for _, t := range p.Items {
			if status != "" && t.StatusAt(noon) != status {
				f.Errorf("%s is %s", t.Value, t.StatusAt(noon))
			}
		}
	}
	kept, err := f.Token(f.Context(), fleet.IDToken{Value: "less"})
	f.ok(err)
	equal(f, "credit", kept.Credit, "-3")
	d := f.submit(fleet.AuthorizationAsked{Station: "A", Received: noon, Token: fleet.IDToken{Value: "less"}}).Token
	equal(f, "status", d.Status, fleet.TokenNoCredit)
	equalTime(f, "expiry", d.Expiry, noon)
}

// left returns what is left of the token.
func (f *fixture) left() fleet.Decimal {
	f.Helper()
	t, err := f.Token(f.Context(), fleet.IDToken{Value: "Paid"})
	f.ok(err)
	return t.Credit
}

// prepaid has a tariff of 0.48 a kWh, taxes included, count for all, and makes a token prepaid.
func (f *fixture) prepaid(credit fleet.Decimal) {
	f.Helper()
	f.putTariff(perKWh("T", "0.40"))
	f.ok(f.SetDefaultTariff(f.Context(), "T"))
	f.ok(f.PutToken(f.Context(), fleet.Token{IDToken: fleet.IDToken{Value: "Paid"}, Status: fleet.TokenAccepted, Credit: credit, CreatedAt: noon}))
}

// testCreditTaken: a transaction that ends takes what it cost off the credit, once, whoever restarts and repeats.
func testCreditTaken(f *fixture) {
	f.prepaid("5")
	f.restart(store.Options{})
	id := f.submit(start16("A", "Paid", "0", noon)).TransactionID
	equal(f, "while it goes on", f.left(), "5")
	stop := stop16("A", id, "2000", noon.Add(time.Hour))
	stop.Token = nil
	f.submit(stop)
	equal(f, "afterwards", f.left(), "4.04")
	f.submit(stop)
	f.restart(store.Options{})
	f.submit(stop)
	equal(f, "after repetitions", f.left(), "4.04")
	equal(f, "taken", f.transaction("A", id).CreditTaken, "0.96")
	other := f.submit(start16("A", "Other", "0", noon)).TransactionID
	f.submit(stop16("A", other, "2000", noon.Add(time.Hour)))
	equal(f, "taken of nothing", f.transaction("A", other).CreditTaken, "")
	id = f.submit(start16("A", "Paid", "0", noon.Add(2*time.Hour))).TransactionID
	f.submit(stop16("A", id, "10000", noon.Add(3*time.Hour)))
	equal(f, "more than there was", f.left(), "-0.76")
	equal(f, "and now", f.submit(start16("A", "Paid", "0", noon.Add(4*time.Hour))).Token.Status, fleet.TokenNoCredit)
}

// testLateCredit: what late messages make of the cost corrects what was taken.
func testLateCredit(f *fixture) {
	f.prepaid("5")
	reading := func(e fleet.TransactionEvent, wh fleet.Decimal) fleet.TransactionEvent {
		e.Samples = []fleet.Sample{{Time: e.Time, Value: wh}}
		return e
	}
	f.submit(event21(0, fleet.TransactionStarted, "Paid"))
	f.submit(reading(event21(2, fleet.TransactionUpdated, ""), "3000"))
	f.submit(reading(event21(3, fleet.TransactionEnded, ""), "5000"))
	equal(f, "of what is known", f.left(), "4.04")
	f.submit(reading(event21(1, fleet.TransactionUpdated, ""), "1000"))
	equal(f, "of all", f.left(), "3.08")
	equal(f, "taken", f.transaction("A", "t").CreditTaken, "1.92")
	changed, err := f.ChangeToken(f.Context(), fleet.IDToken{Value: "Paid"}, func(old *fleet.Token) (fleet.Token, error) {
		old.Credit = fleet.Sum(old.Credit, "10")
		return *old, nil
	})
	f.ok(err)
	equal(f, "paid in", changed.Credit, "13.08")
}
