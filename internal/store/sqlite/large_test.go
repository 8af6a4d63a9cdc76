package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Whatever a page asks for, an index finds its rows in order: the work does not grow with the store.
func TestPagesAreFoundByAnIndex(t *testing.T) {
	db := openHooked(t, store.Options{}, hooks{})
	checkPlans(t, db)
}

func checkPlans(t *testing.T, db *DB) {
	t.Helper()
	yes, hour := true, time.Unix(3600, 0)
	cursor, later := makeCursor(int64(1), int64(1)), makeCursor(int64(1), "1")
	for name, of := range map[string]func() (*query, error){
		"newest transactions": func() (*query, error) { return selectTransactions(store.TransactionQuery{}) },
		"the next ones":       func() (*query, error) { return selectTransactions(store.TransactionQuery{Cursor: cursor}) },
		"those of a station":  func() (*query, error) { return selectTransactions(store.TransactionQuery{Station: "A"}) },
		"the next ones of a station": func() (*query, error) {
			return selectTransactions(store.TransactionQuery{Station: "A", Cursor: cursor})
		},
		"those that go on": func() (*query, error) { return selectTransactions(store.TransactionQuery{Active: &yes}) },
		"the next ones that go on": func() (*query, error) {
			return selectTransactions(store.TransactionQuery{Active: &yes, Cursor: cursor})
		},
		"those of a station that go on": func() (*query, error) { return selectTransactions(store.TransactionQuery{Active: &yes, Station: "A"}) },
		"those of some hours": func() (*query, error) {
			return selectTransactions(store.TransactionQuery{Since: hour, Until: hour.Add(time.Hour), Cursor: cursor})
		},
		"those of a token": func() (*query, error) { return selectTransactions(store.TransactionQuery{Token: "CAFE", Since: hour}) },
		"the next ones of a token": func() (*query, error) {
			return selectTransactions(store.TransactionQuery{Token: "CAFE", Cursor: cursor})
		},
		"samples of a transaction":        func() (*query, error) { return selectEvents(1, store.SampleQuery{}) },
		"its next samples":                func() (*query, error) { return selectEvents(1, store.SampleQuery{Cursor: later}) },
		"as many samples as a page holds": func() (*query, error) { return selectEvents(1, store.SampleQuery{Limit: store.MaxLimit}) },
	} {
		q, err := of()
		if err != nil {
			t.Fatal(name, err)
		}
		for _, step := range plan(t, db, q) {
			if !strings.HasPrefix(step, "SEARCH") && !strings.Contains(step, "USING INDEX") || strings.Contains(step, "TEMP") {
				t.Errorf("%s: %s", name, step)
			}
		}
	}
}

// Transactions in trouble are few: they are not looked for among all others, and a filter that leaves few of others finds them
// by its own index.
func TestFewTransactionsAreNotLookedForAmongAll(t *testing.T) {
	db := openHooked(t, store.Options{}, hooks{})
	yes, hour := true, time.Unix(3600, 0)
	cursor := makeCursor(int64(1), int64(1))
	for index, queries := range map[string][]store.TransactionQuery{
		"transactions_in_trouble": {{Trouble: &yes}, {Trouble: &yes, Since: hour}, {Trouble: &yes, Cursor: cursor, Until: hour}},
		"transactions_by_token":   {{Token: "A"}, {Token: "A", Trouble: &yes, Cursor: cursor}, {Token: "A", Active: &yes, Until: hour}},
		"transactions_by_station": {{Station: "A", Since: hour}, {Station: "A", Trouble: &yes}},
	} {
		for _, tq := range queries {
			q, err := selectTransactions(tq)
			if err != nil {
				t.Fatal(err)
			}
			if steps := plan(t, db, q); len(steps) != 1 || !strings.Contains(steps[0], index) {
				t.Errorf("%+v: %v", tq, steps)
			}
		}
	}
}

// plan returns what the engine does for a query.
func plan(t *testing.T, db *DB, q *query) (steps []string) {
	t.Helper()
	rows, err := db.readers.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+q.text.String(), q.args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil || len(steps) == 0 {
		t.Fatal(steps, err)
	}
	return steps
}

