package ocppj

import (
	"log/slog"
	"time"
)

// A session logs at most so many lines in each span of time, and as many errors: a peer that sends bad frames without
// end must not fill the log. The hooks of Events see everything.
const (
	maxLogLines = 30
	logSpan     = time.Minute
)

// logLimit counts lines. It is made with the first line: most sessions never log any. Session.mu guards it.
type logLimit struct {
	begun   time.Time // of the current span
	lines   int
	dropped int
}

// take counts a line. left is how many lines were dropped in a span that is over now.
func (l *logLimit) take(now time.Time) (ok bool, left int) {
	if now.Sub(l.begun) >= logSpan {
		left = l.dropped
		*l = logLimit{begun: now}
	}
	if l.lines < maxLogLines {
		l.lines++
		return true, left
	}
	l.dropped++
	return false, left
}

// log logs a line about what happened to the session, unless there were too many of them lately. Lines for debugging
// are not limited.
func (s *Session) log(level slog.Level, msg string, attrs ...slog.Attr) {
	if !s.o.Logger.Enabled(s.ctx, level) {
		return
	}
	if level >= slog.LevelInfo {
		ok, left := s.takeLine(level)
		s.logDropped(left)
		if !ok {
			return
		}
	}
	s.o.Logger.LogAttrs(s.ctx, level, msg, append(attrs, slog.String("identity", s.identity))...)
}

func (s *Session) takeLine(level slog.Level) (ok bool, left int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &s.lines
	if level >= slog.LevelError {
		l = &s.errorLines
	}
	if *l == nil {
		*l = new(logLimit)
	}
	return (*l).take(time.Now())
}

// logDropped tells how many lines are missing.
func (s *Session) logDropped(n int) {
	if n > 0 {
		s.o.Logger.LogAttrs(s.ctx, slog.LevelWarn, "more lines about this connection were left out", slog.Int("lines", n),
			slog.String("identity", s.identity))
	}
}

// droppedLines returns how many lines were left out and not told yet; mu is held.
func (s *Session) droppedLines() (n int) {
	for _, l := range []*logLimit{s.lines, s.errorLines} {
		if l != nil {
			n += l.dropped
			l.dropped = 0
		}
	}
	return n
}
