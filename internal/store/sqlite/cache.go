package sqlite

import "sync"

// cache keeps rows that are read far more often than written. The zero cache is ready to use.
type cache[K comparable, V any] struct {
	mu         sync.RWMutex // guards the rest; held for a map operation only
	rows       map[K]V
	generation int // counts drops, so that a row read before a drop is not kept after it
}

func (c *cache[K, V]) get(k K) (v V, generation int, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok = c.rows[k]
	return v, c.generation, ok
}

// put keeps a row that was read after get returned generation, unless something was dropped since.
func (c *cache[K, V]) put(k K, v V, generation int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation != generation {
		return
	}
	if c.rows == nil {
		c.rows = map[K]V{}
	}
	c.rows[k] = v
}

// drop forgets rows that were changed. It is called after the commit.
func (c *cache[K, V]) drop(keys ...K) {
	if len(keys) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	for _, k := range keys {
		delete(c.rows, k)
	}
}
