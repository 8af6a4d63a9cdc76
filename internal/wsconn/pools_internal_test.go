package wsconn

import "testing"

// Pools belong to an engine: what one gives back, another one never gets. Two servers in one process do not meet.
func TestPoolsBelongToTheirEngine(t *testing.T) {
	for range 100 { // a sync.Pool may lose what it was given
		one, other := NewEngine(), NewEngine()
		f, chunk := one.pools.frame(), one.pools.chunk()
		one.pools.putFrame(f)
		one.pools.putChunk(chunk)
		if other.pools.frame() == f || other.pools.chunk() == chunk {
			t.Fatal("another engine got a buffer of this one")
		}
	}
}
