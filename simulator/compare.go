package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// Observed is a transaction as a CSMS tells it. Fields that a CSMS does not know are left zero and then not compared,
// but for MeterStart and MeterStop.
type Observed struct {
	ID            string // as the station knows it; a decimal number in OCPP 1.6
	EVSE          int
	Token         string
	StartedAt     time.Time
	EndedAt       time.Time
	Active        bool
	Reason        string
	MeterStart    ocpp.Opt[ocpp.Decimal] // Wh
	MeterStop     ocpp.Opt[ocpp.Decimal] // Wh; of a transaction that goes on the latest reading
	Events        ocpp.Opt[int64]        // different messages
	MissingEvents int64
	Conflicts     int64
	FirstReceived time.Time // by the CSMS's clock
}

// Difference is something that a CSMS says otherwise than the ledger.
type Difference struct {
	Station     string `json:"station"`
	Transaction string `json:"transaction"` // the CSMS's id when it is known, otherwise the station's key
	What        string `json:"what"`        // "missing", "doubled", "invented", or the name of what differs
	Ledger      string `json:"ledger"`
	CSMS        string `json:"csms"`
}

// String is the difference in a line.
func (d Difference) String() string {
	switch d.What {
	case "missing", "doubled", "invented":
		return strings.TrimSpace(fmt.Sprintf("%s %s: %s %s%s", d.Station, d.Transaction, d.What, d.Ledger, d.CSMS))
	}
	return fmt.Sprintf("%s %s: %s is %s in the ledger, %s in the CSMS", d.Station, d.Transaction, d.What, d.Ledger, d.CSMS)
}

// Comparison is a ledger held against what a CSMS says.
type Comparison struct {
	Ledger      Totals       `json:"ledger"`
	CSMS        Totals       `json:"csms"`
	Differences []Difference `json:"differences"`

	milliWh int64 // of the CSMS's transactions so far
}

// clockSlack is how far the clocks of simulator and CSMS may be apart when transactions are looked for that the ledger
// does not have.
const clockSlack = 5 * time.Second

// Compare holds the ledger against the transactions that a CSMS tells of each station. It finds transactions that are
// missing, doubled or invented, and every difference of energy, times, tokens, reasons and numbers of messages. Messages
// that were not acknowledged may be known to the CSMS or not. Transactions that it received before the ledger begins are
// left out.
func (l *Ledger) Compare(observed map[string][]Observed) Comparison {
	c := Comparison{Ledger: l.Totals(), CSMS: Totals{Stations: len(l.Stations)}}
	for _, s := range l.Stations {
		c.station(s, observed[s.ID], l.Begun.Add(-clockSlack))
	}
	c.CSMS.EnergyWh = fromMilli(c.milliWh)
	return c
}

func (c *Comparison) station(s StationLedger, observed []Observed, since time.Time) {
	byID := make(map[string]Observed, len(observed))
	for _, o := range observed {
		if !o.FirstReceived.IsZero() && o.FirstReceived.Before(since) {
			continue
		}
		if _, twice := byID[o.ID]; twice {
			c.differs(s, o.ID, "doubled", "", "")
		}
		byID[o.ID] = o
	}
	for _, t := range s.Transactions {
		o, ok := byID[idIn(t, byID)]
		if !ok {
			c.missing(s, t)
			continue
		}
		delete(byID, o.ID)
		c.add(t, o)
		c.transaction(s, t, o)
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		c.extra(s, id, byID[id])
	}
}

// idIn finds the transaction of the CSMS that is t. A start whose answer never came has no id, but a token, a time and a
// reading.
func idIn(t TransactionRecord, byID map[string]Observed) string {
	if t.ID != "" {
		return t.ID
	}
	for id, o := range byID {
		if sameStart(t, o) {
			return id
		}
	}
	return t.Key
}

func sameStart(t TransactionRecord, o Observed) bool {
	start, known := o.MeterStart.Get()
	return o.EVSE == t.EVSE && strings.EqualFold(o.Token, t.Token) && o.StartedAt.Equal(t.StartedAt) && known && start.Cmp(t.StartWh) == 0
}

