package simulator

import (
	"slices"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// maxBookRecords bounds how many boots and offline periods of one station are kept: the latest.
const maxBookRecords = 1000

// book is what one station writes down for the ledger. It is safe for concurrent use. Without keep nothing but
// what runs is remembered.
type book struct {
	keep bool

	mu           sync.Mutex
	connections  int
	boots        []BootRecord
	offline      []Period
	transactions []*TransactionRecord
}

// open begins the record of a transaction. The record is changed only through the book.
func (b *book) open(t TransactionRecord) *TransactionRecord {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.keep {
		b.transactions = append(b.transactions, &t)
	}
	return &t
}

// change changes a record under the lock.
func (b *book) change(t *TransactionRecord, how func(t *TransactionRecord)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	how(t)
}

// waits reports whether messages of a transaction have not been answered.
func (b *book) waits(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.transactions, func(t *TransactionRecord) bool { return t.Key == key && t.Sent > t.Acked+t.GivenUp })
}

// register notes a reading that a message brings.
func (t *TransactionRecord) register(wh ocpp.Decimal) {
	t.StopWh = wh
	t.EnergyWh = fromMilli(milli(t.StopWh) - milli(t.StartWh))
}

func (b *book) booted(r BootRecord) {
	if !b.keep {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.boots = append(latest(b.boots), r)
}

func (b *book) online(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.connections++
	if n := len(b.offline); n > 0 && b.offline[n-1].To.IsZero() {
		b.offline[n-1].To = now
	}
}

func (b *book) offlineSince(now time.Time) {
	if !b.keep {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.offline = append(latest(b.offline), Period{From: now})
}

// latest makes room for one more.
func latest[T any](list []T) []T {
	if len(list) < maxBookRecords {
		return list
	}
	return slices.Delete(list, 0, len(list)-maxBookRecords+1)
}

// snapshot copies everything.
func (b *book) snapshot(id string, v ocpp.Version) StationLedger {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := StationLedger{
		ID: id, Version: v.String(), Connections: b.connections,
		Boots: slices.Clone(b.boots), Offline: slices.Clone(b.offline),
	}
	for _, t := range b.transactions {
		l.Transactions = append(l.Transactions, *t)
	}
	return l
}
