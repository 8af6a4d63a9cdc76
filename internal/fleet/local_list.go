package fleet

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// LocalList is what is known of the local list of a station (D01, D02; 1.6 5.10, 5.15): as the station answered.
type LocalList struct {
	Station  string
	Protocol string        // version of OCPP that the station spoke last; "": not known
	Version  int64         // of the list; 0: it is empty, -1: the station has none (1.6)
	Known    bool          // the version is known
	From     LocalListFrom // by what it is known
	KnownAt  time.Time
	Entries  *int64 // tokens on it; nil: not known
	Digest   string // of what is on it; "": not known

	Answer     string // to the latest SendLocalList; "": none was answered
	AnsweredAt time.Time
}

// LocalListFrom is by what the version of a local list is known.
type LocalListFrom string

// The ways.
const (
	LocalListSent LocalListFrom = "sent" // the station accepted a list
	LocalListTold LocalListFrom = "told" // the station was asked for it
)

// LocalListChange is a SendLocalList and what the station answered.
type LocalListChange struct {
	Version int64
	Full    bool
	Put     []ListedToken
	Remove  []TokenArgument
	Status  string
	At      time.Time
}

// LocalListVersion is what a station answered when it was asked for the version of its list.
type LocalListVersion struct {
	Version int64
	At      time.Time
}

func (c LocalListChange) check(string) error { return nil }

func (LocalListVersion) check(string) error { return nil }

// Apply returns what is known of a list, and what is on it, after an answer. Without a digest content says nothing. A refused list
// changes nothing, but VersionMismatch says that the list is not what it was taken for.
func (c LocalListChange) Apply(l LocalList, content []ListedToken) (LocalList, []ListedToken) {
	l.Answer, l.AnsweredAt = c.Status, c.At
	switch {
	case c.Status == "VersionMismatch":
		l.Entries, l.Digest = nil, ""
		return l, nil
	case c.Status != "Accepted":
		return l, content
	}
	known := c.Full || l.Digest != ""
	l.Version, l.Known, l.From, l.KnownAt = c.Version, true, LocalListSent, c.At
	if !known {
		l.Entries, l.Digest = nil, ""
		return l, nil
	}
	if c.Full {
		content = nil
	}
	return l.with(c.Result(content))
}

// with notes what is on the list.
func (l LocalList) with(content []ListedToken) (LocalList, []ListedToken) {
	n := int64(len(content))
	l.Entries, l.Digest = &n, ListDigest(content)
	return l, content
}

// Result returns what is on a list after a change, in its order.
func (c LocalListChange) Result(content []ListedToken) []ListedToken {
	now := map[IDToken]ListedToken{}
	for _, t := range content {
		now[t.key()] = t
	}
	for _, t := range c.Put {
		now[t.key()] = t
	}
	for _, t := range c.Remove {
		delete(now, IDToken(t).Fold())
	}
	list := make([]ListedToken, 0, len(now))
	for _, t := range now {
		list = append(list, t)
	}
	return OrderedList(list)
}

// Apply returns what is known of a list whose version the station told. Another version than the known one is another list.
func (c LocalListVersion) Apply(l LocalList, content []ListedToken) (LocalList, []ListedToken) {
	same := l.Known && l.Version == c.Version
	l.Version, l.Known, l.From, l.KnownAt = c.Version, true, LocalListTold, c.At
	switch {
	case c.Version <= 0: // it is empty, or there is none
		return l.with(nil)
	case !same:
		l.Entries, l.Digest = nil, ""
		return l, nil
	}
	return l, content
}

// Next returns the version of the next list.
func (l LocalList) Next() int { return int(max(l.Version, 0)) + 1 }

// key is what tells tokens of a list apart (D01.FR.06).
func (t ListedToken) key() IDToken { return IDToken(t.TokenArgument).Fold() }

// OrderedList returns tokens as they are compared: each once, in the order of their values and types.
func OrderedList(list []ListedToken) []ListedToken {
	list = slices.Clone(list)
	for i := range list {
		if list[i].Status == "" {
			list[i].Status = TokenAccepted
		}
		if e := list[i].Expiry; e != nil {
			list[i].Expiry = new(Instant(*e))
		}
	}
	slices.SortStableFunc(list, func(a, b ListedToken) int {
		x, y := a.key(), b.key()
		return cmp.Or(cmp.Compare(x.Value, y.Value), cmp.Compare(x.Type, y.Type))
	})
	return slices.CompactFunc(list, func(a, b ListedToken) bool { return a.key() == b.key() })
}

// ListDigest tells lists apart by what is on them.
func ListDigest(ordered []ListedToken) string {
	b, err := json.Marshal(append([]ListedToken{}, ordered...))
	if err != nil { // it is texts and times
		return fmt.Sprint("none: ", err)
	}
	return Digest(b)
}

// ListDifference returns what makes the one list the other; both are ordered.
func ListDifference(have, want []ListedToken) (put []ListedToken, remove []TokenArgument) {
	old := map[IDToken]ListedToken{}
	for _, t := range have {
		old[t.key()] = t
	}
	for _, t := range want {
		if was, ok := old[t.key()]; !ok || ListDigest([]ListedToken{was}) != ListDigest([]ListedToken{t}) {
			put = append(put, t)
		}
		delete(old, t.key())
	}
	for _, t := range have {
		if _, gone := old[t.key()]; gone {
			remove = append(remove, t.TokenArgument)
		}
	}
	return put, remove
}
