package server

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// lateStore lists stations as they were a moment ago.
type lateStore struct {
	store.Store
	online, offline string
}

func (l lateStore) ListStations(_ context.Context, q store.StationQuery) (p store.Page[fleet.StationDetail], err error) {
	for id, online := range map[string]bool{l.online: true, l.offline: false} {
		if q.Online == nil || *q.Online == online {
			p.Items = append(p.Items, fleet.StationDetail{Station: fleet.Station{ID: id, Online: online, Version: "2.0.1"}})
		}
	}
	return p, nil
}

// A list of the stations that are online holds none that is not.
func TestAListOfStationsDoesNotContradictItsFilter(t *testing.T) {
	r := serve(t, Config{})
	r.connect("came", "ocpp1.6", login{})
	live := liveStore{lateStore{online: "went", offline: "came"}, r.srv.csms}
	for _, online := range []*bool{nil, new(bool), new(true)} {
		p, err := live.ListStations(t.Context(), store.StationQuery{Online: online})
		if err != nil || online == nil && len(p.Items) != 2 {
			t.Errorf("%v %v", p, err)
		}
		for _, s := range p.Items {
			if _, connected := r.srv.csms.Station(s.ID); s.Online != connected || online != nil && s.Online != *online {
				t.Errorf("%s is said to be online: %v", s.ID, s.Online)
			}
		}
	}
	p, err := live.ListStations(t.Context(), store.StationQuery{Version: "2.0.1"})
	if err != nil || len(p.Items) != 1 || p.Items[0].ID != "went" {
		t.Errorf("of version 2.0.1, which %q speaks no more: %v %v", "came", p.Items, err)
	}
}

// A station that has come for the first time can be told things before the store has heard of it.
func TestAStationThatHasJustComeIsThere(t *testing.T) {
	r := serve(t, Config{})
	live := liveStore{r.srv.store, r.srv.csms}
	values := []fleet.DesiredValue{{Setting: fleet.Setting{Variable: "HeartbeatInterval"}, Attribute: fleet.AttributeActual, Value: "300"}}
	for what, do := range map[string]func(id string) error{
		"desire": func(id string) error {
			return live.Desire(t.Context(), store.Wish{Stations: []string{id}, Values: values})
		},
		"tariff": func(id string) error { return live.SetStationTariff(t.Context(), id, "") },
		"tag":    func(id string) error { return live.TagStation(t.Context(), id, "new") },
		"boot": func(id string) error {
			return live.ChangeBootPolicy(t.Context(), id, store.BootChange{Heartbeat: new(time.Minute)})
		},
	} {
		r.connect(what, "ocpp1.6", login{})
		if err := do(what); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := r.srv.store.Station(t.Context(), what); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if err := do("nobody"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s of nobody: %v", what, err)
		}
	}
}