// The shape of the large store: so many messages of six samples in each transaction.
const (
	largeEvents   = 300
	largeStations = 500
)

// TestLargeStore fills a store with as many samples as CHARGEYARD_SAMPLES says, such as 10000000, and reports how long pages
// take, the first time and the median of 101, each of another transaction. It judges plans only: times are those of the machine.
// With CHARGEYARD_STORE the store is made in that directory and kept, and is only read when it is there already.
func TestLargeStore(t *testing.T) {
	samples, err := strconv.Atoi(os.Getenv("CHARGEYARD_SAMPLES"))
	dir := os.Getenv("CHARGEYARD_STORE")
	if dir == "" {
		if err != nil {
			t.Skip("it takes minutes: CHARGEYARD_SAMPLES says how many samples; .ci/run --long runs it with ten million")
		}
		dir = t.TempDir()
	}
	file := filepath.Join(dir, FileName)
	if _, err := os.Stat(file); err != nil {
		fillStore(t, dir, samples)
	}
	db, err := Open(dir, store.Options{}) // nothing is in memory
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err == nil {
		t.Logf("%.2f GB", float64(info.Size())/1e9)
	}
	checkPlans(t, db)
	reportTimes(t, "the newest page of transactions", func(int) (int, error) {
		p, err := db.ListTransactions(t.Context(), store.TransactionQuery{})
		return len(p.Items), err
	})
	reportTimes(t, "the newest page of a station's transactions", func(i int) (int, error) {
		p, err := db.ListTransactions(t.Context(), store.TransactionQuery{Station: fmt.Sprint("station-", i)})
		return len(p.Items), err
	})
	reportTimes(t, "all samples of a transaction", func(i int) (int, error) {
		p, err := db.Samples(t.Context(), store.SampleQuery{Station: fmt.Sprint("station-", i), ID: "session-0", Limit: store.MaxLimit})
		return len(p.Items), err
	})
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// fillStore makes a store in which at least that many samples are.
func fillStore(t *testing.T, dir string, samples int) {
	t.Helper()
	db, err := Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	transactions := submitSessions(t, db, samples)
	t.Logf("%d samples in %d transactions within %v", transactions*largeEvents*6, transactions, time.Since(began).Round(time.Second))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// submitSessions submits the messages of many stations at once and returns how many transactions they belong to.
func submitSessions(t *testing.T, db *DB, samples int) int64 {
	t.Helper()
	var next atomic.Int64
	transactions := int64(max(samples/6/largeEvents, largeStations))
	var wg sync.WaitGroup
	for range largeStations {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < transactions && !t.Failed(); i = next.Add(1) - 1 {
				session(t, db, fmt.Sprint("station-", i%largeStations), fmt.Sprint("session-", i/largeStations), time.Duration(i)*time.Minute)
			}
		})
	}
	wg.Wait()
	return transactions
}

// session submits a whole transaction that begins some time after noon.
func session(t *testing.T, db *DB, station, id string, after time.Duration) {
	for n := range int64(largeEvents) {
		e := charging(station, id, n)
		e.Time, e.Received = e.Time.Add(after), e.Received.Add(after)
		switch n {
		case 0:
			e.Kind = fleet.TransactionStarted
		case largeEvents - 1:
			e.Kind = fleet.TransactionEnded
		}
		if _, err := db.Submit(t.Context(), e); err != nil {
			t.Error(err)
			return
		}
	}
}

// reportTimes logs how long a query takes.
func reportTimes(t *testing.T, what string, ask func(i int) (rows int, err error)) {
	t.Helper()
	var times []time.Duration
	rows := 0
	for i := range 101 {
		began := time.Now()
		n, err := ask(i)
		times = append(times, time.Since(began))
		if err != nil || n == 0 {
			t.Fatal(what, n, err)
		}
		rows = n
	}
	first := times[0]
	slices.Sort(times)
	t.Logf("%s (%d rows): first %v, median %v, slowest %v", what, rows, first, times[50], times[100])
}
