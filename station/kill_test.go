package station

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chargeyard/chargeyard/ocpp"
)

const killEnv = "CHARGEYARD_TEST_QUEUE" // makes the test binary a writer that waits to be killed

// writeUntilKilled appends entries and takes some out, and says on stdout what was acknowledged.
func writeUntilKilled(path string) error {
	q, err := OpenFileQueue(path, FileQueueOptions{CompactBytes: 2000})
	if err != nil {
		return err
	}
	for {
		id, err := q.Append(testEntry(int(q.lastID) + 1))
		if err != nil {
			return err
		}
		fmt.Println("appended", id)
		if id%3 == 0 {
			continue
		}
		e, _, err := q.Next(ocpp.V16)
		if err != nil {
			return err
		}
		fmt.Println("removing", e.ID)
		if err := q.Done(e.ID, ocpp.Opt[int64]{}); err != nil {
			return err
		}
		fmt.Println("removed", e.ID)
	}
}

// killLog is what a writer said before it was killed, over all rounds.
type killLog struct {
	appended, removed []int
	removing          int // perhaps removed
}

// runAndKill starts a writer, reads some lines and kills it. What it said until then still arrives.
func (l *killLog) runAndKill(t *testing.T, path string, lines int) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killEnv+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l.removing = 0
	r := bufio.NewReader(out)
	for n := 0; ; n++ {
		if n == lines {
			cmd.Process.Kill()
		}
		var what string
		var id int
		if _, err := fmt.Fscanln(r, &what, &id); err != nil {
			if n < lines {
				t.Errorf("the writer ended by itself after %d lines", n)
			}
			break
		}
		l.note(what, id)
	}
	io.Copy(io.Discard, r)
	cmd.Wait()
}

func (l *killLog) note(what string, id int) {
	switch what {
	case "appended":
		l.appended = append(l.appended, id)
	case "removing":
		l.removing = id
	case "removed":
		l.removed = append(l.removed, id)
	}
}

// check opens the queue and compares. Beside what was said, an entry may be there whose acknowledgement was on its way,
// and one may be gone whose removal was.
func (l *killLog) check(t *testing.T, path string) {
	q := openQueue(t, path, FileQueueOptions{})
	defer q.Close()
	var there []int
	for _, e := range q.live {
		there = append(there, int(e.id))
		if got, err := q.read(e); err != nil || got.MessageID != testEntry(int(e.id)).MessageID {
			t.Fatalf("entry %d reads as %v, %v", e.id, got, err)
		}
	}
	if !slices.IsSorted(there) || len(slices.Compact(slices.Clone(there))) != len(there) {
		t.Fatalf("out of order or twice: %v", there)
	}
	for _, id := range l.appended {
		gone := slices.Contains(l.removed, id)
		if found := slices.Contains(there, id); found == gone && id != l.removing {
			t.Fatalf("entry %d: removed %t, found %t; it has %v", id, gone, found, there)
		}
	}
	// What was not said but is there was appended; the next round goes on behind it.
	for _, id := range there {
		if !slices.Contains(l.appended, id) {
			l.appended = append(l.appended, id)
		}
	}
	if l.removing != 0 && !slices.Contains(there, l.removing) {
		l.removed = append(l.removed, l.removing)
	}
}

func TestR50FileQueueSurvivesKill9(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	var log killLog
	for range 12 {
		log.runAndKill(t, path, 1+rand.IntN(120))
		log.check(t, path)
	}
	if len(log.appended) < 12 || len(log.removed) == 0 {
		t.Errorf("only %d entries and %d removals were tried", len(log.appended), len(log.removed))
	}
}
