package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// TagStation implements store.Stations.
func (db *DB) TagStation(ctx context.Context, station, tag string) error {
	if tag == "" {
		return fmt.Errorf("%w: a tag without a name", fleet.ErrInvalidEvent)
	}
	var refused error
	err := db.change(ctx, func(w *writer) (err error) {
		refused, err = w.tagStation(station, tag)
		return err
	})
	return errors.Join(err, refused)
}

// tagStation returns why the tag is not given as refused; err is the store's.
func (w *writer) tagStation(station, tag string) (refused, err error) {
	if !w.hasRow(station) {
		return fmt.Errorf("station %q: %w", station, store.ErrNotFound), nil
	}
	n, err := w.execCount("INSERT INTO station_tags (station, tag) VALUES (?, ?) ON CONFLICT (station, tag) DO NOTHING", station, tag)
	if err != nil || n == 0 {
		return nil, err
	}
	var tags int
	if _, err := w.queryRow("SELECT COUNT(*) FROM station_tags WHERE station = ?", []any{station}, []any{&tags}); err != nil {
		return nil, err
	}
	if tags > store.MaxStationTags {
		return store.ErrTooManyTags, w.exec("DELETE FROM station_tags WHERE station = ? AND tag = ?", station, tag)
	}
	return nil, w.notice(time.Now(), fleet.NoticeStationChanged, station, map[string]string{"tagged": tag})
}

// UntagStation implements store.Stations.
func (db *DB) UntagStation(ctx context.Context, station, tag string) error {
	return db.change(ctx, func(w *writer) error {
		n, err := w.execCount("DELETE FROM station_tags WHERE station = ? AND tag = ?", station, tag)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("tag %q of station %q: %w", tag, station, store.ErrNotFound)
		}
		return w.notice(time.Now(), fleet.NoticeStationChanged, station, map[string]string{"untagged": tag})
	})
}

// ListTags implements store.Stations.
func (db *DB) ListTags(ctx context.Context, tq store.TagQuery) (store.Page[fleet.Tag], error) {
	q := selectFrom("SELECT tag, COUNT(*) FROM station_tags")
	var after string
	if ok, err := readCursor(tq.Cursor, &after); err != nil {
		return store.Page[fleet.Tag]{}, err
	} else if ok {
		q.where("tag > ?", after)
	}
	q.text.WriteString(" GROUP BY tag")
	limit := store.Limit(tq.Limit)
	q.order("tag", limit)
	items, err := list(ctx, db.readers, q, func(t *fleet.Tag) []any { return []any{&t.Name, &t.Stations} })
	return page(items, limit, func(t fleet.Tag) string { return makeCursor(t.Name) }), err
}

// tagRow is a tag with its station.
type tagRow struct{ station, tag string }

// addTags reads the tags of all stations of a page at once.
func (db *DB) addTags(ctx context.Context, stations []fleet.StationDetail) error {
	ids := make([]string, len(stations))
	for i := range stations {
		ids[i] = stations[i].ID
	}
	q := selectFrom("SELECT station, tag FROM station_tags")
	q.in("station", ids)
	q.order("station, tag", len(ids)*store.MaxStationTags)
	rows, err := list(ctx, db.readers, q, func(r *tagRow) []any { return []any{&r.station, &r.tag} })
	if err != nil {
		return fmt.Errorf("the tags of %d stations: %w", len(stations), err)
	}
	byStation := map[string][]string{}
	for _, r := range rows {
		byStation[r.station] = append(byStation[r.station], r.tag)
	}
	for i := range stations {
		stations[i].Tags = byStation[stations[i].ID]
	}
	return nil
}

// in adds the condition that a column has one of these values, of which there is one at least.
func (q *query) in(column string, values []string) {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	q.where(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", args...)
}

// spokenStep is how many stations are looked for in one query.
const spokenStep = 500

// SpokenVersions implements store.Stations.
func (db *DB) SpokenVersions(ctx context.Context, stations []string) (map[string]string, error) {
	type row struct{ id, version string }
	versions := make(map[string]string, len(stations))
	for some := range slices.Chunk(stations, spokenStep) {
		q := selectFrom("SELECT id, version FROM stations")
		q.in("id", some)
		rows, err := list(ctx, db.readers, q, func(r *row) []any { return []any{&r.id, &r.version} })
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			versions[r.id] = r.version
		}
	}
	return versions, nil
}
