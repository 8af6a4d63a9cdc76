package station

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/chargeyard/chargeyard/ocpp"
)

// testEntry makes an entry that tells entries apart.
func testEntry(n int) Entry {
	return Entry{
		Action:      ocpp.Action{Version: ocpp.V16, Name: "MeterValues"},
		MessageID:   fmt.Sprintf("id-%d", n),
		Payload:     []byte(fmt.Sprintf(`{"connectorId":%d}`, n)),
		Transaction: fmt.Sprintf("tx-%d", n),
		Offline:     n%2 == 0,
		Time:        time.Unix(int64(n), 0).UTC(),
	}
}

// fataler is a testing.T or a rapid.T.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

func openQueue(t testing.TB, path string, o FileQueueOptions) *FileQueue {
	t.Helper()
	q, err := OpenFileQueue(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	return q
}

func appendTo(t fataler, q Queue, n int) uint64 {
	t.Helper()
	id, err := q.Append(testEntry(n))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// drain takes all entries of OCPP 1.6 out, in order, and returns their message ids.
func drain(t fataler, q Queue) (ids []string) {
	t.Helper()
	for {
		e, ok, err := q.Next(ocpp.V16)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return ids
		}
		ids = append(ids, e.MessageID)
		if err := q.Done(e.ID, ocpp.Opt[int64]{}); err != nil {
			t.Fatal(err)
		}
	}
}

// everyQueue runs a test with each implementation.
func everyQueue(t *testing.T, test func(t *testing.T, q Queue)) {
	t.Run("memory", func(t *testing.T) { test(t, NewMemoryQueue()) })
	t.Run("file", func(t *testing.T) {
		test(t, openQueue(t, filepath.Join(t.TempDir(), "q"), FileQueueOptions{CompactBytes: 4000, files: &faultyFiles{room: -1, fast: true}}))
	})
}

func TestR50QueueKeepsOrder(t *testing.T) {
	everyQueue(t, func(t *testing.T, q Queue) {
		var want []string
		var last uint64
		for n := range 50 {
			id := appendTo(t, q, n)
			if id <= last {
				t.Fatalf("id %d after %d", id, last)
			}
			last = id
			want = append(want, testEntry(n).MessageID)
		}
		if got := drain(t, q); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if id := appendTo(t, q, 99); id <= last {
			t.Errorf("id %d was given again, after %d", id, last)
		}
	})
}

func TestQueueKeepsEveryField(t *testing.T) {
	everyQueue(t, func(t *testing.T, q Queue) {
		want := testEntry(4)
		want.ID = appendTo(t, q, 4)
		got, ok, err := q.Next(ocpp.V16)
		if err != nil || !ok || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %v, %t, %v\nwant %v", got, ok, err, want)
		}
	})
}

func TestQueueSkipsOtherVersions(t *testing.T) {
	everyQueue(t, func(t *testing.T, q Queue) {
		other := testEntry(1)
		other.Action.Version = ocpp.V201
		if _, err := q.Append(other); err != nil {
			t.Fatal(err)
		}
		appendTo(t, q, 2)
		if got := drain(t, q); !slices.Equal(got, []string{"id-2"}) {
			t.Errorf("1.6 got %v", got)
		}
		if e, ok, _ := q.Next(ocpp.V201); !ok || e.MessageID != "id-1" {
			t.Errorf("2.0.1 got %v", e)
		}
	})
}

func TestR53QueueRemembersTransactionIDs(t *testing.T) {
	everyQueue(t, func(t *testing.T, q Queue) {
		id := appendTo(t, q, 1)
		if _, ok := q.TransactionID("tx-1"); ok {
			t.Error("an id is known before the answer")
		}
		if err := q.Done(id, ocpp.Some[int64](9223372036854775807)); err != nil {
			t.Fatal(err)
		}
		if tx, ok := q.TransactionID("tx-1"); !ok || tx != 9223372036854775807 {
			t.Errorf("got %d, %t", tx, ok)
		}
		for n := range maxTransactionKeys {
			if err := q.Done(appendTo(t, q, 1000+n), ocpp.Some(int64(n))); err != nil {
				t.Fatal(err)
			}
		}
		if _, ok := q.TransactionID("tx-1"); ok {
			t.Error("more keys are remembered than the bound says")
		}
		if tx, ok := q.TransactionID("tx-1000"); !ok || tx != 0 {
			t.Errorf("the oldest within the bound: got %d, %t", tx, ok)
		}
	})
}

