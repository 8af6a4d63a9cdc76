package storm

import (
	"testing"
	"time"
)

// One bad moment is in the p99 of a phase and not in what is typical of it.
func TestTypicalP99LeavesSingleMomentsOut(t *testing.T) {
	const ms = int64(time.Millisecond)
	var beats []sample
	for at := int64(0); at < 5000*ms; at += ms {
		took := ms
		if at < 200*ms {
			took = 100 * ms
		}
		beats = append(beats, sample{at, took})
	}
	if got := latencyOf(between(beats, 0, 5000*ms)).P99; got != 100 {
		t.Errorf("p99 %v", got)
	}
	if got := typical(beats, 0, 5000*ms); got != 1 {
		t.Errorf("typical %v", got)
	}
	if got := typical(nil, 0, 5000*ms); got != 0 {
		t.Errorf("typical of nothing %v", got)
	}
}

func TestPartsAreComparedByTheirPhase(t *testing.T) {
	var s Slow
	s.compare([]Part{
		{Phase: Before, Latency: Latency{P99: 2}, Typical: 1}, {Phase: Storm, Latency: Latency{P99: 3}, Typical: 1.5},
	})
	if s.ToBefore != 1.5 || s.ToControl != 0 || s.TypicalToBefore != 1.5 || s.TypicalToControl != 0 {
		t.Errorf("%+v", s)
	}
}
