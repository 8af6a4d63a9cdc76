package storetest

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// testAnomalies: what events contradict is kept with the event that revealed it, once for each kind, and told.
func testAnomalies(f *fixture) {
	session := session2x("A", "x-1")
	for _, e := range session {
		f.submit(e)
	}
	equal(f, "anomalies of a good session", len(f.anomalies("A", "x-1")), 0)
	late := session[3]
	late.SeqNo, late.Connector = 6, 2
	late.Samples = []fleet.Sample{{Time: late.Time, Value: "-1"}}
	f.submit(late)
	late.SeqNo = 7
	f.submit(late) // nothing new
	f.submit(late) // nothing at all
	want := fleet.AnomalyAfterEnd | fleet.AnomalyPlace | fleet.AnomalyMeterNegative | fleet.AnomalyMeterBackwards
	x := f.transaction("A", "x-1")
	equal(f, "anomalies", x.Anomalies, want)
	equal(f, "connector", x.Connector, 1)
	equal(f, "events", x.Events, 8)
	var kinds []fleet.AnomalyKind
	for _, a := range f.anomalies("A", "x-1") {
		kinds = append(kinds, a.Kind)
		equal(f, "key", a.Key, "6")
		equal(f, "transaction", a.Transaction, "x-1")
		equalTime(f, "received", a.Received, late.Received)
		equal(f, "detail", a.Detail != "", true)
		equal(f, "content", json.Valid(a.Content), true)
	}
	if slices.Sort(kinds); !slices.Equal(kinds, []fleet.AnomalyKind{"after-end", "meter-backwards", "meter-negative", "place"}) {
		f.Errorf("anomalies: %v", kinds)
	}
	equal(f, "notices", f.count(fleet.NoticeTransactionAnomaly), 4)
	_, err := f.Anomalies(f.Context(), "A", "nothing")
	equal(f, "of no transaction", errors.Is(err, store.ErrNotFound), true)
}

// testLateReadings: a late reading is compared with those around it, and only with those of its own transaction.
func testLateReadings(f *fixture) {
	reading := func(id string, seq int64, wh fleet.Decimal) fleet.TransactionEvent {
		e := fleet.TransactionEvent{Station: "A", Received: noon, TransactionID: id, Numbered: true, SeqNo: seq, Kind: fleet.TransactionUpdated, Time: noon}
		if wh != "" {
			e.Samples = []fleet.Sample{{Time: noon, Value: wh}}
		}
		return e
	}
	f.submit(reading("other", 5, "1"))
	f.submit(reading("other", 1, "1"))
	for _, e := range []fleet.TransactionEvent{reading("x", 9, "900"), reading("x", 1, "100"), reading("x", 5, "500"), reading("x", 3, ""), reading("x", 4, "400")} {
		f.submit(e)
		equal(f, "anomalies", f.transaction("A", "x").Anomalies, 0)
	}
	f.restart(store.Options{}) // from memory or not
	f.submit(reading("x", 2, "401"))
	equal(f, "a meter that falls", f.transaction("A", "x").Anomalies, fleet.AnomalyMeterBackwards)
	f.submit(reading("other", 3, "2"))
	equal(f, "another transaction", f.transaction("A", "other").Anomalies, fleet.AnomalyMeterBackwards)
	f.submit(stop16("A", "4711", "9", noon))
	equal(f, "a stop that nobody started", f.transaction("A", "4711").Anomalies, fleet.AnomalyUnknown)
}

func (f *fixture) anomalies(station, id string) []fleet.Anomaly {
	f.Helper()
	list, err := f.Anomalies(f.Context(), station, id)
	f.ok(err)
	return list
}

// count returns how many notices of a kind there are.
func (f *fixture) count(kind fleet.NoticeKind) (n int) {
	f.Helper()
	list, err := f.ListNotices(f.Context(), store.NoticeQuery{Limit: store.MaxLimit})
	f.ok(err)
	for _, notice := range list {
		if notice.Kind == kind {
			n++
		}
	}
	return n
}

// testClockOffsets: the latest estimate is kept, of a station whatever the connection, of a transaction that of its latest event.
func testClockOffsets(f *fixture) {
	hour, second := time.Hour, -1500*time.Millisecond
	f.Report(fleet.Presence{Station: "A", Epoch: 2, Online: true, LastMessageAt: noon})
	f.settle()
	equal(f, "offset that nobody told", f.detail("A").ClockOffset, nil)
	for _, p := range []fleet.Presence{
		{Station: "A", Epoch: 2, Online: true, ClockOffset: &hour}, {Station: "A", ClockOffset: &second}, {Station: "A", Epoch: 1, ClockOffset: &hour},
		{Station: "A", Epoch: 2, Online: true},
	} {
		f.Report(p)
		f.settle()
		if d := f.detail("A"); d.ClockOffset == nil || p.ClockOffset != nil && *d.ClockOffset != *p.ClockOffset || !d.LastMessageAt.Equal(noon) || !d.Online {
			f.Errorf("after %+v: %+v", p, d.Station)
		}
	}
	session := session2x("A", "x-1")
	session[1].ClockOffset = &second
	for i, e := range session[:3] {
		f.submit(e)
		if got := f.transaction("A", "x-1").ClockOffset; (got != nil) != (i > 0) || got != nil && *got != second {
			f.Errorf("after event %d: %v", i, got)
		}
	}
}
