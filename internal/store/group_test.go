package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// engine is a Committer whose every commit a test can hold and fail.
type engine struct {
	began    chan struct{} // receives at the begin of each commit, if not nil
	proceed  chan struct{} // a commit waits for it, if not nil
	mu       sync.Mutex    // guards the rest
	err      error         // of commits and probes
	bad      int           // the job that fails alone; 0: none
	batches  [][]int
	presence [][]fleet.Presence
	times    []time.Time
	probes   []time.Time
}

func (e *engine) Commit(jobs []int, presence []fleet.Presence) ([]error, error) {
	if e.began != nil {
		e.began <- struct{}{}
	}
	if e.proceed != nil {
		<-e.proceed
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err != nil {
		return nil, e.err
	}
	e.batches = append(e.batches, slices.Clone(jobs))
	e.presence = append(e.presence, presence)
	e.times = append(e.times, time.Now())
	errs := make([]error, len(jobs))
	for i, j := range jobs {
		if j == e.bad && j != 0 {
			errs[i] = errBad
		}
	}
	return errs, nil
}

func (e *engine) Probe() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.probes = append(e.probes, time.Now())
	return e.err
}

func (e *engine) fail(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.err = err
}

// written returns the presence that was written so far.
func (e *engine) written() [][]fleet.Presence {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.presence)
}

var (
	errBad  = errors.New("a bad job")
	errDisk = errors.New("the disk is gone")
)

// submitAll submits jobs 1 to n at once; each answer goes into the channel.
func submitAll(g *Group[int], n int) <-chan error {
	answers := make(chan error, n)
	for i := 1; i <= n; i++ {
		go func() { answers <- g.Submit(context.Background(), i) }()
	}
	return answers
}

func TestGroupCommitsWhenFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{}
		g := NewGroup(e, Options{})
		began := time.Now()
		answers := submitAll(g, 64)
		for range 64 {
			if err := <-answers; err != nil {
				t.Error(err)
			}
		}
		if len(e.batches) != 1 || len(e.batches[0]) != 64 {
			t.Errorf("batches: %v", e.batches)
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("a full batch waited %v", waited)
		}
		closeGroup(t, g)
	})
}

func TestGroupCommitsAfterDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{}
		g := NewGroup(e, Options{})
		began := time.Now()
		answers := submitAll(g, 2)
		synctest.Wait()
		time.Sleep(4 * time.Millisecond)
		late := submitAll(g, 1) // joins the batch and does not prolong it
		for _, c := range []<-chan error{answers, answers, late} {
			if err := <-c; err != nil {
				t.Error(err)
			}
		}
		if len(e.batches) != 1 || len(e.batches[0]) != 3 || e.times[0].Sub(began) != 5*time.Millisecond {
			t.Errorf("batches %v at %v", e.batches, e.times[0].Sub(began))
		}
		closeGroup(t, g)
	})
}

func TestGroupDelayIsConfigurable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{}
		g := NewGroup(e, Options{MaxBatch: 3, MaxDelay: time.Second})
		began := time.Now()
		answers := submitAll(g, 7)
		for range 7 {
			if err := <-answers; err != nil {
				t.Error(err)
			}
		}
		if len(e.batches) != 3 || len(e.batches[2]) != 1 || e.times[1] != began || e.times[2].Sub(began) != time.Second {
			t.Errorf("batches %v", e.batches)
		}
		closeGroup(t, g)
	})
}

// TestAnswerComesAfterCommit holds the commit and sees that nobody is answered meanwhile.
func TestAnswerComesAfterCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{began: make(chan struct{}), proceed: make(chan struct{})}
		g := NewGroup(e, Options{})
		answers := submitAll(g, 10)
		<-e.began
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(answers) > 0 {
			t.Fatalf("%d answers before the commit", len(answers))
		}
		close(e.proceed)
		for range 10 {
			if err := <-answers; err != nil {
				t.Error(err)
			}
		}
		closeGroup(t, g)
	})
}

func TestBadJobFailsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{bad: 3}
		g := NewGroup(e, Options{})
		answers := submitAll(g, 5)
		failed := 0
		for range 5 {
			if err := <-answers; errors.Is(err, errBad) {
				failed++
			} else if err != nil {
				t.Error(err)
			}
		}
		if failed != 1 {
			t.Errorf("%d jobs failed, want 1", failed)
		}
		if err := g.Health(); err != nil {
			t.Errorf("a bad job makes the store ill: %v", err)
		}
		closeGroup(t, g)
	})
}

func TestFullQueueMakesCallersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{began: make(chan struct{}, 100), proceed: make(chan struct{})}
		g := NewGroup(e, Options{MaxBatch: 1, Queue: 2})
		answers := submitAll(g, 3) // one in the commit, two in the queue
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		err := g.Submit(ctx, 99)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Minute {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		close(e.proceed)
		for range 3 {
			if err := <-answers; err != nil {
				t.Error(err)
			}
		}
		closeGroup(t, g)
		if n := len(e.batches); n != 3 {
			t.Errorf("%d commits, want 3: the job that gave up was never queued", n)
		}
	})
}

func TestGivenUpJobsAreNotCommitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{began: make(chan struct{}, 100), proceed: make(chan struct{})}
		g := NewGroup(e, Options{MaxBatch: 1})
		first := submitAll(g, 1)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := g.Submit(ctx, 2); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		close(e.proceed)
		if err := <-first; err != nil {
			t.Error(err)
		}
		closeGroup(t, g)
		if len(e.batches) != 1 {
			t.Errorf("batches: %v", e.batches)
		}
	})
}

func TestPresenceIsMerged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{}
		g := NewGroup(e, Options{})
		began := time.Now()
		for i := range 1000 { // a reconnect and a thousand heartbeats
			g.Report(fleet.Presence{Station: "A", LastMessageAt: began.Add(time.Duration(i))})
		}
		g.Report(fleet.Presence{Station: "A", Epoch: 1, Online: true})
		g.Report(fleet.Presence{Station: "A", Epoch: 2, Online: true})
		g.Report(fleet.Presence{Station: "A", Epoch: 1})
		g.Report(fleet.Presence{Station: "B", LastMessageAt: began})
		time.Sleep(499 * time.Millisecond)
		synctest.Wait()
		if w := e.written(); len(w) != 0 {
			t.Errorf("written after 499 ms: %v", w)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		w := e.written()
		if len(w) != 1 || len(w[0]) != 2 {
			t.Fatalf("writes: %v", w)
		}
		for _, p := range w[0] {
			if p.Station == "A" && (!p.Online || p.Epoch != 2 || p.LastMessageAt != began.Add(999)) {
				t.Errorf("merged: %+v", p)
			}
		}
		closeGroup(t, g)
		if len(e.presence) != 1 {
			t.Errorf("written again: %v", e.presence)
		}
	})
}

// TestReportNeverWaits: presence is taken while a commit hangs.
func TestReportNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{began: make(chan struct{}, 100), proceed: make(chan struct{})}
		g := NewGroup(e, Options{})
		answers := submitAll(g, 1)
		<-e.began
		began := time.Now()
		for range 10000 {
			g.Report(fleet.Presence{Station: "A", LastMessageAt: began})
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("reports waited %v", waited)
		}
		close(e.proceed)
		if err := <-answers; err != nil {
			t.Error(err)
		}
		closeGroup(t, g)
		if n := len(e.presence[len(e.presence)-1]); n != 1 {
			t.Errorf("%d stations written at the end, want 1", n)
		}
	})
}

