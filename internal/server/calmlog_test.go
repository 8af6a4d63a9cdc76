package server

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAStormDoesNotFloodTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lockedBuffer
		log, end := calmDown(slog.New(slog.NewTextHandler(&out, nil)))
		storm := func(n int) {
			for i := range n {
				log.With("n", i).Info("station connected", "station", fmt.Sprint("CS-", i))
				log.WithGroup("g").Warn("something else", "i", i)
			}
		}
		storm(10_000)
		lines := func() int { return strings.Count(out.String(), "\n") }
		if n := lines(); n != 2*calmLines {
			t.Errorf("%d lines, want %d", n, 2*calmLines)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		for _, want := range []string{
			`level=INFO msg="more of the same" message="station connected" count=9980`,
			`level=WARN msg="more of the same" message="something else" count=9980`,
		} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("the log lacks %q", want)
			}
		}
		log.Info("station connected") // calm again
		if n := lines(); n != 2*calmLines+3 {
			t.Errorf("%d lines", n)
		}
		storm(30)
		if err := end(); err != nil {
			t.Error(err)
		}
		if n := lines(); !strings.Contains(out.String(), `message="station connected" count=11`) {
			t.Errorf("the end does not tell the rest; %d lines", n)
		}
		time.Sleep(time.Minute)
		before := lines()
		storm(1)
		if lines() != before+2 {
			t.Error("nothing is logged after the end")
		}
	})
}

func TestTheLogHasEverythingAtDebugLevel(t *testing.T) {
	var out lockedBuffer
	log, end := calmDown(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	for range 1000 {
		log.Info("station connected")
	}
	if err := end(); err != nil {
		t.Error(err)
	}
	if n := strings.Count(out.String(), "\n"); n != 1000 {
		t.Errorf("%d lines", n)
	}
}

func TestTheMessagesThatAreCountedAreBounded(t *testing.T) {
	log, end := calmDown(slog.New(slog.NewTextHandler(io.Discard, nil)))
	for i := range 10 * calmMessages {
		log.Info(fmt.Sprint("message ", i))
	}
	if n := len(log.Handler().(calmLog).calm.messages); n != calmMessages {
		t.Errorf("%d messages are counted", n)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}
