package server

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

// heldHandler is a log whose reports of what was left out take until they are let go.
type heldHandler struct {
	slog.Handler
	begun, release chan struct{}
}

func (h heldHandler) Handle(_ context.Context, r slog.Record) error {
	if r.Message == "more of the same" {
		close(h.begun)
		<-h.release
	}
	return nil
}

func TestTheEndOfTheLogWaitsForAReportUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := heldHandler{slog.NewTextHandler(t.Output(), nil), make(chan struct{}), make(chan struct{})}
		log, end := calmDown(slog.New(h))
		for range calmLines + 1 {
			log.Info("station connected")
		}
		time.Sleep(time.Second)
		<-h.begun
		ended := make(chan error, 1)
		go func() { ended <- end() }()
		synctest.Wait()
		if len(ended) > 0 {
			t.Error("the log has ended while it was written")
		}
		close(h.release)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
