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

const selectMember = `SELECT station, max_limit, added_at, acked_share, acked_at, acked_for, acked_fallback, acked_before,
	pending_share, pending_at, pending_for, pending_fallback, pending_before, command_key, note FROM site_members`

// memberRow is a row of site_members.
type memberRow struct {
	fleet.SiteMember
	acked, pending grantRow
}

// grantRow is a grant, or none, in five columns.
type grantRow struct {
	share, seconds, fallback, before *int64
	at                               time.Time
}

func (g *grantRow) fields() []any {
	return []any{&g.share, instant{&g.at}, &g.seconds, &g.fallback, &g.before}
}

func (g *grantRow) grant() *fleet.Grant {
	if g.share == nil || g.seconds == nil || g.fallback == nil || g.before == nil {
		return nil
	}
	return &fleet.Grant{
		Share: fleet.Tenths(*g.share), At: g.at, For: time.Duration(*g.seconds) * time.Second,
		Fallback: fleet.Tenths(*g.fallback), Before: fleet.Tenths(*g.before),
	}
}

// grantValues undoes grant.
func grantValues(g *fleet.Grant) []any {
	if g == nil {
		return []any{nil, nil, nil, nil, nil}
	}
	return []any{int64(g.Share), fleet.Micros(g.At), int64(g.For / time.Second), int64(g.Fallback), int64(g.Before)}
}

func memberFields(m *memberRow) []any {
	fields := append([]any{&m.Station, &m.Max, instant{&m.AddedAt}}, m.acked.fields()...)
	return append(append(fields, m.pending.fields()...), &m.Command, &m.Note)
}

func (m *memberRow) member() fleet.SiteMember {
	m.Acked, m.Pending = m.acked.grant(), m.pending.grant()
	return m.SiteMember
}

// putMembers makes the members of a site those of now, and returns them as they are kept. Rows that do not
// change are not written.
func (w *writer) putMembers(site string, before, now []fleet.SiteMember) (kept []fleet.SiteMember, err error) {
	old := map[string]fleet.SiteMember{}
	for _, m := range before {
		old[m.Station] = m
	}
	for _, m := range now {
		m = tidyMember(m)
		kept = append(kept, m)
		if was, there := old[m.Station]; !there || !reflect.DeepEqual(was, m) {
			if err := w.putMember(site, m); err != nil {
				return nil, err
			}
		}
		delete(old, m.Station)
	}
	for station := range old {
		if err := w.exec("DELETE FROM site_members WHERE station = ? AND site = ?", station, site); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// tidyMember rounds times as they are kept.
func tidyMember(m fleet.SiteMember) fleet.SiteMember {
	m.AddedAt = fleet.Instant(m.AddedAt)
	for _, g := range []**fleet.Grant{&m.Acked, &m.Pending} {
		if *g != nil {
			tidy := **g
			tidy.At, tidy.For = fleet.Instant(tidy.At), tidy.For.Truncate(time.Second)
			*g = &tidy
		}
	}
	return m
}

func (w *writer) putMember(site string, m fleet.SiteMember) error {
	args := append([]any{m.Station, site, int64(m.Max), fleet.Micros(m.AddedAt)}, grantValues(m.Acked)...)
	args = append(append(args, grantValues(m.Pending)...), m.Command, m.Note)
	return w.exec(`INSERT INTO site_members (station, site, max_limit, added_at, acked_share, acked_at, acked_for, acked_fallback, acked_before,
			pending_share, pending_at, pending_for, pending_fallback, pending_before, command_key, note)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (station) DO UPDATE SET site = excluded.site, max_limit = excluded.max_limit, added_at = excluded.added_at,
			acked_share = excluded.acked_share, acked_at = excluded.acked_at, acked_for = excluded.acked_for,
			acked_fallback = excluded.acked_fallback, acked_before = excluded.acked_before,
			pending_share = excluded.pending_share, pending_at = excluded.pending_at, pending_for = excluded.pending_for,
			pending_fallback = excluded.pending_fallback, pending_before = excluded.pending_before,
			command_key = excluded.command_key, note = excluded.note`, args...)
}

// ChangeSiteMember implements store.Charging. An error of change ends this change only, whatever it is.
func (db *DB) ChangeSiteMember(ctx context.Context, site, station string, change func(fleet.SiteMember) (fleet.SiteMember, error)) (changed fleet.SiteMember, err error) {
	var refused error
	err = db.change(ctx, func(w *writer) error {
		var row memberRow
		found, err := w.queryRow(selectMember+" WHERE station = ? AND site = ?", []any{station, site}, memberFields(&row))
		if err != nil {
			return err
		}
		if !found {
			refused = fmt.Errorf("station %q of site %q: %w", station, site, store.ErrNotFound)
			return nil
		}
		if changed, refused = change(row.member()); refused != nil {
			return nil //nolint:nilerr // as in ChangeSite
		}
		changed.Station = station
		changed = tidyMember(changed)
		return w.putMember(site, changed)
	})
	if err = errors.Join(err, refused); err != nil {
		return fleet.SiteMember{}, err
	}
	return changed, nil
}
