package server

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// listPlan is a local list for one station, in the messages that it takes. Only its first version changes.
type listPlan struct {
	version    ocpp.Version
	full       bool // the first message is
	fromRecord bool
	remove     []fleet.TokenArgument
	put        []fleet.ListedToken
	ends       []int // of the messages, counted in those that go, then in those that come
	first      int   // version of the list after the first message

	known   bool // what is on the list afterwards is
	from    string
	content []fleet.ListedToken
	digest  string
}

// planOrder is which list is wanted.
type planOrder struct {
	fleet.SendLocalListRequest
	whole bool // a full one, whatever was asked for: the station has not taken a change, or has half of one
	taken int  // messages that the station has taken before; of a change whose words were given
}

// planList makes a list for a station: it gives it its version, makes it of the tokens on record unless the caller says what is on
// it, and divides it as the station takes it.
func (c *commands) planList(ctx context.Context, station string, version ocpp.Version, o planOrder) (*listPlan, error) {
	have, err := c.store.LocalList(ctx, station)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if o.whole {
		o.Update = fleet.LocalListFull
	}
	p := &listPlan{version: version, full: o.Update == fleet.LocalListFull, fromRecord: !o.Given()}
	if !p.full && !have.Known && o.ListVersion == 0 {
		return nil, fleet.NotNow("/listVersion", "which version the station has is not known here: ask it with get-local-list-version, say which the list is to have, or send a full list")
	}
	sizes, err := c.fillPlan(ctx, p, have, o)
	if err != nil {
		return nil, err
	}
	limits, err := c.listLimits(ctx, station, version)
	if err != nil {
		return nil, err
	}
	if err := limits.holds(p); err != nil {
		return nil, err
	}
	if p.ends, err = limits.divide(sizes); err != nil {
		return nil, err
	}
	return p, p.number(have, o)
}

// fillPlan says what the list has, and returns the sizes of that.
func (c *commands) fillPlan(ctx context.Context, p *listPlan, have fleet.LocalList, o planOrder) (sizes []int, err error) {
	switch {
	case !p.fromRecord:
		p.put, p.remove = o.Tokens, o.Remove
		if p.full {
			if err = p.given(); err != nil {
				return nil, err
			}
		}
		return wireSizes(p.version, &o.SendLocalListRequest)
	case p.full:
		list, err := c.listed.List(ctx, p.version)
		if err != nil {
			return nil, err
		}
		p.put, p.known, p.content, p.digest = list.tokens, true, list.tokens, list.digest
		return list.sizes, nil
	}
	difference, to, err := c.listed.Difference(ctx, p.version, have.Digest)
	switch {
	case have.Digest == "", errors.Is(err, store.ErrNotFound):
		return nil, fleet.NotNow("/update", "what is on the station's list is not known here: send a full list, or say what has changed")
	case err != nil:
		return nil, err
	}
	if len(difference.sizes) == 0 {
		return nil, fleet.NotNow("/update", "the list of the station is up to date: version %d, with %d tokens", have.Version, len(to.tokens))
	}
	p.put, p.remove, p.known, p.from, p.content, p.digest = difference.put, difference.remove, true, have.Digest, to.tokens, to.digest
	return difference.sizes, nil
}

// given finds out what is on a full list of tokens that were given.
func (p *listPlan) given() error {
	req, err := translate(p.version, &fleet.SendLocalListRequest{Update: fleet.LocalListFull, ListVersion: 1, Tokens: p.put})
	if err != nil {
		return err
	}
	change, _ := listing(p.version, req)
	p.known, p.content = true, change.Result(nil)
	p.digest = fleet.ListDigest(p.content)
	return nil
}

// number gives the messages the versions of the list after them.
func (p *listPlan) number(have fleet.LocalList, o planOrder) error {
	n := len(p.ends)
	p.first = have.Next() - o.taken
	if o.ListVersion != 0 {
		p.first = o.ListVersion - n + 1
	}
	switch {
	case p.first < 1:
		return fleet.NotNow("/listVersion", "the list takes %d messages, and each gives it a version of its own: %d is the least", n, n)
	case !p.full && have.Known && int64(p.first+o.taken) <= have.Version && n > 1:
		return fleet.NotNow("/listVersion", "the station has version %d, and takes a larger one only (D01.FR.19); the list takes %d messages, each with a version of its own", have.Version, n)
	case !p.full && have.Known && int64(p.first+o.taken) <= have.Version:
		return fleet.NotNow("/listVersion", "the station has version %d, and takes a larger one only (D01.FR.19)", have.Version)
	}
	return nil
}

// message returns one of the messages, the first being 0.
func (p *listPlan) message(i int) *fleet.SendLocalListRequest {
	start, end := 0, p.ends[i]
	if i > 0 {
		start = p.ends[i-1]
	}
	v := &fleet.SendLocalListRequest{Update: fleet.LocalListDifferential, ListVersion: p.first + i, FromRecord: p.fromRecord}
	if i == 0 && p.full {
		v.Update = fleet.LocalListFull
	}
	gone := len(p.remove)
	v.Remove = p.remove[min(start, gone):min(end, gone)]
	v.Tokens = p.put[max(start-gone, 0):max(end-gone, 0)]
	v.Empty = end == start
	return v
}

// request returns the message as one of the station's version.
func (p *listPlan) request(i int) (action string, payload json.RawMessage, err error) {
	req, err := translate(p.version, p.message(i))
	if err != nil {
		return "", nil, err
	}
	payload, err = json.Marshal(req)
	return req.OCPPAction().Name, payload, err
}

// step is what comes of the list when the station has accepted a message; nil: nobody knows.
func (p *listPlan) step(command string, i int) *fleet.LocalListStep {
	if !p.known {
		return nil
	}
	s := &fleet.LocalListStep{Command: command, Part: i + 1, Parts: len(p.ends), From: p.from, Entries: -1}
	if s.Part == s.Parts {
		s.Content, s.Digest = p.content, p.digest
	} else if p.full {
		s.Entries = int64(p.ends[i])
	}
	return s
}
