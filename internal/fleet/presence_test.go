package fleet

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestMergeHasNoOrder: whatever the order in which reports about several connections arrive and are merged, a
// station is online exactly when its newest connection has begun and has not ended.
func TestMergeHasNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		newest := rapid.Int64Range(1, 4).Draw(t, "newest")
		ended := rapid.Bool().Draw(t, "the newest has ended")
		var reports []Presence
		for epoch := int64(1); epoch <= newest; epoch++ {
			at := time.Unix(epoch*10, 0)
			reports = append(reports, Presence{Station: "A", Epoch: epoch, Online: true, ConnectedAt: at, LastMessageAt: at})
			if epoch < newest || ended {
				reports = append(reports, Presence{Station: "A", Epoch: epoch, DisconnectedAt: at.Add(time.Second)})
			}
		}
		reports = append(reports, Presence{Station: "A", LastMessageAt: time.Unix(1000, 0)})
		shuffled := rapid.Permutation(reports).Draw(t, "order")
		merged := shuffled[0]
		for _, p := range shuffled[1:] {
			merged = merged.Merge(p)
		}
		if merged.Online == ended || merged.Epoch != newest || !merged.LastMessageAt.Equal(time.Unix(1000, 0)) ||
			!merged.ConnectedAt.Equal(time.Unix(newest*10, 0)) {
			t.Fatalf("got %+v", merged)
		}
	})
}

func TestMergeKeepsWhatIsKnown(t *testing.T) {
	now := time.Now()
	p := Presence{Station: "A", Epoch: 1, Online: true, Version: "1.6", Address: "a", ConnectedAt: now}
	q := p.Merge(Presence{Station: "A", Epoch: 1, DisconnectedAt: now})
	if q.Version != "1.6" || q.Address != "a" || !q.ConnectedAt.Equal(now) || q.Online {
		t.Errorf("got %+v", q)
	}
}
