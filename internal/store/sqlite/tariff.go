package sqlite

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const selectTariff = "SELECT id, prices, texts, text_version, note, created_at, updated_at, assigned_at FROM tariffs"

func tariffFields(t *fleet.Tariff) []any {
	return []any{
		&t.ID, fromJSON{&t.TariffPrices}, asJSON{&t.Texts}, &t.TextVersion, &t.Note,
		instant{&t.CreatedAt}, instant{&t.UpdatedAt}, instant{&t.AssignedAt},
	}
}

// PutTariff implements store.Tariffs.
func (db *DB) PutTariff(ctx context.Context, t fleet.Tariff) (put fleet.Tariff, created bool, err error) {
	var refused error
	err = db.change(ctx, func(w *writer) (err error) {
		put, created, refused, err = w.putTariff(t)
		return err
	})
	if err = errors.Join(err, refused); err != nil {
		return fleet.Tariff{}, false, err
	}
	return put, created, nil
}

func (w *writer) putTariff(t fleet.Tariff) (put fleet.Tariff, created bool, refused, err error) {
	t.TariffPrices = t.Tidy()
	t.UpdatedAt = fleet.Instant(time.Now())
	var old fleet.Tariff
	found, err := w.queryRow(selectTariff+" WHERE id = ?", []any{t.ID}, tariffFields(&old))
	switch {
	case err != nil:
		return t, false, nil, err
	case !found:
		t.CreatedAt, t.AssignedAt, t.TextVersion = t.UpdatedAt, time.Time{}, 1
		refused, err = w.insertTariff(t)
		return t, true, refused, err
	case !reflect.DeepEqual(old.TariffPrices, t.TariffPrices):
		return t, false, fmt.Errorf("tariff %q: %w", t.ID, store.ErrOtherTariff), nil
	}
	t.CreatedAt, t.AssignedAt, t.TextVersion = old.CreatedAt, old.AssignedAt, old.TextVersion
	if len(t.Texts)+len(old.Texts) > 0 && !reflect.DeepEqual(t.Texts, old.Texts) {
		t.TextVersion++
	}
	err = w.exec("UPDATE tariffs SET texts = ?, text_version = ?, note = ?, updated_at = ? WHERE id = ?",
		asJSON{t.Texts}, t.TextVersion, t.Note, fleet.Micros(t.UpdatedAt), t.ID)
	if err != nil {
		return t, false, nil, err
	}
	return t, false, nil, w.tariffNotice(t)
}

func (w *writer) insertTariff(t fleet.Tariff) (refused, err error) {
	var all int
	if _, err := w.queryRow("SELECT COUNT(*) FROM tariffs", nil, []any{&all}); err != nil {
		return nil, err
	}
	if all >= store.MaxTariffs {
		return store.ErrTooMany, nil
	}
	err = w.exec(`INSERT INTO tariffs (id, prices, texts, text_version, note, is_default, created_at, updated_at) VALUES (?, ?, ?, ?, ?, 0, ?, ?)`,
		t.ID, asJSON{t.TariffPrices}, asJSON{t.Texts}, t.TextVersion, t.Note, fleet.Micros(t.CreatedAt), fleet.Micros(t.UpdatedAt))
	if err != nil {
		return nil, err
	}
	return nil, w.tariffNotice(t)
}

func (w *writer) tariffNotice(t fleet.Tariff) error {
	w.forgetTariffs()
	return w.notice(t.UpdatedAt, fleet.NoticeTariffChanged, "", struct {
		ID          string `json:"id"`
		Currency    string `json:"currency"`
		TextVersion int64  `json:"textVersion"`
	}{t.ID, t.Currency, t.TextVersion})
}

// giveTariff notes that somebody gets a tariff, and refuses one that there is not; "" is none.
func (w *writer) giveTariff(id string) (refused, err error) {
	if id == "" {
		return nil, nil
	}
	n, err := w.execCount("UPDATE tariffs SET assigned_at = COALESCE(assigned_at, ?) WHERE id = ?", fleet.Micros(time.Now()), id)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return store.ErrNoTariff, nil
	}
	return nil, nil
}

