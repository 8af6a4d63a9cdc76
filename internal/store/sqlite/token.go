package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const tokenColumns = `shown_value, shown_type, status, group_value, expiry, note, created_at, updated_at, seen_at, ` +
	`valid_from, zone, hours, places, concurrent, language, message, tariff, credit, transaction_limit, priority`

func tokenFields(t *fleet.Token) []any {
	return []any{
		&t.Value, &t.Type, &t.Status, &t.Group, instant{&t.Expiry}, &t.Note, instant{&t.CreatedAt}, instant{&t.UpdatedAt}, &t.SeenAt,
		instant{&t.ValidFrom}, &t.Hours.Zone, asJSON{&t.Hours.Periods}, asJSON{&t.Places}, &t.Concurrent, &t.Language, &t.Message, &t.Tariff,
		&t.Credit, objectJSON{&t.Limit}, &t.Priority,
	}
}

// PutToken implements store.Access.
func (db *DB) PutToken(ctx context.Context, t fleet.Token) error {
	return db.change(ctx, func(w *writer) error { return w.manageToken(t, time.Now()) })
}

// ChangeToken implements store.Access. An error of change ends this change only, whatever it is.
func (db *DB) ChangeToken(ctx context.Context, t fleet.IDToken, change func(*fleet.Token) (fleet.Token, error)) (changed fleet.Token, err error) {
	var refused error
	err = db.change(ctx, func(w *writer) error {
		old, err := w.exactToken(t)
		if err != nil {
			return err
		}
		if changed, refused = change(old); refused != nil {
			return nil //nolint:nilerr // the job succeeds, and others with it; the caller gets the error below
		}
		if refused, err = w.giveTariff(changed.Tariff); err != nil || refused != nil {
			return err
		}
		changed.UpdatedAt = fleet.Instant(time.Now())
		return w.manageToken(changed, changed.UpdatedAt)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return fleet.Token{}, err
	}
	return changed, nil
}

// TokensRevision implements store.Access.
func (db *DB) TokensRevision() uint64 { return db.tokensRevision.Load() }

// tokensChanged is called after the commit.
func (db *DB) tokensChanged(changed bool) {
	if changed {
		db.tokensRevision.Add(1)
	}
}

// DeleteToken implements store.Access.
func (db *DB) DeleteToken(ctx context.Context, t fleet.IDToken) error {
	return db.change(ctx, func(w *writer) error { return w.deleteToken(t) })
}

// Token implements store.Access.
func (db *DB) Token(ctx context.Context, t fleet.IDToken) (record fleet.Token, err error) {
	if err := one(ctx, db.readers, selectToken, tokenKey(t), tokenFields(&record)); err != nil {
		return fleet.Token{}, fmt.Errorf("the token: %w", err)
	}
	return record, nil
}

// ListTokens implements store.Access.
func (db *DB) ListTokens(ctx context.Context, tq store.TokenQuery) (store.Page[fleet.Token], error) {
	q := selectFrom("SELECT " + tokenColumns + " FROM tokens")
	var value, kind string
	if ok, err := readCursor(tq.Cursor, &value, &kind); err != nil {
		return store.Page[fleet.Token]{}, err
	} else if ok {
		q.where("(value, type) > (?, ?)", value, kind)
	}
	if tq.Value != "" {
		q.where("value = ?", fleet.IDToken{Value: tq.Value}.Fold().Value)
	}
	if tq.Prefix != "" {
		prefix := fleet.IDToken{Value: tq.Prefix}.Fold().Value
		q.where("value >= ? AND value < ?", prefix, prefix+string(utf8.MaxRune))
	}
	if tq.Group != "" {
		q.where("group_key = ?", fleet.FoldGroup(tq.Group))
	}
	if tq.Station != "" {
		q.where(`places LIKE ? ESCAPE '\'`, placePattern(tq.Station))
	}
	whereStatus(q, tq.Status, tq.Now)
	limit := store.Limit(tq.Limit)
	q.order("value, type", limit)
	items, err := list(ctx, db.readers, q, tokenFields)
	return page(items, limit, func(t fleet.Token) string { return makeCursor(t.Fold().Value, t.Fold().Type) }), err
}

// placePattern finds a station among places that were written as JSON.
func placePattern(station string) string {
	name, _ := json.Marshal(station) //nolint:errchkjson // it is a text
	return "%" + likeEscape.Replace(`{"station":`+string(name)) + "%"
}

var likeEscape = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// spent is a prepaid token of which nothing is left.
const spent = "(credit <> '' AND CAST(credit AS REAL) <= 0)"

// whereStatus selects tokens by what they may do now.
func whereStatus(q *query, status fleet.TokenStatus, now time.Time) {
	switch status {
	case "":
	case fleet.TokenExpired:
		q.where("status = 'Accepted' AND expiry <= ?", fleet.Micros(now))
	case fleet.TokenAccepted:
		q.where("status = 'Accepted' AND (expiry IS NULL OR expiry > ?) AND NOT "+spent, fleet.Micros(now))
	case fleet.TokenNoCredit:
		q.where("(status = 'NoCredit' OR status = 'Accepted' AND (expiry IS NULL OR expiry > ?) AND "+spent+")", fleet.Micros(now))
	default:
		q.where("status = ?", string(status))
	}
}
