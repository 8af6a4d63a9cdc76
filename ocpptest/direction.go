package ocpptest

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// Direction is what travels one way on a [Link]. Its faults can be changed while the link is in use. All methods
// may be called concurrently.
type Direction struct {
	readBy, writeBy deadline

	mu        sync.Mutex // guards all below
	changed   *sync.Cond // something below changed, or time passed that somebody waits for
	way       []segment  // what is on the way, in order
	inWay     int        // bytes of it
	window    int
	latency   time.Duration
	bandwidth int
	free      time.Time // when the line has room for the next byte
	cutAfter  int64     // bytes until the cut; negative: none
	paused    bool
	blackhole bool
	finished  bool // the writer closed
	stopped   bool // the reader closed
	broken    bool
}

// segment is what one Write sent.
type segment struct {
	b  []byte
	at time.Time // when it arrives
}

func newDirection(o LinkOptions) *Direction {
	d := &Direction{window: o.Window, latency: o.Latency, bandwidth: o.Bandwidth, cutAfter: -1}
	d.changed = sync.NewCond(&d.mu)
	d.readBy.wake = d.wake
	d.writeBy.wake = d.wake
	return d
}

func (d *Direction) wake() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.changed.Broadcast()
}

// change runs f under the lock and wakes everybody up.
func (d *Direction) change(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
	d.changed.Broadcast()
}

// SetLatency changes how long the bytes that are written from now on are on the way.
func (d *Direction) SetLatency(t time.Duration) { d.change(func() { d.latency = t }) }

// SetBandwidth changes the bandwidth in bytes per second for what is written from now on; 0 is unlimited.
func (d *Direction) SetBandwidth(n int) { d.change(func() { d.bandwidth = n }) }

// CutAfter breaks the direction after n more bytes, in the middle of a frame if it so happens: the n bytes
// arrive, then the reader and the writer get a reset.
func (d *Direction) CutAfter(n int64) { d.change(func() { d.cutAfter = max(n, 0) }) }

// Pause stops delivery: the reader gets nothing, and the writer blocks when the window is full, as with a peer that
// does not read.
func (d *Direction) Pause() { d.change(func() { d.paused = true }) }

// Resume ends a Pause.
func (d *Direction) Resume() { d.change(func() { d.paused = false }) }

// Blackhole loses everything from now on, what is on the way and the news of a close included.
func (d *Direction) Blackhole() { d.change(func() { d.blackhole = true }) }

func (d *Direction) reset()  { d.change(d.breakNow) }
func (d *Direction) finish() { d.change(func() { d.finished = true }) }

// breakNow drops what is on the way; d.mu is held.
func (d *Direction) breakNow() { d.broken, d.way, d.inWay = true, nil, 0 }

// stopReading reports whether it was the first call.
func (d *Direction) stopReading() (first bool) {
	d.change(func() { first, d.stopped = !d.stopped, true })
	return first
}

// read waits for bytes, the end, or the deadline.
func (d *Direction) read(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for {
		switch {
		case d.stopped:
			return 0, net.ErrClosed
		case d.readBy.passed():
			return 0, os.ErrDeadlineExceeded
		case len(p) == 0:
			return 0, nil
		}
		if n, err := d.arrived(p); n > 0 || err != nil {
			return n, err
		}
		d.changed.Wait()
	}
}

// arrived takes what is here; d.mu is held.
func (d *Direction) arrived(p []byte) (int, error) {
	switch {
	case d.broken && len(d.way) == 0:
		return 0, syscall.ECONNRESET
	case d.blackhole, d.paused:
		return 0, nil
	case len(d.way) == 0 && d.finished:
		return 0, io.EOF
	case len(d.way) == 0:
		return 0, nil
	}
	first := &d.way[0]
	if wait := time.Until(first.at); wait > 0 {
		time.AfterFunc(wait, d.wake)
		return 0, nil
	}
	n := copy(p, first.b)
	if first.b = first.b[n:]; len(first.b) == 0 {
		d.way = d.way[1:]
	}
	d.inWay -= n
	d.changed.Broadcast()
	return n, nil
}

// write sends p piece by piece as the window allows.
func (d *Direction) write(p []byte) (sent int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for {
		switch {
		case d.finished:
			return sent, net.ErrClosed
		case d.broken:
			return sent, syscall.ECONNRESET
		case d.stopped && !d.blackhole:
			return sent, syscall.EPIPE
		case d.writeBy.passed():
			return sent, os.ErrDeadlineExceeded
		case sent == len(p):
			return sent, nil
		}
		if n := min(len(p)-sent, d.window-d.inWay); n > 0 {
			sent += d.send(p[sent : sent+n])
			continue
		}
		d.changed.Wait()
	}
}

// send puts b on the way, up to the cut; d.mu is held.
func (d *Direction) send(b []byte) int {
	n := len(b)
	if d.cutAfter >= 0 && int64(n) >= d.cutAfter {
		n = int(d.cutAfter)
		d.broken = true
	}
	if d.cutAfter >= 0 {
		d.cutAfter -= int64(n)
	}
	now := time.Now()
	if d.free.Before(now) {
		d.free = now
	}
	if d.bandwidth > 0 {
		d.free = d.free.Add(time.Duration(n) * time.Second / time.Duration(d.bandwidth))
	}
	if n > 0 {
		d.way = append(d.way, segment{append([]byte(nil), b[:n]...), d.free.Add(d.latency)})
		d.inWay += n
	}
	d.changed.Broadcast()
	return n
}

func isEOF(err error) bool { return errors.Is(err, io.EOF) }

// deadline wakes somebody up when it passes.
type deadline struct {
	wake func()

	mu    sync.Mutex
	at    time.Time
	timer *time.Timer
}

func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	d.at = t
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	if !t.IsZero() {
		d.timer = time.AfterFunc(time.Until(t), d.wake)
	}
	d.mu.Unlock()
	d.wake()
}

func (d *deadline) passed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.at.IsZero() && !time.Now().Before(d.at)
}