// TestFailureHealsByItself: while the store fails, callers learn it at once, Health says why, looks become rarer,
// and everything works again soon after the store does, without anybody submitting anything.
func TestFailureHealsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{err: errDisk}
		g := NewGroup(e, Options{})
		g.Report(fleet.Presence{Station: "A", LastMessageAt: time.Now()})
		began := time.Now()
		if err := g.Submit(t.Context(), 1); !errors.Is(err, ErrUnavailable) || !errors.Is(err, errDisk) {
			t.Errorf("got %v", err)
		}
		failed := time.Now()
		if failed.Sub(began) > 5*time.Millisecond {
			t.Errorf("the answer took %v", failed.Sub(began))
		}
		time.Sleep(20 * time.Second)
		if err := g.Health(); !errors.Is(err, errDisk) {
			t.Errorf("health: %v", err)
		}
		began = time.Now()
		if err := g.Submit(t.Context(), 2); !errors.Is(err, ErrUnavailable) || time.Since(began) != 0 {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		if got, want := sinceEach(e.probes, failed), []time.Duration{100, 300, 700, 1500, 3100, 6300, 11300, 16300}; !slices.Equal(got, want) {
			t.Errorf("looked after %v ms, want %v", got, want)
		}
		e.fail(nil)
		time.Sleep(5*time.Second + 500*time.Millisecond)
		synctest.Wait()
		if err := g.Health(); err != nil {
			t.Errorf("health: %v", err)
		}
		if w := e.written(); len(w) != 1 || len(w[0]) != 1 {
			t.Errorf("presence after the failure: %v", w)
		}
		if err := g.Submit(t.Context(), 3); err != nil {
			t.Error(err)
		}
		closeGroup(t, g)
	})
}

// sinceEach returns times in milliseconds since a begin.
func sinceEach(times []time.Time, begin time.Time) (list []time.Duration) {
	for _, at := range times {
		list = append(list, at.Sub(begin)/time.Millisecond)
	}
	return list
}

func TestCloseCommitsWhatWasSubmitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{began: make(chan struct{}, 100), proceed: make(chan struct{})}
		g := NewGroup(e, Options{MaxBatch: 2, MaxDelay: time.Hour})
		g.Report(fleet.Presence{Station: "A", LastMessageAt: time.Now()})
		answers := submitAll(g, 7)
		synctest.Wait()
		closed := make(chan error, 1)
		go func() { closed <- g.Close() }()
		synctest.Wait()
		if err := g.Submit(t.Context(), 8); !errors.Is(err, ErrClosed) {
			t.Errorf("submitted while closing: %v", err)
		}
		close(e.proceed)
		if err := <-closed; err != nil {
			t.Error(err)
		}
		for range 7 {
			if err := <-answers; err != nil {
				t.Error(err)
			}
		}
		if n := len(slices.Concat(e.batches...)); n != 7 {
			t.Errorf("%d jobs committed, want 7", n)
		}
		if last := e.presence[len(e.presence)-1]; len(last) != 1 {
			t.Errorf("presence at the end: %v", last)
		}
	})
}

// TestCloseSaysWhatIsLost: a store that fails to the end says so, and nobody waits for ever.
func TestCloseSaysWhatIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(&engine{err: errDisk}, Options{})
		answers := submitAll(g, 3)
		for range 3 {
			if err := <-answers; !errors.Is(err, ErrUnavailable) {
				t.Error(err)
			}
		}
		if err := g.Close(); !errors.Is(err, errDisk) {
			t.Errorf("got %v", err)
		}
	})
}

// TestEverySubmitIsAnswered: however Submit and Close race, each caller learns the truth.
func TestEverySubmitIsAnswered(t *testing.T) {
	for range 200 {
		e := &engine{}
		g := NewGroup(e, Options{MaxBatch: 4, Queue: 2, MaxDelay: -1})
		answers := submitAll(g, 20)
		closeGroup(t, g)
		stored := 0
		for range 20 {
			if err := <-answers; err == nil {
				stored++
			} else if !errors.Is(err, ErrClosed) {
				t.Fatal(err)
			}
		}
		if n := len(slices.Concat(e.batches...)); n != stored {
			t.Fatalf("%d jobs were committed and %d callers were told so", n, stored)
		}
	}
}

func TestCommitsAreReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []Commit
		e := &engine{}
		g := NewGroup(e, Options{OnCommit: func(c Commit) { seen = append(seen, c) }})
		answers := submitAll(g, 2)
		for range 2 {
			if err := <-answers; err != nil {
				t.Error(err)
			}
		}
		e.fail(errDisk)
		if err := g.Submit(t.Context(), 3); err == nil {
			t.Error("no error")
		}
		e.fail(nil)
		closeGroup(t, g)
		if len(seen) != 2 || seen[0].Events != 2 || seen[0].Err != nil || !errors.Is(seen[1].Err, errDisk) {
			t.Errorf("%+v", seen)
		}
	})
}

func closeGroup(t *testing.T, g *Group[int]) {
	t.Helper()
	if err := g.Close(); err != nil {
		t.Error(err)
	}
}

// The longer the queue, the larger the groups: a commit waits for 64 events, and takes along all that wait already.
func TestGroupGrowsWithTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{began: make(chan struct{}, 100), proceed: make(chan struct{})}
		g := NewGroup(e, Options{MaxDelay: -1})
		answers := submitAll(g, 1)
		<-e.began
		more := submitAll(g, 300)
		synctest.Wait()
		close(e.proceed)
		for _, c := range []<-chan error{answers, more} {
			for range cap(c) {
				if err := <-c; err != nil {
					t.Error(err)
				}
			}
		}
		closeGroup(t, g)
		if got := sizes(e.batches); !slices.Equal(got, []int{1, 256, 44}) {
			t.Errorf("groups of %v", got)
		}
	})
}

// What nobody waits for comes behind what somebody waits for, and not never.
func TestDeferredEventsGiveWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{began: make(chan struct{}, 100), proceed: make(chan struct{})}
		g := NewGroup(e, Options{MaxBatch: 8, Enough: 2, MaxDelay: -1})
		first := submitAll(g, 1)
		<-e.began
		deferred := make(chan error, 10)
		for i := range 10 {
			go func() { deferred <- g.Defer(context.Background(), -1-i) }()
		}
		synctest.Wait()
		submitted := submitAll(g, 16) // later than the deferred ones
		synctest.Wait()
		close(e.proceed)
		for _, c := range []<-chan error{first, deferred, submitted} {
			for range cap(c) {
				if err := <-c; err != nil {
					t.Error(err)
				}
			}
		}
		closeGroup(t, g)
		began := 0 // deferred ones that were committed before the last of the others
		for _, batch := range e.batches[:slices.IndexFunc(e.batches, func(b []int) bool { return slices.Max(b) < 0 })] {
			late := 0
			for _, job := range batch {
				if job < 0 {
					late++
				}
			}
			if began += late; late > 3 { // two, and the one that the commit began with
				t.Errorf("%d deferred events in %v", late, batch)
			}
		}
		if n := len(slices.Concat(e.batches...)); n != 27 || began == 0 {
			t.Errorf("%d committed, %d deferred ones beside the others: %v", n, began, e.batches)
		}
	})
}

// The presence of a whole fleet is not written at once: who waits for a commit waits for a part of it.
func TestPresenceIsWrittenInParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{began: make(chan struct{}, 100), proceed: make(chan struct{}, 100)}
		g := NewGroup(e, Options{})
		for i := range 3 * presencePerCommit {
			g.Report(fleet.Presence{Station: fmt.Sprint(i), Online: true})
		}
		<-e.began // of the first part
		answer := submitAll(g, 1)
		synctest.Wait()
		e.proceed <- struct{}{}
		<-e.began
		e.proceed <- struct{}{}
		if err := <-answer; err != nil {
			t.Error(err)
		}
		<-e.began
		if w := e.written(); len(w) != 2 || len(w[0]) != presencePerCommit || len(w[1]) != presencePerCommit || len(e.batches[1]) != 1 {
			t.Errorf("the event is in batch %v of %d", e.batches, len(w))
		}
		e.proceed <- struct{}{}
		closeGroup(t, g)
	})
}

func sizes(batches [][]int) (list []int) {
	for _, b := range batches {
		list = append(list, len(b))
	}
	return list
}
