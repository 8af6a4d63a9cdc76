package server

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// maxListedTokens is how many tokens on record a local list is made of at most: it is one message.
const maxListedTokens = 10_000

// resolveLocalList makes the list of the tokens on record, unless the caller says what is on it.
func (c *commands) resolveLocalList(ctx context.Context, _ string, v fleet.SendLocalListRequest) (fleet.Verb, error) {
	if v.ListVersion == 0 {
		return nil, fleet.NotNow("/listVersion", "which version the station has is not known here: say which the list is to have")
	}
	if v.Given() {
		return &v, nil
	}
	if v.Update == fleet.LocalListDifferential {
		return nil, fleet.NotNow("/tokens", "when the station took its list is not known here: say what has changed, or send a full list")
	}
	var err error
	v.FromRecord = true
	v.Tokens, err = c.listedTokens(ctx, time.Time{})
	return &v, err
}

// listedTokens returns the tokens on record that have changed since a time and that a station can decide about.
func (c *commands) listedTokens(ctx context.Context, since time.Time) (list []fleet.ListedToken, err error) {
	q, now := store.TokenQuery{Limit: store.MaxLimit}, time.Now()
	for {
		p, err := c.store.ListTokens(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range p.Items {
			if t := &p.Items[i]; t.Listable(now) && !t.ChangedAt().Before(since) {
				list = append(list, t.Listed(now))
			}
		}
		if len(list) > maxListedTokens {
			return nil, fleet.NotNow("/tokens", "more than %d tokens are on record, which is too much for one message: say which", maxListedTokens)
		}
		if q.Cursor = p.Next; p.Next == "" {
			return list, nil
		}
	}
}
