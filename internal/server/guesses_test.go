package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// gate is an admission of stations that all have the key "right".
type gate struct {
	t *testing.T
	*admission
}

// oneKey is a store in which every station has the same credential.
type oneKey struct {
	store.Stations
	credential fleet.Credential
}

func (o oneKey) Identity(_ context.Context, id string) (fleet.Identity, error) {
	return fleet.Identity{ID: id, Known: true, Profile: 1, Credential: o.credential}, nil
}

func (oneKey) SeeCredential(context.Context, string, fleet.Credential, time.Time) error { return nil }

func newGate(t *testing.T) gate {
	return gate{t, &admission{mode: ModeKnown, store: oneKey{credential: fleet.NewCredential("right")}, guesses: newGuesses()}}
}

// try returns the error of a login.
func (g gate) try(station, address, key string) error {
	c := csms.Credential{User: station, Password: []byte(key), Basic: true}
	if key == "" {
		c = csms.Credential{}
	}
	_, err := g.authenticate(g.t.Context(), station, c, &http.Request{RemoteAddr: address})
	return err
}

// expect demands the error of a login; nil is none.
func (g gate) expect(what, station, address, key string, want error) {
	g.t.Helper()
	if err := g.try(station, address, key); !errors.Is(err, want) {
		g.t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func (g gate) spend(station, address string) {
	g.t.Helper()
	for i := range pairBurst {
		g.expect(fmt.Sprint("wrong key ", i), station, address, "wrong", csms.ErrBadCredential)
	}
}

func TestGuessesAreSlowedToTheInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		g.spend("A", "192.0.2.1:1")
		g.expect("one more", "A", "192.0.2.1:2", "wrong", csms.ErrTooManyAttempts)
		g.expect("the right key tells nothing either", "A", "192.0.2.1:3", "right", csms.ErrTooManyAttempts)
		var refused tooManyGuesses
		if err := g.try("A", "192.0.2.1:1", "right"); !errors.As(err, &refused) || refused.RetryAfter() != pairEvery {
			t.Errorf("asked to wait: %v", err)
		}
		time.Sleep(pairEvery - 1)
		g.expect("a moment too early", "A", "192.0.2.1:1", "wrong", csms.ErrTooManyAttempts)
		time.Sleep(time.Nanosecond)
		g.expect("the next guess", "A", "192.0.2.1:1", "wrong", csms.ErrBadCredential)
		g.expect("and only one", "A", "192.0.2.1:1", "right", csms.ErrTooManyAttempts)
		time.Sleep(pairEvery)
		g.expect("the right key in its turn", "A", "192.0.2.1:1", "right", nil)
		g.spend("A", "192.0.2.1:1") // a full bucket after it
		g.expect("and no more", "A", "192.0.2.1:1", "wrong", csms.ErrTooManyAttempts)
	})
}

// An attacker cannot lock a station out: not from elsewhere, and not with the names of others.
func TestTheRightKeyGetsInWhateverOthersDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		for i := range 2000 { // from many addresses: the budget of the station is gone
			g.try("A", fmt.Sprintf("198.51.%d.%d:9", i/256, i%256), "wrong")
		}
		g.expect("from where nobody guessed", "A", "192.0.2.1:1", "right", nil)
		g.expect("from where somebody guessed once, in another's name", "B", "198.51.0.1:1", "right", nil)
		g.expect("another station", "B", "192.0.2.1:1", "right", nil)
		for i := range 2000 { // in many names: the budget of the address is gone
			g.try(fmt.Sprint("S", i), "192.0.2.1:9", "wrong")
		}
		g.expect("a neighbour of the attacker, behind the same address", "A", "192.0.2.1:1", "right", nil)
	})
}

