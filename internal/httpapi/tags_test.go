package httpapi_test

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

var tagOperations = []string{"get /api/v1/tags", "put /api/v1/stations/{id}/tags/{tag}", "delete /api/v1/stations/{id}/tags/{tag}"}

func (f *fakeStore) TagStation(_ context.Context, station, tag string) error {
	s, ok := f.stations[station]
	if !ok {
		return store.ErrNotFound
	}
	s.Tags = append(s.Tags, tag)
	f.stations[station] = s
	return f.err
}

func (f *fakeStore) UntagStation(_ context.Context, station, tag string) error {
	s := f.stations[station]
	i := slices.Index(s.Tags, tag)
	if i < 0 {
		return store.ErrNotFound
	}
	s.Tags = slices.Delete(s.Tags, i, i+1)
	f.stations[station] = s
	return f.err
}

func (f *fakeStore) ListTags(_ context.Context, q store.TagQuery) (store.Page[fleet.Tag], error) {
	f.asked = q
	return store.Page[fleet.Tag]{Items: []fleet.Tag{{Name: "depot", Stations: 2}}}, f.err
}

func TestStationsAreTagged(t *testing.T) {
	r := newRig(t)
	r.store.stations["A"] = fleet.StationDetail{Station: fleet.Station{ID: "A"}}
	r.do(http.MethodPut, "/api/v1/stations/A/tags/depot:1", "", http.StatusNoContent)
	got := r.do(http.MethodGet, "/api/v1/stations/A", "", http.StatusOK)
	if tags := got["tags"].([]any); len(tags) != 1 || tags[0] != "depot:1" {
		t.Errorf("%v", got)
	}
	r.do(http.MethodPut, "/api/v1/stations/B/tags/depot", "", http.StatusNotFound)
	r.do(http.MethodDelete, "/api/v1/stations/A/tags/other", "", http.StatusNotFound)
	r.do(http.MethodDelete, "/api/v1/stations/A/tags/depot:1", "", http.StatusNoContent)
	for _, tag := range []string{"a%20b", "-a", "a%2Fb", "a,b"} {
		if p := r.do(http.MethodPut, "/api/v1/stations/A/tags/"+tag, "", http.StatusUnprocessableEntity); firstFault(t, p) != "tag" {
			t.Errorf("%s: %v", tag, p)
		}
	}
	r.store.err = store.ErrTooManyTags
	r.do(http.MethodPut, "/api/v1/stations/A/tags/more", "", http.StatusConflict)
}

func TestTagsAreListedAndSelectStations(t *testing.T) {
	r := newRig(t)
	got := r.do(http.MethodGet, "/api/v1/tags?limit=7", "", http.StatusOK)
	if list := got["items"].([]any); len(list) != 1 || list[0].(map[string]any)["tag"] != "depot" || r.store.asked != (store.TagQuery{Limit: 7}) {
		t.Errorf("%v, asked %+v", got, r.store.asked)
	}
	r.do(http.MethodGet, "/api/v1/stations?tag=depot&firmware=1.2", "", http.StatusOK)
	if q := r.store.asked.(store.StationQuery); q.Tag != "depot" || q.Firmware != "1.2" {
		t.Errorf("asked %+v", q)
	}
}
