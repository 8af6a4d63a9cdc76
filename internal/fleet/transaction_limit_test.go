package fleet

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLimitSupport(t *testing.T) {
	for value, want := range map[string][]LimitKind{
		"maxCost,maxEnergy,maxTime,maxSoC": LimitKinds(),
		"MAXSOC , maxLength,maxTime,":      {LimitSoC, LimitTime},
		"":                                 nil,
		"maxPower":                         nil,
	} {
		got := ParseLimitSupport(value)
		if !got.Known || !slices.Equal(got.Kinds, want) {
			t.Errorf("%q: %v", value, got)
		}
	}
	some := LimitSupport{Known: true, Kinds: []LimitKind{LimitEnergy}}
	if err := some.Refuse("/x", []LimitKind{LimitEnergy}); err != nil {
		t.Error(err)
	}
	for _, s := range []LimitSupport{some, {Known: true}, {}} {
		var wrong *VerbError
		if err := s.Refuse("/x", []LimitKind{LimitTime}); !errors.As(err, &wrong) || wrong.Argument != "/x/maxTime" || wrong.Reason != VerbOfMoment {
			t.Errorf("%v: %v", s, err)
		}
	}
}

func TestLimitArguments(t *testing.T) {
	number := func(f float64) *float64 { return &f }
	whole := func(n int64) *int64 { return &n }
	for pointer, a := range map[string]*LimitArgument{
		"/l":           {},
		"/l/maxCost":   {MaxCost: number(-0.01)},
		"/l/maxEnergy": {MaxEnergy: number(1e9 + 1), MaxTime: whole(1)},
		"/l/maxTime":   {MaxTime: whole(-1)},
		"/l/maxSoC":    {MaxSoC: whole(101)},
	} {
		var wrong *VerbError
		if err := a.Check("/l"); !errors.As(err, &wrong) || wrong.Argument != pointer || wrong.Reason != VerbWrong {
			t.Errorf("%s: %v", pointer, err)
		}
	}
	none := (*LimitArgument)(nil)
	if none.Check("/l") != nil || none.Limit() != nil {
		t.Error("no limit is a limit")
	}
	all := LimitArgument{MaxCost: number(0.1), MaxEnergy: number(0), MaxTime: whole(0), MaxSoC: whole(100)}
	want := TransactionLimit{LimitCost: "0.1", LimitEnergy: "0", LimitTime: "0", LimitSoC: "100"}
	if err := all.Check(""); err != nil || !maps.Equal(all.Limit(), want) {
		t.Errorf("%v %v", err, all.Limit())
	}
}

func TestTheLowestLimitCountsAndTheOperatorHasTheLastWord(t *testing.T) {
	at := time.Unix(1, 0).UTC()
	var none AskedLimits
	a := none.Ask(TransactionLimit{LimitCost: "20", LimitEnergy: "5"}, LimitOfStart, at)
	b := a.Ask(TransactionLimit{LimitCost: "9.5", LimitEnergy: "10"}, LimitOfToken, at)
	if got := b.Limit(); !maps.Equal(got, TransactionLimit{LimitCost: "9.5", LimitEnergy: "5"}) || b[LimitCost].By != LimitOfToken || b[LimitEnergy].By != LimitOfStart {
		t.Errorf("%v", b)
	}
	c := b.Ask(TransactionLimit{LimitCost: "50"}, LimitOfOperator, at).Ask(TransactionLimit{LimitCost: "1"}, LimitOfToken, at)
	if got := c[LimitCost]; got.Value != "50" || got.By != LimitOfOperator {
		t.Errorf("%v", got)
	}
	if len(none) != 0 || len(a) != 2 || b[LimitCost].Value != "9.5" {
		t.Error("limits were changed that others hold")
	}
}

// answers is a limit and the answers that it gets.
type answers struct {
	t     *testing.T
	asked AskedLimits
	q     LimitAnswer
}

func (a *answers) want(event string, give TransactionLimit, withheld LimitWithheld) {
	a.t.Helper()
	a.q.Event = event
	var got TransactionLimit
	got, a.asked = a.asked.Answer(a.q)
	if !maps.Equal(got, give) || a.asked[LimitEnergy].Withheld != withheld {
		a.t.Errorf("event %s: given %v, withheld %q", event, got, a.asked[LimitEnergy].Withheld)
	}
}