func (c *Comparison) missing(s StationLedger, t TransactionRecord) {
	if t.Acked > 0 {
		c.differs(s, nameOf(t), "missing", fmt.Sprintf("with %d acknowledged messages and %s Wh", t.Acked, t.EnergyWh), "")
	}
}

// extra judges a transaction that the ledger does not have: the same start as another one under a second id, or nobody's.
func (c *Comparison) extra(s StationLedger, id string, o Observed) {
	for _, t := range s.Transactions {
		if sameStart(t, o) {
			c.differs(s, id, "doubled", "it is "+nameOf(t), "")
			return
		}
	}
	c.differs(s, id, "invented", "", fmt.Sprintf("started %s by %s", o.StartedAt.Format(time.RFC3339), o.Token))
}

func (c *Comparison) add(t TransactionRecord, o Observed) {
	c.CSMS.Transactions++
	c.CSMS.Sent += int(o.Events.Or(0))
	c.CSMS.Acked += int(o.Events.Or(0))
	if !o.Active && o.MissingEvents == 0 {
		c.CSMS.Complete++
	}
	if stop, ok := o.MeterStop.Get(); ok {
		c.milliWh += milli(stop) - milli(o.MeterStart.Or(t.StartWh))
	}
}

// transaction compares what is certain: all of a complete transaction, and the beginning of any other.
func (c *Comparison) transaction(s StationLedger, t TransactionRecord, o Observed) {
	name := nameOf(t)
	check := func(what, ledger, csms string, same bool) {
		if !same {
			c.differs(s, name, what, ledger, csms)
		}
	}
	c.events(s, t, o)
	check("conflicts", "0", strconv.FormatInt(o.Conflicts, 10), o.Conflicts == 0)
	if t.Acked == 0 || t.GivenUp > 0 {
		return
	}
	check("meterStart", t.StartWh.String(), decimalText(o.MeterStart), sameDecimal(o.MeterStart, t.StartWh))
	check("evse", strconv.Itoa(t.EVSE), strconv.Itoa(o.EVSE), o.EVSE == 0 || o.EVSE == t.EVSE)
	check("token", t.Token, o.Token, o.Token == "" || strings.EqualFold(o.Token, t.Token))
	check("startedAt", timeText(t.StartedAt), timeText(o.StartedAt), o.StartedAt.IsZero() || o.StartedAt.Equal(t.StartedAt))
	if !t.Complete() {
		return
	}
	check("ended", "true", "false", !o.Active)
	check("meterStop", t.StopWh.String(), decimalText(o.MeterStop), sameDecimal(o.MeterStop, t.StopWh))
	check("endedAt", timeText(t.EndedAt), timeText(o.EndedAt), o.EndedAt.IsZero() || o.EndedAt.Equal(t.EndedAt))
	check("reason", t.Reason, o.Reason, o.Reason == "" || o.Reason == t.Reason)
}

// events compares how many messages there are. Those without an answer may be there or not.
func (c *Comparison) events(s StationLedger, t TransactionRecord, o Observed) {
	got, known := o.Events.Get()
	if known && (got < int64(t.Acked) || got > int64(t.Sent)) {
		want := strconv.Itoa(t.Acked)
		if t.Acked != t.Sent {
			want = fmt.Sprintf("%d to %d", t.Acked, t.Sent)
		}
		c.differs(s, nameOf(t), "events", want, strconv.FormatInt(got, 10))
	}
	if o.MissingEvents > 0 && t.GivenUp == 0 {
		c.differs(s, nameOf(t), "missing events", "0", strconv.FormatInt(o.MissingEvents, 10))
	}
}

func (c *Comparison) differs(s StationLedger, transaction, what, ledger, csms string) {
	c.Differences = append(c.Differences, Difference{Station: s.ID, Transaction: transaction, What: what, Ledger: ledger, CSMS: csms})
}

func nameOf(t TransactionRecord) string {
	if t.ID != "" {
		return t.ID
	}
	return t.Key
}

func sameDecimal(got ocpp.Opt[ocpp.Decimal], want ocpp.Decimal) bool {
	d, ok := got.Get()
	return ok && d.Cmp(want) == 0
}

func decimalText(d ocpp.Opt[ocpp.Decimal]) string {
	if v, ok := d.Get(); ok {
		return v.String()
	}
	return "unknown"
}

func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
