package csms

import "testing"

func TestLimitListenerDefaultOfWaitingLeavesDescriptorsToStations(t *testing.T) {
	for _, c := range []struct {
		descriptors uint64
		known       bool
		want        int
	}{
		{0, false, 16384},
		{^uint64(0), true, 16384}, // unlimited
		{1 << 20, true, 16384},
		{65536, true, 16384},
		{65535, true, 16383},
		{4096, true, 1024},
		{1024, true, 256},
		{2, true, 1},
	} {
		if got := defaultWaiting(c.descriptors, c.known); got != c.want {
			t.Errorf("of %d descriptors (known: %v) %d wait, want %d", c.descriptors, c.known, got, c.want)
		}
	}
	want := defaultWaiting(descriptors())
	l := NewLimitListener(nil, LimitOptions{Handshakes: 3})
	if cap(l.room) != want+3 {
		t.Errorf("room for %d, want %d", cap(l.room), want+3)
	}
	if l := NewLimitListener(nil, LimitOptions{Handshakes: 3, Waiting: 7}); cap(l.room) != 10 {
		t.Errorf("room for %d, want 10", cap(l.room))
	}
}
