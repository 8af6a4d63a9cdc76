package feed_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/internal/feed"
	"github.com/chargeyard/chargeyard/internal/fleet"
)

// commits makes commits of random sizes at random times, and ends with number total.
func commits(l *log, f *feed.Feed, rnd *rand.Rand, total int) {
	for n := 0; n < total; {
		some := min(1+rnd.IntN(400), total-n)
		l.commit(some, fleet.NoticeBooted, `{"some":"data"}`)
		n += some
		f.Wake()
		time.Sleep(time.Duration(rnd.IntN(60)) * time.Millisecond)
	}
}

// Readers that come and go at random points of a busy store get every notice once and in order.
func TestReconnectingReadersMissNothing(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { reconnect(t, seed) })
		})
	}
}

func reconnect(t *testing.T, seed uint64) {
	const total = 20_000
	l, rnd := &log{}, rand.New(rand.NewPCG(seed, 1))
	f := start(t, l, feed.Options{Keep: 100 + rnd.IntN(3000), KeepBytes: 1000 + rnd.IntN(100_000)})
	var all sync.WaitGroup
	all.Go(func() { commits(l, f, rnd, total) })
	for i := range uint64(5) {
		rnd := rand.New(rand.NewPCG(seed, 2+i))
		all.Go(func() {
			var at int64
			for at < total {
				at = readSome(t, f, at, rnd)
				time.Sleep(time.Duration(rnd.IntN(800)) * time.Millisecond)
			}
		})
	}
	all.Wait()
}

// readSome follows from a number for a while, demands that nothing is missing, and returns how far it came.
func readSome(t *testing.T, f *feed.Feed, at int64, rnd *rand.Rand) int64 {
	r, err := f.Follow(t.Context(), at, feed.Filter{})
	if err != nil {
		t.Error(err)
		return 1 << 60
	}
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rnd.IntN(500))*time.Millisecond)
	defer cancel()
	for ctx.Err() == nil {
		b, err := r.Next(ctx)
		if err != nil && !errors.Is(err, context.DeadlineExceeded) || b.Gap != nil {
			t.Errorf("after %d: %v %v", at, b.Gap, err)
			return 1 << 60
		}
		for _, n := range b.Notices {
			if at++; n.Number != at {
				t.Errorf("got %d, want %d", n.Number, at)
				return 1 << 60
			}
		}
	}
	return at
}

func TestReadersWithoutANumberBeginNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{}
		f := start(t, l, feed.Options{})
		l.commit(10, fleet.NoticeBooted, "{}")
		r := follow(t, f, feed.Latest, feed.Filter{})
		if r.Position() != 10 {
			t.Errorf("position %d", r.Position())
		}
		l.commit(2, fleet.NoticeBooted, "{}")
		f.Wake()
		if got := numbers(t, r, 12); !slices.Equal(got, []int64{11, 12}) {
			t.Errorf("got %v", got)
		}
	})
}

// What is committed between the question for the newest number and the first look is not missed, with nobody to wake.
func TestWhatIsCommittedAsAReaderComesIsNotMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{}
		f := start(t, l, feed.Options{})
		l.commit(5, fleet.NoticeBooted, "{}")
		l.ranged = sync.OnceFunc(func() {
			l.commit(1, fleet.NoticeBooted, "{}")
			f.Wake()
			synctest.Wait() // nobody reads: the wake-up is spent
		})
		r := follow(t, f, feed.Latest, feed.Filter{})
		if got := numbers(t, r, 6); !slices.Equal(got, []int64{6}) {
			t.Errorf("got %v", got)
		}
	})
}

