package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"pgregory.net/rapid"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// testTokenTerms: what a token may do comes back as it was put, and decides.
func testTokenTerms(f *fixture) {
	want := fleet.Token{
		IDToken: idToken("Card", "ISO14443"), Status: fleet.TokenAccepted, CreatedAt: noon, ValidFrom: noon,
		Hours:  fleet.Hours{Zone: "Europe/Berlin", Periods: []fleet.Period{{Days: []string{"Mon", "Tue"}, From: "08:00", To: "18:00"}, {From: "22:00", To: "02:00"}}},
		Places: []fleet.Place{{Station: "A", EVSEs: []int{1, 2}}, {Station: `B"_%`}}, Concurrent: 2, Language: "de", Message: "Moin", Priority: -2,
	}
	f.ok(f.PutToken(f.Context(), want))
	got, err := f.Token(f.Context(), idToken("card", ""))
	f.ok(err)
	if !reflect.DeepEqual(got, want) {
		f.Errorf("got %+v, want %+v", got, want)
	}
	equal(f, "for A", f.values(store.TokenQuery{Station: "A"}), "Card/ISO14443")
	equal(f, "for a name with all sorts of characters", f.values(store.TokenQuery{Station: `B"_%`}), "Card/ISO14443")
	equal(f, "for part of a name", f.values(store.TokenQuery{Station: "B"}), "")
	equal(f, "for a pattern", f.values(store.TokenQuery{Station: "%"}), "")
	f.putTokens(fleet.Token{IDToken: idToken("Free", ""), Status: fleet.TokenAccepted})
	free, err := f.Token(f.Context(), idToken("free", ""))
	f.ok(err)
	equal(f, "no terms", len(free.Places)+len(free.Hours.Periods)+free.Concurrent, 0)

	f.putTokens(fleet.Token{IDToken: idToken("Fleet", ""), Status: fleet.TokenAccepted, Places: []fleet.Place{{Tag: "depot"}}})
	equal(f, "without the tag", f.ask("Fleet", "").Reason, fleet.ReasonNotHere)
	f.ok(f.CreateStation(f.Context(), store.NewStation{ID: "A", At: noon}))
	f.ok(f.TagStation(f.Context(), "A", "depot"))
	equal(f, "with the tag", f.ask("Fleet", "").Status, fleet.TokenAccepted)
	equal(f, "another station", f.submit(fleet.AuthorizationAsked{Station: "C", Received: noon, Token: idToken("fleet", "")}).Token.Reason, fleet.ReasonNotHere)

	d := f.ask("Card", "")
	equal(f, "at noon on a Monday", fmt.Sprint(d.Status, d.EVSEs, d.Language, d.Message, d.Priority), "Accepted[1 2]deMoin-2")
	equalTime(f, "until the evening", d.Expiry, noon.Add(4*time.Hour))
	d = f.submit(fleet.AuthorizationAsked{Station: "C", Received: noon, Token: want.IDToken}).Token
	equal(f, "elsewhere", d.Reason, fleet.ReasonNotHere)
	r := f.submit(start16("A", "Card", "1", noon.Add(12*time.Hour))) // on EVSE 1
	equal(f, "at night, in Berlin at 02:00", r.Token.Reason, fleet.ReasonNotNow)
	equal(f, "and nothing is lost", f.transaction("A", r.TransactionID).Decision, fleet.TokenNotNow)
}

