package main

import (
	"bufio"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"modernc.org/sqlite"

	"github.com/chargeyard/chargeyard/ocpptest"
)

// withoutSync makes a process that TestMain turns into the command open its store with synchronous=OFF.
const withoutSync = "CHARGEYARD_TEST_WITHOUT_SYNC"

// dropSyncs is what withoutSync asks for.
func dropSyncs() {
	sqlite.RegisterConnectionHook(func(c sqlite.ExecQuerierContext, _ string) error {
		_, err := c.ExecContext(context.Background(), "PRAGMA synchronous = OFF", []driver.NamedValue{})
		return err
	})
}

// The shape of the proof: so many rounds, in each of which so many stations send one message, all of which are one commit.
// Both have one digit, see tagOf.
const (
	syncRounds = 8
	syncGroup  = 4
)

// TestSyncComesBeforeTheAnswer looks at the system calls of a process that serves: between the last write of a message to the
// store and its answer on the socket there is a completed sync. A process that is killed keeps what the system has not
// written yet; a machine that loses its power does not. The same look finds no sync when the store is opened without.
func TestSyncComesBeforeTheAnswer(t *testing.T) {
	needStrace(t)
	t.Run("as it is", func(t *testing.T) {
		found := traceSyncs(t)
		if found.answers != syncRounds*syncGroup || found.synced != found.answers {
			t.Errorf("%d of %d answers came after a sync, want all of %d", found.synced, found.answers, syncRounds*syncGroup)
		}
	})
	t.Run("without", func(t *testing.T) {
		t.Setenv(withoutSync, "1")
		found := traceSyncs(t)
		if found.answers != syncRounds*syncGroup || found.synced != 0 {
			t.Errorf("%d of %d answers came after a sync that is switched off, of %d", found.synced, found.answers, syncRounds*syncGroup)
		}
	})
}

// needStrace skips the test where processes cannot be traced. In CI that is an error.
func needStrace(t *testing.T) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "strace", "-f", "-o", filepath.Join(t.TempDir(), "trace"), "true").CombinedOutput()
	if err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("strace does not work here: %v %s", err, out)
	}
	t.Skipf("strace does not work here: %v %s", err, out)
}

// traceSyncs lets stations send messages to a traced process and reads what it did.
func traceSyncs(t *testing.T) syncProof {
	t.Helper()
	dir := t.TempDir()
	trace, data := filepath.Join(dir, "trace"), filepath.Join(dir, "data")
	t.Setenv("CHARGEYARD_COMMIT_EVENTS", strconv.Itoa(syncGroup))
	t.Setenv("CHARGEYARD_COMMIT_DELAY", "1s") // the whole group is one commit
	p := processUnder(t, data, "strace", "-f", "--seccomp-bpf", "-yy", "-s", "8192", "-e", "signal=none",
		"-e", "trace=write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync,msync,sync_file_range", "-o", trace)
	sendRounds(t, p)
	endTraced(t, p, data)
	f, err := os.Open(trace)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return readTrace(t, bufio.NewScanner(f))
}

// sendRounds sends one start of a transaction from each station at a time, all of them again and again.
func sendRounds(t *testing.T, p serving) {
	t.Helper()
	var peers []*ocpptest.Peer
	for i := range syncGroup {
		peer, err := ocpptest.DialPeer(t.Context(), fmt.Sprintf("%s/CP-%d", p.stations, i), ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
		if err != nil {
			t.Fatal(err)
		}
		defer peer.Close()
		peers = append(peers, peer)
	}
	for round := range syncRounds {
		var answered sync.WaitGroup
		for i, peer := range peers {
			answered.Go(func() {
				tag := fmt.Sprintf("TAG-%d-%d", round, i)
				err := peer.SendText(fmt.Sprintf(`[2,%q,"StartTransaction",{"connectorId":1,"idTag":%q,"meterStart":%d,"timestamp":"2026-05-01T10:00:00Z"}]`,
					tag, tag, round))
				if _, rerr := peer.ReadText(); errors.Join(err, rerr) != nil {
					t.Error(err, rerr)
				}
			})
		}
		answered.Wait()
	}
}

// endTraced ends the process that is traced, whose id is in its lock; strace ends with it.
func endTraced(t *testing.T, p serving, data string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "chargeyard.lock"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
}

// syncProof is what a trace shows of the messages with a tag.
type syncProof struct{ answers, synced int }

// The lines of a trace, which strace writes in the order in which the calls began and ended.
var (
	callLine    = regexp.MustCompile(`^(\d+) +(\w+)\((\d+)<([^>]*?(?:->[^>]*)?)>[,) ](.*)$`) // the name of a socket has an arrow, and data may have one
	resumedLine = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>`)
	tagOf       = regexp.MustCompile(`TAG-\d-\d`) // what follows it in a page may be a digit, too
)

// traceReader follows a trace.
type traceReader struct {
	syncProof
	line    int
	writing map[string][]string // by thread: the tags that a write under way brings to the log of the store
	syncing map[string]int      // by thread: where its sync under way began
	written map[string]int      // by tag: where the first write with it ended, which is one of its own commit
	syncs   [][2]int            // where syncs of the log began and ended
}

func readTrace(t *testing.T, in *bufio.Scanner) syncProof {
	t.Helper()
	r := traceReader{writing: map[string][]string{}, syncing: map[string]int{}, written: map[string]int{}}
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		r.line++
		r.read(in.Text())
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return r.syncProof
}

func (r *traceReader) read(line string) {
	if m := resumedLine.FindStringSubmatch(line); m != nil {
		r.ended(m[1])
		return
	}
	m := callLine.FindStringSubmatch(line)
	if m == nil {
		return
	}
	thread, call, file, rest := m[1], m[2], m[4], m[5]
	switch {
	case strings.HasSuffix(file, "-wal") && strings.Contains(call, "sync"):
		r.syncing[thread] = r.line
	case strings.HasSuffix(file, "-wal"):
		r.writing[thread] = tagOf.FindAllString(rest, -1)
	case strings.HasPrefix(file, "TCP"):
		r.sent(rest)
		return
	default:
		return
	}
	if !strings.HasSuffix(line, "<unfinished ...>") {
		r.ended(thread)
	}
}

// ended notes the end of a thread's call. Only the first write of a message counts: a later commit may write its page again
// before the answer has gone out. There is one writer, and no commit has a sync between two of its writes.
func (r *traceReader) ended(thread string) {
	if began, ok := r.syncing[thread]; ok {
		r.syncs = append(r.syncs, [2]int{began, r.line})
		delete(r.syncing, thread)
	}
	for _, tag := range r.writing[thread] {
		if _, known := r.written[tag]; !known {
			r.written[tag] = r.line
		}
	}
	delete(r.writing, thread)
}

// sent notes an answer at the moment at which it is handed to the system.
func (r *traceReader) sent(text string) {
	if !strings.Contains(text, `[3,\"TAG-`) {
		return
	}
	r.answers++
	written, ok := r.written[tagOf.FindString(text)]
	for _, s := range r.syncs {
		if ok && s[0] >= written && s[1] < r.line {
			r.synced++
			return
		}
	}
}
