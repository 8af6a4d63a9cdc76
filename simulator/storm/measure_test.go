package storm

import (
	"slices"
	"testing"
	"time"
)

func TestPercentilesAreValuesThatOccurred(t *testing.T) {
	hundred := make([]int64, 100)
	for i := range hundred {
		hundred[i] = int64(i+1) * int64(time.Millisecond)
	}
	slices.Reverse(hundred)
	got := latencyOf(hundred)
	if want := (Latency{100, 50, 90, 99, 100, 100}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := latencyOf([]int64{7e6}), (Latency{1, 7, 7, 7, 7, 7}); got != want {
		t.Errorf("of one value: %+v", got)
	}
	if got := latencyOf(nil); got != (Latency{}) {
		t.Errorf("of none: %+v", got)
	}
}

func TestHeartbeatsThatCouldNotBeSentAreMeasuredToo(t *testing.T) {
	var s samples
	s.beat(pending{due: 1000, beat: 100}, 1250)
	s.beat(pending{due: 2000}, 2001)
	want := []sample{{1000, 250}, {1100, 150}, {1200, 50}}
	if got := s.all(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := between(s.all(), 1100, 1200); !slices.Equal(got, []int64{150}) {
		t.Errorf("between: %v", got)
	}
}

func TestMillisReadWell(t *testing.T) {
	for ns, want := range map[int64]string{0: "0", 830_400: "830µs", 12_440_000: "12.4ms", 2_314_000_000: "2.31s"} {
		if got := millis(ns).String(); got != want {
			t.Errorf("%d ns: %s, want %s", ns, got, want)
		}
	}
}

func TestBackOffDoublesThenStays(t *testing.T) {
	b := &BackOff{Minimum: time.Second, Repeat: 2}
	for failed, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 4 * time.Second} {
		if got := b.wait(failed); got != want {
			t.Errorf("after %d failures: %v, want %v", failed, got, want)
		}
	}
	if got := (*BackOff)(nil).wait(3); got != 0 {
		t.Errorf("without back-off: %v", got)
	}
	b.Range = time.Second
	if got := b.wait(1); got < 2*time.Second || got > 5*time.Second {
		t.Errorf("with a random part: %v", got)
	}
}
