package feed_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/chargeyard/chargeyard/internal/feed"
	"github.com/chargeyard/chargeyard/internal/fleet"
)

// patience is a context that ends after it was asked so often, without a clock: a reader that spins is found out, and one
// that has something to return is not disturbed.
type patience struct {
	context.Context //nolint:containedctx // it is one
	left            int
}

// Err counts. A reader asks in the goroutine of its caller only.
func (p *patience) Err() error {
	if p.left--; p.left < 0 {
		return context.DeadlineExceeded
	}
	return p.Context.Err()
}

// The tail begins somewhere. Who comes back just below that, on it, or just above it misses nothing, and gets it at once: from
// the store what the tail does not have, although nothing new ever wakes the reader.
func TestNothingIsMissedAtTheEdgeOfTheTail(t *testing.T) {
	const keep, old, all = 10, 20, 50
	for after := range int64(all) {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			l := &log{}
			f := start(t, l, feed.Options{Keep: keep})
			l.commit(old, fleet.NoticeBooted, "{}")
			first := follow(t, f, feed.Latest, feed.Filter{}) // the tail begins at old
			read := func() (got []int64) {
				r := follow(t, f, after, feed.Filter{})
				for r.Position() < l.last {
					b, err := r.Next(&patience{Context: t.Context(), left: 1000})
					if err != nil || b.Gap != nil {
						t.Fatalf("at %d: %v %v", r.Position(), b.Gap, err)
					}
					for _, n := range b.Notices {
						got = append(got, n.Number)
					}
				}
				return got
			}
			if got := read(); after < old && !slices.Equal(got, upTo(after, old)) {
				t.Errorf("of a tail that begins at %d: %v", old, got)
			}
			l.commit(all-old, fleet.NoticeBooted, "{}")
			f.Wake()
			numbers(t, first, all) // the tail begins at all-keep
			if got := read(); !slices.Equal(got, upTo(after, all)) {
				t.Errorf("of a tail that begins at %d: %v", all-keep, got)
			}
		})
	}
}

// upTo returns the numbers behind after, to last.
func upTo(after, last int64) (list []int64) {
	for n := after + 1; n <= last; n++ {
		list = append(list, n)
	}
	return list
}
