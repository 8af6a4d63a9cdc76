package server

import (
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/store"
)

func TestCommitsAreConfigurable(t *testing.T) {
	for commits, want := range map[Commits]store.Options{
		{}:                              {Enough: 64, MaxBatch: 256, MaxDelay: 5 * time.Millisecond},
		{Events: 1, Delay: -1}:          {Enough: 1, MaxBatch: 4, MaxDelay: -1},
		{Events: 100, Delay: time.Hour}: {Enough: 100, MaxBatch: 400, MaxDelay: time.Hour},
	} {
		var o store.Options
		commits.apply(&o)
		o = o.WithDefaults()
		if o.Enough != want.Enough || o.MaxBatch != want.MaxBatch || o.MaxDelay != want.MaxDelay {
			t.Errorf("%+v: %d, %d, %v", commits, o.Enough, o.MaxBatch, o.MaxDelay)
		}
	}
}
