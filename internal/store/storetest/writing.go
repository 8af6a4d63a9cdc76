package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"pgregory.net/rapid"
)

// testBadEvent: a bad event among good ones of the same commit is refused alone.
func testBadEvent(f *fixture) {
	f.restart(store.Options{MaxDelay: time.Second, MaxBatch: 8})
	bad := []fleet.Event{
		fleet.TransactionEvent{Station: "A", Kind: "Paused", TransactionID: "1"},
		fleet.Booted{},
		fleet.TransactionEvent{Station: "A", Kind: fleet.TransactionUpdated, TransactionID: "x", Numbered: true, Rest: []byte("{")},
		fleet.Told{Station: "A", Received: noon, Records: []fleet.Record{fleet.DataTransfer{Data: []byte("{")}}},
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			if _, err := f.Submit(f.Context(), bad[i]); !errors.Is(err, fleet.ErrInvalidEvent) {
				f.Errorf("bad event %d: %v", i, err)
			}
		})
		wg.Go(func() {
			if _, err := f.Submit(f.Context(), start16("A", fmt.Sprint("t", i), "1", noon)); err != nil {
				f.Errorf("good event %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	p, err := f.ListTransactions(f.Context(), store.TransactionQuery{})
	f.ok(err)
	equal(f, "transactions", len(p.Items), 4)
	f.ok(f.Health())
}

// testOneBatch: events of one transaction in one commit, in whatever order.
func testOneBatch(f *fixture) {
	f.restart(store.Options{MaxBatch: 3, MaxDelay: time.Minute})
	session := session2x("A", "x-1")
	for _, part := range [][]fleet.TransactionEvent{session[:3], session[3:], session[2:5]} {
		var wg sync.WaitGroup
		for _, e := range part {
			wg.Go(func() {
				if _, err := f.Submit(f.Context(), e); err != nil {
					f.Error(err)
				}
			})
		}
		wg.Wait()
	}
	x := f.transaction("A", "x-1")
	equal(f, "events", x.Events, 6)
	equal(f, "missing", x.Missing, 0)
	equal(f, "token", x.Token.Value, "Driver")
	equal(f, "meter stop", x.MeterStop, "3750")
}

func testManyAtOnce(f *fixture) {
	f.restart(store.Options{Queue: 4, MaxBatch: 16, MaxDelay: time.Millisecond})
	const stations, sessions = 20, 3
	var wg sync.WaitGroup
	numbers := make(chan int64, stations*sessions)
	for i := range stations {
		wg.Go(func() {
			for j := range sessions {
				station := fmt.Sprint("s", i)
				r, err := f.Submit(f.Context(), start16(station, "Driver", fleet.Decimal(fmt.Sprint(j)), noon))
				if err != nil {
					f.Error(err)
					return
				}
				numbers <- r.TransactionNumber
				_, err = f.Submit(f.Context(), stop16(station, r.TransactionID, "9", noon))
				if err != nil {
					f.Error(err)
				}
				f.Report(fleet.Presence{Station: station, LastMessageAt: noon})
			}
		})
	}
	wg.Wait()
	close(numbers)
	seen := map[int64]bool{}
	for n := range numbers {
		seen[n] = true
	}
	equal(f, "different numbers", len(seen), stations*sessions)
	no := false
	p, err := f.ListTransactions(f.Context(), store.TransactionQuery{Active: &no})
	f.ok(err)
	equal(f, "ended transactions", len(p.Items), stations*sessions)
}

func testRestart(f *fixture) {
	f.ok(f.CreateStation(f.Context(), store.NewStation{ID: "A", Credential: fleet.NewCredential("key"), At: noon}))
	id := f.submit(start16("A", "Driver", "1", noon)).TransactionID
	f.submit(stop16("A", id, "9", noon.Add(time.Minute)))
	before := f.transaction("A", id)
	f.restart(store.Options{})
	deepEqual(f, "transaction", f.transaction("A", id), before)
	again := f.submit(start16("A", "Driver", "1", noon))
	equal(f, "id of the same start", again.TransactionID, id)
	other := f.submit(start16("A", "Driver", "2", noon))
	equal(f, "the next number is larger", other.TransactionNumber > again.TransactionNumber, true)
	ident, err := f.Identity(f.Context(), "A")
	f.ok(err)
	equal(f, "key fits", ident.Credential.Verify([]byte("key")), true)
}

func testClosed(f *fixture) {
	s := f.Store
	f.ok(s.Close())
	_, err := s.Submit(f.Context(), fleet.Booted{Station: "A", Received: noon})
	if !errors.Is(err, store.ErrClosed) {
		f.Errorf("submitted to a closed store: %v", err)
	}
	s.Report(fleet.Presence{Station: "A", LastMessageAt: noon}) // harmless
	if err := s.Close(); err != nil {
		f.Errorf("closed twice: %v", err)
	}
	f.start(store.Options{})
	ctx, cancel := context.WithCancel(f.Context())
	cancel()
	if _, err := f.Submit(ctx, fleet.Booted{Station: "A", Received: noon}); !errors.Is(err, context.Canceled) {
		f.Errorf("with a context that has ended: %v", err)
	}
}

// testAnyOrder: any order and repetition of any part of a session gives the same transaction as that part in
// order. The start of a 1.6 session comes first, for its answer brings the id of the others.
func testAnyOrder(f *fixture) {
	f.putTariff(fleet.Tariff{ID: "T", TariffPrices: fleet.TariffPrices{Currency: "EUR", Energy: "0.49", ChargingTime: "0.1", IdleTime: "0.3"}})
	f.ok(f.SetDefaultTariff(f.Context(), "T"))
	n := 0
	rapid.Check(f.T, func(t *rapid.T) {
		n++
		kept := rapid.SliceOfNDistinct(rapid.IntRange(0, 5), 1, 6, rapid.ID[int]).Draw(t, "kept")
		order := rapid.SliceOfN(rapid.SampledFrom(kept), 0, 10).Draw(t, "repeated")
		order = rapid.Permutation(append(order, kept...)).Draw(t, "order")
		mixed, straight := fmt.Sprint("mixed", n), fmt.Sprint("straight", n)
		for _, i := range order {
			f.submit(session2x("A", mixed)[i])
		}
		slices.Sort(kept)
		for _, i := range kept {
			f.submit(session2x("A", straight)[i])
		}
		same(t, f.transaction("A", mixed), f.transaction("A", straight))
		f.anyOrder16(t, kept, order, n)
	})
}

func (f *fixture) anyOrder16(t *rapid.T, kept, order []int, n int) {
	session := func(station string) []fleet.TransactionEvent {
		id := f.submit(start16(station, "Driver", "100", noon)).TransactionID
		return []fleet.TransactionEvent{
			start16(station, "Driver", "100", noon),
			meter16(station, id, 110, noon.Add(1*time.Minute)),
			meter16(station, id, 120, noon.Add(2*time.Minute)),
			meter16(station, id, 121, noon.Add(2*time.Minute)),
			meter16(station, id, 130, noon.Add(3*time.Minute)),
			stop16(station, id, "140", noon.Add(4*time.Minute)),
		}
	}
	mixed, straight := session(fmt.Sprint("mixed", n)), session(fmt.Sprint("straight", n))
	for _, i := range order {
		f.submit(mixed[i])
	}
	for _, i := range kept {
		f.submit(straight[i])
	}
	same(t, f.transaction(mixed[1].Station, mixed[1].TransactionID), f.transaction(straight[1].Station, straight[1].TransactionID))
}

// same compares what must not depend on the order of arrival.
func same(t *rapid.T, a, b fleet.Transaction) {
	for _, x := range []*fleet.Transaction{&a, &b} {
		x.Station, x.ID, x.Number = "", "", 0
		x.FirstReceived, x.LastReceived = time.Time{}, time.Time{}
	}
	if !reflect.DeepEqual(a, b) { // costs are behind pointers
		t.Fatalf("got %+v\nwant %+v", a, b)
	}
}
