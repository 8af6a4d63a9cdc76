package fleet

import (
	"cmp"
	"slices"
)

// Reading returns what the energy register showed at the ends of the event, to be compared with the events around it. A
// message that ends a transaction may repeat readings from all of it: of these only the last one counts.
func (e TransactionEvent) Reading() Reading {
	list := e.register()
	switch {
	case len(list) == 0:
		return Reading{}
	case e.Kind == TransactionEnded:
		list = list[len(list)-1:]
	}
	return Reading{list[0], list[len(list)-1]}
}

// register returns the readings of the energy register in the order of their times, in Wh.
func (e TransactionEvent) register() []Decimal {
	samples := slices.Clone(e.Samples)
	slices.SortStableFunc(samples, func(a, b Sample) int { return cmp.Compare(Micros(a.Time), Micros(b.Time)) })
	list := make([]Decimal, 0, len(samples)+2)
	if e.MeterStart != "" && e.Kind == TransactionStarted && !e.Numbered {
		list = append(list, e.MeterStart.Trim())
	}
	for _, s := range samples {
		if wh, ok := s.WattHours(); ok {
			list = append(list, wh)
		}
	}
	if e.MeterStop != "" {
		list = append(list, e.MeterStop.Trim())
	}
	return list
}

// arrival is how an event that is not added yet relates to those that are.
type arrival struct {
	Around
	isLate bool // it has a reading, and an event with a later one is known: what is around it is not known
}

// next finds the reading before an event. That needs no look at other events when it is the latest, as most are.
func (h *History) next(e TransactionEvent, content []byte) arrival {
	if e.Reading().First == "" {
		return arrival{}
	}
	latest := h.MeterLast
	if !e.Numbered {
		latest = h.Latest
	}
	if !latest.Set {
		return arrival{}
	}
	if positionOf(e, content).compareEvent(latest.At) < 0 {
		return arrival{isLate: true}
	}
	return arrival{Around: Around{Before: Reading{latest.V, latest.V}}}
}
