package server

import (
	"context"
	"slices"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

// selected returns the identities of a selection, each once.
func (c *commands) selected(ctx context.Context, s httpapi.Select) ([]string, error) {
	narrowed := s.Online || s.Version != ""
	switch {
	case s.All && narrowed:
		return c.connected(s), nil
	case s.All:
		return c.everyStation(ctx)
	}
	ids := slices.Clone(s.Stations)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if narrowed {
		ids = slices.DeleteFunc(ids, func(id string) bool {
			st, online := c.csms.Station(id)
			return !online || !ofVersion(st, s)
		})
	}
	return ids, nil
}

// connected returns the stations that are connected and speak the version of the selection, if it names one.
func (c *commands) connected(s httpapi.Select) []string {
	ids := make([]string, 0, c.csms.Len())
	for st := range c.csms.Stations() {
		if ofVersion(st, s) {
			ids = append(ids, st.Identity())
		}
	}
	return ids
}

func ofVersion(st *csms.Station, s httpapi.Select) bool {
	return s.Version == "" || st.Version().String() == s.Version
}

// everyStation returns the stations that the store knows, and those that are connected and have not said anything yet.
func (c *commands) everyStation(ctx context.Context) ([]string, error) {
	ids := c.connected(httpapi.Select{})
	q := store.StationQuery{Limit: store.MaxLimit}
	for {
		p, err := c.store.ListStations(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range p.Items {
			ids = append(ids, p.Items[i].ID)
		}
		if q.Cursor = p.Next; p.Next == "" {
			break
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}
