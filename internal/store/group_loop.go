package store

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// clocks are the timers of run; only it touches them.
type clocks struct {
	batch    *time.Timer
	presence *time.Timer
	retry    *time.Timer
	backoff  time.Duration
}

func newClocks() clocks {
	c := clocks{batch: time.NewTimer(time.Hour), presence: time.NewTimer(time.Hour), retry: time.NewTimer(time.Hour)}
	c.stop()
	return c
}

func (c clocks) stop() {
	c.batch.Stop()
	c.presence.Stop()
	c.retry.Stop()
}

// run is the group's one goroutine: everything is committed here.
func (g *Group[J]) run() {
	defer close(g.stopped)
	c := newClocks()
	defer c.stop()
	waiting := false // presence has its date
	for {
		select {
		case e := <-g.queue:
			g.commit(&c, g.fill(&c, e), nil)
		case e := <-g.later:
			g.commit(&c, g.fill(&c, e), nil)
		case <-g.wake:
			if !waiting {
				waiting = true
				c.presence.Reset(g.o.PresenceDelay)
			}
		case <-c.presence.C:
			waiting = false
			g.writePresence(&c)
		case <-c.retry.C:
			g.probe(&c)
		case <-g.closing:
			g.drain(&c)
			return
		}
	}
}

// fill waits for companions of e: until they are enough or MaxDelay is over. What waits already comes along.
func (g *Group[J]) fill(c *clocks, e *entry[J]) []*entry[J] {
	batch := g.queued([]*entry[J]{e})
	if g.o.MaxDelay < 0 || g.failure.Load() != nil || len(batch) >= g.o.Enough {
		return batch
	}
	return take(g.gather(c, batch), g.queue, g.o.MaxBatch)
}

func (g *Group[J]) gather(c *clocks, batch []*entry[J]) []*entry[J] {
	c.batch.Reset(g.o.MaxDelay)
	defer c.batch.Stop()
	for len(batch) < g.o.Enough {
		select {
		case e := <-g.queue:
			batch = append(batch, e)
		case e := <-g.later:
			batch = append(batch, e)
		case <-c.batch.C:
			return batch
		case <-g.closing:
			return batch
		}
	}
	return batch
}

// queued adds to batch what waits already: of the deferred ones Enough at most, for whatever is in a commit makes those
// wait who wait for it.
func (g *Group[J]) queued(batch []*entry[J]) []*entry[J] {
	batch = take(batch, g.queue, g.o.MaxBatch)
	return take(batch, g.later, len(batch)+g.o.Enough)
}

// take moves entries from a queue to a batch until that has so many.
func take[J any](batch []*entry[J], queue <-chan *entry[J], most int) []*entry[J] {
	for len(batch) < most {
		select {
		case e := <-queue:
			batch = append(batch, e)
		default:
			return batch
		}
	}
	return batch
}

// presencePerCommit is how many stations' presence is written at once: a fleet that comes back has all of it to write,
// and nobody shall wait for that.
const presencePerCommit = 256

// writePresence writes what was reported so far, together with what waits meanwhile.
func (g *Group[J]) writePresence(c *clocks) {
	for some := range slices.Chunk(g.takePresence(), presencePerCommit) {
		g.commit(c, g.queued(nil), some)
	}
}

// commit commits a batch and answers those who wait for it, after the commit and never before. While the store
// has failed it answers at once; only probe ends that.
func (g *Group[J]) commit(c *clocks, batch []*entry[J], presence []fleet.Presence) {
	batch = slices.DeleteFunc(batch, func(e *entry[J]) bool { return e.ctx.Err() != nil })
	if err := g.Health(); err != nil {
		g.refuse(batch, presence, err)
		return
	}
	if len(batch) == 0 && len(presence) == 0 {
		return
	}
	errs, err := g.attempt(batch, presence)
	if err != nil {
		g.refuse(batch, presence, g.fail(c, err))
		return
	}
	for i, e := range batch {
		if errs == nil {
			e.done <- nil
		} else {
			e.done <- errs[i]
		}
	}
}

func (g *Group[J]) attempt(batch []*entry[J], presence []fleet.Presence) ([]error, error) {
	jobs := make([]J, len(batch))
	for i, e := range batch {
		jobs[i] = e.job
	}
	began := time.Now()
	errs, err := g.engine.Commit(jobs, presence)
	if g.o.OnCommit != nil {
		g.o.OnCommit(Commit{len(batch), len(presence), len(g.queue), time.Since(began), err})
	}
	return errs, err
}

// refuse answers that nothing was stored, and keeps presence for later.
func (g *Group[J]) refuse(batch []*entry[J], presence []fleet.Presence, err error) {
	g.returnPresence(presence)
	for _, e := range batch {
		e.done <- err
	}
}

// fail marks the store as failed and says when to look again.
func (g *Group[J]) fail(c *clocks, err error) error {
	err = fmt.Errorf("%w: %w", ErrUnavailable, err)
	g.failure.Store(&err)
	c.backoff = max(g.o.RetryMin, min(2*c.backoff, g.o.RetryMax))
	c.retry.Reset(c.backoff)
	return err
}

// probe ends the failure when the store works again.
func (g *Group[J]) probe(c *clocks) {
	if err := g.engine.Probe(); err != nil {
		g.fail(c, err) //nolint:errcheck // it returns what is stored for Health
		return
	}
	c.backoff = 0
	g.failure.Store(nil)
	g.nudge() // presence that waited
}

// drain commits what is left when the group ends.
func (g *Group[J]) drain(c *clocks) {
	if g.Health() != nil {
		g.probe(c)
	}
	for batch := g.queued(nil); len(batch) > 0; batch = g.queued(nil) {
		g.commit(c, batch, nil)
	}
	g.writePresence(c)
	g.lastErr = g.Health()
}

func (g *Group[J]) takePresence() []fleet.Presence {
	g.mu.Lock()
	defer g.mu.Unlock()
	list := slices.Collect(maps.Values(g.presence))
	clear(g.presence)
	return list
}

// returnPresence puts back what could not be written; what was reported meanwhile is later.
func (g *Group[J]) returnPresence(list []fleet.Presence) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range list {
		if newer, ok := g.presence[p.Station]; ok {
			p = p.Merge(newer)
		}
		g.presence[p.Station] = p
	}
}