func TestWhatAnAnswerGives(t *testing.T) {
	at := time.Unix(1, 0).UTC()
	energy := func(v Decimal) TransactionLimit { return TransactionLimit{LimitEnergy: v} }
	all := LimitSupport{Known: true, Kinds: LimitKinds()}
	a := &answers{t: t, q: LimitAnswer{Now: at}, asked: AskedLimits(nil).Ask(energy("10"), LimitOfToken, at)}
	a.want("0", nil, LimitNotInVersion)
	a.q.Speaks = true
	a.want("0", nil, LimitSupportOpen)
	a.q.Support = LimitSupport{Known: true, Kinds: []LimitKind{LimitCost}}
	a.want("1", nil, LimitUnsupported) // E16.FR.12
	a.q.Support, a.q.Told = all, map[LimitKind]ToldLimit{LimitEnergy: {Value: "10.0"}}
	a.want("2", nil, LimitIsLower) // E16.FR.08
	a.q.Told = map[LimitKind]ToldLimit{LimitEnergy: {Value: "10.5"}}
	a.want("3", energy("10"), "") // E16.FR.07
	a.want("4", nil, "")
	a.want("3", energy("10"), "") // its answer was lost
	a.q.Told = map[LimitKind]ToldLimit{LimitEnergy: {Value: "10"}}
	a.asked = a.asked.Ask(energy("20"), LimitOfOperator, at)
	a.want("3", energy("20"), "") // the first one is not known there
	a.asked = a.asked.Lift([]LimitKind{LimitEnergy, LimitSoC}, nil, at)
	a.want("5", energy("1000000000"), "") // E16.FR.17
	a.asked = a.asked.Ask(energy("1"), LimitOfOperator, at)
	a.q.Over = true
	a.want("6", nil, "")
	if unheard := AskedLimits(nil).Ask(energy("1"), LimitOfToken, at).Lift([]LimitKind{LimitEnergy}, nil, at); len(unheard) != 0 {
		t.Errorf("what no station has heard of is not gone: %v", unheard)
	}
}

// TestAChangeIsGivenWithOneEvent: whatever is lost, repeated and changed, every change is in the answers to one event only, and a
// station that repeats until it is answered has in the end what is wanted.
func TestAChangeIsGivenWithOneEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var asked AskedLimits
		has, with := TransactionLimit{}, map[AskedLimit]string{} // by the change, without what became of it
		all := LimitSupport{Known: true, Kinds: LimitKinds()}
		ask := func(n int) {
			kind := rapid.SampledFrom(LimitKinds()).Draw(t, "kind")
			value := Decimal(strconv.Itoa(rapid.IntRange(1, 9).Draw(t, "value")))
			by := rapid.SampledFrom([]LimitSource{LimitOfStart, LimitOfToken, LimitOfOperator}).Draw(t, "by")
			asked = asked.Ask(TransactionLimit{kind: value}, by, time.Unix(int64(n), 0))
		}
		send := func(event string) (given TransactionLimit) {
			given, asked = asked.Answer(LimitAnswer{Event: event, Now: time.Unix(1, 0), Speaks: true, Support: all})
			for kind := range given {
				change := asked[kind]
				change.Event, change.GivenAt = "", time.Time{}
				if other, ok := with[change]; ok && other != event {
					t.Fatalf("%s %v was given with event %s, and again with %s", kind, change, other, event)
				}
				with[change] = event
			}
			return given
		}
		n := rapid.IntRange(1, 12).Draw(t, "events")
		for i := range n + 1 {
			event := strconv.Itoa(i)
			for answered := false; !answered; {
				if i < n && rapid.Bool().Draw(t, "something changes") {
					ask(i)
				}
				given := send(event)
				if answered = i == n || rapid.Bool().Draw(t, "the answer arrives"); answered {
					maps.Copy(has, given)
				}
			}
		}
		if !maps.Equal(has, asked.Limit()) || asked.Due() {
			t.Fatalf("the station has %v, and is to have %v", has, asked.Limit())
		}
	})
}

