package server

import "time"

// budgets are token buckets by key. Each is kept as the time at which it is full again (GCRA), so that nothing runs in the
// background. The zero value of an absent key is a full bucket.
type budgets[K comparable] struct {
	burst int
	every time.Duration
	spent map[K]time.Time // when the bucket is full again
}

func newBudgets[K comparable](burst int, every time.Duration) budgets[K] {
	return budgets[K]{burst, every, map[K]time.Time{}}
}

// wait returns when the bucket of k has something again; 0: it has.
func (b *budgets[K]) wait(k K, now time.Time) time.Duration {
	full, known := b.spent[k]
	if !known {
		return 0
	}
	return max(0, full.Sub(now)-time.Duration(b.burst-1)*b.every)
}

// spend takes n out of the bucket of k, or what is left.
func (b *budgets[K]) spend(k K, n int, now time.Time) {
	full, known := b.spent[k]
	if !known && len(b.spent) >= maxGuesses {
		b.evict(now)
	}
	if full.Before(now) {
		full = now
	}
	full = full.Add(time.Duration(n) * b.every)
	if most := now.Add(time.Duration(b.burst) * b.every); full.After(most) {
		full = most
	}
	b.spent[k] = full
}

// evictSample is how many buckets evict looks at.
const evictSample = 16

// evict makes room by forgetting the fullest of some buckets: maps are iterated in random order.
func (b *budgets[K]) evict(now time.Time) {
	var fullest K
	var at time.Time
	seen := 0
	for k, full := range b.spent {
		if seen == 0 || full.Before(at) {
			fullest, at = k, full
		}
		if seen++; seen == evictSample || full.Before(now) {
			break
		}
	}
	delete(b.spent, fullest)
}
