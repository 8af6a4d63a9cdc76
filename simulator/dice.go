package simulator

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/station"
)

// dice is a source of what is drawn. Everything that runs by itself has its own, so that the order in which goroutines
// happen to run changes nothing: the same seed draws the same. It is for one goroutine.
type dice struct{ *rand.Rand }

// What a station has dice for; those of its outlets follow each other. Meters and faults of outlets have their own, so that
// neither the number of readings nor a fault changes who comes next.
const (
	aspectNetwork = iota
	aspectFaults
	aspectClock
	aspectCare
	aspectOutlet
)

// Behind those for the drivers of outlets.
const (
	aspectNoise       = aspectOutlet + maxOutlets
	aspectOutletFault = aspectNoise + maxOutlets
)

// draws makes the dice of one aspect of station n.
func (f *Fleet) draws(n, aspect int) *dice {
	return &dice{rand.New(rand.NewPCG(f.o.Seed, uint64(n)<<16|uint64(aspect)))}
}

// between draws a duration from lo to hi, hi excluded unless they are equal.
func (d *dice) between(lo, hi time.Duration) time.Duration {
	if hi <= lo {
		return lo
	}
	return lo + time.Duration(d.Int64N(int64(hi-lo)))
}

// chance is true with probability p.
func (d *dice) chance(p float64) bool { return p > 0 && d.Float64() < p }

// token draws one of n tokens, as four hexadecimal digits.
func (d *dice) token(n int) string { return fmt.Sprintf("%04X", d.IntN(n)) }

func (d *dice) transactionID() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], d.Uint64())
	binary.BigEndian.PutUint64(b[8:], d.Uint64())
	return hex.EncodeToString(b[:])
}

// backOff is how a station waits before it connects again; what is random in it is drawn, too.
func (s *Station) backOff() station.BackOff {
	d := s.fleet.draws(s.number, aspectNetwork)
	var mu sync.Mutex
	b := s.fleet.o.BackOff
	b.Rand = func(limit time.Duration) time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return time.Duration(d.Int64N(int64(limit) + 1))
	}
	return b
}
