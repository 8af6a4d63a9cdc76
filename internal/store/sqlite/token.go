package sqlite

import (
	"context"
	"fmt"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const tokenColumns = "shown_value, shown_type, status, group_value, expiry, created_at, seen_at" //nolint:gosec // columns

func tokenFields(t *fleet.Token) []any {
	return []any{&t.Value, &t.Type, &t.Status, &t.Group, instant{&t.Expiry}, instant{&t.CreatedAt}, &t.SeenAt}
}

// PutToken implements store.Access.
func (db *DB) PutToken(ctx context.Context, t fleet.Token) error {
	return db.change(ctx, func(w *writer) error { return w.putToken(t) })
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
	limit := store.Limit(tq.Limit)
	q.order("value, type", limit)
	items, err := list(ctx, db.readers, q, tokenFields)
	return page(items, limit, func(t fleet.Token) string { return makeCursor(t.Fold().Value, t.Fold().Type) }), err
}
