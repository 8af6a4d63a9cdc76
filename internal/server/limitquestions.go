package server

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

// limitQuestions asks stations which limits of transactions they take, when a transaction has one and nobody knows. The answer to
// the next message of the transaction gives it then. All methods are safe for concurrent use.
type limitQuestions struct {
	do  func(ctx context.Context, ask httpapi.VerbCommand) (httpapi.VerbAnswer, error) // set before start
	log *slog.Logger

	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	wake    chan struct{} // holds one: there is something due

	mu    sync.Mutex // guards the rest; nothing blocks under it
	asked map[string]time.Time
	due   []string
}

// supportAgain is how long a question which limits a station takes may stay without an answer until it is asked again.
const supportAgain = 10 * time.Minute

func newLimitQuestions(log *slog.Logger) *limitQuestions {
	q := &limitQuestions{log: log, wake: make(chan struct{}, 1), asked: map[string]time.Time{}}
	q.ctx, q.cancel = context.WithCancel(context.Background())
	return q
}

// openLimitQuestions begins to ask.
func (s *Server) openLimitQuestions() {
	s.limits.do = s.commands().Do
	s.closers.add(s.limits.close)
	s.limits.running.Go(s.limits.run)
}

func (q *limitQuestions) close() error {
	q.cancel()
	q.running.Wait()
	return nil
}

// wonder has a station asked, unless it was a moment ago.
func (q *limitQuestions) wonder(station string) {
	now := time.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	if at, ok := q.asked[station]; ok && now.Sub(at) < supportAgain {
		return
	}
	q.asked[station] = now
	q.due = append(q.due, station)
	select {
	case q.wake <- struct{}{}:
	default: // run will look anyway
	}
}

// disconnected forgets that a station was asked: it may be another one when it comes back.
func (q *limitQuestions) disconnected(station string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.asked, station)
}

func (q *limitQuestions) run() {
	for {
		select {
		case <-q.wake:
		case <-q.ctx.Done():
			return
		}
		for _, station := range q.take() {
			_, err := q.do(q.ctx, httpapi.VerbCommand{
				Station: station, Verb: askSupport(),
				Kept: &httpapi.QueuedCommand{Station: station, Lane: fleet.LaneCharging, Timeout: httpapi.MaxCommandTimeout},
			})
			if err != nil && q.ctx.Err() == nil {
				q.log.Warn("a station is not asked which limits of transactions it takes", "station", station, "error", err)
			}
		}
	}
}

func (q *limitQuestions) take() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	due := q.due
	q.due = nil
	return due
}

// limited is a store that has stations asked which limits they take when one waits for that.
type limited struct {
	store.Ingest
	wonder func(station string)
}

// Submit implements store.Ingest.
func (l limited) Submit(ctx context.Context, e fleet.Event) (fleet.Result, error) {
	result, err := l.Ingest.Submit(ctx, e)
	if err == nil && result.LimitsWait {
		l.wonder(e.About())
	}
	return result, err
}