func testTokenGroups(f *fixture) {
	ctx := f.Context()
	put := func(g fleet.TokenGroup) {
		f.Helper()
		_, err := f.ChangeTokenGroup(ctx, g.Name, func(old *fleet.TokenGroup) (fleet.TokenGroup, error) {
			equal(f, "there was one", old != nil, g.Note == "again")
			g.CreatedAt = noon
			return g, nil
		})
		f.ok(err)
	}
	put(fleet.TokenGroup{Name: "Family", Concurrent: 2})
	put(fleet.TokenGroup{Name: "FAMILY", Concurrent: 1, Note: "again"})
	put(fleet.TokenGroup{Name: "Police", MasterPass: true})
	g, err := f.TokenGroup(ctx, "family")
	f.ok(err)
	equal(f, "group", fmt.Sprint(g.Name, g.Concurrent, g.MasterPass, g.Note), "FAMILY1 falseagain")
	equal(f, "changed", g.UpdatedAt.After(noon), true)
	list := all(f, 1, func(ctx context.Context, cursor string) (store.Page[fleet.TokenGroup], error) {
		return f.ListTokenGroups(ctx, store.TokenGroupQuery{Cursor: cursor, Limit: 1})
	})
	equal(f, "groups", fmt.Sprint(len(list), list[0].Name, list[1].Name), "2FAMILYPolice")
	if _, err := f.ChangeTokenGroup(ctx, "family", func(*fleet.TokenGroup) (fleet.TokenGroup, error) { return fleet.TokenGroup{}, errOther }); !errors.Is(err, errOther) {
		f.Errorf("an error of the change: %v", err)
	}

	f.putTokens(
		fleet.Token{IDToken: idToken("officer", ""), Status: fleet.TokenAccepted, Group: "police"},
		fleet.Token{IDToken: idToken("ann", ""), Status: fleet.TokenAccepted, Group: "Family"},
		fleet.Token{IDToken: idToken("bob", ""), Status: fleet.TokenAccepted, Group: "family"},
	)
	equal(f, "a master pass is valid", f.ask("officer", "").Status, fleet.TokenAccepted)
	equal(f, "and starts nothing", f.submit(start16("A", "officer", "1", noon)).Token.Reason, fleet.ReasonMasterPass)
	r := f.submit(start16("A", "ann", "1", noon))
	equal(f, "the first of the group", r.Token.Status, fleet.TokenAccepted)
	equal(f, "its group is kept", f.transaction("A", r.TransactionID).Group, "Family")
	equal(f, "the second", f.submit(start16("B", "bob", "1", noon)).Token.Reason, fleet.ReasonGroupTooMany)
	f.ok(f.DeleteTokenGroup(ctx, "FAMILY"))
	equal(f, "without a limit", f.submit(start16("C", "bob", "1", noon)).Token.Status, fleet.TokenAccepted)
	if err := f.DeleteTokenGroup(ctx, "family"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("deleted twice: %v", err)
	}
	if _, err := f.TokenGroup(ctx, "family"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("after it was deleted: %v", err)
	}
}

// start2x is a transaction that starts with a token.
func start2x(station, id, token string, at time.Time) fleet.TransactionEvent {
	return fleet.TransactionEvent{
		Station: station, Received: at, TransactionID: id, Numbered: true, Kind: fleet.TransactionStarted, Time: at, Trigger: "Authorized",
		Token: &fleet.IDToken{Value: token, Type: "ISO14443"}, EVSE: 1,
	}
}

func end2x(station, id string, at time.Time) fleet.TransactionEvent {
	return fleet.TransactionEvent{
		Station: station, Received: at, TransactionID: id, Numbered: true, SeqNo: 9, Kind: fleet.TransactionEnded, Time: at, Trigger: "EVDeparted",
	}
}

// testConcurrentTransactions: who counts, and who does not.
func testConcurrentTransactions(f *fixture) {
	f.putTokens(fleet.Token{IDToken: idToken("Card", ""), Status: fleet.TokenAccepted, Concurrent: 1})
	first := start2x("A", "a", "Card", noon)
	equal(f, "the first", f.submit(first).Token.Status, fleet.TokenAccepted)
	equal(f, "an authorize reserves nothing, and is not refused", f.ask("card", "").Status, fleet.TokenAccepted)
	would, err := f.Decide(f.Context(), fleet.Question{Token: idToken("CARD", ""), Station: "B", At: noon, Purpose: fleet.PurposeStart})
	f.ok(err)
	equal(f, "what would be decided", would.Reason, fleet.ReasonTooMany)
	equal(f, "in words", would.Words(), "it has 1 running transactions, and may have 1 at once")
	second := start2x("B", "b", "cARD", noon)
	equal(f, "the second", f.submit(second).Token.Status, fleet.TokenConcurrent)
	x := f.transaction("B", "b")
	equal(f, "it is stored, and says why", fmt.Sprint(x.Active, x.Decision, x.DecisionReason, x.DecisionDetail), fmt.Sprint(true, would.Status, would.Reason, would.Words()))
	r := f.submit(first)
	equal(f, "the first again", fmt.Sprint(r.Duplicate, r.Token.Status), "trueAccepted")

	late := start2x("C", "c", "Card", noon.Add(-time.Hour))
	late.Offline, late.Received = true, noon
	equal(f, "what happened meanwhile elsewhere", f.submit(late).Token.Status, fleet.TokenAccepted)
	f.submit(end2x("C", "c", noon))
	over := start2x("D", "d", "Card", noon)
	f.submit(end2x("D", "d", noon))
	equal(f, "a start that comes after its end", f.submit(over).Token.Status, fleet.TokenAccepted)

	early := second
	early.Kind, early.SeqNo = fleet.TransactionUpdated, 2
	equal(f, "the card is shown again while there is no place", f.submit(early).Token.Status, fleet.TokenConcurrent)

	f.submit(end2x("A", "a", noon))
	r = f.submit(second)
	equal(f, "the refused one again, by repetition", fmt.Sprint(r.Duplicate, r.Token.Status, r.Token.Words()), fmt.Sprint(true, would.Status, would.Words()))
	shown := second
	shown.Kind, shown.SeqNo = fleet.TransactionUpdated, 1
	equal(f, "the card is shown again", f.submit(shown).Token.Status, fleet.TokenAccepted)
	equal(f, "and that is kept", f.transaction("B", "b").Decision, fleet.TokenAccepted)
	equal(f, "and counts", f.submit(start2x("A", "a2", "Card", noon)).Token.Status, fleet.TokenConcurrent)
	equal(f, "where it runs, the old one is over", f.submit(start2x("B", "b2", "Card", noon)).Token.Status, fleet.TokenAccepted)
}

