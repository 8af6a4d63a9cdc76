package server

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
)

// The budgets of wrong keys: so many at once, and one more after each interval. See docs/decisions/0018.
const (
	pairBurst     = 10               // of one station from one address
	pairEvery     = 30 * time.Second //
	addressBurst  = 300              // from one address, of whichever stations
	addressEvery  = time.Second      //
	identityBurst = 50               // of one station, from wherever
	identityEvery = 30 * time.Second //

	// maxGuesses bounds each kind of budget that is remembered: about 200 bytes each.
	maxGuesses = 8192
)

// guesses slow down whoever tries keys. Wrong keys cost, right ones do not: a station with its key gets in whatever others
// do, unless its own address has just tried wrong keys in its name. It is safe for concurrent use.
type guesses struct {
	mu        sync.Mutex // guards all below; held for map operations only
	pairs     budgets[guessPair]
	addresses budgets[netip.Prefix]
	stations  budgets[string]
}

// guessPair is a station as it is claimed from an address.
type guessPair struct {
	station string
	from    netip.Prefix
}

func newGuesses() *guesses {
	return &guesses{
		pairs:     newBudgets[guessPair](pairBurst, pairEvery),
		addresses: newBudgets[netip.Prefix](addressBurst, addressEvery),
		stations:  newBudgets[string](identityBurst, identityEvery),
	}
}

// try asks whether the key of a station that came from an address may be looked at, and takes one of the pair's tries, so
// that guesses at the same moment cost as much as one after the other. When there is none left it returns how long to
// wait, for right keys and wrong ones alike: otherwise a guess would tell.
func (g *guesses) try(station, address string, now time.Time) (wait time.Duration) {
	pair := guessPair{station, sourceOf(address)}
	g.mu.Lock()
	defer g.mu.Unlock()
	if wait := g.pairs.wait(pair, now); wait > 0 {
		return wait
	}
	g.pairs.spend(pair, 1, now)
	return 0
}

// wrong counts a wrong key that try let pass. When the address has tried the keys of very many stations, or very many
// addresses have tried the station's, the pair has nothing left after this one: guesses cannot be multiplied by spreading
// them, and nobody's first try suffers.
func (g *guesses) wrong(station, address string, now time.Time) {
	from := sourceOf(address)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.addresses.wait(from, now) > 0 || g.stations.wait(station, now) > 0 {
		g.pairs.spend(guessPair{station, from}, pairBurst, now)
	}
	g.addresses.spend(from, 1, now)
	g.stations.spend(station, 1, now)
}

// right forgets what was wrong before the right key, and gives the try back.
func (g *guesses) right(station, address string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.pairs.spent, guessPair{station, sourceOf(address)})
}

// forget forgets a station whose key was replaced: what was wrong before may be right now.
func (g *guesses) forget(station string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.stations.spent, station)
	for p := range g.pairs.spent {
		if p.station == station {
			delete(g.pairs.spent, p)
		}
	}
}

// sourceOf returns what one guesser has of an address: all of it in IPv4, 64 bits in IPv6. One that cannot be read shares
// with all such.
func sourceOf(address string) netip.Prefix {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	ip = ip.Unmap()
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	p, err := ip.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// tryProof is checkProof with a bound for guesses. Only a key can be guessed: who sends none learns nothing, and many
// clients send theirs after a first 401 only.
func (a *admission) tryProof(id fleet.Identity, c csms.Credential, address string) (used fleet.Credential, err error) {
	if a.guesses == nil || !c.Basic || c.Certificates != nil {
		return checkProof(id, c)
	}
	now := time.Now()
	if wait := a.guesses.try(id.ID, address, now); wait > 0 {
		return used, tooManyGuesses{wait}
	}
	if used, err = checkProof(id, c); err != nil {
		a.guesses.wrong(id.ID, address, now)
	} else {
		a.guesses.right(id.ID, address)
	}
	return used, err
}

// tooManyGuesses is a key that was not looked at.
type tooManyGuesses struct{ wait time.Duration }

func (e tooManyGuesses) Error() string {
	return fmt.Sprintf("%v from its address: its key is looked at again in %v", csms.ErrTooManyAttempts, e.wait.Round(time.Second))
}

// Unwrap returns csms.ErrTooManyAttempts.
func (e tooManyGuesses) Unwrap() error { return csms.ErrTooManyAttempts }

// RetryAfter tells csms when the station may come back.
func (e tooManyGuesses) RetryAfter() time.Duration { return e.wait }
