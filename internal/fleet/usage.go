package fleet

import (
	"math"
	"slices"
)

// Usage is what a transaction has used so far.
type Usage struct {
	Energy       Decimal // Wh; "" not measured
	ChargingTime int64   // seconds
	IdleTime     int64   // seconds in which the vehicle was connected and did not charge any more
	Charged      bool    // there was any charging at all
}

// What charging states of OCPP 2.x mean for the time that follows. Nobody pays for a cable that is not plugged in, nor for the
// time before the charging begins.
const (
	stateCharging = "Charging"
	stateOver     = "-" // of ours: the transaction has ended
)

func isIdle(state string) bool {
	return state == "EVConnected" || state == "SuspendedEV" || state == "SuspendedEVSE"
}

// stretch sums up events of a transaction whose numbers follow one another without a gap, so that no event can come between
// them any more. Two stretches that meet are joined to one. Times are in microseconds.
type stretch struct {
	Low   int64  `json:"l"`
	High  int64  `json:"h"`
	First int64  `json:"f"` // time of the first event; noInstant: it has none that can be
	Last  int64  `json:"t"`
	Lead  int64  `json:"d,omitzero"` // until the first event that tells a charging state
	State string `json:"s,omitzero"` // the last one told; "" none was told

	Charging int64 `json:"c,omitzero"`
	Early    int64 `json:"e,omitzero"` // idle before the first charging of the stretch
	Idle     int64 `json:"i,omitzero"`
	Charged  bool  `json:"g,omitzero"` // it was charging in the stretch
	Told     bool  `json:"o,omitzero"` // a charging state was told in the stretch
}

// maxStretches bounds how many a transaction has: one more than there are gaps. Beyond that the lowest gap is taken for none.
const maxStretches = 64

// stretchOf returns the stretch of one event.
func stretchOf(e TransactionEvent) stretch {
	at := int64(noInstant)
	if !odd(e.Time) {
		at = Micros(e.Time)
	}
	state := e.ChargingState
	s := stretch{Low: e.SeqNo, High: e.SeqNo, First: at, Last: at, State: state, Told: state != "", Charged: state == stateCharging}
	if e.Kind == TransactionEnded {
		s.State = stateOver
	}
	return s
}

// addUsage puts an event of OCPP 2.x to the stretches. Those of h are shared with copies of it, and stay as they are.
func (h *History) addUsage(e TransactionEvent) {
	if !e.Numbered {
		return
	}
	i := 0
	for i < len(h.Stretches) && h.Stretches[i].Low <= e.SeqNo {
		i++
	}
	if i > 0 && e.SeqNo <= h.Stretches[i-1].High {
		return // in a gap that was taken for none
	}
	list := slices.Insert(slices.Clone(h.Stretches), i, stretchOf(e))
	list = joinAt(list, i, false)
	list = joinAt(list, i-1, false)
	if len(list) > maxStretches {
		list = joinAt(list, 0, true)
	}
	h.Stretches = list
}

// joinAt joins a stretch and the next one, if they meet or must.
func joinAt(list []stretch, i int, must bool) []stretch {
	if i < 0 || i+1 >= len(list) || list[i].High+1 != list[i+1].Low && !must {
		return list
	}
	list[i] = list[i].join(list[i+1])
	return slices.Delete(list, i+1, i+2)
}

// join returns the two as one.
func (a stretch) join(b stretch) stretch {
	open := plus(between(a.Last, b.First), b.Lead) // the last state of a lasts until b tells another
	r := stretch{
		Low: a.Low, High: b.High, First: a.First, Last: b.Last, Lead: a.Lead, State: orString(b.State, a.State),
		Charging: plus(a.Charging, b.Charging), Early: a.Early, Idle: plus(a.Idle, b.Idle), Charged: a.Charged || b.Charged,
		Told: a.Told || b.Told,
	}
	early := b.Early
	switch {
	case a.State == "":
		r.Lead = plus(r.Lead, open)
	case a.State == stateCharging:
		r.Charging = plus(r.Charging, open)
	case isIdle(a.State):
		early = plus(early, open)
	}
	if a.Charged {
		r.Idle = plus(r.Idle, early)
	} else {
		r.Early = plus(r.Early, early)
	}
	return r
}

// between returns how long after a time another one is; 0 when it is before, or one of them is not known.
func between(from, to int64) int64 {
	if from == noInstant || to == noInstant {
		return 0
	}
	return max(to-from, 0)
}

// plus adds durations; there is a longest one.
func plus(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// Usage returns what was used as far as the events tell. The time of OCPP 1.6, and of a station that tells no charging state,
// is charging from the start to the end.
func (h *History) Usage() Usage {
	var t Transaction
	h.Transaction(&t)
	u := Usage{Energy: rise(t.Energy())}
	u.Charged = u.Energy.Compare("0") > 0
	switch {
	case len(h.Stretches) > 0:
		all := h.Stretches[0]
		for _, s := range h.Stretches[1:] {
			all = all.join(s)
		}
		u.Charged = u.Charged || all.Charged
		u.ChargingTime, u.IdleTime = wholeSeconds(all.Charging), wholeSeconds(all.Idle)
		if !all.Told {
			u.ChargingTime = wholeSeconds(all.Lead)
		}
	case h.Begun && !odd(t.StartedAt):
		u.ChargingTime = wholeSeconds(between(Micros(t.StartedAt), h.latestTime(t)))
	}
	return u
}

// latestTime returns until when a transaction of OCPP 1.6 is known to go, in Micros.
func (h *History) latestTime(t Transaction) int64 {
	switch {
	case h.Ended && !odd(t.EndedAt):
		return Micros(t.EndedAt)
	case h.UpdatedHigh != nil && !h.Ended && !odd(FromMicros(*h.UpdatedHigh)):
		return *h.UpdatedHigh
	}
	return noInstant
}

func wholeSeconds(us int64) int64 { return us / 1_000_000 }

// rise returns by how much a reading grew, "" when one of them is not known, or cannot be.
func rise(from, to Decimal) Decimal {
	a, okA := from.exact()
	b, okB := to.exact()
	if !okA || !okB {
		return ""
	}
	d := b.minus(a)
	if d.n.Sign() <= 0 {
		return "0"
	}
	return d.decimal().Trim()
}
