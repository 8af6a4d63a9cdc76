package sqlite

import "slices"

// maxRecent bounds the transactions that the writer remembers; each takes about a kilobyte.
const maxRecent = 8192

// recent are the transactions that had events lately, as they are in the store, so that the next event needs no
// look there. Only the writer uses it.
type recent map[transactionKey]known

// transactionKey names a transaction.
type transactionKey struct{ station, id string }

// changed is a transaction as a batch leaves it.
type changed struct {
	transactionKey
	known
}

// remember keeps what a committed batch left, and forgets transactions that have ended. A full memory forgets any
// other: they are in the store.
func (r recent) remember(list []changed) {
	for _, c := range list {
		if c.history.Ended {
			delete(r, c.transactionKey)
			continue
		}
		for k := range r {
			if len(r) < maxRecent {
				break
			}
			delete(r, k)
		}
		r[c.transactionKey] = c.known
	}
}

// recall finds a transaction as the open batch has it.
func (w *writer) recall(k transactionKey) (known, bool) {
	for _, c := range slices.Backward(w.pending.transactions) {
		if c.transactionKey == k {
			return c.known, true
		}
	}
	t, ok := w.recent[k]
	return t, ok
}
