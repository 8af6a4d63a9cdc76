package sqlite

import (
	"context"
	"fmt"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const apiTokenColumns = "id, name, hash, created_at" //nolint:gosec // columns

func apiTokenFields(t *fleet.APIToken) []any {
	return []any{&t.ID, &t.Name, &t.Hash, instant{&t.CreatedAt}}
}

// AddAPIToken implements store.Access.
func (db *DB) AddAPIToken(ctx context.Context, t fleet.APIToken) error {
	return db.change(ctx, func(w *writer) error {
		return w.exec("INSERT INTO api_tokens (id, name, hash, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			t.ID, t.Name, t.Hash, fleet.Micros(t.CreatedAt))
	})
}

// APIToken implements store.Access.
func (db *DB) APIToken(ctx context.Context, hash []byte) (fleet.APIToken, error) {
	t, drops, ok := db.apiTokens.get(string(hash))
	if ok {
		return t, nil
	}
	err := one(ctx, db.readers, "SELECT "+apiTokenColumns+" FROM api_tokens WHERE hash = ?", []any{hash}, apiTokenFields(&t))
	if err != nil {
		return fleet.APIToken{}, fmt.Errorf("the API token: %w", err)
	}
	db.apiTokens.put(string(hash), t, drops)
	return t, nil
}

// ListAPITokens implements store.Access.
func (db *DB) ListAPITokens(ctx context.Context) ([]fleet.APIToken, error) {
	q := selectFrom("SELECT " + apiTokenColumns + " FROM api_tokens")
	q.order("created_at, id", store.MaxLimit-1)
	return list(ctx, db.readers, q, apiTokenFields)
}

// DeleteAPIToken implements store.Access.
func (db *DB) DeleteAPIToken(ctx context.Context, id string) error {
	return db.change(ctx, func(w *writer) error {
		var hash []byte
		found, err := w.queryRow("DELETE FROM api_tokens WHERE id = ? RETURNING hash", []any{id}, []any{&hash})
		if err == nil && !found {
			err = fmt.Errorf("API token %q: %w", id, store.ErrNotFound)
		}
		w.pending.apiTokens = append(w.pending.apiTokens, string(hash))
		return err
	})
}
