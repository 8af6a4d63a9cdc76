package csms

import (
	"maps"
	"sync"
	"sync/atomic"
)

// table is a map that is written rarely and read without a lock. The zero table is empty.
type table[K comparable, V any] struct {
	mu      sync.Mutex // orders the writers
	entries atomic.Pointer[map[K]V]
}

// add stores an entry and reports false when the key is taken.
func (t *table[K, V]) add(key K, value V) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	next := make(map[K]V)
	if p := t.entries.Load(); p != nil {
		next = maps.Clone(*p)
	}
	if _, taken := next[key]; taken {
		return false
	}
	next[key] = value
	t.entries.Store(&next)
	return true
}

func (t *table[K, V]) get(key K) (v V, ok bool) {
	if p := t.entries.Load(); p != nil {
		v, ok = (*p)[key]
	}
	return v, ok
}

func (t *table[K, V]) empty() bool { return t.entries.Load() == nil }

// has reports whether there is an entry with such a key.
func (t *table[K, V]) has(match func(K) bool) bool {
	p := t.entries.Load()
	if p == nil {
		return false
	}
	for key := range *p {
		if match(key) {
			return true
		}
	}
	return false
}