func TestQueueClosed(t *testing.T) {
	everyQueue(t, func(t *testing.T, q Queue) {
		if err := errors.Join(q.Close(), q.Close()); err != nil {
			t.Fatal(err)
		}
		_, appendErr := q.Append(testEntry(1))
		_, _, nextErr := q.Next(ocpp.V16)
		for _, err := range []error{appendErr, nextErr, q.Done(1, ocpp.Opt[int64]{})} {
			if !errors.Is(err, ErrQueueClosed) {
				t.Errorf("got %v, want ErrQueueClosed", err)
			}
		}
	})
}

func TestR50FileQueueSurvivesARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	q := openQueue(t, path, FileQueueOptions{})
	for n := range 5 {
		appendTo(t, q, n)
	}
	if err := q.Done(1, ocpp.Some[int64](77)); err != nil {
		t.Fatal(err)
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	q = openQueue(t, path, FileQueueOptions{})
	if tx, ok := q.TransactionID("tx-0"); !ok || tx != 77 {
		t.Errorf("the transaction id is %d, %t", tx, ok)
	}
	if got := drain(t, q); !slices.Equal(got, []string{"id-1", "id-2", "id-3", "id-4"}) {
		t.Errorf("got %v", got)
	}
}

// queueModel is what a queue file should hold after each record.
type queueModel struct {
	end     int64 // of the record in the file
	waiting []string
}

// writeRandomly fills a queue file and returns what it holds after each of its records.
func writeRandomly(t *rapid.T, q *FileQueue) []queueModel {
	states := []queueModel{{end: int64(len(queueMagic))}}
	var waiting []string
	for n := range rapid.IntRange(1, 12).Draw(t, "operations") {
		if len(waiting) > 0 && rapid.Bool().Draw(t, "done") {
			e, _, err := q.Next(ocpp.V16)
			if err == nil {
				err = q.Done(e.ID, ocpp.Opt[int64]{})
			}
			if err != nil {
				t.Fatal(err)
			}
			waiting = waiting[1:]
		} else {
			appendTo(t, q, n)
			waiting = append(waiting, testEntry(n).MessageID)
		}
		states = append(states, queueModel{q.size, slices.Clone(waiting)})
	}
	return states
}

func TestR50FileQueueSurvivesTruncationAnywhere(t *testing.T) {
	dir := t.TempDir()
	fast := FileQueueOptions{files: &faultyFiles{room: -1, fast: true}}
	rapid.Check(t, func(rt *rapid.T) {
		path := filepath.Join(dir, "q")
		os.Remove(path)
		q, err := OpenFileQueue(path, fast)
		if err != nil {
			rt.Fatal(err)
		}
		states := writeRandomly(rt, q)
		if err := q.Close(); err != nil {
			rt.Fatal(err)
		}
		cut := rapid.Int64Range(0, states[len(states)-1].end).Draw(rt, "cut")
		if err := os.Truncate(path, cut); err != nil {
			rt.Fatal(err)
		}
		want := states[0]
		for _, s := range states {
			if s.end <= cut {
				want = s
			}
		}
		checkReopened(rt, path, fast, want.waiting)
		checkReopened(rt, path, fast, nil) // what was cut off is gone for good
	})
}

// checkReopened opens a queue, appends an entry behind what is there, and takes all out.
func checkReopened(t *rapid.T, path string, o FileQueueOptions, want []string) {
	q, err := OpenFileQueue(path, o)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != q.size {
		t.Fatalf("the torn tail was not cut off: %v", err)
	}
	appendTo(t, q, 1000)
	got := drain(t, q)
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, append(slices.Clone(want), "id-1000")) {
		t.Fatalf("got %v, want %v and id-1000", got, want)
	}
}

