package feed

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Source is the part of store.Store that a Feed reads.
type Source interface {
	ListNotices(ctx context.Context, q store.NoticeQuery) ([]fleet.Notice, error)
	NoticeRange(ctx context.Context) (oldest, newest int64, err error)
}

// Why nobody can read.
var (
	ErrFull   = errors.New("as many readers as may be follow the events already")
	ErrClosed = errors.New("the feed of events has ended")
)

// Options of a Feed. The zero value is ready to use.
type Options struct {
	Readers   int           // at once at most; 0: 256
	Keep      int           // latest notices in memory at most, while there is a reader; 0: 4096
	KeepBytes int           // of their data; 0: 8 MiB
	Pause     time.Duration // between two looks into the store at least; 0: 20 ms
}

func (o Options) withDefaults() Options {
	if o.Readers <= 0 {
		o.Readers = 256
	}
	if o.Keep <= 0 {
		o.Keep = 4096
	}
	if o.KeepBytes <= 0 {
		o.KeepBytes = 8 << 20
	}
	if o.Pause <= 0 {
		o.Pause = 20 * time.Millisecond
	}
	return o
}

// Feed follows the notices of a store for its readers. All methods are safe for concurrent use.
type Feed struct {
	source Source
	o      Options
	wake   chan struct{} // holds one: there may be new notices
	stop   context.CancelFunc
	done   sync.WaitGroup

	mu      sync.Mutex // guards all below; never held while the store is read
	readers int
	closed  bool
	tail    tail
	news    chan struct{} // closed when the tail has grown or the feed has ended, and replaced then
}

// New starts a feed. Its caller must Close it before the source.
func New(source Source, o Options) *Feed {
	ctx, stop := context.WithCancel(context.Background())
	f := &Feed{source: source, o: o.withDefaults(), wake: make(chan struct{}, 1), stop: stop, news: make(chan struct{})}
	f.done.Go(func() { f.run(ctx) })
	return f
}

// Wake says that there may be new notices. It never blocks.
func (f *Feed) Wake() {
	select {
	case f.wake <- struct{}{}:
	default: // run will look anyway
	}
}

// Readers returns how many there are.
func (f *Feed) Readers() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.readers
}

// Close ends all readers, after they had what was committed before. It does not wait for them.
func (f *Feed) Close() error {
	f.stop()
	f.done.Wait()
	return nil
}

// lastLook is how long the store may take at the end.
const lastLook = time.Second

// run reads new notices until ctx ends.
func (f *Feed) run(ctx context.Context) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-f.wake:
		case <-ctx.Done():
			f.end()
			return
		}
		wait := f.o.Pause
		if f.load(ctx) != nil { // the store says what fails by itself
			wait = time.Second
			f.Wake()
		}
		pause.Reset(wait)
		select {
		case <-pause.C:
		case <-ctx.Done():
		}
	}
}

// end looks a last time and tells the readers.
func (f *Feed) end() {
	ctx, cancel := context.WithTimeout(context.Background(), lastLook)
	defer cancel()
	_ = f.load(ctx) // what is not loaded now will be asked for by its number
	f.mu.Lock()
	f.closed = true
	news := f.news
	f.mu.Unlock()
	close(news)
}

// load reads what is new into the tail, while there are readers.
func (f *Feed) load(ctx context.Context) error {
	for {
		head, wanted := f.head()
		if !wanted {
			return nil
		}
		list, gap, err := f.read(ctx, head, store.MaxLimit)
		if err != nil || len(list) == 0 {
			return err
		}
		f.grow(head, list, gap != nil)
	}
}

// head returns the number of the latest notice in the tail, and whether anybody reads.
func (f *Feed) head() (head int64, wanted bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.tail.head, f.readers > 0
}

// grow adds what follows head, unless the tail was begun anew meanwhile, and wakes the readers.
func (f *Feed) grow(head int64, list []fleet.Notice, gap bool) {
	f.mu.Lock()
	if f.tail.head != head {
		f.mu.Unlock()
		return
	}
	if gap {
		f.tail.restart(list[0].Number - 1)
	}
	f.tail.add(list, f.o.Keep, f.o.KeepBytes)
	news := f.news
	f.news = make(chan struct{})
	f.mu.Unlock()
	close(news)
}

// maxRead bounds what one look into the store takes into memory, in bytes of data: a message of a station may be large.
const maxRead = 1 << 20

// read reads notices above after. The gap is what was deleted between after and the first of them.
func (f *Feed) read(ctx context.Context, after int64, limit int) ([]fleet.Notice, *Gap, error) {
	list, err := f.source.ListNotices(ctx, store.NoticeQuery{After: after, Limit: limit, Bytes: maxRead})
	if err != nil || len(list) == 0 || list[0].Number == after+1 {
		return list, nil, err
	}
	// A number may be missing because nothing was stored under it. Deleted are the oldest, always.
	oldest, _, err := f.source.NoticeRange(ctx)
	if err != nil || oldest <= after+1 {
		return list, nil, err
	}
	return list, &Gap{From: after + 1, To: list[0].Number - 1}, nil
}
