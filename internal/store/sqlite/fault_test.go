package sqlite

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// openHooked opens a store of the test's own, which the test closes at its end.
func openHooked(t *testing.T, o store.Options, h hooks) *DB {
	t.Helper()
	db, err := open(t.TempDir(), o, h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// TestAcknowledgedMeansCommitted holds a batch before its commit: nobody is answered, nobody sees the change.
func TestAcknowledgedMeansCommitted(t *testing.T) {
	began, proceed := make(chan struct{}, 1), make(chan struct{})
	db := openHooked(t, store.Options{}, hooks{beforeCommit: func() error {
		began <- struct{}{}
		<-proceed
		return nil
	}})
	answered := make(chan error, 1)
	go func() {
		_, err := db.Submit(context.Background(), charging("A", "x", 0))
		answered <- err
	}()
	<-began
	if _, err := db.Transaction(t.Context(), "A", "x"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("visible before the commit: %v", err)
	}
	select {
	case <-answered:
		t.Error("answered before the commit")
	default:
	}
	close(proceed)
	if err := <-answered; err != nil {
		t.Error(err)
	}
	if _, err := db.Transaction(t.Context(), "A", "x"); err != nil {
		t.Errorf("not visible after the answer: %v", err)
	}
}

// TestWhatAChangeSetsIsItsCallers: who gives up while a change is being made finds it over; the race detector watches.
func TestWhatAChangeSetsIsItsCallers(t *testing.T) {
	db := openHooked(t, store.Options{}, hooks{})
	for range 100 {
		ctx, cancel := context.WithCancel(t.Context())
		set := 0
		err := db.change(ctx, func(*writer) error {
			cancel()
			runtime.Gosched()
			set++
			return nil
		})
		set++
		if set != 2 || err != nil && !errors.Is(err, context.Canceled) {
			t.Fatalf("set %d: %v", set, err)
		}
	}
}

// TestFailedCommitStoresNothing: callers get the error, nothing is left behind, and the same events are taken
// when the store works again, which Health notices by itself.
func TestFailedCommitStoresNothing(t *testing.T) {
	var broken atomic.Bool
	db := openHooked(t, store.Options{RetryMin: time.Millisecond, RetryMax: time.Millisecond}, hooks{beforeCommit: func() error {
		if broken.Load() {
			return errors.New("no more disk")
		}
		return nil
	}})
	broken.Store(true)
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Go(func() {
			_, err := db.Submit(t.Context(), charging(fmt.Sprint("s", i), "x", 0))
			if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "no more disk") {
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
	if err := db.Health(); err == nil || !strings.Contains(err.Error(), "no more disk") {
		t.Errorf("health: %v", err)
	}
	if p, err := db.ListStations(t.Context(), store.StationQuery{}); err != nil || len(p.Items) != 0 {
		t.Errorf("left behind: %v, %v", p.Items, err)
	}
	broken.Store(false)
	waitHealthy(t, db)
	for i := range 5 {
		if r, err := db.Submit(t.Context(), charging(fmt.Sprint("s", i), "x", 0)); err != nil || r.Duplicate {
			t.Errorf("again: %+v, %v", r, err)
		}
	}
}

// waitHealthy submits what changes nothing until the store takes it.
func waitHealthy(t *testing.T, db *DB) {
	t.Helper()
	for db.Health() != nil {
		if t.Context().Err() != nil {
			t.Fatal(db.Health())
		}
		db.Report(fleet.Presence{Station: "s0"})
	}
}

// TestFullDisk: SQLite gives the transaction up by itself when there is no room.
func TestFullDisk(t *testing.T) {
	db := openHooked(t, store.Options{RetryMin: time.Millisecond, RetryMax: time.Millisecond}, hooks{})
	limit := func(pages int) error {
		return db.change(t.Context(), func(w *writer) error {
			var got int
			_, err := w.queryRow(fmt.Sprintf("PRAGMA max_page_count = %d", pages), nil, []any{&got})
			return err
		})
	}
	if err := limit(1); err != nil { // the size it has now
		t.Fatal(err)
	}
	stored, failure := int64(0), error(nil)
	for ; failure == nil; stored++ {
		_, failure = db.Submit(t.Context(), charging("A", "x", stored))
	}
	stored--
	if !errors.Is(failure, store.ErrUnavailable) || !strings.Contains(failure.Error(), "disk is full") {
		t.Errorf("got %v", failure)
	}
	if x, err := db.Transaction(t.Context(), "A", "x"); stored > 0 && (err != nil || x.Events != stored) {
		t.Errorf("%d events, want %d; %v", x.Events, stored, err)
	}
	waitHealthy(t, db) // an update of what is there has room
	if err := limit(1 << 20); err != nil {
		t.Fatal(err)
	}
	if r, err := db.Submit(t.Context(), charging("A", "x", stored)); err != nil || r.Duplicate {
		t.Errorf("with room again: %+v, %v", r, err)
	}
}

// TestFaultyJobIsUndoneAlone: a job that fails halfway leaves nothing, its companions stay.
func TestFaultyJobIsUndoneAlone(t *testing.T) {
	db := openHooked(t, store.Options{MaxBatch: 3, MaxDelay: time.Minute}, hooks{})
	var wg sync.WaitGroup
	for _, station := range []string{"A", "B"} {
		wg.Go(func() {
			if _, err := db.Submit(t.Context(), charging(station, "x", 0)); err != nil {
				t.Errorf("%s: %v", station, err)
			}
		})
	}
	wg.Go(func() {
		err := db.change(t.Context(), func(w *writer) error {
			if _, err := w.transactionEvent(charging("C", "x", 0), []byte("{}")); err != nil {
				t.Error(err)
			}
			return w.exec("INSERT INTO stations (id, created_at) VALUES ('C', NULL)")
		})
		if err == nil || !isOwnFault(err) {
			t.Errorf("got %v", err)
		}
	})
	wg.Wait()
	p, err := db.ListTransactions(t.Context(), store.TransactionQuery{})
	if err != nil || len(p.Items) != 2 {
		t.Errorf("%d transactions, want 2; %v", len(p.Items), err)
	}
	if _, err := db.Station(t.Context(), "C"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the faulty job left its station: %v", err)
	}
	if err := db.Health(); err != nil {
		t.Error(err)
	}
	o := make(chan error, 3) // the writer knows that C has no row yet
	for i, station := range []string{"C", "D", "E"} {
		go func() {
			_, err := db.Submit(context.Background(), charging(station, "x", int64(i)))
			o <- err
		}()
	}
	for range 3 {
		if err := <-o; err != nil {
			t.Error(err)
		}
	}
	if _, err := db.Station(t.Context(), "C"); err != nil {
		t.Error(err)
	}
}

// TestMemoryOfTransactionsIsBounded: what is forgotten is read again.
func TestMemoryOfTransactionsIsBounded(t *testing.T) {
	r := recent{}
	for i := range maxRecent + 100 {
		r.remember([]changed{{transactionKey{"A", fmt.Sprint(i)}, known{}}})
	}
	if len(r) != maxRecent {
		t.Errorf("%d transactions", len(r))
	}
	ended := known{}
	ended.history.Ended = true
	for k := range r {
		r.remember([]changed{{k, ended}})
	}
	if len(r) != 0 {
		t.Errorf("%d transactions that have ended", len(r))
	}
}

// TestFailedCommitIsForgotten: the next event is added to the transaction as the store has it.
func TestFailedCommitIsForgotten(t *testing.T) {
	var broken atomic.Bool
	db := openHooked(t, store.Options{RetryMin: time.Millisecond, RetryMax: time.Millisecond}, hooks{beforeCommit: func() error {
		if broken.Load() {
			return errors.New("broken")
		}
		return nil
	}})
	for seq := range int64(4) {
		broken.Store(true)
		if _, err := db.Submit(t.Context(), charging("A", "x", seq+100)); err == nil {
			t.Error("no error")
		}
		broken.Store(false)
		waitHealthy(t, db)
		if _, err := db.Submit(t.Context(), charging("A", "x", seq)); err != nil {
			t.Error(err)
		}
	}
	x, err := db.Transaction(t.Context(), "A", "x")
	if err != nil || x.Events != 4 || x.Missing != 0 || x.MeterLast != "1003" {
		t.Errorf("%+v, %v", x, err)
	}
}

// TestCommitThatOnlySeemsToFail: what the writer remembers of a transaction is not what the store has.
func TestCommitThatOnlySeemsToFail(t *testing.T) {
	var broken atomic.Bool
	db := openHooked(t, store.Options{RetryMin: time.Millisecond, RetryMax: time.Millisecond}, hooks{afterCommit: func() error {
		if broken.Load() {
			return errors.New("the disk did not say")
		}
		return nil
	}})
	for seq := range int64(3) {
		broken.Store(seq == 1)
		if _, err := db.Submit(t.Context(), charging("A", "x", seq)); (err != nil) != (seq == 1) {
			t.Errorf("event %d: %v", seq, err)
		}
		broken.Store(false)
		waitHealthy(t, db)
	}
	if r, err := db.Submit(t.Context(), charging("A", "x", 1)); err != nil || !r.Duplicate {
		t.Errorf("the station sends it again: %+v, %v", r, err)
	}
	if x, err := db.Transaction(t.Context(), "A", "x"); err != nil || x.Events != 3 || x.Missing != 0 {
		t.Errorf("%+v, %v", x, err)
	}
}

// TestReconnectCostsOneRow: whatever happened to a station's connection meanwhile is one update.
func TestReconnectCostsOneRow(t *testing.T) {
	var rows, commits atomic.Int64
	db := openHooked(t, store.Options{PresenceDelay: time.Hour, OnCommit: func(c store.Commit) {
		rows.Add(int64(c.Presence))
		commits.Add(1)
	}}, hooks{})
	for i := range 1000 {
		station := fmt.Sprint("s", i)
		db.Report(fleet.Presence{Station: station, Epoch: 1, DisconnectedAt: noon})
		db.Report(fleet.Presence{Station: station, Epoch: 2, Online: true, ConnectedAt: noon, LastMessageAt: noon})
		db.Report(fleet.Presence{Station: station, LastMessageAt: noon.Add(time.Second)})
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if rows.Load() != 1000 || commits.Load() != 4 {
		t.Errorf("%d rows in %d commits, want 1000 in 4", rows.Load(), commits.Load())
	}
}
