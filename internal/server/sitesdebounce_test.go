package server

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// siteWatch is a store with one site, which notes when somebody looks at it.
type siteWatch struct {
	store.Store
	begun time.Time

	mu    sync.Mutex // guards looks
	looks []time.Duration
}

func (s *siteWatch) ListSites(context.Context, store.SiteQuery) (store.Page[fleet.Site], error) {
	return store.Page[fleet.Site]{Items: []fleet.Site{{ID: "garage"}}}, nil
}

func (s *siteWatch) Site(context.Context, string) (fleet.Site, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks = append(s.looks, time.Since(s.begun))
	return fleet.Site{}, store.ErrNotFound
}

// What happens at once is one look at the site, a debounce after the first; without anything it is looked at by the clock.
func TestWhatHappensAtOnceIsOneLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &siteWatch{begun: time.Now()}
		a := newSites(s, slog.New(slog.DiscardHandler), nil)
		if err := a.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		for range 5 { // within 200 ms
			a.changed("garage", "something")
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(10 * time.Second)
		a.changed("garage", "something else")
		time.Sleep(siteTick)
		if err := a.close(); err != nil {
			t.Fatal(err)
		}
		second := 11*time.Second + 250*time.Millisecond + siteDebounce
		want := []time.Duration{0, time.Second + siteDebounce, second, siteTick}
		if !slices.Equal(s.looks, want) {
			t.Errorf("looked at %v, want %v", s.looks, want)
		}
		a.changed("garage", "too late")
	})
}

// A session that begins or ends has its site looked at, and what failed or is of another station does not.
func TestMessagesOfSessionsHaveTheSiteLookedAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &siteWatch{begun: time.Now()}
		a := newSites(s, slog.New(slog.DiscardHandler), nil)
		if err := a.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []time.Duration{0}
		for _, c := range []struct {
			identity, action string
			err              error
			looks            bool
		}{
			{"A", "TransactionEvent", nil, true},
			{"A", "StartTransaction", nil, true},
			{"A", "StopTransaction", nil, true},
			{"A", "Heartbeat", nil, false},
			{"A", "TransactionEvent", errors.New("not stored"), false},
			{"B", "TransactionEvent", nil, false},
		} {
			time.Sleep(time.Second)
			a.mu.Lock()
			a.of["A"] = "garage"
			a.mu.Unlock()
			_, err := a.intercept(t.Context(), &ocpp.Exchange{Identity: c.identity, Action: ocpp.Action{Name: c.action}, Inbound: true}, nil,
				func(context.Context, any) (any, error) { return nil, c.err })
			if !errors.Is(err, c.err) {
				t.Error(err)
			}
			if c.looks {
				want = append(want, time.Since(s.begun)+siteDebounce)
			}
		}
		time.Sleep(time.Second)
		if err := a.close(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.looks, want) {
			t.Errorf("looked at %v, want %v", s.looks, want)
		}
	})
}