func TestFileQueueRefusesDamageInTheMiddle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	q := openQueue(t, path, FileQueueOptions{})
	for n := range 4 {
		appendTo(t, q, n)
	}
	second := q.live[1]
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[second.off+recordHeaderSize+20] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = OpenFileQueue(path, FileQueueOptions{})
	if !errors.Is(err, ErrQueueCorrupt) || !strings.Contains(err.Error(), fmt.Sprint("byte ", second.off)) {
		t.Errorf("got %v, want ErrQueueCorrupt at byte %d", err, second.off)
	}
	q = openQueue(t, path, FileQueueOptions{Repair: true})
	if got := drain(t, q); !slices.Equal(got, []string{"id-0", "id-2", "id-3"}) {
		t.Errorf("repaired: got %v", got)
	}
	if aside, err := os.ReadFile(path + ".damaged"); err != nil || !slices.Equal(aside, data) {
		t.Errorf("the damaged file was not kept: %v", err)
	}
}

func TestFileQueueRefusesOtherFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	const text = "these are somebody's holiday plans\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, o := range []FileQueueOptions{{}, {Repair: true}} {
		if _, err := OpenFileQueue(path, o); !errors.Is(err, ErrQueueCorrupt) {
			t.Errorf("got %v, want ErrQueueCorrupt", err)
		}
	}
	if data, _ := os.ReadFile(path); string(data) != text {
		t.Error("the file was changed")
	}
}

func TestFileQueueHasOneOpener(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	q := openQueue(t, path, FileQueueOptions{})
	if _, err := OpenFileQueue(path, FileQueueOptions{}); !errors.Is(err, ErrQueueInUse) {
		t.Errorf("got %v, want ErrQueueInUse", err)
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	openQueue(t, path, FileQueueOptions{})
}

func TestFileQueueMissingDirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "q")
	if _, err := OpenFileQueue(path, FileQueueOptions{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want os.ErrNotExist", err)
	}
}

func TestFileQueueCompacts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	q := openQueue(t, path, FileQueueOptions{CompactBytes: 4096, files: &faultyFiles{room: -1, fast: true}})
	appendTo(t, q, 0)
	if err := q.Done(1, ocpp.Some[int64](5)); err != nil {
		t.Fatal(err)
	}
	appendTo(t, q, 1) // stays
	appendTo(t, q, 2) // stays
	for n := range 2000 {
		if err := q.Done(appendTo(t, q, n), ocpp.Opt[int64]{}); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Size() > 20<<10 {
		t.Errorf("the file has %d bytes after 2000 delivered entries", info.Size())
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	q = openQueue(t, path, FileQueueOptions{})
	if tx, _ := q.TransactionID("tx-0"); tx != 5 {
		t.Errorf("the transaction id is %d", tx)
	}
	if id := appendTo(t, q, 3); id != 2004 {
		t.Errorf("the next id is %d, want 2004", id)
	}
	if got := drain(t, q); !slices.Equal(got, []string{"id-1", "id-2", "id-3"}) {
		t.Errorf("got %v", got)
	}
}

func TestFileQueueGivesNoIDTwiceAfterCompaction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	q := openQueue(t, path, FileQueueOptions{})
	for n := range 3 {
		appendTo(t, q, n)
	}
	drain(t, q)
	if err := errors.Join(q.compact(), q.Close()); err != nil {
		t.Fatal(err)
	}
	if id := appendTo(t, openQueue(t, path, FileQueueOptions{}), 3); id != 4 {
		t.Errorf("the next id is %d, want 4", id)
	}
}

func TestFileQueueRepairsAnyDamage(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		path := filepath.Join(dir, "q")
		os.Remove(path)
		fast := FileQueueOptions{files: &faultyFiles{room: -1, fast: true}, Repair: true}
		q, err := OpenFileQueue(path, fast)
		if err != nil {
			rt.Fatal(err)
		}
		for n := range 6 {
			appendTo(rt, q, n)
		}
		if err := q.Close(); err != nil {
			rt.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			rt.Fatal(err)
		}
		at := rapid.IntRange(len(queueMagic), len(data)-1).Draw(rt, "at")
		damage := rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(rt, "damage")
		touched := copy(data[at:], damage)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			rt.Fatal(err)
		}
		if q, err = OpenFileQueue(path, fast); err != nil {
			rt.Fatal(err)
		}
		got := drain(rt, q)
		if err := q.Close(); err != nil {
			rt.Fatal(err)
		}
		// Records are about 80 bytes long: 40 damaged bytes touch two of them at most.
		if !slices.IsSorted(got) || len(got) < 4 {
			rt.Fatalf("%d bytes at %d: got %v", touched, at, got)
		}
	})
}
