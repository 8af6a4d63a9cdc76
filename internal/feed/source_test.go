package feed_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/chargeyard/chargeyard/internal/feed"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// log is a store of notices that keeps the latest ones.
type log struct {
	mu      sync.Mutex // guards all below
	notices []fleet.Notice
	last    int64
	keep    int // 0: all
	fails   bool
	reads   int

	// Called without the lock, behind an answer and before it is given; nil: not.
	listed, ranged func()
}

var errDisk = errors.New("disk")

func (l *log) ListNotices(_ context.Context, q store.NoticeQuery) ([]fleet.Notice, error) {
	if l.listed != nil {
		defer l.listed()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads++
	if l.fails {
		return nil, errDisk
	}
	i := slices.IndexFunc(l.notices, func(n fleet.Notice) bool { return n.Number > q.After })
	if i < 0 {
		return nil, nil
	}
	list := l.notices[i:min(len(l.notices), i+q.Limit)]
	for i, bytes := 0, 0; i < len(list); i++ {
		if bytes += len(list[i].Data); bytes >= q.Bytes {
			list = list[:i+1]
		}
	}
	return slices.Clone(list), nil
}

func (l *log) NoticeRange(context.Context) (oldest, newest int64, err error) {
	if l.ranged != nil {
		defer l.ranged()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.notices) == 0 {
		return 0, 0, nil
	}
	return l.notices[0].Number, l.last, nil
}

// commit stores n notices of a kind, which have numbers of their own.
func (l *log) commit(n int, kind fleet.NoticeKind, data string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range n {
		l.last++
		l.notices = append(l.notices, fleet.Notice{Number: l.last, Kind: kind, Station: "A", Data: []byte(data)})
	}
	if l.keep > 0 && len(l.notices) > l.keep {
		l.notices = l.notices[len(l.notices)-l.keep:]
	}
}

// skip takes numbers under which nothing is stored.
func (l *log) skip(n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last += n
}

func (l *log) fail(fails bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fails = fails
}

func (l *log) looks() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reads
}

// start makes a feed that ends with the test.
func start(t *testing.T, l *log, o feed.Options) *feed.Feed {
	f := feed.New(l, o)
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// follow makes a reader that ends with the test.
func follow(t *testing.T, f *feed.Feed, after int64, filter feed.Filter) *feed.Reader {
	t.Helper()
	r, err := f.Follow(t.Context(), after, filter)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// next demands a batch.
func next(t *testing.T, r *feed.Reader) feed.Batch {
	t.Helper()
	b, err := r.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// numbers reads until a number was seen.
func numbers(t *testing.T, r *feed.Reader, until int64) (list []int64) {
	t.Helper()
	for {
		b := next(t, r)
		if b.Gap != nil {
			t.Fatalf("a gap from %d to %d", b.Gap.From, b.Gap.To)
		}
		for _, n := range b.Notices {
			list = append(list, n.Number)
		}
		if r.Position() >= until {
			return list
		}
	}
}
