package station

import (
	"sync"

	"github.com/chargeyard/chargeyard/ocpp"
)

// MemoryQueue is a Queue that ends with the process. It suits tests, simulators and stations whose application
// keeps its transactions itself. It is safe for concurrent use.
type MemoryQueue struct {
	mu      sync.Mutex
	lastID  uint64
	entries []Entry // oldest first
	started transactionIDs
	closed  bool
}

// NewMemoryQueue makes an empty queue.
func NewMemoryQueue() *MemoryQueue { return &MemoryQueue{} }

// Append implements Queue. The payload is kept, not copied.
func (q *MemoryQueue) Append(e Entry) (uint64, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return 0, ErrQueueClosed
	}
	q.lastID++
	e.ID = q.lastID
	q.entries = append(q.entries, e)
	return e.ID, nil
}

// Next implements Queue.
func (q *MemoryQueue) Next(v ocpp.Version) (Entry, bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return Entry{}, false, ErrQueueClosed
	}
	for _, e := range q.entries {
		if e.Action.Version == v {
			return e, true, nil
		}
	}
	return Entry{}, false, nil
}

// Done implements Queue.
func (q *MemoryQueue) Done(id uint64, started ocpp.Opt[int64]) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return ErrQueueClosed
	}
	for i, e := range q.entries {
		if e.ID != id {
			continue
		}
		if tx, ok := started.Get(); ok && e.Transaction != "" {
			q.started.set(e.Transaction, tx)
		}
		q.entries = removeAt(q.entries, i)
		return nil
	}
	return nil
}

// removeAt removes one element. The first one, the usual case, costs no copying.
func removeAt[T any](list []T, i int) []T {
	if len(list) == 1 {
		return nil // lets go of the array
	}
	if i == 0 {
		var zero T
		list[0] = zero
		return list[1:]
	}
	return append(list[:i], list[i+1:]...)
}

// TransactionID implements Queue.
func (q *MemoryQueue) TransactionID(key string) (int64, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.started.get(key)
}

// Len implements Queue.
func (q *MemoryQueue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.entries)
}

// Close implements Queue.
func (q *MemoryQueue) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.entries = true, nil
	return nil
}
