package station

import (
	"errors"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// Queue keeps transaction messages from Enqueue until they are delivered or given up (rule R50). NewMemoryQueue
// and OpenFileQueue make one; an implementation over the store of a product is possible.
//
// A Queue belongs to one Client, which serialises nothing: its methods must be safe for concurrent use.
type Queue interface {
	// Append adds an entry behind all others and returns its id, which is greater than that of every entry
	// before it. When Append returns without error the entry is as durable as the queue can make it.
	Append(Entry) (id uint64, err error)

	// Next returns the oldest entry of version v. It is false when there is none.
	Next(v ocpp.Version) (Entry, bool, error)

	// Done removes an entry that was delivered or given up. When started holds a transaction id, it is
	// remembered for the entry's Transaction key, in one step with the removal (rule R53). Removing an entry
	// twice is no error.
	Done(id uint64, started ocpp.Opt[int64]) error

	// TransactionID returns the id that Done remembered for a key. At least the last 1,024 keys are remembered.
	TransactionID(key string) (int64, bool)

	// Len returns how many entries wait.
	Len() int

	// Close releases what the queue holds. Every later use fails.
	Close() error
}

// Entry is one message in a Queue.
type Entry struct {
	ID          uint64 // given by Append
	Action      ocpp.Action
	MessageID   string    // of the CALL; the same in every attempt (rule R12)
	Payload     []byte    // JSON
	Transaction string    // the local key that ties dependants to their StartTransaction; "" for none
	Offline     bool      // queued while there was no connection (rule R52)
	Time        time.Time // when it was queued
}

// maxTransactionKeys bounds how many started transactions a queue remembers. A station has a handful at a time;
// the bound is for applications whose keys never repeat.
const maxTransactionKeys = 1024

// ErrQueueClosed is the error of every use of a queue after Close.
var ErrQueueClosed = errors.New("station: the queue is closed")

// transactionIDs remembers the ids of started transactions by their local key, the last maxTransactionKeys.
type transactionIDs struct {
	ids   map[string]int64
	order []string // oldest first; a key appears once
}

// set remembers an id. A key that comes again becomes the youngest.
func (t *transactionIDs) set(key string, id int64) {
	if t.ids == nil {
		t.ids = make(map[string]int64)
	}
	if _, known := t.ids[key]; known {
		t.drop(key)
	}
	t.ids[key] = id
	t.order = append(t.order, key)
	if len(t.order) > maxTransactionKeys {
		delete(t.ids, t.order[0])
		t.order = t.order[1:]
	}
}

func (t *transactionIDs) drop(key string) {
	for i, k := range t.order {
		if k == key {
			t.order = append(t.order[:i:i], t.order[i+1:]...)
			return
		}
	}
}

func (t *transactionIDs) get(key string) (int64, bool) {
	id, ok := t.ids[key]
	return id, ok
}
