package ocppj_test

import (
	"context"
	"errors"
	"testing"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// What waits for its turn is not announced, and what is not sent gives the turn on.
func TestACallIsAnnouncedWhenItsTurnHasCome(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.clearCache(withID("1"))
		turn, stop := 0, errors.New("stop")
		refused := r.clearCache(ocppj.WithBeforeSend(withID("2"), func(context.Context) error { turn++; return stop }))
		r.clearCache(withID("3"))
		r.wants(`[2,"1","ClearCache",{}]`)
		if turn != 0 {
			t.Fatal("announced before its turn")
		}
		r.receive(`[3,"1",{"status":"Accepted"}]`)
		r.wants(`[2,"3","ClearCache",{}]`)
		var unsent *ocppj.NotSentError
		if err := refused.err(); turn != 1 || !errors.Is(err, stop) || !errors.As(err, &unsent) || !ocpp.SafeToRetry(err) {
			t.Errorf("announced %d times, got %v", turn, err)
		}
	})
}
