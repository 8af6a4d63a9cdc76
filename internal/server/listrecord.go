package server

import (
	"context"
	"encoding/json"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// maxListedTokens is how many tokens on record a local list is made of at most: it is in memory, once for each version.
const maxListedTokens = 200_000

// maxDifferences is how many differences of lists are kept: most stations of a fleet have the same list.
const maxDifferences = 16

// listRecord keeps in memory what local lists of the tokens on record are, until the tokens change, or a moment comes at which one
// of them may do something else. All methods are safe for concurrent use; what they return is everybody's, and is not changed.
type listRecord struct {
	store store.Access

	turn  chan struct{} // holds one; who has taken it may use the rest
	state *listRecordState
}

// listRecordState is what the one who has the turn uses.
type listRecordState struct {
	revision    uint64
	until       time.Time // zero: nothing changes by itself
	read        bool
	tooMany     bool
	tokens      []fleet.ListedToken
	versions    map[ocpp.Version]*recordedList
	differences map[differenceKey]*listDifference
}

// recordedList is what is on a list of the tokens on record in one version, as it is compared.
type recordedList struct {
	tokens []fleet.ListedToken
	digest string
	sizes  []int // of the entries on the wire
}

type differenceKey struct {
	version  ocpp.Version
	from, to string
}

// listDifference makes one list another one.
type listDifference struct {
	remove []fleet.TokenArgument
	put    []fleet.ListedToken
	sizes  []int // of those that go, then of those that come
}

func newListRecord(s store.Access) *listRecord {
	l := &listRecord{store: s, turn: make(chan struct{}, 1), state: &listRecordState{}}
	l.turn <- struct{}{}
	return l
}

// use runs do with the turn, and with the tokens as they are on record now.
func (l *listRecord) use(ctx context.Context, do func(*listRecordState) error) error {
	select {
	case <-l.turn:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { l.turn <- struct{}{} }()
	now := time.Now()
	revision := l.store.TokensRevision()
	if s := l.state; !s.read || s.revision != revision || !s.until.IsZero() && !now.Before(s.until) {
		fresh := &listRecordState{revision: revision, versions: map[ocpp.Version]*recordedList{}, differences: map[differenceKey]*listDifference{}}
		if err := fresh.fill(ctx, l.store, now); err != nil {
			return err
		}
		l.state = fresh
	}
	if l.state.tooMany {
		return fleet.NotNow("/tokens", "more than %d tokens are on record: say which are to be on the list", maxListedTokens)
	}
	return do(l.state)
}

// fill reads the tokens that a station can decide about.
func (s *listRecordState) fill(ctx context.Context, from store.Access, now time.Time) error {
	q := store.TokenQuery{Limit: store.MaxLimit}
	for {
		p, err := from.ListTokens(ctx, q)
		if err != nil {
			return err
		}
		for i := range p.Items {
			s.mind(&p.Items[i], now)
		}
		if q.Cursor = p.Next; p.Next == "" || len(s.tokens) > maxListedTokens {
			break
		}
	}
	if s.read = true; len(s.tokens) > maxListedTokens {
		s.tooMany, s.tokens = true, nil
	}
	return nil
}

// mind takes a token in, and when it will be otherwise.
func (s *listRecordState) mind(t *fleet.Token, now time.Time) {
	for _, moment := range []time.Time{t.ValidFrom, t.Expiry} {
		if moment.After(now) && (s.until.IsZero() || moment.Before(s.until)) {
			s.until = moment
		}
	}
	if t.Listable(now) {
		s.tokens = append(s.tokens, t.Listed(now))
	}
}

// list returns the list of one version.
func (s *listRecordState) list(version ocpp.Version) (*recordedList, error) {
	if known := s.versions[version]; known != nil {
		return known, nil
	}
	tokens, err := versionList(version, s.tokens)
	if err != nil {
		return nil, err
	}
	made := &recordedList{tokens: tokens, digest: fleet.ListDigest(tokens)}
	made.sizes, err = wireSizes(version, &fleet.SendLocalListRequest{Update: fleet.LocalListFull, Tokens: tokens, FromRecord: true})
	if err == nil {
		s.versions[version] = made
	}
	return made, err
}

// List returns what the list of a station of a version is to be.
func (l *listRecord) List(ctx context.Context, version ocpp.Version) (list *recordedList, err error) {
	err = l.use(ctx, func(s *listRecordState) (err error) {
		list, err = s.list(version)
		return err
	})
	return list, err
}

// Difference returns what makes a list of a digest what it is to be, and that.
func (l *listRecord) Difference(ctx context.Context, version ocpp.Version, from string) (difference *listDifference, to *recordedList, err error) {
	err = l.use(ctx, func(s *listRecordState) (err error) {
		if to, err = s.list(version); err != nil {
			return err
		}
		key := differenceKey{version, from, to.digest}
		if difference = s.differences[key]; difference != nil {
			return nil
		}
		content, err := l.store.ListContent(ctx, from)
		if err != nil {
			return err
		}
		difference = &listDifference{}
		difference.put, difference.remove = fleet.ListDifference(content, to.tokens)
		difference.sizes, err = wireSizes(version, &fleet.SendLocalListRequest{Update: fleet.LocalListDifferential, Tokens: difference.put, Remove: difference.remove, FromRecord: true})
		if err != nil {
			return err
		}
		if len(s.differences) >= maxDifferences {
			clear(s.differences)
		}
		s.differences[key] = difference
		return nil
	})
	return difference, to, err
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

// wireSizes returns how many bytes the entries of a list have in a version: of those that go, then of those that come.
func wireSizes(version ocpp.Version, v *fleet.SendLocalListRequest) ([]int, error) {
	req, err := translate(version, v)
	if err != nil {
		return nil, err
	}
	payload, err := json.Marshal(req)
	if err != nil {
		return nil, err
	}
	var list struct {
		Entries []json.RawMessage `json:"localAuthorizationList"`
	}
	if err := json.Unmarshal(payload, &list); err != nil {
		return nil, err
	}
	sizes := make([]int, 0, len(list.Entries))
	put := min(len(v.Tokens), len(list.Entries))
	for _, entry := range append(list.Entries[put:], list.Entries[:put]...) {
		sizes = append(sizes, len(entry))
	}
	return sizes, nil
}
