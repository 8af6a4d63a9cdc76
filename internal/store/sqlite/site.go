package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const selectSite = `SELECT id, note, unit, max_limit, times, zone, policy, minimum, fallback, fallback_after, created_at, updated_at FROM sites`

// secondsColumn is a duration as a column of whole seconds.
type secondsColumn struct{ d *time.Duration }

// Scan implements sql.Scanner.
func (s secondsColumn) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a duration of type %T", v)
	}
	*s.d = time.Duration(n) * time.Second
	return nil
}

func siteFields(s *fleet.Site) []any {
	return []any{
		&s.ID, &s.Note, &s.Unit, &s.Limit, asJSON{&s.Times}, &s.Zone, &s.Policy, &s.Minimum, &s.Fallback, secondsColumn{&s.FallbackAfter},
		instant{&s.CreatedAt}, instant{&s.UpdatedAt},
	}
}

func siteValues(s *fleet.Site) []any {
	return []any{
		s.Note, s.Unit, int64(s.Limit), asJSON{&s.Times}, s.Zone, string(s.Policy), int64(s.Minimum), int64(s.Fallback),
		int64(s.FallbackAfter / time.Second), fleet.Micros(s.CreatedAt), fleet.Micros(s.UpdatedAt), s.ID,
	}
}

// CreateSite implements store.Charging.
func (db *DB) CreateSite(ctx context.Context, s fleet.Site) (fleet.Site, error) {
	var refused error
	err := db.change(ctx, func(w *writer) error {
		var same, all int
		_, err := w.queryRow("SELECT COUNT(*), COALESCE(SUM(CASE WHEN id = ? THEN 1 ELSE 0 END), 0) FROM sites", []any{s.ID}, []any{&all, &same})
		switch {
		case err != nil:
			return err
		case same > 0:
			refused = fmt.Errorf("site %q: %w", s.ID, store.ErrExists)
			return nil
		case all >= store.MaxSites:
			refused = store.ErrTooMany
			return nil
		}
		s.CreatedAt, s.UpdatedAt = fleet.Instant(s.CreatedAt), fleet.Instant(s.CreatedAt)
		if refused, err = w.membersElsewhere(s); err != nil || refused != nil {
			return err
		}
		err = w.exec(`INSERT INTO sites (note, unit, max_limit, times, zone, policy, minimum, fallback, fallback_after, created_at, updated_at, id)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, siteValues(&s)...)
		if err != nil {
			return err
		}
		if s.Members, err = w.putMembers(s.ID, nil, s.Members); err != nil {
			return err
		}
		return w.siteNotice(s, s.UpdatedAt)
	})
	if err = errors.Join(err, refused); err != nil {
		return fleet.Site{}, err
	}
	return s, nil
}

func (w *writer) siteNotice(s fleet.Site, now time.Time) error {
	stations := []string{}
	for _, m := range s.Members {
		stations = append(stations, m.Station)
	}
	return w.notice(now, fleet.NoticeSiteChanged, "", struct {
		ID       string        `json:"id"`
		Unit     string        `json:"unit"`
		Limit    fleet.Decimal `json:"limit"`
		Stations []string      `json:"stations"`
	}{s.ID, s.Unit, s.Limit.Decimal(), stations})
}

// membersElsewhere refuses members that another site has.
func (w *writer) membersElsewhere(s fleet.Site) (refused, err error) {
	for _, m := range s.Members {
		var site string
		found, err := w.queryRow("SELECT site FROM site_members WHERE station = ? AND site <> ?", []any{m.Station, s.ID}, []any{&site})
		if err != nil {
			return nil, err
		}
		if found {
			return fmt.Errorf("%w: %s is one of %s", store.ErrMemberElsewhere, m.Station, site), nil
		}
	}
	return nil, nil
}

// ChangeSite implements store.Charging. An error of change ends this change only, whatever it is.
func (db *DB) ChangeSite(ctx context.Context, id string, change func(fleet.Site) (fleet.Site, error)) (changed fleet.Site, err error) {
	var refused error
	err = db.change(ctx, func(w *writer) error {
		old, found, err := w.readSite(id)
		if err != nil || !found {
			if err == nil {
				refused = fmt.Errorf("site %q: %w", id, store.ErrNotFound)
			}
			return err
		}
		given := old
		given.Members = slices.Clone(old.Members)
		if changed, refused = change(given); refused != nil {
			return nil //nolint:nilerr // the job succeeds, and others with it; the caller gets the error below
		}
		changed.ID, changed.CreatedAt, changed.UpdatedAt = old.ID, old.CreatedAt, fleet.Instant(time.Now())
		if refused, err = w.membersElsewhere(changed); err != nil || refused != nil {
			return err
		}
		err = w.exec(`UPDATE sites SET note = ?, unit = ?, max_limit = ?, times = ?, zone = ?, policy = ?, minimum = ?, fallback = ?,
			fallback_after = ?, created_at = ?, updated_at = ? WHERE id = ?`, siteValues(&changed)...)
		if err != nil {
			return err
		}
		if changed.Members, err = w.putMembers(id, old.Members, changed.Members); err != nil {
			return err
		}
		return w.siteNotice(changed, changed.UpdatedAt)
	})
	if err = errors.Join(err, refused); err != nil {
		return fleet.Site{}, err
	}
	return changed, nil
}

// readSite reads a site as the open batch has it.
func (w *writer) readSite(id string) (s fleet.Site, found bool, err error) {
	found, err = w.queryRow(selectSite+" WHERE id = ?", []any{id}, siteFields(&s))
	if err != nil || !found {
		return s, found, err
	}
	stmt, err := w.stmt(selectMember + " WHERE site = ? ORDER BY station") //nolint:sqlclosecheck // the writer keeps its statements until it closes
	if err != nil {
		return s, false, err
	}
	rows, err := stmt.QueryContext(context.Background(), id)
	if err != nil {
		return s, false, err
	}
	s.Members, err = scanMembers(rows)
	return s, true, err
}

func scanMembers(rows *sql.Rows) ([]fleet.SiteMember, error) {
	list, err := scanWhile(rows, memberFields, func(*memberRow) bool { return true })
	var members []fleet.SiteMember
	for _, m := range list {
		members = append(members, m.member())
	}
	return members, err
}

// DeleteSite implements store.Charging.
func (db *DB) DeleteSite(ctx context.Context, id string) error {
	return db.change(ctx, func(w *writer) error {
		n, err := w.execCount("DELETE FROM sites WHERE id = ?", id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("site %q: %w", id, store.ErrNotFound)
		}
		if err := w.exec("DELETE FROM site_members WHERE site = ?", id); err != nil {
			return err
		}
		return w.notice(time.Now(), fleet.NoticeSiteDeleted, "", map[string]string{"id": id})
	})
}

// Site implements store.Charging.
func (db *DB) Site(ctx context.Context, id string) (fleet.Site, error) {
	q := selectFrom(selectSite)
	q.where("id = ?", id)
	sites, err := db.sites(ctx, q, 1)
	if err == nil && len(sites) == 0 {
		err = fmt.Errorf("site %q: %w", id, store.ErrNotFound)
	}
	if err != nil {
		return fleet.Site{}, err
	}
	return sites[0], nil
}

// ListSites implements store.Charging.
func (db *DB) ListSites(ctx context.Context, sq store.SiteQuery) (store.Page[fleet.Site], error) {
	q := selectFrom(selectSite)
	var after string
	if ok, err := readCursor(sq.Cursor, &after); err != nil {
		return store.Page[fleet.Site]{}, err
	} else if ok {
		q.where("id > ?", after)
	}
	if sq.Station != "" {
		q.where("id IN (SELECT site FROM site_members WHERE station = ?)", sq.Station)
	}
	limit := store.Limit(sq.Limit)
	sites, err := db.sites(ctx, q, limit)
	return page(sites, limit, func(s fleet.Site) string { return makeCursor(s.ID) }), err
}

// sites reads sites with their members.
func (db *DB) sites(ctx context.Context, q *query, limit int) ([]fleet.Site, error) {
	q.order("id", limit)
	sites, err := list(ctx, db.readers, q, siteFields)
	if err != nil {
		return nil, err
	}
	for i := range sites {
		rows, err := db.readers.QueryContext(ctx, selectMember+" WHERE site = ? ORDER BY station", sites[i].ID)
		if err != nil {
			return nil, classify(err)
		}
		if sites[i].Members, err = scanMembers(rows); err != nil {
			return nil, err
		}
	}
	return sites, nil
}
