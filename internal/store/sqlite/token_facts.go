package sqlite

import (
	"context"
	"errors"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// lookup reads one row, in the open transaction or outside of any. The query must be a constant.
type lookup func(query string, args, dest []any) (found bool, err error)

// reading looks up outside of any transaction.
func (db *DB) reading(ctx context.Context) lookup {
	return func(query string, args, dest []any) (bool, error) {
		err := one(ctx, db.readers, query, args, dest)
		if errors.Is(err, store.ErrNotFound) {
			return false, nil
		}
		return err == nil, err
	}
}

// Decide implements store.Access.
func (db *DB) Decide(ctx context.Context, q fleet.Question) (fleet.Decision, error) {
	f, err := db.reading(ctx).facts(q, "")
	if err != nil {
		return fleet.Decision{}, err
	}
	return db.writer.o.Tokens.Decide(q, f), nil
}

// facts finds what a decision depends on. transaction is the id of the one in question, "" when it has none yet.
func (l lookup) facts(q fleet.Question, transaction string) (f fleet.Facts, err error) {
	if f.Record, err = l.token(q.Token); err != nil {
		return f, err
	}
	if f.Record != nil {
		if f.Tags, err = l.tags(q.Station, f.Record.Places); err != nil {
			return f, err
		}
	}
	group := ""
	switch {
	case q.Opinion != nil:
		group = q.Opinion.Group
	case f.Record != nil:
		group = f.Record.Group
	}
	if f.Group, err = l.group(group); err != nil || q.Purpose != fleet.PurposeStart {
		return f, err
	}
	if f.Record != nil && f.Record.AtOnce() > 0 {
		if f.Running, err = l.runningOf(f.Record.IDToken, q, transaction); err != nil {
			return f, err
		}
	}
	if f.Group != nil && f.Group.Concurrent > 0 {
		f.GroupRunning, err = l.runningIn(group, q, transaction)
	}
	return f, err
}

func (l lookup) token(t fleet.IDToken) (*fleet.Token, error) {
	var record fleet.Token
	found, err := l(selectToken, tokenKey(t), tokenFields(&record))
	if err != nil || !found {
		return nil, err
	}
	return &record, nil
}

// tags finds out which of the tags that places name a station has.
func (l lookup) tags(station string, places []fleet.Place) (tags []string, err error) {
	for _, p := range places {
		if p.Tag == "" {
			continue
		}
		var one int
		found, err := l("SELECT 1 FROM station_tags WHERE station = ? AND tag = ?", []any{station, p.Tag}, []any{&one})
		if err != nil {
			return nil, err
		}
		if found {
			tags = append(tags, p.Tag)
		}
	}
	return tags, nil
}

// group finds the record of a group; nil when there is none.
func (l lookup) group(name string) (*fleet.TokenGroup, error) {
	if name == "" {
		return nil, nil
	}
	var g fleet.TokenGroup
	found, err := l(selectTokenGroup+" WHERE group_key = ?", []any{fleet.FoldGroup(name)}, tokenGroupFields(&g))
	if err != nil || !found {
		return nil, err
	}
	return &g, nil
}

// elsewhere leaves out the transaction in question, and those at its place: what runs there is over, whether or not the
// station has told.
const elsewhere = " AND active = 1 AND decision = 'Accepted' AND NOT (station = ? AND (id = ? OR (evse = ? AND evse > 0)))"

// runningOf counts the running transactions that a record of a token covers.
func (l lookup) runningOf(record fleet.IDToken, q fleet.Question, transaction string) (n int, err error) {
	kind := record.Fold().Type
	_, err = l("SELECT COUNT(*) FROM transactions WHERE lower(token) = lower(?) AND (token_type = '' OR ? = '' OR lower(token_type) = ?)"+elsewhere,
		[]any{record.Value, kind, kind, q.Station, transaction, q.EVSE}, []any{&n})
	return n, err
}

// runningIn counts the running transactions of a group.
func (l lookup) runningIn(group string, q fleet.Question, transaction string) (n int, err error) {
	_, err = l("SELECT COUNT(*) FROM transactions WHERE token_group_key = ? AND token_group_key <> ''"+elsewhere,
		[]any{fleet.FoldGroup(group), q.Station, transaction, q.EVSE}, []any{&n})
	return n, err
}