// DeleteTariff implements store.Tariffs.
func (db *DB) DeleteTariff(ctx context.Context, id string) error {
	var refused error
	err := db.change(ctx, func(w *writer) error {
		refused = nil
		var used int
		found, err := w.queryRow("SELECT assigned_at IS NOT NULL FROM tariffs WHERE id = ?", []any{id}, []any{&used})
		switch {
		case err != nil:
			return err
		case !found:
			refused = fmt.Errorf("tariff %q: %w", id, store.ErrNotFound)
			return nil
		case used == 1:
			refused = store.ErrTariffUsed
			return nil
		}
		w.forgetTariffs()
		if err := w.exec("DELETE FROM tariffs WHERE id = ?", id); err != nil {
			return err
		}
		return w.notice(time.Now(), fleet.NoticeTariffDeleted, "", map[string]string{"id": id})
	})
	return errors.Join(err, refused)
}

// Tariff implements store.Tariffs.
func (db *DB) Tariff(ctx context.Context, id string) (t fleet.Tariff, err error) {
	if err := one(ctx, db.readers, selectTariff+" WHERE id = ?", []any{id}, tariffFields(&t)); err != nil {
		return fleet.Tariff{}, fmt.Errorf("tariff %q: %w", id, err)
	}
	return t, nil
}

// ListTariffs implements store.Tariffs.
func (db *DB) ListTariffs(ctx context.Context, tq store.TariffQuery) (store.Page[fleet.Tariff], error) {
	q := selectFrom(selectTariff)
	var after string
	if ok, err := readCursor(tq.Cursor, &after); err != nil {
		return store.Page[fleet.Tariff]{}, err
	} else if ok {
		q.where("id > ?", after)
	}
	q.is("json_extract(prices, '$.currency')", tq.Currency)
	limit := store.Limit(tq.Limit)
	q.order("id", limit)
	items, err := list(ctx, db.readers, q, tariffFields)
	return page(items, limit, func(t fleet.Tariff) string { return makeCursor(t.ID) }), err
}

// SetDefaultTariff implements store.Tariffs.
func (db *DB) SetDefaultTariff(ctx context.Context, id string) error {
	return db.assign(ctx, id, func(w *writer) error {
		w.forgetTariffs()
		if err := w.exec("UPDATE tariffs SET is_default = (id = ?) WHERE is_default = 1 OR id = ?", id, id); err != nil {
			return err
		}
		return w.notice(time.Now(), fleet.NoticeDefaultTariff, "", map[string]string{"tariff": id})
	})
}

// assign gives somebody a tariff that there is, or none, by a change that nobody refuses.
func (db *DB) assign(ctx context.Context, id string, change func(w *writer) error) error {
	var refused error
	err := db.change(ctx, func(w *writer) (err error) {
		if refused, err = w.giveTariff(id); err != nil || refused != nil {
			return err
		}
		return change(w)
	})
	return errors.Join(err, refused)
}

// DefaultTariff implements store.Tariffs.
func (db *DB) DefaultTariff(ctx context.Context) (id string, err error) {
	err = one(ctx, db.readers, "SELECT id FROM tariffs WHERE is_default = 1", nil, []any{&id})
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return id, err
}

// SetStationTariff implements store.Tariffs.
func (db *DB) SetStationTariff(ctx context.Context, station, id string) error {
	return db.assign(ctx, id, func(w *writer) error {
		n, err := w.execCount("UPDATE stations SET tariff = ? WHERE id = ?", id, station)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("station %q: %w", station, store.ErrNotFound)
		}
		w.stationTariff(station, id)
		return w.notice(time.Now(), fleet.NoticeStationChanged, station, map[string]string{"tariff": id})
	})
}
