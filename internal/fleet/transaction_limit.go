package fleet

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// LimitKind says what a limit of a transaction bounds, in the words of OCPP 2.1, the only version that has them (E16).
type LimitKind string

// The kinds of limits.
const (
	LimitCost   LimitKind = "maxCost"   // in the currency of the tariff
	LimitEnergy LimitKind = "maxEnergy" // Wh
	LimitTime   LimitKind = "maxTime"   // seconds since the start of the transaction
	LimitSoC    LimitKind = "maxSoC"    // percent
)

// LimitKinds are all kinds, in the order in which they are shown.
func LimitKinds() []LimitKind { return []LimitKind{LimitCost, LimitEnergy, LimitTime, LimitSoC} }

// NoLimit is what removes a limit of a kind: one that a station was given can only be raised (E16.FR.17).
func (k LimitKind) NoLimit() Decimal {
	switch k {
	case LimitTime:
		return "2147483647"
	case LimitSoC:
		return "100"
	}
	return "1000000000"
}

// LimitReached returns the kind of limit that an event with this trigger says is reached; "" none.
func LimitReached(trigger string) LimitKind {
	switch trigger {
	case "CostLimitReached":
		return LimitCost
	case "EnergyLimitReached":
		return LimitEnergy
	case "TimeLimitReached":
		return LimitTime
	case "SoCLimitReached":
		return LimitSoC
	}
	return ""
}

// TransactionLimit bounds a transaction, each kind at most once. An empty one bounds nothing.
type TransactionLimit map[LimitKind]Decimal

// Lowest returns the lower one of each kind.
func (l TransactionLimit) Lowest(other TransactionLimit) TransactionLimit {
	if len(l) == 0 {
		return other
	}
	lowest := maps.Clone(l)
	for kind, value := range other {
		if have, ok := lowest[kind]; !ok || value.Compare(have) < 0 {
			lowest[kind] = value
		}
	}
	return lowest
}

// Kinds returns which kinds it has, in the order in which they are shown.
func (l TransactionLimit) Kinds() []LimitKind {
	return slices.DeleteFunc(LimitKinds(), func(k LimitKind) bool { _, ok := l[k]; return !ok })
}

// LimitSupport is which limits a station takes, as far as it has said.
type LimitSupport struct {
	Known bool // it has said
	Kinds []LimitKind
}

// SupportedLimits is the variable in which a station says which limits it takes. One that does not have it takes none.
func SupportedLimits() Setting { return Setting{Component: "TxCtrlr", Variable: "SupportedLimits"} }

// ParseLimitSupport reads a value of SupportedLimits. The list of values in OCPP 2.1 (Part 2, 2.8.1) says maxLength where the
// rest of it says maxTime (E16.FR.20): both are.
func ParseLimitSupport(value string) LimitSupport {
	s := LimitSupport{Known: true}
	for word := range strings.SplitSeq(value, ",") {
		word = strings.TrimSpace(word)
		if strings.EqualFold(word, "maxLength") {
			word = string(LimitTime)
		}
		for _, kind := range LimitKinds() {
			if strings.EqualFold(word, string(kind)) && !slices.Contains(s.Kinds, kind) {
				s.Kinds = append(s.Kinds, kind)
			}
		}
	}
	return s
}

// Takes reports whether the station has said that it takes limits of a kind.
func (s LimitSupport) Takes(kind LimitKind) bool { return slices.Contains(s.Kinds, kind) }

// Refuse says why a station is not asked for a limit, pointing into it at pointer; nil when it takes all of it.
func (s LimitSupport) Refuse(pointer string, kinds []LimitKind) error {
	for _, kind := range kinds {
		switch {
		case s.Takes(kind):
		case !s.Known:
			return NotNow(pointer+"/"+string(kind), "the station does not say which limits it takes: it has no variable SupportedLimits of TxCtrlr, or has not been asked for it")
		case len(s.Kinds) == 0:
			return NotNow(pointer+"/"+string(kind), "the station takes no limits: its variable SupportedLimits of TxCtrlr is empty")
		default:
			return NotNow(pointer+"/"+string(kind), "the station does not take this limit: its variable SupportedLimits of TxCtrlr has %s only", joinKinds(s.Kinds))
		}
	}
	return nil
}

