package server

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// maxDeliveries is how many stations queued commands are delivered to at once: each takes a goroutine.
const maxDeliveries = 1000

// queue delivers the commands that the store keeps. What is in memory is only which stations have some: a command itself
// is read when its turn has come. A station that is idle, or away, takes no goroutine. All methods are safe for concurrent
// use.
type queue struct {
	store interface {
		store.Commands
		store.Bulks
	}
	csms     *csms.Server // set before start
	commands *commands    // makes requests of verbs; set before start
	log      *slog.Logger

	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	expiry  expiry
	waiting atomic.Int64 // len(turns), to ask without the lock

	mu      sync.Mutex // guards the rest; nothing blocks under it
	closed  bool
	turns   map[string]*turn // by station: those that have, or may have, queued commands
	active  int              // goroutines that deliver
	ready   []string         // stations that wait for such a goroutine
	waiters map[string][]chan fleet.Command

	plans map[string]*listPlan // by command: local lists that are under way

	gates       map[string]*bulkGate // by bulk: those that have commands that are not over
	tickets     int                  // that all gates have given
	bulkWaiters map[string][]chan struct{}
}

// turn is a station with queued commands.
type turn struct {
	running bool // somebody delivers to it, or it is in ready
	again   bool // something happened since they looked
	parked  bool // all that is queued waits for its bulk's pace, which has somebody look

	heard uint64 // epoch of the connection on which the station has been answered something; 0: none
}

func newQueue(s store.Store, log *slog.Logger) *queue {
	q := &queue{
		store: s, log: log, expiry: newExpiry(),
		turns: map[string]*turn{}, waiters: map[string][]chan fleet.Command{},
		plans: map[string]*listPlan{},
		gates: map[string]*bulkGate{}, bulkWaiters: map[string][]chan struct{}{},
	}
	q.ctx, q.cancel = context.WithCancel(context.Background())
	return q
}

// openQueue begins to deliver what is queued.
func (s *Server) openQueue(ctx context.Context) error {
	s.queue.csms, s.queue.commands = s.csms, s.commands()
	s.closers.add(s.queue.close)
	return s.queue.start(ctx)
}

// start decides on what an earlier process left behind, and begins. close ends what it began.
func (q *queue) start(ctx context.Context) error {
	n, err := q.store.RecoverCommands(ctx, time.Now())
	if err != nil {
		return fmt.Errorf("what became of the commands that were under way cannot be stored: %w", err)
	}
	if n > 0 {
		q.log.Warn("commands were under way when the server ended; nobody knows whether the stations have carried them out", "commands", n)
	}
	stations, err := q.store.QueuedStations(ctx)
	if err != nil {
		return fmt.Errorf("the queued commands cannot be read: %w", err)
	}
	for _, station := range stations {
		q.turns[station] = &turn{}
	}
	q.waiting.Store(int64(len(q.turns)))
	if err := q.loadBulks(ctx); err != nil {
		return err
	}
	q.running.Go(q.expire)
	return nil
}

// close ends everything and waits for it. Who waits for an answer hears of no more.
func (q *queue) close() error {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.cancel()
	q.running.Wait()
	return nil
}

// added makes the station of a command that was added one that has some, and has somebody look at it.
func (q *queue) added(c fleet.Command) {
	q.note(c)
	q.kick(c.Station)
}

// note makes the station of a command that was added one that has some: it is looked at when something happens, such as the answer to
// its present request.
func (q *queue) note(c fleet.Command) {
	q.expiry.mind(c.ExpiresAt)
	heard := q.speaks(c.Station)
	q.mu.Lock()
	q.expect(c.Station, heard)
	q.mu.Unlock()
}

// expect makes a station one that has queued commands, some of which are new. A look that is under way may have found nothing before they
// were there, and must not end with that. q.mu is held.
func (q *queue) expect(station string, heard uint64) {
	if t := q.turns[station]; t != nil {
		t.again, t.parked = true, false
		return
	}
	q.turns[station] = &turn{heard: heard}
	q.waiting.Add(1)
}

// speaks returns the epoch of the connection on which a station has said something, 0 when there is none.
func (q *queue) speaks(station string) uint64 {
	if st, online := q.csms.Station(station); online && !st.LastMessageAt().IsZero() {
		return st.Epoch()
	}
	return 0
}

// kick has somebody look at a station, if it has queued commands.
func (q *queue) kick(station string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.kickLocked(station)
}

// kickLocked is kick with q.mu held. It reports whether somebody will look.
func (q *queue) kickLocked(station string) bool {
	t := q.turns[station]
	switch {
	case t == nil || q.closed:
		return false
	case t.running:
		t.again = true
	case q.active < maxDeliveries:
		t.running = true
		q.active++
		q.running.Go(func() { q.deliverAll(station) })
	default:
		t.running = true
		q.ready = append(q.ready, station)
	}
	return true
}

// kickAfter is kick some time from now.
func (q *queue) kickAfter(d time.Duration, station string) {
	time.AfterFunc(d, func() { q.kick(station) })
}

// look begins a look at a station: what happens from now on asks for another.
func (q *queue) look(station string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.turns[station].again, q.turns[station].parked = false, false
}

// found is what a look at a station has come to.
type found int

const (
	foundWaiting found = iota // a command that cannot go out now
	foundHeld                 // commands that wait for their bulks alone
	foundNothing
)

// looked ends a look at a station, and returns which one to look at next; "" none.
func (q *queue) looked(station string, what found) (next string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	t := q.turns[station]
	switch {
	case t.again && !q.closed:
		return station
	case what == foundNothing:
		delete(q.turns, station)
		q.waiting.Add(-1)
	default:
		t.running, t.parked = false, what == foundHeld
	}
	q.leaveAll(station)
	if len(q.ready) == 0 || q.closed {
		q.ready = nil
		q.active--
		return ""
	}
	next, q.ready = q.ready[0], q.ready[1:]
	return next
}

// has reports whether a station may have queued commands that wait for it.
func (q *queue) has(station string) bool {
	if q.waiting.Load() == 0 {
		return false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	t := q.turns[station]
	return t != nil && !t.parked
}
