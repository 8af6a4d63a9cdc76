package server

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// The bounds of calmLog.
const (
	calmLines    = 20 // of one message in a second
	calmMessages = 256
)

// calmLog is a slog.Handler that a storm cannot flood: of each message it writes so many lines a second, and then how
// many more there were. A log at debug level has everything.
type calmLog struct {
	slog.Handler
	calm *calm
}

// calmDown returns a logger that cannot be flooded, and a function that ends it, after which it may still be used.
func calmDown(l *slog.Logger) (_ *slog.Logger, end func() error) {
	if l.Enabled(context.Background(), slog.LevelDebug) {
		return l, func() error { return nil }
	}
	c := &calm{out: l.Handler(), messages: map[string]*calmMessage{}}
	return slog.New(calmLog{l.Handler(), c}), c.end
}

// Handle implements slog.Handler.
func (l calmLog) Handle(ctx context.Context, r slog.Record) error {
	if !l.calm.admits(r) {
		return nil
	}
	return l.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (l calmLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return calmLog{l.Handler.WithAttrs(attrs), l.calm}
}

// WithGroup implements slog.Handler.
func (l calmLog) WithGroup(name string) slog.Handler {
	return calmLog{l.Handler.WithGroup(name), l.calm}
}

// calm counts the lines of each message. It is safe for concurrent use.
type calm struct {
	out     slog.Handler
	telling sync.WaitGroup // of the report that is due

	mu       sync.Mutex // guards all below
	messages map[string]*calmMessage
	report   *time.Timer // nil: nothing was left out
	ended    bool
}

// calmMessage is one message: its text, without attributes.
type calmMessage struct {
	text   string
	level  slog.Level // of the last line
	begun  time.Time  // of the second that lines belong to
	lines  int
	missed int // since the last report
}

// admits counts a line, and reports whether it may be written.
func (c *calm) admits(r slog.Record) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.messages[r.Message]
	switch {
	case c.ended || m == nil && len(c.messages) >= calmMessages: // our messages are constants and fewer
		return true
	case m == nil:
		m = &calmMessage{text: r.Message}
		c.messages[r.Message] = m
	}
	if now := time.Now(); now.Sub(m.begun) >= time.Second {
		m.begun, m.lines = now, 0
	}
	m.level = r.Level
	if m.lines++; m.lines <= calmLines {
		return true
	}
	m.missed++
	if c.report == nil {
		c.telling.Add(1)
		c.report = time.AfterFunc(time.Second, func() {
			defer c.telling.Done()
			c.tell()
		})
	}
	return false
}

// tell writes how many lines were left out.
func (c *calm) tell() {
	now := time.Now()
	for _, m := range c.takeMissed() {
		r := slog.NewRecord(now, m.level, "more of the same", 0)
		r.AddAttrs(slog.String("message", m.text), slog.Int("count", m.missed))
		if err := c.out.Handle(context.Background(), r); err != nil {
			return // a log that cannot be written has nobody to be told
		}
	}
}

func (c *calm) takeMissed() (missed []calmMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report = nil
	for _, m := range c.messages {
		if m.missed > 0 {
			missed = append(missed, *m)
			m.missed = 0
		}
	}
	slices.SortFunc(missed, func(a, b calmMessage) int { return cmp.Compare(a.text, b.text) })
	return missed
}

// end writes what was not told yet.
func (c *calm) end() error {
	c.mu.Lock()
	c.ended = true
	if c.report != nil && c.report.Stop() {
		c.telling.Done()
	}
	c.mu.Unlock()
	c.telling.Wait()
	c.tell()
	return nil
}
