package csms

import "container/list"

// lru is a map that forgets the entry which was put the longest ago when it holds more than max. It is not
// safe for concurrent use.
type lru[K comparable, V any] struct {
	max     int
	entries map[K]*list.Element
	order   list.List // front is the newest
}

type lruEntry[K comparable, V any] struct {
	key   K
	value V
}

func newLRU[K comparable, V any](limit int) *lru[K, V] {
	return &lru[K, V]{max: limit, entries: make(map[K]*list.Element)}
}

// put stores a value, and forgets the oldest when there are too many.
func (l *lru[K, V]) put(key K, value V) {
	l.take(key)
	l.entries[key] = l.order.PushFront(lruEntry[K, V]{key, value})
	if l.order.Len() > l.max {
		l.take(l.order.Back().Value.(lruEntry[K, V]).key)
	}
}

// take removes the entry of key and returns it.
func (l *lru[K, V]) take(key K) (v V, ok bool) {
	e, found := l.entries[key]
	if !found {
		return v, false
	}
	delete(l.entries, key)
	return l.order.Remove(e).(lruEntry[K, V]).value, true
}
