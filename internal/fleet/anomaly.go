package fleet

import (
	"fmt"
	"time"
)

// Anomalies are the ways in which the events of a transaction contradict each other, or what can be. The zero Anomalies
// are none. They follow from the set of the events: the order of arrival changes nothing, and another event takes none
// away. All events are kept, and count, as they came; only of two with one key the first alone counts, see Conflict.
type Anomalies uint16

// The anomalies.
const (
	// AnomalyUnknown: events of a transaction of OCPP 1.6 whose start was never seen, and whose id this system did not
	// give. In 2.x a start may follow later; see Transaction.Begun.
	AnomalyUnknown Anomalies = 1 << iota
	// AnomalyAfterEnd: an event that comes after one that ends the transaction: by its number, in OCPP 1.6 by its time.
	AnomalyAfterEnd
	// AnomalyStopBeforeStart: it ended before it began, by the station's clock.
	AnomalyStopBeforeStart
	// AnomalyPlace: events name different EVSEs or connectors, or in OCPP 1.6 the start names connector 0, which is the
	// whole station (1.6, 6.45: connectorId > 0).
	AnomalyPlace
	// AnomalyMeterNegative: a reading of the energy register below zero.
	AnomalyMeterNegative
	// AnomalyMeterBackwards: a reading of the energy register below that of an event before.
	AnomalyMeterBackwards
	// AnomalyTime: a time outside the years 2000 to 2099, such as 1970.
	AnomalyTime
	// AnomalySequence: a sequence number below zero, which the schema of OCPP 2.0.1 lets pass and that of 2.1 does not. It
	// counts for no gap.
	AnomalySequence
	endOfAnomalies
)

// AnomalyKind is the name of one anomaly.
type AnomalyKind string

var anomalyKinds = [...]AnomalyKind{
	"unknown", "after-end", "stop-before-start", "place", "meter-negative", "meter-backwards", "time", "sequence",
}

// Kinds returns the names, in the order of the constants.
func (a Anomalies) Kinds() []AnomalyKind {
	var list []AnomalyKind
	for i, kind := range anomalyKinds {
		if a&(1<<i) != 0 {
			list = append(list, kind)
		}
	}
	return list
}

// Anomaly tells which event revealed an anomaly of a transaction first.
type Anomaly struct {
	Transaction string // its id
	Kind        AnomalyKind
	Key         string    // of the event
	Received    time.Time // by the server's clock
	Detail      string    // a sentence for people
	Content     []byte    // of the event, JSON
}

// Reading is what the energy register showed at the two ends of an event, in Wh; "" if it does not say.
type Reading struct{ First, Last Decimal }

// Around are the readings next to an event among those that are known already: of the nearest event before it, and of
// the nearest one after it, that have any.
type Around struct{ Before, After Reading }

// AddAndJudge adds an event as Add does and returns the anomalies that it reveals, with a sentence about each in the order of
// the constants. It calls around only for an event that comes late; an error of around is returned, and then nothing is added.
func (h *History) AddAndJudge(e TransactionEvent, content []byte, around func() (Around, error)) (Anomalies, []string, error) {
	e = e.normal()
	next := h.next(e, content)
	if next.isLate {
		var err error
		if next.Around, err = around(); err != nil {
			return 0, nil, err
		}
	}
	before := *h
	h.Add(e, content)
	var found Anomalies
	var details []string
	for i, judge := range judges {
		kind := Anomalies(1) << i
		if detail := judge(&before, h, e, next.Around); detail != "" && h.Anomalies&kind == 0 {
			found |= kind
			details = append(details, detail)
		}
	}
	h.Anomalies |= found
	return found, details, nil
}

// judges are the rules in the order of the constants. before is the history without e, after is the one with it. A
// rule returns a sentence when e makes it hold.
var judges = [...]func(before, after *History, e TransactionEvent, around Around) string{
	judgeUnknown, judgeAfterEnd, judgeStopBeforeStart, judgePlace, judgeNegative, judgeBackwards, judgeTime, judgeSequence,
}

