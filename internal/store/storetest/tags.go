package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

func testTags(f *fixture) {
	ctx := f.Context()
	if err := f.TagStation(ctx, "A", "depot"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("a station that nobody knows: %v", err)
	}
	f.submit(fleet.Booted{Station: "B", Received: noon, Firmware: "1.2-Beta"})
	for _, id := range []string{"A", "C"} {
		f.ok(f.CreateStation(ctx, store.NewStation{ID: id, At: noon}))
	}
	for _, tag := range []string{"south", "depot", "depot"} {
		f.ok(f.TagStation(ctx, "A", tag))
	}
	f.ok(f.TagStation(ctx, "B", "depot"))
	f.restart(store.Options{})
	equal(f, "tags of A", strings.Join(f.detail("A").Tags, " "), "depot south")
	equal(f, "tagged", f.tagged(store.StationQuery{Tag: "depot"}), "A[depot south] B[depot]")
	equal(f, "another case", f.tagged(store.StationQuery{Tag: "Depot"}), "")
	equal(f, "with a firmware", f.tagged(store.StationQuery{Tag: "depot", Firmware: "1.2-BETA"}), "B[depot]")
	equal(f, "tags", f.tags(), "depot=2 south=1")
	if err := f.UntagStation(ctx, "B", "south"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("a tag that it does not have: %v", err)
	}
	f.ok(f.UntagStation(ctx, "B", "depot"))
	f.ok(f.DeleteStation(ctx, "A"))
	equal(f, "tags of what was deleted", f.tags(), "")
	for i := range store.MaxStationTags {
		f.ok(f.TagStation(ctx, "C", fmt.Sprint("t", i)))
	}
	if err := f.TagStation(ctx, "C", "more"); !errors.Is(err, store.ErrTooManyTags) {
		f.Errorf("one more: %v", err)
	}
	f.ok(f.TagStation(ctx, "C", "t0")) // which it has
	equal(f, "tags of C", len(f.detail("C").Tags), store.MaxStationTags)
}

// tagged lists stations with their tags.
func (f *fixture) tagged(q store.StationQuery) string {
	f.Helper()
	q.Connectors = true
	p, err := f.ListStations(f.Context(), q)
	f.ok(err)
	var list []string
	for _, s := range p.Items {
		list = append(list, fmt.Sprint(s.ID, s.Tags))
	}
	return strings.Join(list, " ")
}

// tags lists all tags.
func (f *fixture) tags() string {
	f.Helper()
	var list []string
	for _, t := range all(f, 1, func(ctx context.Context, cursor string) (store.Page[fleet.Tag], error) {
		return f.ListTags(ctx, store.TagQuery{Cursor: cursor, Limit: 1})
	}) {
		list = append(list, fmt.Sprint(t.Name, "=", t.Stations))
	}
	return strings.Join(list, " ")
}

func testSpokenVersions(f *fixture) {
	ids := []string{"nobody", "A", "new"}
	f.submit(fleet.Booted{Station: "A", Received: noon, Version: "2.1"})
	f.ok(f.CreateStation(f.Context(), store.NewStation{ID: "new", At: noon}))
	want := map[string]string{"A": "2.1", "new": ""}
	for i := range 600 {
		id := fmt.Sprint("many-", i)
		f.submit(fleet.Booted{Station: id, Received: noon, Version: "1.6"})
		ids = append(ids, id)
		want[id] = "1.6"
	}
	got, err := f.SpokenVersions(f.Context(), ids)
	f.ok(err)
	equal(f, "versions", maps.Equal(got, want), true)
	got, err = f.SpokenVersions(f.Context(), nil)
	f.ok(err)
	equal(f, "of none", len(got), 0)
}