func joinKinds(kinds []LimitKind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, ", ")
}

// LimitArgument is a limit of a transaction as somebody gives it. Its tags are its description.
type LimitArgument struct {
	MaxCost   *float64 `json:"maxCost,omitempty" minimum:"0" maximum:"1000000000" doc:"What it may cost, in the currency of the tariff" example:"25"`
	MaxEnergy *float64 `json:"maxEnergy,omitempty" minimum:"0" maximum:"1000000000" doc:"What it may take, in Wh" example:"20000"`
	MaxTime   *int64   `json:"maxTime,omitempty" minimum:"0" maximum:"2147483647" doc:"How long it may last, in seconds since its start" example:"7200"`
	MaxSoC    *int64   `json:"maxSoC,omitempty" minimum:"0" maximum:"100" doc:"Up to which state of charge the vehicle may charge, in percent" example:"80"`
}

// Limit returns the limit; nil is none.
func (a *LimitArgument) Limit() TransactionLimit {
	if a == nil {
		return nil
	}
	l := TransactionLimit{}
	for kind, value := range map[LimitKind]Decimal{
		LimitCost: decimalOf(a.MaxCost), LimitEnergy: decimalOf(a.MaxEnergy), LimitTime: wholeOf(a.MaxTime), LimitSoC: wholeOf(a.MaxSoC),
	} {
		if value != "" {
			l[kind] = value
		}
	}
	return l
}

// Check refuses one that says nothing, and values that no station could be given.
func (a *LimitArgument) Check(pointer string) error {
	l := a.Limit()
	if a != nil && len(l) == 0 {
		return WrongArgument(pointer, "say what is limited: maxCost, maxEnergy, maxTime, maxSoC")
	}
	for kind, value := range l {
		if value.Compare("0") < 0 || value.Compare(kind.NoLimit()) > 0 {
			return WrongArgument(pointer+"/"+string(kind), "it is not between 0 and %s", kind.NoLimit())
		}
	}
	return nil
}

// limitHistory is what the events of a transaction say of its limits. It is never changed: who adds something makes another one.
type limitHistory struct {
	Told    map[LimitKind]mark[Decimal]   `json:"t,omitempty"`
	Reached map[LimitKind]mark[time.Time] `json:"r,omitempty"`
}

// ToldLimit is what a station has told of a limit.
type ToldLimit struct {
	Value     Decimal   `json:"v,omitempty"` // that the station has, as it told last; "" not told
	ReachedAt time.Time `json:"r,omitzero"`  // by the station's clock, the last time; zero: it was not
}

// addLimits takes what an event says of limits.
func (h *History) addLimits(e TransactionEvent, p position) {
	reached := LimitReached(e.Trigger)
	if len(e.Limit) == 0 && reached == "" {
		return
	}
	var l limitHistory
	if h.Limits != nil {
		l.Told, l.Reached = maps.Clone(h.Limits.Told), maps.Clone(h.Limits.Reached)
	}
	for kind, value := range e.Limit {
		l.Told = marked(l.Told, kind, p, value)
	}
	if reached != "" {
		l.Reached = marked(l.Reached, reached, p, e.Time)
	}
	h.Limits = &l
}

// marked keeps the value of the highest position.
func marked[T comparable](all map[LimitKind]mark[T], kind LimitKind, p position, v T) map[LimitKind]mark[T] {
	m := all[kind]
	last(&m, p, v)
	if !m.Set {
		return all
	}
	if all == nil {
		all = map[LimitKind]mark[T]{}
	}
	all[kind] = m
	return all
}

// ToldLimits returns what the station has told of limits; nil when nothing.
func (h *History) ToldLimits() map[LimitKind]ToldLimit {
	if h.Limits == nil {
		return nil
	}
	told := map[LimitKind]ToldLimit{}
	for _, kind := range LimitKinds() {
		t := ToldLimit{Value: h.Limits.Told[kind].V, ReachedAt: h.Limits.Reached[kind].V}
		if t.Value != "" || !t.ReachedAt.IsZero() {
			told[kind] = t
		}
	}
	return told
}
