package server

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// tokenShelf is a store that has tokens only, and counts how often they are read.
type tokenShelf struct {
	store.Access
	tokens   []fleet.Token
	revision uint64
	reads    int
	contents map[string][]fleet.ListedToken
}

func (s *tokenShelf) TokensRevision() uint64 { return s.revision }

func (s *tokenShelf) ListTokens(context.Context, store.TokenQuery) (store.Page[fleet.Token], error) {
	s.reads++
	return store.Page[fleet.Token]{Items: s.tokens}, nil
}

func (s *tokenShelf) ListContent(_ context.Context, digest string) ([]fleet.ListedToken, error) {
	content, ok := s.contents[digest]
	if !ok {
		return nil, store.ErrNotFound
	}
	return content, nil
}

// The tokens are read again when one has changed, and when the time of one has come; not before.
func TestTheListOfTheRecordIsReadWhenItHasChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		s := &tokenShelf{tokens: []fleet.Token{
			{IDToken: fleet.IDToken{Value: "A", Type: "Local"}, Status: fleet.TokenAccepted, Expiry: now.Add(time.Hour)},
			{IDToken: fleet.IDToken{Value: "B", Type: "Local"}, Status: fleet.TokenAccepted, ValidFrom: now.Add(2 * time.Hour)},
		}}
		l := newListRecord(s)
		check := func(what, want string, reads int) {
			t.Helper()
			for _, version := range []ocpp.Version{ocpp.V16, ocpp.V201, ocpp.V21, ocpp.V21} {
				list, err := l.List(t.Context(), version)
				if err != nil {
					t.Fatal(err)
				}
				got := ""
				for _, token := range list.tokens {
					got += fmt.Sprint(token.Value, " ", token.Status, ",")
				}
				if got != want || s.reads != reads || len(list.sizes) != len(list.tokens) {
					t.Errorf("%s: %s after %d reads, want %s after %d", what, got, s.reads, want, reads)
				}
			}
		}
		check("at first", "A Accepted,", 1)
		time.Sleep(time.Hour - time.Nanosecond)
		check("before the hour", "A Accepted,", 1)
		time.Sleep(time.Nanosecond)
		check("when it is over", "A Expired,", 2)
		time.Sleep(time.Hour)
		check("when the other begins", "A Expired,B Accepted,", 3)
		s.tokens, s.revision = s.tokens[1:], 7
		check("when one is gone", "B Accepted,", 4)
		time.Sleep(1000 * time.Hour)
		check("long after", "B Accepted,", 4)
	})
}

// What makes one list the other is worked out once for all that have it, and not for a list that nobody has any more.
func TestDifferencesOfLists(t *testing.T) {
	a := fleet.ListedToken{TokenArgument: fleet.TokenArgument{Value: "A", Type: "Local"}, Status: fleet.TokenAccepted}
	s := &tokenShelf{contents: map[string][]fleet.ListedToken{"a": {a}}, tokens: []fleet.Token{{IDToken: fleet.IDToken{Value: "B", Type: "Local"}, Status: fleet.TokenAccepted}}}
	l := newListRecord(s)
	first, to, err := l.Difference(t.Context(), ocpp.V21, "a")
	if err != nil || len(first.put) != 1 || len(first.remove) != 1 || len(first.sizes) != 2 || len(to.tokens) != 1 {
		t.Fatalf("%+v %v", first, err)
	}
	if first.sizes[0] >= first.sizes[1] {
		t.Errorf("sizes %v: the token that goes comes first, and has no information", first.sizes)
	}
	delete(s.contents, "a")
	if again, _, err := l.Difference(t.Context(), ocpp.V21, "a"); err != nil || again != first {
		t.Errorf("it was worked out again: %v", err)
	}
	if _, _, err := l.Difference(t.Context(), ocpp.V21, "x"); err == nil {
		t.Error("a list that nobody has")
	}
}

// A list of 20,000 tokens: when the tokens have changed, when they have not, and what it takes to say what one station gets.
func BenchmarkLocalLists(b *testing.B) {
	s := &tokenShelf{}
	for i := range 20_000 {
		s.tokens = append(s.tokens, fleet.Token{IDToken: fleet.IDToken{Value: fmt.Sprintf("%014X", i), Type: "ISO14443"}, Status: fleet.TokenAccepted})
	}
	l := newListRecord(s)
	all := func(b *testing.B) {
		b.Helper()
		for _, p := range protocols() {
			if _, err := l.List(b.Context(), p.Version()); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("changed", func(b *testing.B) {
		for b.Loop() {
			s.revision++
			all(b)
		}
	})
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			all(b)
		}
	})
	b.Run("message", func(b *testing.B) {
		list, err := l.List(b.Context(), ocpp.V201)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			p := &listPlan{version: ocpp.V201, full: true, fromRecord: true, put: list.tokens, first: 1}
			if p.ends, err = (listLimits{items: listLimit{most: 100}}).divide(list.sizes); err != nil {
				b.Fatal(err)
			}
			if _, _, err := p.request(1); err != nil {
				b.Fatal(err)
			}
		}
	})
}
