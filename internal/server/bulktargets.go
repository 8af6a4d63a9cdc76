package server

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

// target is a station of a selection.
type target struct {
	station string
	version string // of its connection, or the last one; "": it has never been here
	unknown bool   // there is no such station
	online  bool
}

// targets resolves a selection: named stations in the order in which they are named, others in that of their identities.
func (c *commands) targets(ctx context.Context, s fleet.BulkSelection) ([]target, error) {
	resolve := c.found
	if s.Named {
		resolve = c.named
	}
	list, err := resolve(ctx, s)
	if err != nil {
		return nil, err
	}
	if len(list) > maxBulkStations {
		return nil, &httpapi.CommandError{Outcome: httpapi.CommandSelect, Detail: fmt.Sprintf("these are %d stations, and a bulk command may have %d: select fewer; nothing was kept", len(list), maxBulkStations)}
	}
	for i, t := range list {
		if st, online := c.csms.Station(t.station); online {
			list[i].version, list[i].unknown, list[i].online = st.Version().String(), false, true
		}
	}
	return list, nil
}

func (c *commands) named(ctx context.Context, s fleet.BulkSelection) ([]target, error) {
	versions, err := c.store.SpokenVersions(ctx, s.Stations)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool, len(s.Stations))
	var list []target
	for _, id := range s.Stations {
		if !seen[id] {
			version, known := versions[id]
			list = append(list, target{station: id, version: version, unknown: !known})
			seen[id] = true
		}
	}
	return list, nil
}

// found returns the stations that fit, also those that are connected and so new that the store has not heard of them.
func (c *commands) found(ctx context.Context, s fleet.BulkSelection) ([]target, error) {
	q := store.StationQuery{Limit: store.MaxLimit, Vendor: s.Vendor, Model: s.Model, Firmware: s.Firmware, Tag: s.Tag}
	var list []target
	for {
		p, err := c.store.ListStations(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range p.Items {
			list = append(list, target{station: p.Items[i].ID, version: p.Items[i].Version})
		}
		if q.Cursor = p.Next; p.Next == "" {
			break
		}
	}
	if s.Vendor == "" && s.Model == "" && s.Firmware == "" && s.Tag == "" {
		for st := range c.csms.Stations() {
			list = append(list, target{station: st.Identity(), version: st.Version().String()})
		}
		slices.SortFunc(list, func(a, b target) int { return cmp.Compare(a.station, b.station) })
		list = slices.CompactFunc(list, func(a, b target) bool { return a.station == b.station })
	}
	return slices.DeleteFunc(list, func(t target) bool { return !c.fits(t, s) }), nil
}

// fits looks at what changes with each connection.
func (c *commands) fits(t target, s fleet.BulkSelection) bool {
	st, online := c.csms.Station(t.station)
	if online {
		t.version = st.Version().String()
	}
	return (online || !s.Online) && (s.Version == "" || s.Version == t.version)
}