func TestPrepaidTokens(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	prepaid := func(credit Decimal, l TransactionLimit) Facts {
		return Facts{Record: &Token{Status: TokenAccepted, Credit: credit, Limit: l}}
	}
	ask := Question{Token: IDToken{Value: "x"}, At: now, Purpose: PurposeAsk}
	start, stop, held := ask, ask, ask
	start.Purpose, stop.Purpose, held.Purpose, held.Held = PurposeStart, PurposeStop, PurposeStart, true
	busy := prepaid("5", nil)
	busy.Running = 1
	blocked := prepaid("5", nil)
	blocked.Record.Status = TokenBlocked
	for name, c := range map[string]struct {
		q      Question
		f      Facts
		status TokenStatus
		limit  TransactionLimit
		cached bool // for as long as the station likes
	}{
		"some is left":               {q: start, f: prepaid("0.01", nil), status: TokenAccepted, limit: TransactionLimit{LimitCost: "0.01"}},
		"nothing is left":            {q: start, f: prepaid("0.00", nil), status: TokenNoCredit},
		"less than nothing":          {q: ask, f: prepaid("-1", nil), status: TokenNoCredit},
		"an end":                     {q: stop, f: prepaid("0", nil), status: TokenAccepted},
		"what was accepted goes on":  {q: held, f: prepaid("0", nil), status: TokenAccepted, limit: TransactionLimit{LimitCost: "0"}},
		"a lower limit":              {q: start, f: prepaid("9", TransactionLimit{LimitCost: "5", LimitTime: "60"}), status: TokenAccepted, limit: TransactionLimit{LimitCost: "5", LimitTime: "60"}},
		"a higher limit":             {q: start, f: prepaid("3", TransactionLimit{LimitCost: "5"}), status: TokenAccepted, limit: TransactionLimit{LimitCost: "3"}},
		"one at a time":              {q: start, f: busy, status: TokenConcurrent},
		"not prepaid":                {q: start, f: prepaid("", TransactionLimit{LimitTime: "60"}), status: TokenAccepted, limit: TransactionLimit{LimitTime: "60"}, cached: true},
		"blocked, whatever is left":  {q: start, f: blocked, status: TokenBlocked, cached: true},
		"the hook knows it better":   {q: Question{At: now, Purpose: PurposeStart, Opinion: &Opinion{Status: TokenAccepted, Limit: TransactionLimit{LimitSoC: "80"}}}, f: prepaid("0", nil), status: TokenAccepted, limit: TransactionLimit{LimitSoC: "80"}, cached: true},
		"nobody said anything of it": {q: start, status: TokenAccepted, cached: true},
	} {
		d := TokenPolicy{}.Decide(c.q, c.f)
		if d.Status != c.status || !maps.Equal(d.Limit, c.limit) || d.Expiry.IsZero() != c.cached || !c.cached && !d.Expiry.Equal(now) {
			t.Errorf("%s: %v until %v, limit %v", name, d.Status, d.Expiry, d.Limit)
		}
	}
	spent := Token{Status: TokenAccepted, Credit: "0"}
	if spent.StatusAt(now) != TokenNoCredit || spent.Listable(now) || (Token{Status: TokenAccepted, Limit: TransactionLimit{LimitSoC: "1"}}).Listable(now) {
		t.Error("a station could decide about it by itself")
	}
}

func TestLimitsThatStationsTell(t *testing.T) {
	at := time.Unix(100, 0).UTC()
	var h History
	for i, e := range []TransactionEvent{
		{Trigger: "LimitSet", Limit: TransactionLimit{LimitCost: "50", LimitEnergy: "9"}},
		{Trigger: "LimitSet", Limit: TransactionLimit{LimitCost: "75"}},
		{Trigger: "CostLimitReached", Time: at},
		{Trigger: "TimeLimitReached", Time: at.Add(1e9)}, {Trigger: "SoCLimitReached", Time: at}, {Trigger: "EnergyLimitReached", Time: at},
		{Trigger: "CostLimitReached", Time: at.Add(2e9)},
	} {
		e.Kind, e.Numbered, e.SeqNo = TransactionUpdated, true, int64(7-i) // the latest number first
		before := h.ToldLimits()
		kept := maps.Clone(before)
		old := h
		h.Add(e, nil)
		if !reflect.DeepEqual(before, kept) || !reflect.DeepEqual(old.ToldLimits(), kept) {
			t.Fatal("a history that somebody else holds has changed")
		}
	}
	want := map[LimitKind]ToldLimit{
		LimitCost: {"50", at}, LimitEnergy: {"9", at}, LimitTime: {"", at.Add(1e9)}, LimitSoC: {"", at},
	}
	if got := h.ToldLimits(); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}
