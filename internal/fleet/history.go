package fleet

import (
	"cmp"
	"math"
	"strings"
	"time"
)

// History is everything about a transaction that follows from the set of its events. Add is commutative: every
// order of the same events gives the same History. It is plain data and travels as JSON. Adding one event twice
// is the caller's mistake; the key of events is there to prevent it.
type History struct {
	Start       mark[time.Time] `json:"s,omitzero"`
	End         mark[time.Time] `json:"e,omitzero"`
	EVSE        mark[int]       `json:"v,omitzero"`
	Connector   mark[int]       `json:"c,omitzero"`
	Token       mark[IDToken]   `json:"t,omitzero"`
	StopToken   mark[IDToken]   `json:"u,omitzero"`
	MeterStart  mark[Decimal]   `json:"ms,omitzero"`
	MeterStop   mark[Decimal]   `json:"me,omitzero"`
	MeterLast   mark[Decimal]   `json:"ml,omitzero"`
	Latest      mark[Decimal]   `json:"lr,omitzero"` // 1.6: of the last event with a reading; MeterLast goes by the times of samples
	StopReason  mark[string]    `json:"r,omitzero"`
	State       mark[string]    `json:"h,omitzero"`
	RemoteStart mark[int64]     `json:"rs,omitzero"`
	Reservation mark[int64]     `json:"rv,omitzero"`
	Begun       bool            `json:"b,omitzero"`
	Ended       bool            `json:"x,omitzero"`
	Offline     bool            `json:"o,omitzero"`
	Events      int64           `json:"n"`
	Numbered    int64           `json:"q,omitzero"` // events with a sequence number that can be
	LowSeq      int64           `json:"lo,omitzero"`
	HighSeq     int64           `json:"hi,omitzero"`
	EndSeq      int64           `json:"xq,omitzero"` // lowest number of an end
	EndLow      int64           `json:"xl,omitzero"` // earliest time of an end, Micros
	StartHigh   int64           `json:"sh,omitzero"` // latest time of a start
	UpdatedHigh *int64          `json:"uh,omitzero"` // latest time of meter values (1.6)
	Anomalies   Anomalies       `json:"a,omitzero"`  // by AddAndJudge

	Stretches  []stretch         `json:"us,omitzero"` // 2.x: the events in the order of their numbers, see Usage
	CostTold   mark[StationCost] `json:"ct,omitzero"`
	TariffTold mark[string]      `json:"tt,omitzero"`
	Limits     *limitHistory     `json:"lm,omitempty"`
}

// Add adds an event that the history does not have yet. content is what e.Content returned.
func (h *History) Add(e TransactionEvent, content []byte) {
	e = e.normal()
	p := positionOf(e, content)
	h.Events++
	h.count(e)
	h.bound(e)
	h.Begun = h.Begun || e.Kind == TransactionStarted
	h.Ended = h.Ended || e.Kind == TransactionEnded
	h.Offline = h.Offline || e.Offline
	h.addTimes(e, p)
	h.addPlace(e, p)
	h.addToken(e, p)
	h.addMeter(e, p)
	if !e.Numbered {
		last(&h.Latest, p, e.Reading().Last)
	}
	last(&h.State, p, e.ChargingState)
	h.addUsage(e)
	h.addCost(e, p)
	firstOf(&h.RemoteStart, p, e.RemoteStartID)
	firstOf(&h.Reservation, p, e.ReservationID)
	h.addLimits(e, p)
}

// count counts what may leave gaps: a number below zero is none, see AnomalySequence.
func (h *History) count(e TransactionEvent) {
	if !e.Numbered || e.SeqNo < 0 {
		return
	}
	if h.Numbered == 0 || e.SeqNo < h.LowSeq {
		h.LowSeq = e.SeqNo
	}
	if h.Numbered == 0 || e.SeqNo > h.HighSeq {
		h.HighSeq = e.SeqNo
	}
	h.Numbered++
}

// bound notes the outermost times of what begins and ends the transaction.
func (h *History) bound(e TransactionEvent) {
	at := Micros(e.Time)
	switch {
	case e.Kind == TransactionStarted && (!h.Begun || at > h.StartHigh):
		h.StartHigh = at
	case e.Kind == TransactionUpdated && !e.Numbered && (h.UpdatedHigh == nil || at > *h.UpdatedHigh):
		h.UpdatedHigh = &at
	case e.Kind == TransactionEnded:
		if !h.Ended || at < h.EndLow {
			h.EndLow = at
		}
		if e.Numbered && (!h.Ended || e.SeqNo < h.EndSeq) {
			h.EndSeq = e.SeqNo
		}
	}
}

func (h *History) addTimes(e TransactionEvent, p position) {
	rank := 1
	if e.Kind == TransactionStarted {
		rank = 0
	}
	first(&h.Start, p.ranked(rank), e.Time)
	if e.Kind == TransactionEnded {
		last(&h.End, p, e.Time)
		last(&h.StopReason, p, orString(e.StopReason, "Local")) // E06.FR.08 and 1.6 6.49: absent is Local
	}
}

func (h *History) addPlace(e TransactionEvent, p position) {
	first(&h.EVSE, p, e.EVSE)
	first(&h.Connector, p, e.Connector)
}