func judgeUnknown(_, after *History, e TransactionEvent, _ Around) string {
	if e.Numbered || after.Begun {
		return ""
	}
	return "nobody started this transaction here"
}

func judgeAfterEnd(_, after *History, e TransactionEvent, _ Around) string {
	switch {
	case !after.Ended:
		return ""
	case after.Numbered > 0 && after.HighSeq > after.EndSeq:
		return fmt.Sprintf("event %d comes after event %d, which ends the transaction", after.HighSeq, after.EndSeq)
	case !e.Numbered && after.UpdatedHigh != nil && *after.UpdatedHigh > after.EndLow:
		return fmt.Sprintf("meter values of %s come after the end at %s", moment(*after.UpdatedHigh), moment(after.EndLow))
	}
	return ""
}

func judgeStopBeforeStart(_, after *History, _ TransactionEvent, _ Around) string {
	if !after.Begun || !after.Ended || after.EndLow == noInstant || after.EndLow >= after.StartHigh {
		return ""
	}
	return fmt.Sprintf("it ended at %s and began at %s", moment(after.EndLow), moment(after.StartHigh))
}

func judgePlace(before, _ *History, e TransactionEvent, _ Around) string {
	switch {
	case before.EVSE.Set && e.EVSE != 0 && e.EVSE != before.EVSE.V:
		return fmt.Sprintf("it names EVSE %d, another event EVSE %d", e.EVSE, before.EVSE.V)
	case before.Connector.Set && e.Connector != 0 && e.Connector != before.Connector.V:
		return fmt.Sprintf("it names connector %d, another event connector %d", e.Connector, before.Connector.V)
	case !e.Numbered && e.Kind == TransactionStarted && e.Connector == 0:
		return "it begins at connector 0, which is the whole station"
	}
	return ""
}

func judgeNegative(_, _ *History, e TransactionEvent, _ Around) string {
	for _, wh := range e.register() {
		if wh.Compare("0") < 0 {
			return fmt.Sprintf("the energy register shows %s Wh", wh)
		}
	}
	return ""
}

func judgeBackwards(_, _ *History, e TransactionEvent, around Around) string {
	list := e.register()
	for i := 1; i < len(list); i++ {
		if list[i].Compare(list[i-1]) < 0 {
			return falls(list[i-1], list[i])
		}
	}
	r := e.Reading()
	switch {
	case r.First == "":
		return ""
	case around.Before.Last != "" && r.First.Compare(around.Before.Last) < 0:
		return falls(around.Before.Last, r.First)
	case around.After.First != "" && around.After.First.Compare(r.Last) < 0:
		return falls(r.Last, around.After.First)
	}
	return ""
}

func falls(from, to Decimal) string {
	return fmt.Sprintf("the energy register falls from %s Wh to %s Wh", from, to)
}

// The years of times that can be: OCPP is younger, and stations older than a century are not foreseen.
var (
	soonest  = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	farthest = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
)

func judgeTime(_, _ *History, e TransactionEvent, _ Around) string {
	if odd(e.Time) {
		return "it happened at " + e.Time.UTC().Format(time.RFC3339)
	}
	for _, s := range e.Samples {
		if odd(s.Time) {
			return "a value was measured at " + s.Time.UTC().Format(time.RFC3339)
		}
	}
	return ""
}

func judgeSequence(_, _ *History, e TransactionEvent, _ Around) string {
	if !e.Numbered || e.SeqNo >= 0 {
		return ""
	}
	return fmt.Sprintf("its sequence number is %d, and none is below 0", e.SeqNo)
}

func odd(t time.Time) bool { return !t.IsZero() && (t.Before(soonest) || !t.Before(farthest)) }

func moment(us int64) string { return FromMicros(us).Format(time.RFC3339Nano) }
