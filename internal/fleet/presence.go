package fleet

import (
	"cmp"
	"time"
)

// Presence says whether a station is connected, and when it was last heard of. Several reports about one
// station are merged before they are written; see Merge.
//
// Epoch numbers the connections of one server process, rising. A report of an older epoch than the one known
// changes nothing but LastMessageAt and ClockOffset: the late close of an evicted socket never marks the live station offline.
// A report with epoch 0 tells of a message only.
type Presence struct {
	Station        string
	Epoch          int64
	Online         bool
	Version        string    // of the connection; "" keeps what is known
	Address        string    // remote address; "" keeps what is known
	ConnectedAt    time.Time // zero keeps what is known
	DisconnectedAt time.Time
	LastMessageAt  time.Time
	ClockOffset    *time.Duration // as Clock estimates it; nil keeps what is known
}

// Merge returns what p and a later reported q say together. Reports of one epoch may come in any order:
// the end of a connection outweighs its begin.
func (p Presence) Merge(q Presence) Presence {
	last := later(p.LastMessageAt, q.LastMessageAt)
	offset := cmp.Or(q.ClockOffset, p.ClockOffset)
	switch {
	case q.Epoch > p.Epoch:
		q.Version, q.Address = orString(q.Version, p.Version), orString(q.Address, p.Address)
		q.DisconnectedAt = later(p.DisconnectedAt, q.DisconnectedAt)
		p = q
	case q.Epoch == p.Epoch && q.Epoch != 0:
		p = p.sameConnection(q)
	}
	p.LastMessageAt, p.ClockOffset = last, offset
	return p
}

func (p Presence) sameConnection(q Presence) Presence {
	p.Online = p.Online && q.Online
	p.Version = orString(p.Version, q.Version)
	p.Address = orString(p.Address, q.Address)
	p.ConnectedAt = later(p.ConnectedAt, q.ConnectedAt)
	p.DisconnectedAt = later(p.DisconnectedAt, q.DisconnectedAt)
	return p
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func orString(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
