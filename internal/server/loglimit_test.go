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
