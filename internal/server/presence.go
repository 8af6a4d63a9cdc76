package server

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// presence tells the store who is connected. The store writes it in batches, see store.Ingest.Report.
type presence struct {
	store store.Ingest
	log   *slog.Logger
}

// connected is csms.Options.OnConnect.
func (p presence) connected(st *csms.Station) {
	r := presenceOf(st)
	r.Online = true
	p.store.Report(r)
	p.log.Info("station connected", "station", r.Station, "version", r.Version, "remote", r.Address)
}

// disconnected is csms.Options.OnDisconnect. Its epoch keeps the late end of an old connection from marking the new one
// offline.
func (p presence) disconnected(st *csms.Station, cause error) {
	r := presenceOf(st)
	r.DisconnectedAt = time.Now()
	p.store.Report(r)
	p.log.Info("station disconnected", "station", r.Station, "cause", cause)
}

// intercept notes when a station was last heard of. It is an ocpp.Interceptor.
func (p presence) intercept(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	if x.Inbound {
		p.store.Report(fleet.Presence{Station: x.Identity, LastMessageAt: time.Now()})
	}
	return next(ctx, req)
}

func presenceOf(st *csms.Station) fleet.Presence {
	return fleet.Presence{
		Station: st.Identity(), Epoch: int64(st.Epoch()), Version: st.Version().String(), // an epoch is a time in microseconds
		Address: st.RemoteAddr().String(), ConnectedAt: st.ConnectedAt(), LastMessageAt: st.LastMessageAt(),
	}
}

// liveStore is the store, with the presence of stations as it is this moment: what the store knows of it is up to half
// a second old.
type liveStore struct {
	store.Store
	csms *csms.Server
}

// Station returns one station, also one that is connected and has not said anything yet.
func (l liveStore) Station(ctx context.Context, id string) (fleet.StationDetail, error) {
	s, err := l.Store.Station(ctx, id)
	if _, online := l.csms.Station(id); online && errors.Is(err, store.ErrNotFound) {
		s, err = fleet.StationDetail{Station: fleet.Station{ID: id}}, nil
	}
	if err == nil {
		l.refresh(&s.Station)
	}
	return s, err
}

// arrived does what needs the rows of stations. A station that has come for the first time is connected for up to half a second
// before it has one: then it gets it, and what is to be done is done again.
func (l liveStore) arrived(ctx context.Context, stations []string, do func() error) error {
	err := do()
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	came := false
	for _, id := range stations {
		if _, online := l.csms.Station(id); !online {
			continue
		}
		if err := l.Arrived(ctx, id); err != nil {
			return err
		}
		came = true
	}
	if came {
		err = do()
	}
	return err
}

// Desire wants values of stations, also of those that have just come.
func (l liveStore) Desire(ctx context.Context, wishes ...store.Wish) error {
	var stations []string
	for _, w := range wishes {
		stations = append(stations, w.Stations...)
	}
	return l.arrived(ctx, stations, func() error { return l.Store.Desire(ctx, wishes...) })
}

// TagStation gives a station a tag, also one that has just come.
func (l liveStore) TagStation(ctx context.Context, station, tag string) error {
	return l.arrived(ctx, []string{station}, func() error { return l.Store.TagStation(ctx, station, tag) })
}

// ChangeBootPolicy changes the policy of a station, also of one that has just come.
func (l liveStore) ChangeBootPolicy(ctx context.Context, station string, c store.BootChange) error {
	return l.arrived(ctx, []string{station}, func() error { return l.Store.ChangeBootPolicy(ctx, station, c) })
}

// SetStationTariff gives a station a tariff, also one that has just come.
func (l liveStore) SetStationTariff(ctx context.Context, station, id string) error {
	return l.arrived(ctx, []string{station}, func() error { return l.Store.SetStationTariff(ctx, station, id) })
}

// ListStations returns stations in the order of their ids. One that came, with another version perhaps, or went so lately that the store does not know is
// left out of a page that it does not belong to: it is on the other one soon.
func (l liveStore) ListStations(ctx context.Context, q store.StationQuery) (store.Page[fleet.StationDetail], error) {
	p, err := l.Store.ListStations(ctx, q)
	for i := range p.Items {
		l.refresh(&p.Items[i].Station)
	}
	p.Items = slices.DeleteFunc(p.Items, func(s fleet.StationDetail) bool {
		return q.Online != nil && s.Online != *q.Online || q.Version != "" && s.Version != q.Version
	})
	return p, err
}

func (l liveStore) refresh(s *fleet.Station) {
	st, ok := l.csms.Station(s.ID)
	if s.Online = ok; !ok {
		return
	}
	now := presenceOf(st)
	s.Version, s.Address, s.ConnectedAt = now.Version, now.Address, now.ConnectedAt
	if now.LastMessageAt.After(s.LastMessageAt) {
		s.LastMessageAt = now.LastMessageAt
	}
}