// testHookedGroups: the group that an authorization hook names has the limit of its record here, whatever group the token has.
func testHookedGroups(f *fixture) {
	ctx := f.Context()
	for name, most := range map[string]int{"HOOKED": 1, "OWN": 9} {
		_, err := f.ChangeTokenGroup(ctx, name, func(*fleet.TokenGroup) (fleet.TokenGroup, error) {
			return fleet.TokenGroup{Name: name, Concurrent: most, CreatedAt: noon}, nil
		})
		f.ok(err)
	}
	f.putTokens(fleet.Token{IDToken: idToken("Card", ""), Status: fleet.TokenBlocked, Group: "OWN"})
	start := func(station, token string) fleet.Decision {
		e := start2x(station, "x", token, noon)
		e.Opinion = &fleet.Opinion{Status: fleet.TokenAccepted, Group: "hooked"}
		return f.submit(e).Token
	}
	equal(f, "the first", start("A", "Card").Status, fleet.TokenAccepted)
	second := start("B", "another")
	equal(f, "the second", fmt.Sprint(second.Status, second.Reason, second.Group), "ConcurrentTxtoo-many-in-grouphooked")
}

// testConcurrentRace: of many that start in the same commits, no more than may.
func testConcurrentRace(f *fixture) {
	f.restart(store.Options{MaxBatch: 64, MaxDelay: 5 * time.Millisecond})
	f.putTokens(fleet.Token{IDToken: idToken("Card", ""), Status: fleet.TokenAccepted, Concurrent: 3})
	var wg sync.WaitGroup
	var accepted atomic.Int32
	for i := range 40 {
		wg.Go(func() {
			_, err := f.Submit(f.Context(), fleet.AuthorizationAsked{Station: fmt.Sprint("s", i), Received: noon, Token: idToken("Card", "")})
			r, err2 := f.Submit(f.Context(), start2x(fmt.Sprint("s", i), "x", "Card", noon))
			if err = errors.Join(err, err2); err != nil {
				f.Error(err)
			}
			if r.Token.Accepted() {
				accepted.Add(1)
			}
		})
	}
	wg.Wait()
	equal(f, "accepted", accepted.Load(), 3)
	p, err := f.ListTransactions(f.Context(), store.TransactionQuery{Decision: fleet.TokenConcurrent})
	f.ok(err)
	equal(f, "stored and refused", len(p.Items), 37)
}

// testLimitsHold: whatever starts, ends, is repeated and comes late, transactions that start online are accepted only while
// there is room, and none is lost.
func testLimitsHold(f *fixture) {
	run := 0
	rapid.Check(f.T, func(t *rapid.T) {
		run++
		limit, group := rapid.IntRange(1, 3).Draw(t, "limit"), rapid.IntRange(1, 4).Draw(t, "limit of the group")
		name := func(s string) string { return fmt.Sprint(s, "-", run) }
		_, err := f.ChangeTokenGroup(f.Context(), name("g"), func(*fleet.TokenGroup) (fleet.TokenGroup, error) {
			return fleet.TokenGroup{Name: name("g"), Concurrent: group, CreatedAt: noon}, nil
		})
		f.ok(err)
		cards := []string{name("c0"), name("c1"), name("stranger")}
		for _, c := range cards[:2] {
			f.putTokens(fleet.Token{IDToken: idToken(c, ""), Status: fleet.TokenAccepted, Concurrent: limit, Group: name("g")})
		}
		m := limitModel{f: f, t: t, cards: cards, limit: limit, group: group, running: map[string]string{}, sent: map[string]fleet.TransactionEvent{}}
		for i := range rapid.IntRange(1, 25).Draw(t, "steps") {
			m.step(i, name)
		}
		for id, e := range m.sent {
			equal(f, "who started "+id, f.transaction(e.Station, id).Token.Value, e.Token.Value)
		}
	})
}

