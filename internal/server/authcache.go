package server

import (
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// maxHookCache is how many answers of an authorization hook are kept at most.
const maxHookCache = 10_000

// hookCache keeps answers of an authorization hook for as long as the hook says. It is safe for concurrent use.
type hookCache struct {
	mu      sync.Mutex // guards entries; held for a look only
	entries map[hookCacheKey]hookCacheEntry
}

// hookCacheKey is what an answer depends on.
type hookCacheKey struct {
	token   fleet.IDToken // folded
	station string
	evse    int
	purpose fleet.Purpose
}

type hookCacheEntry struct {
	opinion *fleet.Opinion
	until   time.Time
}

func newHookCache() *hookCache { return &hookCache{entries: map[hookCacheKey]hookCacheEntry{}} }

func cacheKeyOf(q fleet.Question) hookCacheKey {
	return hookCacheKey{q.Token.Fold(), q.Station, q.EVSE, q.Purpose}
}

func (c *hookCache) find(key hookCacheKey, now time.Time) (*fleet.Opinion, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if ok && !now.Before(e.until) {
		delete(c.entries, key)
		ok = false
	}
	return e.opinion, ok
}

// keep remembers an answer. A full cache forgets any others: they can be asked for again.
func (c *hookCache) keep(key hookCacheKey, opinion *fleet.Opinion, lifetime time.Duration, now time.Time) {
	if lifetime <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for other := range c.entries {
		if len(c.entries) < maxHookCache {
			break
		}
		delete(c.entries, other)
	}
	c.entries[key] = hookCacheEntry{opinion, now.Add(lifetime)}
}
