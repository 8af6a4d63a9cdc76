package server

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// strangerLines is how many lines a minute strangers may write into the log, of each kind.
const strangerLines = 20

// limitedLog is a slog.Handler for what strangers cause: of the messages that it is about it lets so many through a
// minute, with their texts cut, and then says how many there were more. Other messages pass.
type limitedLog struct {
	slog.Handler
	about  string // the message; "" is every one, of net/http
	budget *logBudget
}

func limitLog(l *slog.Logger, about string) *slog.Logger {
	return slog.New(limitedLog{l.Handler(), about, &logBudget{}})
}

// Handle implements slog.Handler.
func (l limitedLog) Handle(ctx context.Context, r slog.Record) error {
	if l.about != "" && r.Message != l.about {
		return l.Handler.Handle(ctx, r)
	}
	if l.about == "" {
		r = ofHTTP(r)
	}
	write, missed := l.budget.take(r.Time)
	if missed > 0 {
		more := slog.NewRecord(r.Time, r.Level, "more of the same was not logged", 0)
		more.AddAttrs(slog.String("message", clipText(r.Message)), slog.Int("count", missed))
		if err := l.Handler.Handle(ctx, more); err != nil {
			return err
		}
	}
	if !write {
		return nil
	}
	return l.Handler.Handle(ctx, clipRecord(r))
}

// WithAttrs implements slog.Handler.
func (l limitedLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	l.Handler = l.Handler.WithAttrs(attrs)
	return l
}

// WithGroup implements slog.Handler.
func (l limitedLog) WithGroup(name string) slog.Handler {
	l.Handler = l.Handler.WithGroup(name)
	return l
}

// logBudget counts the lines of a minute. It is safe for concurrent use.
type logBudget struct {
	mu     sync.Mutex // guards all below
	minute time.Time
	count  int
}

// take reports whether a line may be written, and how many of the minute before were not.
func (b *logBudget) take(now time.Time) (write bool, missed int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if minute := now.Truncate(time.Minute); !minute.Equal(b.minute) {
		missed = max(0, b.count-strangerLines)
		b.minute, b.count = minute, 0
	}
	b.count++
	return b.count <= strangerLines, missed
}

// ofHTTP makes an attribute of the message of net/http, which names the peer: whoever counts the lines of each message
// would have one for each stranger.
func ofHTTP(r slog.Record) slog.Record {
	constant := slog.NewRecord(r.Time, r.Level, "a connection failed before it had a request", r.PC)
	constant.AddAttrs(slog.String("error", r.Message))
	return constant
}

// clipRecord cuts the texts of a record.
func clipRecord(r slog.Record) slog.Record {
	short := slog.NewRecord(r.Time, r.Level, clipText(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok {
			a.Value = slog.StringValue(err.Error())
		}
		if a.Value.Kind() == slog.KindString {
			a.Value = slog.StringValue(clipText(a.Value.String()))
		}
		short.AddAttrs(a)
		return true
	})
	return short
}

func clipText(s string) string { return fleet.Clip(s, maxDetail) }
