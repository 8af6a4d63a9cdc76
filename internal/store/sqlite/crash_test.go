package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// The environment of the crash test: crashDir makes a process the victim that writes there until it is killed,
// crashRounds says how many rounds the judge plays.
const (
	crashDir    = "CHARGEYARD_CRASH_DIR"
	crashRounds = "CHARGEYARD_CRASH_ROUNDS"
	crashers    = 20 // stations
)

// TestCrash kills a process that writes, at random moments, again and again on the same file. Afterwards each
// event that was acknowledged is there once with its content, and at most one more per station: the one whose
// answer was still to come. CHARGEYARD_CRASH_ROUNDS changes the number of rounds, 3 by default.
func TestCrash(t *testing.T) {
	if dir := os.Getenv(crashDir); dir != "" {
		victim(t, dir)
		return
	}
	rounds, err := strconv.Atoi(os.Getenv(crashRounds))
	if err != nil {
		rounds = 3
	}
	dir := t.TempDir()
	l := ledger{next: make([]int64, crashers), ids: map[string]string{}}
	for round := range rounds {
		l.play(t, dir, rand.IntN(400))
		l.judge(t, dir)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	var acknowledged int64
	for _, n := range l.next {
		acknowledged += n
	}
	if acknowledged == 0 {
		t.Error("nothing was acknowledged in any round")
	}
	t.Logf("%d rounds, %d events and %d transaction ids acknowledged, none lost, none invented", rounds, acknowledged, len(l.ids))
}

// ledger is what the victims told before they died.
type ledger struct {
	next []int64           // by station: the first number that was not acknowledged
	ids  map[string]string // start of a 1.6 transaction -> its id
}

// play starts a victim, reads what it acknowledges, and kills it after some lines.
func (l *ledger) play(t *testing.T, dir string, lines int) {
	t.Helper()
	victim := exec.Command(os.Args[0], "-test.run=^TestCrash$")
	victim.Env = append(os.Environ(), crashDir+"="+dir)
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	for in := bufio.NewScanner(out); in.Scan(); lines-- {
		if lines == 0 {
			if err := victim.Process.Kill(); err != nil { // SIGKILL
				t.Error(err)
			}
		}
		l.note(t, in.Text())
	}
	if err := victim.Wait(); err == nil || victim.ProcessState.Exited() {
		t.Fatalf("the victim ended by itself: %v", err)
	}
}

func (l *ledger) note(t *testing.T, line string) {
	var station int
	var seq int64
	var key, id string
	if n, err := fmt.Sscanf(line, "event %d %d", &station, &seq); n == 2 && err == nil {
		l.next[station] = seq + 1
	} else if n, err := fmt.Sscanf(line, "start %s %s", &key, &id); n == 2 && err == nil {
		if old, ok := l.ids[key]; ok && old != id {
			t.Errorf("start %s got the ids %s and %s", key, old, id)
		}
		l.ids[key] = id
	} else {
		t.Logf("victim: %s", line)
	}
}

// judge compares the file with the ledger.
func (l *ledger) judge(t *testing.T, dir string) {
	t.Helper()
	db, err := Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	for i, next := range l.next {
		l.next[i] = judgeStation(t, db, fmt.Sprint("s", i), next)
	}
	for start, id := range l.ids {
		if x, err := db.Transaction(t.Context(), start, id); err != nil || x.Events != 1 {
			t.Errorf("start %s with id %s: %+v, %v", start, id, x, err)
		}
	}
}

// judgeStation returns the first number that the station has to send.
func judgeStation(t *testing.T, db *DB, station string, next int64) int64 {
	t.Helper()
	x, err := db.Transaction(t.Context(), station, "x")
	if err != nil && next > 0 {
		t.Errorf("%s: %v", station, err)
		return next
	}
	if x.Events != next && x.Events != next+1 {
		t.Errorf("%s: %d events, acknowledged were %d", station, x.Events, next)
	}
	var at int64
	for cursor := ""; x.Events > 0; {
		p, err := db.Samples(t.Context(), store.SampleQuery{Station: station, ID: "x", Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(p.Items); i += 6 {
			if s := p.Items[i]; s.SeqNo != at || s.Value != fleet.Decimal(fmt.Sprint(1000+at)) {
				t.Fatalf("%s: sample %+v in place of number %d", station, s, at)
			}
			at++
		}
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	if at != x.Events || x.Missing != 0 {
		t.Errorf("%s: %d events with samples of %d, %d missing", station, x.Events, at, x.Missing)
	}
	return x.Events
}

// victim writes and says what was acknowledged, until it is killed.
func victim(t *testing.T, dir string) {
	db, err := Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range crashers {
		wg.Go(func() { write(t, db, i) })
	}
	wg.Wait()
}

func write(t *testing.T, db *DB, i int) {
	station := fmt.Sprint("s", i)
	x, err := db.Transaction(context.Background(), station, "x")
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	for next := x.Events; err == nil; next++ {
		if _, err = db.Submit(context.Background(), charging(station, "x", next)); err == nil {
			say(fmt.Sprintf("event %d %d\n", i, next))
		}
		if next%10 == 0 && err == nil {
			err = startOne(db, fmt.Sprintf("start-%d-%d", i, next/20)) // each twice
		}
	}
	t.Error(err)
}

func startOne(db *DB, station string) error {
	r, err := db.Submit(context.Background(), fleet.TransactionEvent{
		Station: station, Received: noon, Kind: fleet.TransactionStarted, Time: noon, EVSE: 1, Connector: 1, MeterStart: "1",
	})
	if err == nil {
		say(fmt.Sprintf("start %s %s\n", station, r.TransactionID))
	}
	return err
}

// say writes a line at once; lines shorter than a pipe's buffer do not mix.
func say(line string) {
	if _, err := io.WriteString(os.Stdout, line); err != nil {
		os.Exit(1) // the judge is gone
	}
}