// addToken tells the token that starts from the one that ends (E07.FR.02): the latter comes with the end of the
// transaction or of its authorization.
func (h *History) addToken(e TransactionEvent, p position) {
	switch {
	case e.Token == nil:
	case e.Ends():
		last(&h.StopToken, p, *e.Token)
	default:
		first(&h.Token, p, *e.Token)
	}
}

// addMeter prefers, for both ends, the reading that the message names as such (1.6), then the one whose context
// says so, then the outermost one. A reading of the end says nothing about the start, and what a stop names as such
// is later than all samples that it brings.
func (h *History) addMeter(e TransactionEvent, p position) {
	first(&h.MeterStart, p.ranked(0), e.MeterStart.Trim())
	last(&h.MeterStop, p.ranked(2), e.MeterStop.Trim())
	last(&h.MeterLast, p.afterSamples(), e.MeterStop.Trim())
	for i, s := range e.Samples {
		wh, ok := s.WattHours()
		if !ok {
			continue
		}
		at := p.sample(s.Time, i)
		last(&h.MeterLast, at, wh)
		if s.Context != contextEnd {
			first(&h.MeterStart, at.rankedIf(s.Context == contextBegin, 1, 2), wh)
		}
		if e.Kind == TransactionEnded || s.Context == contextEnd {
			last(&h.MeterStop, at.rankedIf(s.Context == contextEnd, 1, 0), wh)
		}
	}
}

// addCost takes what the station computed.
func (h *History) addCost(e TransactionEvent, p position) {
	last(&h.TariffTold, p, e.TariffID)
	if e.StationCost != nil {
		last(&h.CostTold, p, *e.StationCost)
	}
}

// Transaction writes what h says into t and leaves the rest of t alone.
func (h *History) Transaction(t *Transaction) {
	t.EVSE, t.Connector = h.EVSE.V, h.Connector.V
	t.Token, t.StopToken = h.Token.V, h.StopToken.V
	t.Begun, t.Active, t.Offline = h.Begun, !h.Ended, h.Offline
	t.StartedAt, t.EndedAt = h.Start.V, h.End.V
	t.MeterStart, t.MeterLast, t.MeterStop = h.MeterStart.V, h.MeterLast.V, ""
	if h.Ended {
		t.MeterStop = h.MeterStop.V
	}
	t.StopReason, t.ChargingState = h.StopReason.V, h.State.V
	t.RemoteStartID, t.ReservationID = h.RemoteStart.pointer(), h.Reservation.pointer()
	t.Events, t.Missing, t.Anomalies = h.Events, 0, h.Anomalies
	t.ToldLimits = h.ToldLimits()
	if h.Numbered > 0 {
		t.Missing = h.HighSeq - h.LowSeq + 1 - h.Numbered
	}
}

// position orders the events of a transaction by what they say of themselves: in OCPP 2.x by their number, in
// 1.6 the start first, the stop last, meter values by time. Key breaks ties by content.
type position struct {
	Rank   int    `json:"r,omitzero"`
	N      int64  `json:"n,omitzero"`
	Time   int64  `json:"t,omitzero"` // of a sample within its event
	Sample int    `json:"i,omitzero"`
	Key    string `json:"k,omitzero"`
}

func positionOf(e TransactionEvent, content []byte) position {
	p := position{N: e.Position()}
	if !e.Numbered && e.Kind == TransactionUpdated {
		p.Key = e.Key(content)
	}
	return p
}

func (p position) ranked(rank int) position {
	p.Rank = rank
	return p
}

func (p position) rankedIf(cond bool, yes, no int) position {
	if cond {
		return p.ranked(yes)
	}
	return p.ranked(no)
}

func (p position) sample(t time.Time, i int) position {
	p.Time, p.Sample = Micros(t), i
	return p
}

func (p position) afterSamples() position {
	p.Time = math.MaxInt64
	return p
}

func (p position) compare(q position) int {
	for _, d := range [...][2]int64{{int64(p.Rank), int64(q.Rank)}, {p.N, q.N}, {p.Time, q.Time}, {int64(p.Sample), int64(q.Sample)}} {
		if d[0] < d[1] {
			return -1
		}
		if d[0] > d[1] {
			return 1
		}
	}
	return strings.Compare(p.Key, q.Key)
}

// compareEvent compares the events, without what is within them.
func (p position) compareEvent(q position) int {
	return cmp.Or(cmp.Compare(p.N, q.N), strings.Compare(p.Key, q.Key))
}

// mark is a value with the position of the event that says it.
type mark[T any] struct {
	V   T        `json:"v"`
	At  position `json:"a,omitzero"`
	Set bool     `json:"s,omitzero"`
}

// first keeps the value of the lowest position, last that of the highest; a zero value says nothing.
func first[T comparable](m *mark[T], p position, v T) {
	var none T
	if v != none && (!m.Set || p.compare(m.At) < 0) {
		*m = mark[T]{v, p, true}
	}
}

func last[T comparable](m *mark[T], p position, v T) {
	var none T
	if v != none && (!m.Set || p.compare(m.At) > 0) {
		*m = mark[T]{v, p, true}
	}
}

// firstOf is first for a value whose zero counts.
func firstOf[T any](m *mark[T], p position, v *T) {
	if v != nil && (!m.Set || p.compare(m.At) < 0) {
		*m = mark[T]{*v, p, true}
	}
}

func (m mark[T]) pointer() *T {
	if !m.Set {
		return nil
	}
	v := m.V
	return &v
}
