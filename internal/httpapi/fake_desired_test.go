package httpapi_test

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

func (f *fakeStore) Desire(_ context.Context, wishes ...store.Wish) error {
	for _, w := range wishes {
		for _, station := range w.Stations {
			for _, v := range w.Values {
				v.Station, v.State = station, fleet.DesiredUnknown
				f.devices.desired = append(f.devices.desired, v)
			}
		}
	}
	return f.err
}

func (f *fakeStore) Undesire(_ context.Context, q store.DesiredQuery) (int64, error) {
	n := int64(len(f.devices.desired))
	f.asked, f.devices.desired = q, nil
	return n, f.err
}

func (f *fakeStore) TryDesired(context.Context, string, []string, time.Time) error { return f.err }

func (f *fakeStore) ListDesired(_ context.Context, q store.DesiredQuery) (store.Page[fleet.DesiredValue], error) {
	return pageOf(f, q, q.Cursor, f.devices.desired)
}

func (f *fakeStore) CountDesired(_ context.Context, q store.DesiredQuery) ([]store.DesiredCount, error) {
	f.asked = q
	return []store.DesiredCount{
		{Variable: "HeartbeatInterval", State: fleet.DesiredDrift, Values: 2}, {Component: "C", Variable: "HeartbeatInterval", State: fleet.DesiredSame, Values: 3},
		{Variable: "heartbeatinterval", State: fleet.DesiredRefused, Values: 1},
	}, f.err
}

func (f *fakeStore) DesiringStations(context.Context) ([]string, error) { return nil, f.err }

func (f *fakeStore) CredentialState(_ context.Context, station string) (fleet.CredentialState, error) {
	s, ok := f.stations[station]
	if !ok || !s.Known {
		return fleet.CredentialState{}, store.ErrNotFound
	}
	return fleet.CredentialState{Set: true}, f.err
}
