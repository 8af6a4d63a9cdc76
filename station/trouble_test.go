package station_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/station"
)

// waitASecond waits for the boot for a second and checks that the end of the wait is named in any case.
func waitASecond(t *testing.T, c *station.Client) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	err := c.WaitAccepted(ctx)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the wait ended with %v", err)
	}
	return err
}

func TestABootThatFailsIsLoggedAndNamedByWaitAccepted(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.setAnswer(bootAnswers("!InternalError", booted("Pending", 5), booted("Accepted", 300)))
		var log bytes.Buffer
		o := f.options()
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
		c := f.started(o)
		err := waitASecond(t, c)
		if e, ok := errors.AsType[*ocpp.Error](err); !ok || e.Code != ocpp.InternalError {
			t.Errorf("after a CALLERROR: %v", err)
		}
		synctest.Wait()
		if text := log.String(); !strings.Contains(text, "the boot failed") || !strings.Contains(text, "InternalError") || !strings.Contains(text, "retry=10s") {
			t.Errorf("the log: %s", text)
		}
		time.Sleep(10 * time.Second)
		if err := waitASecond(t, c); !strings.Contains(err.Error(), "Pending") {
			t.Errorf("after Pending: %v", err)
		}
		if err := c.WaitAccepted(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestABootWithoutAnAnswerIsLogged(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.setAnswer(bootAnswers("-"))
		var log bytes.Buffer
		o := f.options()
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
		c := f.started(o)
		time.Sleep(31 * time.Second)
		err := waitASecond(t, c)
		synctest.Wait()
		if !strings.Contains(err.Error(), "the boot failed") || !strings.Contains(log.String(), "the boot failed") {
			t.Errorf("%v; the log: %s", err, log.String())
		}
	})
}

func TestWaitAcceptedNamesWhyConnectingFailed(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.refuse = http.StatusUnauthorized
		c := f.started(f.options())
		if err := waitASecond(t, c); !strings.Contains(err.Error(), "401") {
			t.Errorf("refused: %v", err)
		}
		f.mu.Lock()
		f.refuse = 0
		f.mu.Unlock()
		f.setAnswer(bootAnswers("-"))
		time.Sleep(10 * time.Second)
		if err := waitASecond(t, c); err != context.DeadlineExceeded { // nothing stands in the way any more
			t.Errorf("connected: %v", err)
		}
	})
}