// limitModel knows what runs.
type limitModel struct {
	f            *fixture
	t            *rapid.T
	cards        []string
	limit, group int
	running      map[string]string // accepted transactions that go on: the card of each
	sent         map[string]fleet.TransactionEvent
}

func (m *limitModel) step(i int, name func(string) string) {
	id := fmt.Sprint("x", i)
	switch rapid.SampledFrom([]string{"start", "start", "start", "offline", "end", "again", "ask"}).Draw(m.t, "what") {
	case "start":
		m.start(start2x(name(fmt.Sprint("s", i)), id, rapid.SampledFrom(m.cards).Draw(m.t, "card"), noon))
	case "offline":
		e := start2x(name(fmt.Sprint("s", i)), id, rapid.SampledFrom(m.cards).Draw(m.t, "card"), noon.Add(-time.Hour))
		e.Offline, e.Received = true, noon
		m.start(e)
	case "end":
		if id := m.any(); id != "" {
			m.f.submit(end2x(m.sent[id].Station, id, noon))
			delete(m.running, id)
		}
	case "again":
		if id := m.any(); id != "" {
			_, runs := m.running[id]
			if r := m.f.submit(m.sent[id]); !r.Duplicate || runs && !r.Token.Accepted() {
				m.t.Fatalf("%s again: %+v", id, r)
			}
		}
	case "ask":
		m.f.submit(fleet.AuthorizationAsked{Station: name("s"), Received: noon, Token: idToken(m.cards[0], "")})
	}
}

func (m *limitModel) any() string {
	if len(m.sent) == 0 {
		return ""
	}
	var ids []string
	for i := range 25 {
		if id := fmt.Sprint("x", i); m.sent[id].Station != "" {
			ids = append(ids, id)
		}
	}
	return rapid.SampledFrom(ids).Draw(m.t, "which")
}

func (m *limitModel) start(e fleet.TransactionEvent) {
	card := e.Token.Value
	mine, all := 0, 0
	for _, c := range m.running {
		if c == card {
			mine++
		}
		if !strings.HasPrefix(c, "stranger") {
			all++
		}
	}
	room := e.Offline || strings.HasPrefix(card, "stranger") || mine < m.limit && all < m.group
	if got := m.f.submit(e).Token; got.Accepted() != room {
		m.t.Fatalf("%s runs %d times, the group %d times: %s, %s", card, mine, all, got.Status, got.Words())
	} else if room {
		m.running[e.TransactionID] = card
	}
	m.sent[e.TransactionID] = e
}

// testDecisionInAnyOrder: whatever the order of a transaction's messages, the decision that is kept is that about the token
// of the first of them, as of when it was used.
func testDecisionInAnyOrder(f *fixture) {
	f.putTokens(
		fleet.Token{IDToken: idToken("Day", ""), Status: fleet.TokenAccepted, Hours: fleet.Hours{Periods: []fleet.Period{{From: "08:00", To: "10:00"}}}},
		fleet.Token{IDToken: idToken("Old", ""), Status: fleet.TokenAccepted, Expiry: noon.Add(-90 * time.Minute), Concurrent: 1},
	)
	run := 0
	rapid.Check(f.T, func(t *rapid.T) {
		run++
		station := fmt.Sprint("any", run)
		token := rapid.SampledFrom([]string{"Day", "Old", "Nobody"}).Draw(t, "token")
		hours := rapid.IntRange(1, 6).Draw(t, "hours ago")
		var list []fleet.TransactionEvent
		for i := range rapid.IntRange(1, 4).Draw(t, "events") {
			e := start2x(station, "x", token, noon.Add(time.Duration(i*40)*time.Minute-time.Duration(hours)*time.Hour))
			if e.SeqNo = int64(i); i > 0 {
				e.Kind = fleet.TransactionUpdated
			}
			e.Offline, e.Received = true, noon
			list = append(list, e)
		}
		want, err := f.Decide(f.Context(), list[0].Question())
		f.ok(err)
		for _, e := range rapid.Permutation(list).Draw(t, "order") {
			f.submit(e)
			if rapid.Bool().Draw(t, "twice") {
				f.submit(e)
			}
		}
		x := f.transaction(station, "x")
		if x.Decision != want.Status || x.DecisionReason != want.Reason {
			t.Fatalf("kept: %s, %s; want %s, %s", x.Decision, x.DecisionReason, want.Status, want.Reason)
		}
		f.submit(end2x(station, "x", noon))
	})
}
