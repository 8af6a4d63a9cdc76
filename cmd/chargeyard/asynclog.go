package main

import (
	"io"
	"sync"
	"time"
)

// Limits of the log.
const (
	maxLogBacklog = 1 << 20 // bytes that may wait for a reader that is slow
	logEndLimit   = time.Second
)

// asyncLog is an io.Writer that never waits: what cannot be written yet is kept, and left out when that is too much. A
// log is often a pipe whose reader may stop; the server must not stop with it. It is safe for concurrent use.
type asyncLog struct {
	w     io.Writer
	lost  func(w io.Writer, lines int) // says in the log that some are missing
	wake  chan struct{}                // holds one
	ended chan struct{}                // closed when run has returned

	mu      sync.Mutex // guards all below; held for copying only
	backlog []byte
	missing int
	closing bool
}

func newAsyncLog(w io.Writer, lost func(w io.Writer, lines int)) *asyncLog {
	a := &asyncLog{w: w, lost: lost, wake: make(chan struct{}, 1), ended: make(chan struct{})}
	go a.run()
	return a
}

// Write takes a whole line, or counts it as missing. It never fails.
func (a *asyncLog) Write(line []byte) (int, error) {
	a.mu.Lock()
	if len(a.backlog)+len(line) > maxLogBacklog {
		a.missing++
	} else {
		a.backlog = append(a.backlog, line...)
	}
	a.mu.Unlock()
	a.nudge()
	return len(line), nil
}

func (a *asyncLog) nudge() {
	select {
	case a.wake <- struct{}{}:
	default: // run will look anyway
	}
}

// run writes what is there until close. While a write takes its time, a new backlog grows.
func (a *asyncLog) run() {
	defer close(a.ended)
	var spare []byte
	for range a.wake {
		a.mu.Lock()
		lines, missing, closing := a.backlog, a.missing, a.closing
		a.backlog, a.missing = spare[:0], 0
		a.mu.Unlock()
		if len(lines) > 0 {
			_, _ = a.w.Write(lines) // there is no other place to say that the log cannot be written
		}
		if missing > 0 {
			a.lost(a.w, missing)
		}
		if closing {
			return
		}
		spare = lines
	}
}

// close writes what is left, and gives up after a while when nobody reads it.
func (a *asyncLog) close() {
	a.mu.Lock()
	a.closing = true
	a.mu.Unlock()
	a.nudge()
	limit := time.NewTimer(logEndLimit)
	defer limit.Stop()
	select {
	case <-a.ended:
	case <-limit.C:
	}
}
