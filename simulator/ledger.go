package simulator

import (
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// LedgerFormat is the version of the ledger's form that this package writes and reads.
const LedgerFormat = 1

// Ledger is what the stations of a fleet did, as they know it themselves: the judge of a CSMS that had to store it.
// Compare holds it against what the CSMS says. It is plain data; Fleet.Ledger makes one at any time.
type Ledger struct {
	Format   int             `json:"format"` // LedgerFormat
	Seed     uint64          `json:"seed"`
	Scenario string          `json:"scenario,omitempty"`
	Begun    time.Time       `json:"begun"`          // by the clock of the machine that simulates
	Ended    time.Time       `json:"ended,omitzero"` // zero while the fleet runs
	Stations []StationLedger `json:"stations"`
}

// StationLedger is what one station did.
type StationLedger struct {
	ID           string              `json:"id"`
	Version      string              `json:"version"`     // of OCPP: "1.6", "2.0.1", "2.1"
	Connections  int                 `json:"connections"` // that were established
	Boots        []BootRecord        `json:"boots,omitempty"`
	Offline      []Period            `json:"offline,omitempty"`
	Transactions []TransactionRecord `json:"transactions,omitempty"` // in the order of their start
}

// BootRecord is one answer to a BootNotification, or its absence.
type BootRecord struct {
	Time   time.Time `json:"time"` // by the machine's clock
	Status string    `json:"status,omitempty"`
	Error  string    `json:"error,omitempty"` // why there was no answer
}

// Period is a time without a connection, by the machine's clock.
type Period struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to,omitzero"` // zero while it goes on
}

// TransactionRecord is one transaction. Messages of a transaction are delivered in order, so that those which are
// acknowledged are always its first ones, but for messages that were given up.
type TransactionRecord struct {
	Key       string       `json:"key"`                 // the station's own; the transactionId in OCPP 2.x
	ID        string       `json:"id,omitempty"`        // the CSMS's name for it: Key in 2.x; in 1.6 the number that it answered, "" before
	EVSE      int          `json:"evse"`                // the connector in OCPP 1.6
	Token     string       `json:"token"`               // of the one who started it
	StartedAt time.Time    `json:"startedAt"`           // by the station's clock, to the millisecond, as it was sent
	EndedAt   time.Time    `json:"endedAt,omitzero"`    // zero while it runs
	Reason    string       `json:"reason,omitempty"`    // why it ended, in the words of the version
	StartWh   ocpp.Decimal `json:"meterStart"`          // energy register in Wh, exactly as it was sent
	StopWh    ocpp.Decimal `json:"meterStop"`           // the last register that was sent; that of the end once Ended
	EnergyWh  ocpp.Decimal `json:"energy"`              // StopWh - StartWh
	Ended     bool         `json:"ended"`               // the message of the end was handed to the queue
	Offline   bool         `json:"offline,omitempty"`   // some message was made while there was no connection
	Sent      int          `json:"sent"`                // messages handed to the queue; in 2.x their seqNos are 0 to Sent-1
	Acked     int          `json:"acknowledged"`        // messages that the CSMS answered
	GivenUp   int          `json:"givenUp,omitempty"`   // messages that were dropped after all attempts
	Refusal   string       `json:"lastError,omitempty"` // why the last message that was given up was
}

// Complete reports whether the transaction has ended and the CSMS has acknowledged every message of it.
func (t TransactionRecord) Complete() bool { return t.Ended && t.Acked == t.Sent }

// Totals are sums over a ledger.
type Totals struct {
	Stations     int          `json:"stations"`
	Transactions int          `json:"transactions"`
	Complete     int          `json:"complete"` // ended, and all their messages acknowledged
	Sent         int          `json:"sent"`     // messages of transactions
	Acked        int          `json:"acknowledged"`
	GivenUp      int          `json:"givenUp"`
	EnergyWh     ocpp.Decimal `json:"energy"` // of all transactions
}

// Totals adds everything up.
func (l *Ledger) Totals() Totals {
	sum := Totals{Stations: len(l.Stations)}
	var energy int64
	for _, s := range l.Stations {
		for _, t := range s.Transactions {
			sum.Transactions++
			sum.Sent += t.Sent
			sum.Acked += t.Acked
			sum.GivenUp += t.GivenUp
			if t.Complete() {
				sum.Complete++
			}
			energy += milli(t.EnergyWh)
		}
	}
	sum.EnergyWh = fromMilli(energy)
	return sum
}

// milli returns d in thousandths, cutting off the rest: meters have at most three decimals.
func milli(d ocpp.Decimal) int64 {
	n := d.Coef
	for e := d.Exp; e > -3; e-- {
		n *= 10
	}
	for e := d.Exp; e < -3; e++ {
		n /= 10
	}
	return n
}

// fromMilli is the decimal of n thousandths, without needless digits.
func fromMilli(n int64) ocpp.Decimal {
	exp := int8(-3)
	for exp < 0 && n%10 == 0 {
		n /= 10
		exp++
	}
	return ocpp.Dec(n, exp)
}
