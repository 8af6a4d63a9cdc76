package server

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/store"
)

// Commits says how the store gathers events into commits. The zero Commits has the defaults of store.Options.
type Commits struct {
	Events int           // a commit waits for no more than so many; 0: 64
	Delay  time.Duration // a commit waits for more so long at most; 0: 5 ms; negative: not at all
}

// apply writes c into the options of a store. What waits already goes along, up to four times as much as is waited for: the
// longer the queue, the more does a commit take.
func (c Commits) apply(o *store.Options) {
	o.Enough, o.MaxBatch, o.MaxDelay = c.Events, 4*c.Events, c.Delay
}