// A look that is under way while all readers leave and others come must not bring them what they did not ask for, nor
// leave a hole.
func TestALookForReadersThatAreGoneIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{}
		f := start(t, l, feed.Options{})
		first := follow(t, f, feed.Latest, feed.Filter{})
		time.Sleep(time.Second)
		var second *feed.Reader
		l.commit(3, fleet.NoticeBooted, "{}")
		l.listed = sync.OnceFunc(func() {
			l.commit(3, fleet.NoticeBooted, "{}")
			first.Close()
			second = follow(t, f, 6, feed.Filter{})
			l.commit(2, fleet.NoticeBooted, "{}")
		})
		f.Wake()
		time.Sleep(time.Second)
		if got := numbers(t, second, 8); !slices.Equal(got, []int64{7, 8}) {
			t.Errorf("got %v", got)
		}
		third := follow(t, f, 0, feed.Filter{})
		if got := numbers(t, third, 8); len(got) != 8 {
			t.Errorf("the third got %v", got)
		}
	})
}

func TestMissingNoticesAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{keep: 10}
		f := start(t, l, feed.Options{})
		l.commit(100, fleet.NoticeBooted, "{}")
		for _, test := range []struct {
			after int64
			want  feed.Gap
		}{
			{0, feed.Gap{From: 1, To: 90}},
			{50, feed.Gap{From: 51, To: 90}},
			{89, feed.Gap{From: 90, To: 90}},
			{101, feed.Gap{From: 1, To: 100, Unknown: true}},
		} {
			b := next(t, follow(t, f, test.after, feed.Filter{}))
			if b.Gap == nil || *b.Gap != test.want {
				t.Errorf("after %d: %+v, want %+v", test.after, b.Gap, test.want)
			}
			p, err := f.Page(t.Context(), test.after, feed.Filter{}, 100)
			if err != nil || p.Gap == nil || *p.Gap != test.want {
				t.Errorf("page after %d: %+v %v", test.after, p.Gap, err)
			}
		}
		if got := numbers(t, follow(t, f, 90, feed.Filter{}), 100); len(got) != 10 {
			t.Errorf("after 90: %v", got)
		}
	})
}

// A reader that was too slow for what is kept is told, once, and goes on.
func TestAReaderThatFallsBehindIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{keep: 50}
		f := start(t, l, feed.Options{Keep: 20})
		fast, slow := follow(t, f, feed.Latest, feed.Filter{}), follow(t, f, feed.Latest, feed.Filter{})
		for i := range int64(10) {
			l.commit(30, fleet.NoticeBooted, "{}")
			f.Wake()
			numbers(t, fast, 30*(i+1))
		}
		b := next(t, slow)
		if b.Gap == nil || *b.Gap != (feed.Gap{From: 1, To: 250}) || len(b.Notices) != 50 || b.Notices[0].Number != 251 {
			t.Errorf("gap %+v, %d notices", b.Gap, len(b.Notices))
		}
		l.commit(1, fleet.NoticeBooted, "{}")
		f.Wake()
		if got := numbers(t, slow, 301); !slices.Equal(got, []int64{301}) {
			t.Errorf("then %v", got)
		}
	})
}

// The feed's own look may come too late, too: then all readers are told.
func TestAFeedThatFallsBehindTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{keep: 50}
		f := start(t, l, feed.Options{})
		r := follow(t, f, feed.Latest, feed.Filter{})
		l.fail(true)
		l.commit(200, fleet.NoticeBooted, "{}")
		f.Wake()
		synctest.Wait()
		l.fail(false)
		if b := next(t, r); b.Gap == nil || *b.Gap != (feed.Gap{From: 1, To: 150}) || len(b.Notices) != 50 {
			t.Errorf("gap %+v, %d notices", b.Gap, len(b.Notices))
		}
	})
}

