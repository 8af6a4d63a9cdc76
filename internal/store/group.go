package store

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Committer is what Group needs of an engine. Only the group's own goroutine calls it.
type Committer[J any] interface {
	// Commit stores jobs and presence in one transaction. errs[i] says why job i alone is not stored; errs is
	// nil when all are. With err nothing is stored.
	Commit(jobs []J, presence []fleet.Presence) (errs []error, err error)
	// Probe writes and commits something that changes nothing, to find out whether the store works again.
	Probe() error
}

// Group makes one commit of the jobs of many callers, and of what was reported about presence meanwhile.
// All methods are safe for concurrent use.
type Group[J any] struct {
	engine Committer[J]
	o      Options

	queue   chan *entry[J] // never closed
	later   chan *entry[J] // deferred ones; never closed
	wake    chan struct{}  // holds one: there is presence to write
	closing chan struct{}  // closed by Close
	stopped chan struct{}  // closed when run returns
	once    sync.Once
	failure atomic.Pointer[error] // set by run only; nil: healthy
	lastErr error                 // why presence was lost at the end; read after stopped

	mu       sync.Mutex // guards presence; held for a map operation only
	presence map[string]fleet.Presence
}

type entry[J any] struct {
	ctx  context.Context
	job  J
	done chan error // holds the one answer
}

// NewGroup starts a group. Its caller must Close it.
func NewGroup[J any](engine Committer[J], o Options) *Group[J] {
	o = o.WithDefaults()
	g := &Group[J]{
		engine: engine, o: o,
		queue:    make(chan *entry[J], o.Queue),
		later:    make(chan *entry[J], o.Queue),
		wake:     make(chan struct{}, 1),
		closing:  make(chan struct{}),
		stopped:  make(chan struct{}),
		presence: map[string]fleet.Presence{},
	}
	go g.run()
	return g
}

// Submit waits until the job is committed, or is known not to be. Errors are those of Ingest.Submit and those
// of the engine about this job.
func (g *Group[J]) Submit(ctx context.Context, job J) error { return g.await(ctx, g.queue, job) }

// Defer is Submit behind all others, see Ingest.Defer.
func (g *Group[J]) Defer(ctx context.Context, job J) error { return g.await(ctx, g.later, job) }

func (g *Group[J]) await(ctx context.Context, queue chan<- *entry[J], job J) error {
	select {
	case <-g.closing:
		return ErrClosed
	default:
	}
	e := &entry[J]{ctx, job, make(chan error, 1)}
	select {
	case queue <- e:
	case <-g.closing:
		return ErrClosed
	case <-ctx.Done():
		return fmt.Errorf("waiting for room in the store's queue: %w", context.Cause(ctx))
	}
	select {
	case err := <-e.done:
		return err
	case <-g.stopped:
		return e.afterwards()
	case <-ctx.Done():
		return fmt.Errorf("waiting for the commit: %w", context.Cause(ctx))
	}
}

// afterwards answers when the group has ended: the entry was in its last batch, or came too late for it.
func (e *entry[J]) afterwards() error {
	select {
	case err := <-e.done:
		return err
	default:
		return ErrClosed
	}
}

// Report merges p into what is to be written. It does not wait.
func (g *Group[J]) Report(p fleet.Presence) {
	g.mu.Lock()
	if old, ok := g.presence[p.Station]; ok {
		p = old.Merge(p)
	}
	g.presence[p.Station] = p
	g.mu.Unlock()
	g.nudge()
}

func (g *Group[J]) nudge() {
	select {
	case g.wake <- struct{}{}:
	default: // run will look anyway
	}
}

// Health returns nil, or why the group does not take jobs now.
func (g *Group[J]) Health() error {
	if p := g.failure.Load(); p != nil {
		return *p
	}
	return nil
}

// Close commits what was submitted and reported before, and ends. It returns why the rest was lost, if so.
func (g *Group[J]) Close() error {
	g.once.Do(func() { close(g.closing) })
	<-g.stopped
	return g.lastErr
}