// Spreading guesses does not multiply them: once very many were wrong, each pair has one.
func TestSpreadGuessesGetOneEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		for i := range identityBurst {
			g.expect("one of many addresses", "A", fmt.Sprintf("198.51.100.%d:9", i), "wrong", csms.ErrBadCredential)
		}
		g.expect("the first of a new address", "A", "192.0.2.7:1", "wrong", csms.ErrBadCredential)
		g.expect("the second", "A", "192.0.2.7:1", "wrong", csms.ErrTooManyAttempts)
		for i := range addressBurst {
			g.expect("one of many names", fmt.Sprint("S", i), "192.0.2.1:9", "wrong", csms.ErrBadCredential)
		}
		g.expect("the first of a new name", "T", "192.0.2.1:9", "wrong", csms.ErrBadCredential)
		g.expect("the second", "T", "192.0.2.1:9", "wrong", csms.ErrTooManyAttempts)
	})
}

// 5,000 stations behind one address with their keys never wait, however often they come, and neither do those that try
// without a key first.
func TestStationsBehindOneAddressNeverSuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		for range 3 {
			for i := range 5000 {
				id := fmt.Sprint("CP-", i)
				g.expect("without a key", id, "192.0.2.1:1", "", csms.ErrBadCredential)
				g.expect("with it", id, "192.0.2.1:1", "right", nil)
			}
		}
		if n := len(g.guesses.pairs.spent) + len(g.guesses.addresses.spent) + len(g.guesses.stations.spent); n != 0 {
			t.Errorf("%d entries are left of stations that did nothing wrong", n)
		}
	})
}

func TestANewKeyForgetsWhatWasWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		g.spend("A", "192.0.2.1:1")
		g.spend("B", "192.0.2.1:1")
		(&commands{csms: newCSMS(t), forget: g.guesses.forget}).Disconnect("A", "its key was replaced")
		g.expect("the station with the new key", "A", "192.0.2.1:1", "right", nil)
		g.expect("another", "B", "192.0.2.1:1", "right", csms.ErrTooManyAttempts)
	})
}

func newCSMS(t *testing.T) *csms.Server {
	t.Helper()
	s, err := csms.NewServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp16.Protocol}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Strangers cannot fill the memory, and cannot wash a budget out by filling it, either: what is fullest goes first.
func TestBudgetsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudgets[int](10, time.Minute)
		b.spend(-1, 10, time.Now())
		for i := range 5 * maxGuesses {
			b.spend(i, 1, time.Now())
		}
		if n := len(b.spent); n != maxGuesses {
			t.Errorf("%d budgets are kept", n)
		}
		if b.wait(-1, time.Now()) == 0 {
			t.Error("the empty budget was forgotten before the full ones")
		}
		time.Sleep(time.Hour)
		if w := b.wait(-1, time.Now()); w != 0 {
			t.Errorf("still waiting after an hour: %v", w)
		}
	})
}

func TestAddressesOfOneGuesserAreOne(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1:1", "192.0.2.1:2", true},
		{"192.0.2.1:1", "192.0.2.2:1", false},
		{"192.0.2.1:1", "[::ffff:192.0.2.1]:9", true},
		{"[2001:db8:1:2::1]:1", "[2001:db8:1:2:ffff::9]:1", true},
		{"[2001:db8:1:2::1]:1", "[2001:db8:1:3::1]:1", false},
		{"[fe80::1%eth0]:1", "[fe80::2%eth1]:1", true},
		{"pipe", "other", true},
	} {
		if got := sourceOf(c.a) == sourceOf(c.b); got != c.same {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}

// The whole way: a station whose neighbour guesses is let in, and the guesser is told when to come back and is on record.
func TestR4GuessesAreAnswered429(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	key := r.create("CP-1", 1)
	other := r.create("CP-2", 1)
	for range pairBurst {
		r.refused("CP-1", login{password: []byte("wrong")}, http.StatusUnauthorized)
	}
	r.refused("CP-1", login{password: []byte(key)}, http.StatusTooManyRequests)
	r.connect("CP-2", "ocpp1.6", login{password: []byte(other)})
	r.eventually("it is on record", func() bool {
		list := r.items("/refusals")
		return len(list) > 0 && list[0]["reason"] == "throttled"
	})
	key = r.api(http.MethodPost, "/stations/CP-1/key", "", http.StatusOK)["key"].(string)
	r.connect("CP-1", "ocpp1.6", login{password: []byte(key)})
}