// Numbers under which nothing was stored are no gap.
func TestSkippedNumbersAreNoGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{}
		f := start(t, l, feed.Options{Keep: 1})
		l.commit(2, fleet.NoticeBooted, "{}")
		r := follow(t, f, 1, feed.Filter{})
		l.skip(10)
		l.commit(2, fleet.NoticeBooted, "{}")
		f.Wake()
		if got := numbers(t, r, 14); !slices.Equal(got, []int64{2, 13, 14}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestFiltersLeaveOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{}
		f := start(t, l, feed.Options{Keep: 10})
		l.commit(3000, fleet.NoticeTransactionUpdated, "{}")
		l.commit(1, fleet.NoticeTransactionEnded, "{}")
		l.commit(1, "transactions", "{}")
		l.commit(1, fleet.NoticeBooted, "{}")
		for kinds, want := range map[string][]int64{
			"transaction.ended": {3001}, "station": {3003}, "station.booted,transaction.ended": {3001, 3003}, "transactions": {3002},
		} {
			r := follow(t, f, 0, feed.Filter{Station: "A", Kinds: strings.Split(kinds, ",")})
			var got []int64
			for len(got) < len(want) {
				got = append(got, numbers(t, r, 0)...)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", kinds, got, want)
			}
		}
		r := follow(t, f, 0, feed.Filter{Station: "B"})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if b, err := r.Next(ctx); !errors.Is(err, context.DeadlineExceeded) || r.Position() != 3003 {
			t.Errorf("of another station: %v %v, position %d", b, err, r.Position())
		}
	})
}

func TestReadersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &log{}, feed.Options{Readers: 2})
		first := follow(t, f, feed.Latest, feed.Filter{})
		follow(t, f, feed.Latest, feed.Filter{})
		if _, err := f.Follow(t.Context(), feed.Latest, feed.Filter{}); !errors.Is(err, feed.ErrFull) {
			t.Errorf("the third: %v", err)
		}
		first.Close()
		first.Close()
		follow(t, f, feed.Latest, feed.Filter{})
		if n := f.Readers(); n != 2 {
			t.Errorf("%d readers", n)
		}
	})
}

// Many readers of what is new cost one look into the store, and nobody's absence costs any.
func TestReadersShareOneLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{}
		f := start(t, l, feed.Options{})
		l.commit(1, fleet.NoticeBooted, "{}")
		f.Wake()
		synctest.Wait()
		if n := l.looks(); n != 0 {
			t.Errorf("%d looks for nobody", n)
		}
		var readers []*feed.Reader
		for range 100 {
			readers = append(readers, follow(t, f, feed.Latest, feed.Filter{}))
		}
		time.Sleep(time.Second)
		before := l.looks()
		l.commit(10, fleet.NoticeBooted, "{}")
		f.Wake()
		for _, r := range readers {
			numbers(t, r, 11)
		}
		synctest.Wait()
		if n := l.looks() - before; n > 2 {
			t.Errorf("%d looks for one commit", n)
		}
	})
}

func TestTheEndComesAfterWhatWasCommitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{}
		f := start(t, l, feed.Options{})
		r := follow(t, f, feed.Latest, feed.Filter{})
		synctest.Wait()
		l.commit(2, fleet.NoticeBooted, "{}") // nobody wakes the feed
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if got := numbers(t, r, 2); len(got) != 2 {
			t.Errorf("got %v", got)
		}
		if b, err := r.Next(t.Context()); !errors.Is(err, feed.ErrClosed) {
			t.Errorf("after the end: %v %v", b, err)
		}
		if _, err := f.Follow(t.Context(), 0, feed.Filter{}); !errors.Is(err, feed.ErrClosed) {
			t.Errorf("following after the end: %v", err)
		}
	})
}

func TestPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{}
		f := start(t, l, feed.Options{})
		if p, err := f.Page(t.Context(), feed.Latest, feed.Filter{}, 10); err != nil || p.Next != 0 || p.More {
			t.Errorf("of nothing: %+v %v", p, err)
		}
		l.commit(25, fleet.NoticeBooted, "{}")
		latest, err := f.Page(t.Context(), feed.Latest, feed.Filter{}, 10)
		if err != nil || len(latest.Notices) != 10 || latest.Next != 25 || latest.More {
			t.Errorf("the latest: %+v %v", latest, err)
		}
		var got int
		p := feed.Page{More: true}
		for p.More {
			if p, err = f.Page(t.Context(), p.Next, feed.Filter{}, 10); err != nil {
				t.Fatal(err)
			}
			got += len(p.Notices)
		}
		if got != 25 || p.Next != 25 {
			t.Errorf("%d notices, next %d", got, p.Next)
		}
	})
}
