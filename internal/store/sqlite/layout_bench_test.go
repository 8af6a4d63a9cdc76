package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// BenchmarkLayout compares two ways to keep six samples of a message: "packed" within the row of their message, as it is, and
// "narrow" in a row for each, which is all the same otherwise. Both write, and then read the samples of one transaction.
func BenchmarkLayout(b *testing.B) {
	for _, layout := range []layout{{"packed", packed, nil}, {"narrow", narrow, readNarrow}} {
		b.Run(layout.name, func(b *testing.B) { benchmarkLayout(b, layout) })
	}
}

type layout struct {
	name  string
	write func(w *writer, e fleet.TransactionEvent) error
	read  func(db *DB, station string) (int, error) // nil: as it is
}

func packed(w *writer, e fleet.TransactionEvent) error {
	content, err := e.Content()
	if err == nil {
		_, err = w.transactionEvent(e, content)
	}
	return err
}

const narrowTable = `CREATE TABLE IF NOT EXISTS narrow_samples (
	transaction_ref BIGINT NOT NULL, position BIGINT NOT NULL, n SMALLINT NOT NULL, time BIGINT NOT NULL, value TEXT NOT NULL,
	measurand TEXT NOT NULL, phase TEXT NOT NULL, context TEXT NOT NULL, location TEXT NOT NULL, unit TEXT NOT NULL,
	PRIMARY KEY (transaction_ref, position, n)) WITHOUT ROWID`

// narrow writes the event without its samples, and these beside it. The history knows of the reading all the same.
func narrow(w *writer, e fleet.TransactionEvent) error {
	samples := e.Samples
	e.Samples = nil
	if err := packed(w, e); err != nil {
		return err
	}
	t, _ := w.recall(transactionKey{e.Station, e.TransactionID})
	for i, s := range samples {
		err := w.exec("INSERT INTO narrow_samples VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", t.ref, e.SeqNo, i, fleet.Micros(s.Time),
			string(s.Value), s.Measurand, s.Phase, s.Context, s.Location, s.Unit)
		if err != nil {
			return err
		}
	}
	return nil
}

func readNarrow(db *DB, station string) (n int, err error) {
	rows, err := db.readers.Query(`SELECT s.time, s.value, s.measurand, s.phase, s.context, s.location, s.unit FROM narrow_samples s
		JOIN transactions t ON t.ref = s.transaction_ref WHERE t.station = ? ORDER BY s.position, s.n LIMIT ?`, station, 6*store.MaxLimit)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for ; rows.Next(); n++ {
		var s fleet.Sample
		if err := rows.Scan(instant{&s.Time}, &s.Value, &s.Measurand, &s.Phase, &s.Context, &s.Location, &s.Unit); err != nil {
			return n, err
		}
	}
	return n, rows.Err()
}

func benchmarkLayout(b *testing.B, l layout) {
	const stations = 500
	dir := b.TempDir()
	db, err := Open(dir, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := db.change(b.Context(), func(w *writer) error { return w.exec(narrowTable) }); err != nil {
		b.Fatal(err)
	}
	write := func(e fleet.TransactionEvent) {
		if err := db.change(b.Context(), func(w *writer) error { return l.write(w, e) }); err != nil {
			b.Error(err)
		}
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	var wg sync.WaitGroup
	for i := range min(stations, b.N) {
		wg.Go(func() {
			for n := int64(0); left.Add(-1) >= 0; n++ {
				write(charging(fmt.Sprint("station-", i), "session", n))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	readLayout(b, db, l, write)
	if err := db.Close(); err != nil {
		b.Error(err)
	}
	if info, err := os.Stat(filepath.Join(dir, FileName)); err == nil {
		b.ReportMetric(float64(info.Size())/float64(b.N+store.MaxLimit), "B/event")
	}
}

// readLayout measures how long it takes to read 1000 messages of a transaction.
func readLayout(b *testing.B, db *DB, l layout, write func(fleet.TransactionEvent)) {
	var wg sync.WaitGroup
	for n := range int64(store.MaxLimit) {
		wg.Go(func() { write(charging("long", "session", n)) })
	}
	wg.Wait()
	if l.read == nil {
		l.read = func(db *DB, station string) (int, error) {
			p, err := db.Samples(b.Context(), store.SampleQuery{Station: station, ID: "session", Limit: store.MaxLimit})
			return len(p.Items), err
		}
	}
	const times = 20
	began := time.Now()
	for range times {
		if n, err := l.read(db, "long"); err != nil || n != 6*store.MaxLimit {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(time.Since(began).Microseconds())/1000/times, "ms/1000-events-read")
}
