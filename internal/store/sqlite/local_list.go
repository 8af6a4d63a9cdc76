package sqlite

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const selectLocalList = `SELECT l.station, COALESCE(s.version, ''), l.version, l.known, l.known_from, l.known_at, l.entries, l.digest, l.sending, l.part, l.parts, l.answer, l.answered_at
	FROM local_lists l LEFT JOIN stations s ON s.id = l.station`

const selectListContent = "SELECT content FROM local_list_contents WHERE digest = ?"

func localListFields(l *fleet.LocalList) []any {
	return []any{
		&l.Station, &l.Protocol, &l.Version, &l.Known, &l.From, instant{&l.KnownAt}, &l.Entries, &l.Digest, &l.Sending, &l.Part, &l.Parts, &l.Answer, instant{&l.AnsweredAt},
	}
}

// LocalList implements store.Access.
func (db *DB) LocalList(ctx context.Context, station string) (l fleet.LocalList, err error) {
	return l, one(ctx, db.readers, selectLocalList+" WHERE l.station = ?", []any{station}, localListFields(&l))
}

// ListContent implements store.Access.
func (db *DB) ListContent(ctx context.Context, digest string) (content []fleet.ListedToken, err error) {
	return content, one(ctx, db.readers, selectListContent, []any{digest}, []any{asJSON{&content}})
}

// ListLocalLists implements store.Access.
func (db *DB) ListLocalLists(ctx context.Context, lq store.LocalListQuery) (store.Page[fleet.LocalList], error) {
	q := selectFrom(selectLocalList)
	var after string
	if ok, err := readCursor(lq.Cursor, &after); err != nil {
		return store.Page[fleet.LocalList]{}, err
	} else if ok {
		q.where("l.station > ?", after)
	}
	q.is("l.station", lq.Station)
	q.is("l.answer", lq.Answer)
	q.isNumber("l.version", lq.Version)
	if lq.Version != nil {
		q.where("l.known = 1")
	}
	if lq.UpToDate != nil {
		current, args := currentLists(lq.Current)
		if !*lq.UpToDate {
			current = "NOT " + current
		}
		q.where(current, args...)
	}
	limit := store.Limit(lq.Limit)
	q.order("l.station", limit)
	items, err := list(ctx, db.readers, q, localListFields)
	return page(items, limit, func(l fleet.LocalList) string { return makeCursor(l.Station) }), err
}

// currentLists is the condition that a list is what it should be now.
func currentLists(current map[string]string) (condition string, args []any) {
	parts := []string{"1 = 0"}
	for _, version := range slices.Sorted(maps.Keys(current)) {
		parts, args = append(parts, "(s.version = ? AND l.digest = ?)"), append(args, version, current[version])
	}
	return "COALESCE(" + strings.Join(parts, " OR ") + ", 0 = 1)", args
}
