package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/ocpptest"
)

// stuckWriter is a pipe that nobody reads.
type stuckWriter struct {
	read chan struct{} // closed when somebody does
	mu   sync.Mutex
	got  bytes.Buffer
}

func (s *stuckWriter) Write(p []byte) (int, error) {
	<-s.read
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got.Write(p)
}

func noteLost(w io.Writer, lines int) { fmt.Fprintf(w, "lost %d\n", lines) }

func TestTheLogIsWrittenInOrderAndWhole(t *testing.T) {
	var b bytes.Buffer
	a := newAsyncLog(&b, noteLost)
	var want strings.Builder
	for i := range 5000 {
		fmt.Fprintln(&want, i)
		fmt.Fprintln(a, i)
	}
	a.close()
	if b.String() != want.String() {
		t.Errorf("%d bytes, want %d", b.Len(), want.Len())
	}
}

func TestALogThatNobodyReadsIsBoundedAndCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &stuckWriter{read: make(chan struct{})}
		a := newAsyncLog(w, noteLost)
		line := []byte(strings.Repeat("x", 1023) + "\n")
		fmt.Fprintln(a, "first")
		synctest.Wait() // it is stuck in the writer
		for range 3000 {
			if n, err := a.Write(line); n != len(line) || err != nil {
				t.Fatal(n, err)
			}
		}
		close(w.read)
		synctest.Wait()
		fmt.Fprintln(a, "last")
		a.close()
		got := w.got.String()
		if kept := strings.Count(got, string(line)); kept != 1024 || !strings.HasSuffix(got, "lost 1976\nlast\n") {
			t.Errorf("%d lines are kept: %s", kept, got[max(0, len(got)-50):])
		}
	})
}

func TestALogThatNobodyReadsDoesNotHoldTheEndUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &stuckWriter{read: make(chan struct{})}
		a := newAsyncLog(w, noteLost)
		fmt.Fprintln(a, "x")
		begun := time.Now()
		a.close()
		if took := time.Since(begun); took != logEndLimit {
			t.Errorf("it took %v", took)
		}
		close(w.read)
	})
}

// A supervisor that stops reading the log stops no station.
func TestAServerWhoseLogIsStuckServesStations(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	stuck := &stuckWriter{read: make(chan struct{})}
	banner, out := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		args := []string{"serve", "--ocpp", "127.0.0.1:0", "--http", "127.0.0.1:0", "--log-level", "debug", "--data", t.TempDir()}
		ended <- run(ctx, args, out, stuck)
	}()
	stations := readBanner(t, banner).stations
	for i := range 5 {
		dialing, stop := context.WithTimeout(t.Context(), 5*time.Second)
		p, err := ocpptest.DialPeer(dialing, fmt.Sprint(stations, "/CP-", i), ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
		stop()
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		if err := p.Conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if err := p.SendText(`[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]`); err != nil {
			t.Fatal(err)
		}
		if answer, err := p.ReadText(); err != nil || !strings.Contains(answer, "Accepted") {
			t.Errorf("station %d: %s %v", i, answer, err)
		}
		p.Close()
	}
	cancel()
	select {
	case code := <-ended:
		if code != 0 {
			t.Errorf("code %d", code)
		}
	case <-time.After(20 * time.Second):
		t.Error("it does not end")
	}
	close(stuck.read)
}
