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

	// Of a list that goes in several messages the station has a part: what is on it is not known then.
	Sending     string // id of the command; "": it has none
	Part, Parts int    // messages that it has accepted, and that there are

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

	Step *LocalListStep // what comes of it, when it was found out before; nil: it follows from Put and Remove
}

// LocalListStep is what a list is once a station has accepted a change. It saves working that out of thousands of tokens.
type LocalListStep struct {
	Command     string // that the change is a message of
	Part, Parts int    // of its messages
	From        string // digest of what was on the list before the first one, unless that is full
	Entries     int64  // on the list after a message that is not the last; -1: not known

	Content []ListedToken // after the last one
	Digest  string        // of Content
}

// LocalListVersion is what a station answered when it was asked for the version of its list.
type LocalListVersion struct {
	Version int64
	At      time.Time
}

func (c LocalListChange) check(string) error { return nil }

func (LocalListVersion) check(string) error { return nil }

// ListContent reads what is on a list before a change. It is called when that is known and counts.
type ListContent func() ([]ListedToken, error)

// Apply returns what is known of a list after an answer, and what is on it when its digest has changed. A refused list changes
// nothing, but VersionMismatch says that the list is not what it was taken for.
func (c LocalListChange) Apply(l LocalList, before ListContent) (LocalList, []ListedToken, error) {
	was := l
	l.Answer, l.AnsweredAt = c.Status, c.At
	if c.Status == "VersionMismatch" {
		return l.unknown(), nil, nil
	}
	if c.Status != "Accepted" {
		return l, nil, nil
	}
	l = l.unknown()
	l.Version, l.Known, l.From, l.KnownAt = c.Version, true, LocalListSent, c.At
	switch {
	case c.Step != nil && c.follows(was):
		l, content := l.after(*c.Step)
		return l, content, nil
	case c.Full:
		l, content := l.with(c.Result(nil))
		return l, content, nil
	case was.Digest == "":
		return l, nil, nil
	}
	content, err := before()
	l, content = l.with(c.Result(content))
	return l, content, err
}

// follows reports whether a change meets the list that it was made for: nobody else has changed it.
func (c LocalListChange) follows(was LocalList) bool {
	if c.Step.Part > 1 {
		return was.Sending == c.Step.Command && was.Part == c.Step.Part-1 && was.Version == c.Version-1
	}
	return c.Full || was.Digest != "" && was.Digest == c.Step.From
}

// Settled works out before what comes of a full list.
func (c LocalListChange) Settled() LocalListChange {
	if c.Step == nil && c.Full && c.Status == "Accepted" {
		content := c.Result(nil)
		c.Step = &LocalListStep{Part: 1, Parts: 1, Content: content, Digest: ListDigest(content)}
	}
	return c
}

// after notes what a message of a list made of it.
func (l LocalList) after(s LocalListStep) (LocalList, []ListedToken) {
	if s.Part == s.Parts {
		l.Entries, l.Digest = new(int64(len(s.Content))), s.Digest
		return l, s.Content
	}
	l.Sending, l.Part, l.Parts = s.Command, s.Part, s.Parts
	if s.Entries >= 0 {
		l.Entries = &s.Entries
	}
	return l, nil
}

// unknown forgets what is on the list.
func (l LocalList) unknown() LocalList {
	l.Entries, l.Digest, l.Sending, l.Part, l.Parts = nil, "", "", 0, 0
	return l
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
func (c LocalListVersion) Apply(l LocalList, _ ListContent) (LocalList, []ListedToken, error) {
	same := l.Known && l.Version == c.Version
	if !same || c.Version <= 0 {
		l = l.unknown()
	}
	l.Version, l.Known, l.From, l.KnownAt = c.Version, true, LocalListTold, c.At
	if c.Version > 0 {
		return l, nil, nil
	}
	l, content := l.with(nil) // it is empty, or there is none
	return l, content, nil
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
