package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const selectProfile = `SELECT number, id, note, purpose, kind, recurrency, stack_level, valid_from, valid_to, schedules,
	max_offline, ends_offline, update_interval, created_at, updated_at FROM library_profiles`

func profileFields(p *fleet.LibraryProfile) []any {
	return []any{
		&p.Number, &p.ID, &p.Note, &p.Purpose, &p.Kind, &p.Recurrency, &p.StackLevel, instant{&p.ValidFrom}, instant{&p.ValidTo}, asJSON{&p.Schedules},
		&p.MaxOffline, &p.EndsOffline, &p.UpdateInterval, instant{&p.CreatedAt}, instant{&p.UpdatedAt},
	}
}

// CreateProfile implements store.Charging.
func (db *DB) CreateProfile(ctx context.Context, p fleet.LibraryProfile) (fleet.LibraryProfile, error) {
	var refused error
	err := db.change(ctx, func(w *writer) (err error) {
		p, refused, err = w.createProfile(p)
		return err
	})
	if err = errors.Join(err, refused); err != nil {
		return fleet.LibraryProfile{}, err
	}
	return p, nil
}

func (w *writer) createProfile(p fleet.LibraryProfile) (created fleet.LibraryProfile, refused, err error) {
	var same, all int
	if _, err := w.queryRow("SELECT COUNT(*), COALESCE(SUM(CASE WHEN id = ? THEN 1 ELSE 0 END), 0) FROM library_profiles", []any{p.ID}, []any{&all, &same}); err != nil {
		return p, nil, err
	}
	switch {
	case same > 0:
		return p, fmt.Errorf("charging profile %q: %w", p.ID, store.ErrExists), nil
	case all >= store.MaxLibrary:
		return p, store.ErrTooMany, nil
	}
	p.CreatedAt, p.UpdatedAt = fleet.Instant(p.CreatedAt), fleet.Instant(p.CreatedAt)
	p.ValidFrom, p.ValidTo = fleet.Instant(p.ValidFrom), fleet.Instant(p.ValidTo)
	_, err = w.queryRow(`INSERT INTO library_profiles (id, note, purpose, kind, recurrency, stack_level, valid_from, valid_to, schedules,
			max_offline, ends_offline, update_interval, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number`,
		append([]any{p.ID}, profileValues(&p)...), []any{&p.Number})
	if err != nil {
		return p, nil, err
	}
	return p, nil, w.profileNotice(fleet.NoticeProfileChanged, p, p.UpdatedAt)
}

// profileValues are the columns that may change, and created_at before updated_at.
func profileValues(p *fleet.LibraryProfile) []any {
	return []any{
		p.Note, string(p.Purpose), string(p.Kind), string(p.Recurrency), p.StackLevel, at(p.ValidFrom), at(p.ValidTo), asJSON{&p.Schedules},
		p.MaxOffline, flag(p.EndsOffline), p.UpdateInterval, fleet.Micros(p.CreatedAt), fleet.Micros(p.UpdatedAt),
	}
}

func (w *writer) profileNotice(kind fleet.NoticeKind, p fleet.LibraryProfile, now time.Time) error {
	return w.notice(now, kind, "", struct {
		ID      string               `json:"id"`
		Purpose fleet.ProfilePurpose `json:"purpose"`
	}{p.ID, p.Purpose})
}

// ChangeProfile implements store.Charging. An error of change ends this change only, whatever it is.
func (db *DB) ChangeProfile(ctx context.Context, id string, change func(fleet.LibraryProfile) (fleet.LibraryProfile, error)) (changed fleet.LibraryProfile, err error) {
	var refused error
	err = db.change(ctx, func(w *writer) error {
		var old fleet.LibraryProfile
		found, err := w.queryRow(selectProfile+" WHERE id = ?", []any{id}, profileFields(&old))
		switch {
		case err != nil:
			return err
		case !found:
			refused = fmt.Errorf("charging profile %q: %w", id, store.ErrNotFound)
			return nil
		}
		if changed, refused = change(old); refused != nil {
			return nil //nolint:nilerr // the job succeeds, and others with it; the caller gets the error below
		}
		changed.Number, changed.ID, changed.CreatedAt, changed.UpdatedAt = old.Number, old.ID, old.CreatedAt, fleet.Instant(time.Now())
		changed.ValidFrom, changed.ValidTo = fleet.Instant(changed.ValidFrom), fleet.Instant(changed.ValidTo)
		err = w.exec(`UPDATE library_profiles SET note = ?, purpose = ?, kind = ?, recurrency = ?, stack_level = ?, valid_from = ?,
				valid_to = ?, schedules = ?, max_offline = ?, ends_offline = ?, update_interval = ?, created_at = ?, updated_at = ? WHERE number = ?`,
			append(profileValues(&changed), changed.Number)...)
		if err != nil {
			return err
		}
		return w.profileNotice(fleet.NoticeProfileChanged, changed, changed.UpdatedAt)
	})
	if err = errors.Join(err, refused); err != nil {
		return fleet.LibraryProfile{}, err
	}
	return changed, nil
}

// DeleteProfile implements store.Charging.
func (db *DB) DeleteProfile(ctx context.Context, id string) error {
	return db.change(ctx, func(w *writer) error {
		n, err := w.execCount("DELETE FROM library_profiles WHERE id = ?", id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("charging profile %q: %w", id, store.ErrNotFound)
		}
		return w.notice(time.Now(), fleet.NoticeProfileDeleted, "", map[string]string{"id": id})
	})
}

// LibraryProfile implements store.Charging.
func (db *DB) LibraryProfile(ctx context.Context, id string) (p fleet.LibraryProfile, err error) {
	if err := one(ctx, db.readers, selectProfile+" WHERE id = ?", []any{id}, profileFields(&p)); err != nil {
		return fleet.LibraryProfile{}, fmt.Errorf("charging profile %q: %w", id, err)
	}
	return p, nil
}

// ListProfiles implements store.Charging.
func (db *DB) ListProfiles(ctx context.Context, pq store.ProfileQuery) (store.Page[fleet.LibraryProfile], error) {
	q := selectFrom(selectProfile)
	var after string
	if ok, err := readCursor(pq.Cursor, &after); err != nil {
		return store.Page[fleet.LibraryProfile]{}, err
	} else if ok {
		q.where("id > ?", after)
	}
	q.is("purpose", string(pq.Purpose))
	q.is("kind", string(pq.Kind))
	limit := store.Limit(pq.Limit)
	q.order("id", limit)
	items, err := list(ctx, db.readers, q, profileFields)
	return page(items, limit, func(p fleet.LibraryProfile) string { return makeCursor(p.ID) }), err
}
