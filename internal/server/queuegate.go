package server

import (
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// maxBulkDeliveries is how many commands of bulks may be under way at once, all bulks together: the rest of maxDeliveries
// is for others.
const maxBulkDeliveries = 800

// gateBurst is how much time a gate that was late may make up for: timers are no better than that.
const gateBurst = 20 * time.Millisecond

// bulkGate lets the commands of one bulk out at its pace, and so many at once. A station whose command may go out has a
// ticket; the others wait in line. Guarded by queue.mu.
type bulkGate struct {
	concurrency int
	every       time.Duration // 0: no pace
	next        time.Time     // when the next ticket may be given
	waiting     bool          // for that moment, with a timer
	shut        bool          // no more tickets are given
	left        int           // commands that are not over, or fewer: none is where the store is looked into
	ends        uint64        // commands whose end was told

	line    []string // stations that are there and wait, in order
	inLine  map[string]bool
	tickets map[string]bool
}

func newBulkGate(b fleet.Bulk) *bulkGate {
	g := &bulkGate{
		concurrency: b.Concurrency, shut: b.State != fleet.BulkRunning, inLine: map[string]bool{}, tickets: map[string]bool{},
		left: b.Counts[fleet.StateQueued] + b.Counts[fleet.StateSent],
	}
	if b.Pace > 0 {
		g.every = time.Duration(float64(time.Second) / b.Pace)
	}
	return g
}

// join puts a station in line.
func (g *bulkGate) join(station string) {
	if !g.inLine[station] && !g.tickets[station] {
		g.line = append(g.line, station)
		g.inLine[station] = true
	}
}

// due takes the time for one ticket, or returns how long there is none.
func (g *bulkGate) due(now time.Time) time.Duration {
	if g.every == 0 {
		return 0
	}
	if wait := g.next.Sub(now); wait > 0 {
		return wait
	}
	if earliest := now.Add(-gateBurst); g.next.Before(earliest) {
		g.next = earliest
	}
	g.next = g.next.Add(g.every)
	return 0
}

// bulkStarted lets the commands of a bulk out. Stations that are away come by themselves; the others stand in line.
func (q *queue) bulkStarted(b fleet.Bulk, stations []string) {
	q.expiry.mind(b.ExpiresAt)
	g := newBulkGate(b)
	if g.left == 0 {
		return
	}
	heard := make([]uint64, len(stations))
	for i, station := range stations {
		heard[i] = q.speaks(station)
		if _, online := q.csms.Station(station); online {
			g.join(station)
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, station := range stations {
		q.expect(station, heard[i])
	}
	q.gates[b.ID] = g
	q.pump(b.ID, g)
}

// pump gives tickets, as far as they may be given now, and has the stations looked at. q.mu is held.
func (q *queue) pump(bulk string, g *bulkGate) {
	for len(g.line) > 0 && len(g.tickets) < g.concurrency && q.tickets < maxBulkDeliveries && !g.shut && !q.closed && !g.waiting {
		if wait := g.due(time.Now()); wait > 0 {
			g.waiting = true
			time.AfterFunc(wait, func() { q.pumpLater(bulk, g) })
			return
		}
		station := g.line[0]
		g.line[0] = ""
		g.line = g.line[1:]
		delete(g.inLine, station)
		if q.kickLocked(station) {
			g.tickets[station] = true
			q.tickets++
		}
	}
}

func (q *queue) pumpLater(bulk string, g *bulkGate) {
	q.mu.Lock()
	defer q.mu.Unlock()
	g.waiting = false
	q.pump(bulk, g)
}

// enter reports whether the command of a bulk may go out to a station now. If not, the station is looked at when it may.
func (q *queue) enter(bulk, station string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	g := q.gates[bulk]
	if g == nil || g.shut { // it is being prepared, or stopped
		return false
	}
	g.join(station)
	q.pump(bulk, g)
	return g.tickets[station]
}

// leave gives the ticket of a station back.
func (q *queue) leave(bulk, station string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if g := q.gates[bulk]; g != nil {
		q.giveBack(g, station)
	}
	q.pumpAll()
}

// leaveAll gives back what tickets a station has that nobody looks at any more. q.mu is held.
func (q *queue) leaveAll(station string) {
	for _, g := range q.gates {
		q.giveBack(g, station)
	}
	q.pumpAll()
}

func (q *queue) giveBack(g *bulkGate, station string) {
	if g.tickets[station] {
		delete(g.tickets, station)
		q.tickets--
	}
}

func (q *queue) pumpAll() {
	for bulk, g := range q.gates {
		q.pump(bulk, g)
	}
}

// shut sees to it that no more commands of a bulk go out, but those that have a ticket.
func (q *queue) shut(bulk string, shut bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if g := q.gates[bulk]; g != nil {
		g.shut = shut
		q.pump(bulk, g)
	}
}

// bulkCommandEnded counts a command that has come to its end. What seems to be the last one has the store looked into.
func (q *queue) bulkCommandEnded(bulk string) {
	q.mu.Lock()
	g := q.gates[bulk]
	if g != nil {
		g.left--
		g.ends++
	}
	last := g != nil && g.left <= 0
	q.mu.Unlock()
	if last {
		q.recount(bulk)
	}
}

// bulkOver forgets a bulk, and wakes who waits for it. q.mu is held.
func (q *queue) bulkOver(bulk string) {
	if g := q.gates[bulk]; g != nil {
		q.tickets -= len(g.tickets)
		delete(q.gates, bulk)
		q.pumpAll()
	}
	for _, over := range q.bulkWaiters[bulk] {
		close(over)
	}
	delete(q.bulkWaiters, bulk)
}

// awaitBulk returns a channel that is closed when a bulk is over. forgetBulk ends the waiting.
func (q *queue) awaitBulk(bulk string) chan struct{} {
	over := make(chan struct{})
	q.mu.Lock()
	defer q.mu.Unlock()
	q.bulkWaiters[bulk] = append(q.bulkWaiters[bulk], over)
	return over
}

func (q *queue) forgetBulk(bulk string, over chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	rest := slices.DeleteFunc(q.bulkWaiters[bulk], func(w chan struct{}) bool { return w == over })
	if q.bulkWaiters[bulk] = rest; len(rest) == 0 {
		delete(q.bulkWaiters, bulk)
	}
}
