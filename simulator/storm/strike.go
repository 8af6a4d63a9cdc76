package storm

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

// strike makes stations lose their connections in the way of the variant, and returns which.
func (r *run) strike(ctx context.Context) []*light {
	struck := r.victims()
	if r.o.Variant == Idle {
		r.struckAt.Store(r.now())
		r.gate.open(r.o.Dials)
		return nil
	}
	if r.o.Variant == SlowReaders {
		r.stuckAll = len(struck)
		r.stuckNow.Store(int64(len(struck)))
	}
	times := 1
	if r.o.Variant == Flap {
		times = r.o.Flaps
	}
	for i := range times {
		if i > 0 {
			sleep(ctx, r.o.FlapEvery)
		}
		r.struckAt.Store(r.now())
		r.strikes.Add(1)
		if r.o.Variant != SlowReaders {
			r.library.strike(r.o.Variant)
		}
		// They come back when all are struck: what is measured is the CSMS, not how fast one after the other is hit.
		r.gate.shut()
		inParts(struck, r.hit)
		r.gate.open(r.o.Dials)
	}
	return struck
}

// victims are the stations that lose their connections.
func (r *run) victims() []*light {
	var list []*light
	for _, s := range r.lights {
		if !s.stays {
			list = append(list, s)
		}
	}
	if r.o.Variant == SlowReaders {
		list = list[:min(len(list), max(1, int(float64(r.o.Stations)*r.o.Slow+0.5)))]
	}
	return list
}

// hit strikes one station. One that is not connected just now is spared.
func (r *run) hit(s *light) {
	c := s.cur.Load()
	if c == nil {
		return
	}
	switch r.o.Variant {
	case Close:
		c.leave()
	case HalfOpen:
		c.abandon(ghost)
	case SlowReaders:
		c.abandon(stuck)
	case Reset, TLSRestart, Flap, Idle:
		c.reset()
	}
}

// inParts calls f for all stations, on a few goroutines.
func inParts(list []*light, f func(*light)) {
	const parts = 8
	var all sync.WaitGroup
	for i := range parts {
		all.Go(func() {
			for _, s := range list[len(list)*i/parts : len(list)*(i+1)/parts] {
				f(s)
			}
		})
	}
	all.Wait()
}

// haunt keeps the socket of a half-open connection.
func (r *run) haunt(c *conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ghosts = append(r.ghosts, c)
}

// Ghosts says what became of the old sockets of half-open connections.
type Ghosts struct {
	Left   int            `json:"left"`   // sockets that were left behind, silent
	Closed map[string]int `json:"closed"` // by the server, by how
	Open   int            `json:"open"`   // the server still holds them
}

// exorcise looks at the old sockets, and closes them.
func (r *run) exorcise(res *Result) {
	r.mu.Lock()
	ghosts := r.ghosts
	r.mu.Unlock()
	var closed tally
	var all sync.WaitGroup
	places := make(chan struct{}, 64)
	for _, c := range ghosts {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			closed.add(lastWords(c))
			resetSocket(c.tcp)
		})
	}
	all.Wait()
	res.Ghosts = Ghosts{Left: len(ghosts), Closed: closed.counts()}
	res.Ghosts.Open = res.Ghosts.Closed[stillOpen]
	delete(res.Ghosts.Closed, stillOpen)
}

const stillOpen = "open"

// lastWords says how the server ended a connection that nobody has read since. Reading may have stopped in the middle
// of a frame: it is the end of the stream that tells, where the close frame is.
func lastWords(c *conn) string {
	if err := c.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		return reason(err)
	}
	text, err := io.ReadAll(c.br)
	const header, longest = 2, 125
	for i := max(0, len(text)-header-longest); i+header <= len(text); i++ {
		if text[i] == 0x80|opClose && i+header+int(text[i+1]) == len(text) {
			return fmt.Sprintf("close %d", parseClose(text[i+header:]).code)
		}
	}
	switch {
	case err == nil:
		return "without a close frame"
	case isTimeout(err):
		return stillOpen
	}
	return reason(err)
}
