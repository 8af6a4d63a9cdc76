package sqlite

import (
	"hash/maphash"
	"sync"
)

// cacheShards is into how many parts the keys are divided, each with its own count of drops.
const cacheShards = 256

// cache keeps rows that are read far more often than written.
type cache[K comparable, V any] struct {
	seed maphash.Seed

	mu    sync.RWMutex // guards the rest; held for a map operation only
	rows  map[K]V
	drops [cacheShards]int // of the keys of each shard, so that a row read before a drop is not kept after it
}

func newCache[K comparable, V any]() cache[K, V] {
	return cache[K, V]{seed: maphash.MakeSeed(), rows: map[K]V{}}
}

func (c *cache[K, V]) shard(k K) int { return int(maphash.Comparable(c.seed, k) % cacheShards) }

// get also returns what put wants to be told when the row has to be read.
func (c *cache[K, V]) get(k K) (v V, drops int, ok bool) {
	shard := c.shard(k)
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok = c.rows[k]
	return v, c.drops[shard], ok
}

// put keeps a row that was read after get returned drops, unless it may have been dropped since. That others were
// changes nothing for most: in a storm of reconnects somebody's row is dropped all the time.
func (c *cache[K, V]) put(k K, v V, drops int) {
	shard := c.shard(k)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.drops[shard] == drops {
		c.rows[k] = v
	}
}

// drop forgets rows that were changed. It is called after the commit.
func (c *cache[K, V]) drop(keys ...K) {
	if len(keys) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range keys {
		c.drops[c.shard(k)]++
		delete(c.rows, k)
	}
}
