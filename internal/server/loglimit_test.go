package server

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestStrangersDoNotFillTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b lockedBuffer
		l := limitLog(slog.New(slog.NewTextHandler(&b, nil)).With("a", 1), "station refused").With("b", 2)
		for range 1000 {
			l.Warn("station refused", "station", strings.Repeat("x", 5000), "reason", errors.New(strings.Repeat("y", 5000)))
			l.Info("something else")
		}
		if n := strings.Count(b.String(), "station refused"); n != strangerLines {
			t.Errorf("%d lines, want %d", n, strangerLines)
		}
		if n := strings.Count(b.String(), "something else"); n != 1000 {
			t.Errorf("%d of 1000 other lines", n)
		}
		if n := len(b.String()); n > strangerLines*1000+1000*100 {
			t.Errorf("%d bytes", n)
		}
		time.Sleep(time.Minute) // of the bubble
		l.Warn("station refused", "station", "x")
		if log := b.String(); !strings.Contains(log, "count=980") || strings.Count(log, "station refused") != strangerLines+2 {
			t.Errorf("the next minute: %s", log[len(log)-500:])
		}
	})
}

// Messages of net/http name the peer. They are one message with many peers, to us.
func TestFailedHandshakesAreOneMessage(t *testing.T) {
	var b lockedBuffer
	l := slog.NewLogLogger(limitLog(slog.New(slog.NewTextHandler(&b, nil)), "").Handler(), slog.LevelInfo)
	for i := range 100 {
		l.Printf("http: TLS handshake error from 192.0.2.1:%d: EOF", i)
	}
	const line = `msg="a connection failed before it had a request" error="http: TLS handshake error from 192.0.2.1:`
	if n := strings.Count(b.String(), line); n < 1 || n > 2*strangerLines || strings.Count(b.String(), "\n") > n+1 {
		t.Errorf("%d lines: %s", n, b.String())
	}
}
