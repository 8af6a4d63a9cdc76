package fleet

import (
	"maps"
	"strconv"
	"time"
)

// AskedLimit is a limit that this system wants a transaction to have. A station is given it once, in the answer to one
// message of the transaction (E16.FR.02); when that message is repeated, its answer was lost, and the next one has it again.
type AskedLimit struct {
	Value    Decimal       `json:"v"`
	By       LimitSource   `json:"b"`
	At       time.Time     `json:"t"`
	Event    string        `json:"e,omitempty"` // key of the event whose answer gives it; "" none yet
	GivenAt  time.Time     `json:"g,omitzero"`  // when the station was last given one of this kind; zero: never
	Withheld LimitWithheld `json:"w,omitempty"` // why the latest answer did not give it; "" it did, or there was none since
}

// LimitSource says where a limit comes from.
type LimitSource string

// The sources of limits.
const (
	LimitOfStart    LimitSource = "start"    // the remote start
	LimitOfToken    LimitSource = "token"    // the record of the token, its credit, or what an authorization hook said of it
	LimitOfOperator LimitSource = "operator" // somebody who changed it while the transaction went on
)

// LimitWithheld says why a station is not given a limit.
type LimitWithheld string

// The reasons.
const (
	LimitNotInVersion LimitWithheld = "version"     // the station's version of OCPP has no limits of transactions
	LimitSupportOpen  LimitWithheld = "unknown"     // the station has not said which limits it takes (E16.FR.12)
	LimitUnsupported  LimitWithheld = "unsupported" // the station has said which limits it takes, and this is none of them (E16.FR.12)
	LimitIsLower      LimitWithheld = "lower"       // the station has told of one that is as low already (E16.FR.08)
)

// AskedLimits are the limits that this system wants a transaction to have, each kind at most once. Its methods change nothing:
// they return others.
type AskedLimits map[LimitKind]AskedLimit

// Ask adds a limit. What an operator says while the transaction goes on replaces what there was; of the others the lowest counts,
// and none of them replaces the operator's.
func (a AskedLimits) Ask(l TransactionLimit, by LimitSource, at time.Time) AskedLimits {
	if len(l) == 0 {
		return a
	}
	after := maps.Clone(a)
	if after == nil {
		after = AskedLimits{}
	}
	for kind, value := range l {
		old, ok := after[kind]
		if ok && by != LimitOfOperator && (old.By == LimitOfOperator || old.Value.Compare(value) <= 0) {
			continue
		}
		after[kind] = AskedLimit{Value: value, By: by, At: Instant(at), GivenAt: old.GivenAt}
	}
	return after
}

// Lift takes limits away: those that the station does not know yet are forgotten, others are raised so far that they are none
// (E16.FR.17).
func (a AskedLimits) Lift(kinds []LimitKind, told map[LimitKind]ToldLimit, at time.Time) AskedLimits {
	after, none := maps.Clone(a), TransactionLimit{}
	for _, kind := range kinds {
		if a[kind].GivenAt.IsZero() && told[kind].Value == "" {
			delete(after, kind)
			continue
		}
		none[kind] = kind.NoLimit()
	}
	return after.Ask(none, LimitOfOperator, at)
}

// LimitAnswer is what counts for the limits in the answer to an event.
type LimitAnswer struct {
	Event   string // its key
	Now     time.Time
	Over    bool // the transaction has ended
	Speaks  bool // the station's version of OCPP has limits
	Support LimitSupport
	Told    map[LimitKind]ToldLimit // by the station, with this event
}

// Answer returns which limits an answer gives the station, and what there is to keep before it goes out.
func (a AskedLimits) Answer(q LimitAnswer) (give TransactionLimit, after AskedLimits) {
	after = a
	changed := false
	for kind, asked := range a {
		given, keep := asked.answer(kind, q)
		if given {
			if give == nil {
				give = TransactionLimit{}
			}
			give[kind] = asked.Value
		}
		if keep != asked {
			if !changed {
				after, changed = maps.Clone(a), true
			}
			after[kind] = keep
		}
	}
	return give, after
}

func (l AskedLimit) answer(kind LimitKind, q LimitAnswer) (give bool, after AskedLimit) {
	switch {
	case l.Event != "":
		return l.Event == q.Event, l
	case q.Over:
		return false, l
	}
	if l.Withheld = l.withhold(kind, q); l.Withheld != "" {
		return false, l
	}
	l.Event, l.GivenAt = q.Event, Instant(q.Now)
	return true, l
}

// withhold says why the station is not to be given the limit. An operator has the last word on one that is higher than that of
// the station (E16.FR.07).
func (l AskedLimit) withhold(kind LimitKind, q LimitAnswer) LimitWithheld {
	told := q.Told[kind].Value
	switch {
	case !q.Speaks:
		return LimitNotInVersion
	case !q.Support.Known:
		return LimitSupportOpen
	case !q.Support.Takes(kind):
		return LimitUnsupported
	case told != "" && l.By != LimitOfOperator && l.GivenAt.IsZero() && told.Compare(l.Value) <= 0:
		return LimitIsLower
	}
	return ""
}

// Equal reports whether both are the same.
func (a AskedLimits) Equal(b AskedLimits) bool { return maps.Equal(a, b) }

// Limit returns the values that are wanted.
func (a AskedLimits) Limit() TransactionLimit {
	l := TransactionLimit{}
	for kind, asked := range a {
		l[kind] = asked.Value
	}
	return l
}

// LimitChange is what an operator wants otherwise of the limits of a transaction that goes on.
type LimitChange struct {
	Set    TransactionLimit
	Remove []LimitKind
}

// Apply returns the limits that are wanted afterwards.
func (c LimitChange) Apply(a AskedLimits, told map[LimitKind]ToldLimit, at time.Time) AskedLimits {
	return a.Ask(c.Set, LimitOfOperator, at).Lift(c.Remove, told, at)
}

// Kinds returns which kinds are set, in the order in which they are shown: what is removed needs nothing of the station that it
// does not have.
func (c LimitChange) Kinds() []LimitKind { return c.Set.Kinds() }

// Due reports whether some limit is still to be given.
func (a AskedLimits) Due() bool {
	for _, l := range a {
		if l.Event == "" {
			return true
		}
	}
	return false
}

// Open reports whether a limit waits for the station to say which ones it takes.
func (a AskedLimits) Open() bool {
	for _, l := range a {
		if l.Withheld == LimitSupportOpen {
			return true
		}
	}
	return false
}

// wholeOf writes a whole number; nil is "".
func wholeOf(n *int64) Decimal {
	if n == nil {
		return ""
	}
	return Decimal(strconv.FormatInt(*n, 10))
}
