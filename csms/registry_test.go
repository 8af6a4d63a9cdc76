package csms

import "testing"

func nothing() error { return nil }

// newcomer registers a connection.
func newcomer(t *testing.T, r *registry) *Station {
	t.Helper()
	st := &Station{identity: "CS-1"}
	if _, _, err := r.add(st, nil, nothing); err != nil {
		t.Fatal(err)
	}
	return st
}

func (r *registry) laneCount() (n int) {
	for i := range r.shards {
		n += len(r.shards[i].lanes)
	}
	return n
}

func TestRegistryForgetsAnIdentityInWhateverOrderItsConnectionsEnd(t *testing.T) {
	for name, end := range map[string]func(r *registry, first, second *Station){
		"the first is told, then the second gives up": func(r *registry, first, second *Station) {
			r.remove(first)
			r.settle(first)
			r.abandon(second)
		},
		"the second gives up, then the first is told": func(r *registry, first, second *Station) {
			r.abandon(second)
			r.remove(first)
			r.settle(first)
		},
		"both are told": func(r *registry, first, second *Station) {
			r.remove(first)
			r.settle(first)
			r.announce(second)
			r.remove(second)
			r.settle(second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegistry(0, 100)
			first := newcomer(t, r)
			if !r.announce(first) {
				t.Fatal("the first has no turn")
			}
			second := newcomer(t, r)
			if second.after != first || second.epoch <= first.epoch {
				t.Fatalf("epoch %d after %d", second.epoch, first.epoch)
			}
			end(r, first, second)
			if n := r.laneCount(); n != 0 || r.online.Load() != 0 {
				t.Errorf("%d lanes are left, %d online", n, r.online.Load())
			}
		})
	}
}

func TestRegistryLeavesOutWhatWasReplacedBeforeItsTurn(t *testing.T) {
	r := newRegistry(0, 100)
	first := newcomer(t, r)
	r.announce(first)
	second := newcomer(t, r)
	third := newcomer(t, r)
	if r.announce(second) || third.after != first || second.after != nil {
		t.Error("the second has a turn, or keeps others from being forgotten")
	}
	r.abandon(second) // of no effect
	if st, ok := r.get("CS-1"); !ok || st != third || r.online.Load() != 1 {
		t.Errorf("registered is %v, %v", st, ok)
	}
}
