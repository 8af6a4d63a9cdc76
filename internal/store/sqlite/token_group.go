package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const selectTokenGroup = "SELECT name, concurrent, master_pass, note, tariff, created_at, updated_at FROM token_groups" //nolint:gosec // columns

func tokenGroupFields(g *fleet.TokenGroup) []any {
	return []any{&g.Name, &g.Concurrent, &g.MasterPass, &g.Note, &g.Tariff, instant{&g.CreatedAt}, instant{&g.UpdatedAt}}
}

// ChangeTokenGroup implements store.Access. An error of change ends this change only, whatever it is.
func (db *DB) ChangeTokenGroup(ctx context.Context, name string, change func(*fleet.TokenGroup) (fleet.TokenGroup, error)) (changed fleet.TokenGroup, err error) {
	var refused error
	err = db.change(ctx, func(w *writer) error {
		old, err := lookup(w.queryRow).group(name)
		if err != nil {
			return err
		}
		if changed, refused = change(old); refused != nil {
			return nil //nolint:nilerr // as in ChangeToken
		}
		if refused, err = w.giveTariff(changed.Tariff); err != nil || refused != nil {
			return err
		}
		changed.UpdatedAt = fleet.Instant(time.Now())
		return w.putTokenGroup(changed)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return fleet.TokenGroup{}, err
	}
	return changed, nil
}

func (w *writer) putTokenGroup(g fleet.TokenGroup) error {
	err := w.exec(`INSERT INTO token_groups (group_key, name, concurrent, master_pass, note, tariff, created_at, updated_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (group_key) DO UPDATE SET name = excluded.name, concurrent = excluded.concurrent,
			master_pass = excluded.master_pass, note = excluded.note, tariff = excluded.tariff, updated_at = excluded.updated_at`,
		fleet.FoldGroup(g.Name), g.Name, g.Concurrent, flag(g.MasterPass), g.Note, g.Tariff, fleet.Micros(g.CreatedAt), at(g.UpdatedAt))
	if err != nil {
		return err
	}
	return w.notice(g.UpdatedAt, fleet.NoticeTokenGroupChanged, "", struct {
		Group      string `json:"group"`
		Concurrent int    `json:"concurrent,omitempty"`
		MasterPass bool   `json:"masterPass,omitempty"`
		Tariff     string `json:"tariff,omitempty"`
	}{g.Name, g.Concurrent, g.MasterPass, g.Tariff})
}

// DeleteTokenGroup implements store.Access.
func (db *DB) DeleteTokenGroup(ctx context.Context, name string) error {
	return db.change(ctx, func(w *writer) error {
		n, err := w.execCount("DELETE FROM token_groups WHERE group_key = ?", fleet.FoldGroup(name))
		if err != nil {
			return err
		}
		if n == 0 {
			return store.ErrNotFound
		}
		return w.notice(time.Now(), fleet.NoticeTokenGroupDeleted, "", map[string]string{"group": name})
	})
}

// TokenGroup implements store.Access.
func (db *DB) TokenGroup(ctx context.Context, name string) (g fleet.TokenGroup, err error) {
	if err := one(ctx, db.readers, selectTokenGroup+" WHERE group_key = ?", []any{fleet.FoldGroup(name)}, tokenGroupFields(&g)); err != nil {
		return fleet.TokenGroup{}, fmt.Errorf("the group %q: %w", name, err)
	}
	return g, nil
}

// ListTokenGroups implements store.Access.
func (db *DB) ListTokenGroups(ctx context.Context, gq store.TokenGroupQuery) (store.Page[fleet.TokenGroup], error) {
	q := selectFrom(selectTokenGroup)
	var key string
	if ok, err := readCursor(gq.Cursor, &key); err != nil {
		return store.Page[fleet.TokenGroup]{}, err
	} else if ok {
		q.where("group_key > ?", key)
	}
	limit := store.Limit(gq.Limit)
	q.order("group_key", limit)
	items, err := list(ctx, db.readers, q, tokenGroupFields)
	return page(items, limit, func(g fleet.TokenGroup) string { return makeCursor(fleet.FoldGroup(g.Name)) }), err
}
