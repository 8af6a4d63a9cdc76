package storm

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// Whoever waits until all were called looks again every few milliseconds: what it orders meanwhile is not one more round each time,
// or the seconds after a storm are measured under a load that none of the seconds before had.
func TestCallsThatAreMissingAreOrderedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var begun []string
		release := make(chan struct{})
		r := &run{start: time.Now(), o: Options{
			Stations: 3, LoadPause: 100 * time.Hour,
			Call: func(_ context.Context, c Command) (Calls, error) {
				begun = append(begun, fmt.Sprint(c.Stations))
				<-release
				return Calls{}, nil
			},
		}}
		ctx, stop := context.WithCancel(t.Context())
		kicks, ended := make(chan kick), make(chan struct{})
		go func() {
			defer close(ended)
			r.loadSpread(ctx, kicks)
		}()
		named, all := kick{who: []string{"A", "B"}, again: true}, kick{again: true}
		for _, k := range []kick{allAtOnce, named, named, all, allAtOnce} {
			kicks <- k
			synctest.Wait()
		}
		for range 3 {
			release <- struct{}{}
		}
		synctest.Wait()
		kicks <- all
		synctest.Wait()
		close(release)
		stop()
		<-ended
		if want := []string{"[]", "[A B]", "[]", "[]"}; !slices.Equal(begun, want) {
			t.Errorf("rounds of %v were begun, want %v", begun, want)
		}
	})
}
