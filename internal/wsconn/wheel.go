package wsconn

import (
	"container/heap"
	"math"
	"sync"
	"time"
)

// never is a moment that does not come.
const never = math.MaxInt64

// wheel calls each connection at the moment it asked for. It is one timer over a heap of deadlines. A frame that
// arrives does not touch it: the connection only notes the time, and its next check works out when the one
// after that is due. It knows every open connection, those without a deadline too.
type wheel struct {
	start time.Time // moments are nanoseconds since

	mu      sync.Mutex // guards all below; never held during a check
	conns   dueHeap
	timer   *time.Timer
	armed   int64 // what the timer is set to
	ticking bool
	closed  bool
}

// now returns the current moment.
func (w *wheel) now() int64 { return int64(time.Since(w.start)) }

// add begins to watch c.
func (w *wheel) add(c *Conn) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ErrEngineClosed
	}
	c.due.Store(never)
	heap.Push(&w.conns, c)
	c.engine.conns.Add(1)
	return nil
}

// remove ends the watch over c.
func (w *wheel) remove(c *Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c.slot < 0 {
		return
	}
	heap.Remove(&w.conns, int(c.slot))
	if len(w.conns) == 0 && w.timer != nil {
		w.timer.Stop()
		w.armed = never
	}
}

// atMost has c checked at the given moment or earlier. It takes no lock if c will be checked by then anyway: a check
// that is under way has set due to never before it looks at the connection.
func (w *wheel) atMost(c *Conn, at int64) {
	if c.due.Load() <= at {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lower(c, at)
	w.arm()
}

func (w *wheel) lower(c *Conn, at int64) {
	if c.slot >= 0 && at < c.due.Load() {
		c.due.Store(at)
		heap.Fix(&w.conns, int(c.slot))
	}
}

// arm sets the timer to the earliest deadline.
func (w *wheel) arm() {
	if w.ticking || len(w.conns) == 0 || w.conns[0].due.Load() == never {
		return
	}
	due := w.conns[0].due.Load()
	switch {
	case w.timer == nil:
		w.timer = time.AfterFunc(time.Duration(due-w.now()), w.tick)
	case due != w.armed:
		w.timer.Reset(time.Duration(due - w.now()))
	}
	w.armed = due
}

// tick checks every connection that is due. No lock is held during a check, and a check does not block.
func (w *wheel) tick() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ticking {
		return
	}
	w.ticking = true
	for len(w.conns) > 0 && w.conns[0].due.Load() <= w.now() {
		c := w.conns[0]
		c.due.Store(never)
		heap.Fix(&w.conns, 0)
		w.mu.Unlock()
		next := c.check()
		w.mu.Lock()
		w.lower(c, next)
	}
	w.ticking = false
	w.armed = never
	w.arm()
}

// close refuses further connections and returns the open ones.
func (w *wheel) close() []*Conn {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	return append([]*Conn(nil), w.conns...)
}

func (w *wheel) len() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.conns)
}

// dueHeap orders connections by their next check (container/heap).
type dueHeap []*Conn

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].due.Load() < h[j].due.Load() }

func (h dueHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].slot, h[j].slot = int32(i), int32(j)
}

func (h *dueHeap) Push(x any) {
	c := x.(*Conn)
	c.slot = int32(len(*h))
	*h = append(*h, c)
}

func (h *dueHeap) Pop() any {
	last := len(*h) - 1
	c := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	c.slot = -1
	return c
}
