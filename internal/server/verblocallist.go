package server

import (
	"context"
	"errors"
	"log/slog"
	"time"

	v16 "github.com/chargeyard/chargeyard/internal/adapter/v16"
	v201 "github.com/chargeyard/chargeyard/internal/adapter/v201"
	v21 "github.com/chargeyard/chargeyard/internal/adapter/v21"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// maxListedTokens is how many tokens on record a local list is made of at most: it is one message.
const maxListedTokens = 10_000

// listFor gives a list its version, and makes it of the tokens on record unless the caller says what is on it: all of them, or
// what is otherwise than what the station has accepted.
func (c *commands) listFor(ctx context.Context, station string, version ocpp.Version, v fleet.SendLocalListRequest) (fleet.Verb, error) {
	have, content, err := c.store.LocalList(ctx, station)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	differential := v.Update == fleet.LocalListDifferential
	switch {
	case v.ListVersion == 0 && differential && !have.Known:
		return nil, fleet.NotNow("/listVersion", "which version the station has is not known here: ask it with get-local-list-version, say which the list is to have, or send a full list")
	case v.ListVersion == 0:
		v.ListVersion = have.Next()
	case differential && have.Known && int64(v.ListVersion) <= have.Version:
		return nil, fleet.NotNow("/listVersion", "the station has version %d, and takes a larger one only (D01.FR.19)", have.Version)
	}
	if v.Given() {
		return &v, nil
	}
	v.FromRecord = true
	want, err := c.recordedList(ctx, version)
	if err != nil || !differential {
		v.Tokens = want
		return &v, err
	}
	if have.Digest == "" {
		return nil, fleet.NotNow("/update", "what is on the station's list is not known here: send a full list, or say what has changed")
	}
	if v.Tokens, v.Remove = fleet.ListDifference(content, want); !v.Given() {
		return nil, fleet.NotNow("/update", "the list of the station is up to date: version %d, with %d tokens", have.Version, len(content))
	}
	return &v, nil
}

// recordedList returns the tokens on record that a station of a version can have on its list, as they are compared.
func (c *commands) recordedList(ctx context.Context, version ocpp.Version) ([]fleet.ListedToken, error) {
	tokens, err := c.listedTokens(ctx)
	if err != nil {
		return nil, err
	}
	return versionList(version, tokens)
}

// versionList returns those of tokens that a version can hold, with what it can say of them: what comes back from a request.
func versionList(version ocpp.Version, tokens []fleet.ListedToken) ([]fleet.ListedToken, error) {
	req, err := translate(version, &fleet.SendLocalListRequest{Update: fleet.LocalListFull, ListVersion: 1, Tokens: tokens, FromRecord: true})
	if err != nil {
		return nil, err
	}
	change, _ := listing(version, req)
	return fleet.OrderedList(change.Put), nil
}

// listing returns what a request makes of a local list.
func listing(version ocpp.Version, req any) (fleet.LocalListChange, bool) {
	switch version {
	case ocpp.V16:
		return v16.Listing(req)
	case ocpp.V201:
		return v201.Listing(req)
	case ocpp.V21:
		return v21.Listing(req)
	}
	return fleet.LocalListChange{}, false
}

// listedTokens returns the tokens on record that a station can decide about.
func (c *commands) listedTokens(ctx context.Context) (list []fleet.ListedToken, err error) {
	q, now := store.TokenQuery{Limit: store.MaxLimit}, time.Now()
	for {
		p, err := c.store.ListTokens(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range p.Items {
			if t := &p.Items[i]; t.Listable(now) {
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

// CurrentLists returns the digest of the list that stations of each version would get now. It implements httpapi.Fleet. With more
// tokens than a list is made of there is none.
func (c *commands) CurrentLists(ctx context.Context) (map[string]string, error) {
	tokens, err := c.listedTokens(ctx)
	if _, tooMany := errors.AsType[*fleet.VerbError](err); tooMany {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	digests := map[string]string{}
	for _, p := range protocols() {
		list, err := versionList(p.Version(), tokens)
		if err != nil {
			return nil, err
		}
		digests[p.Version().String()] = fleet.ListDigest(list)
	}
	return digests, nil
}

// lists sends a full list to stations that did not take a change that was made here (D01.FR.03).
type lists struct {
	commands *commands // set before stations come
	log      *slog.Logger
}

// fullListExpiry is how long a full list waits for its station.
const fullListExpiry = 24 * time.Hour

// intercept is an ocpp.Interceptor, outside of the one that learns from answers.
func (l *lists) intercept(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	change, ok := listing(x.Action.Version, req)
	if x.Inbound || !ok || change.Full {
		return next(ctx, req)
	}
	made := l.made(ctx, x, change)
	resp, err := next(ctx, req)
	if made && err == nil && changeFailed(resp) {
		l.sendFull(ctx, x)
	}
	return resp, err
}

// changeFailed reports whether a station has not taken a change of its list.
func changeFailed(resp any) bool {
	var said struct {
		Status string `json:"status"`
	}
	return readBack(resp, &said) == nil && (said.Status == "VersionMismatch" || said.Status == "Failed")
}

// made reports whether a change would bring the station's list up to date with the record: only then a full list of the record
// takes its place.
func (l *lists) made(ctx context.Context, x *ocpp.Exchange, change fleet.LocalListChange) bool {
	have, content, err := l.commands.store.LocalList(ctx, x.Identity)
	if err != nil || have.Digest == "" {
		return false
	}
	want, err := l.commands.recordedList(ctx, x.Action.Version)
	return err == nil && fleet.ListDigest(change.Result(content)) == fleet.ListDigest(want)
}

func (l *lists) sendFull(ctx context.Context, x *ocpp.Exchange) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), learnTimeout)
	defer cancel()
	action, payload, err := l.commands.instruct(ctx, x.Identity, x.Action.Version, &fleet.SendLocalListRequest{Update: fleet.LocalListFull})
	if err == nil {
		_, err = l.commands.Queue(ctx, httpapi.QueuedCommand{
			Station: x.Identity, Action: action, Payload: payload, Lane: fleet.LaneBulk, Expires: fullListExpiry, Timeout: httpapi.MaxCommandTimeout,
		})
	}
	if err != nil {
		l.log.Warn("a station did not take a change of its local list, and gets no full list", "station", x.Identity, "error", err)
	}
}
