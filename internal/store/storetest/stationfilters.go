package storetest

import (
	"context"
	"fmt"
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// ids lists the identities of all stations of a query, page by page.
func (f *fixture) ids(q store.StationQuery, limit int) string {
	f.Helper()
	q.Limit = limit
	list := all(f, limit, func(ctx context.Context, cursor string) (store.Page[fleet.StationDetail], error) {
		q.Cursor = cursor
		return f.ListStations(ctx, q)
	})
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	return strings.Join(ids, " ")
}

func testStationFilters(f *fixture) {
	boot := func(id, version, vendor, model, serial, firmware string, status fleet.BootStatus) {
		f.submit(fleet.Booted{Station: id, Received: noon, Version: version, Vendor: vendor, Model: model, Serial: serial, Firmware: firmware, Status: status})
	}
	boot("a-1", "1.6", "Acme", "One", "S%1", "1.0", fleet.BootAccepted)
	boot("a-2", "2.0.1", "ACME", "Two", "", "2.0", fleet.BootPending)
	boot("B_3", "2.0.1", "Müller", "One", "", "", fleet.BootRejected)
	f.ok(f.CreateStation(f.Context(), store.NewStation{ID: "c", At: noon}))
	for want, q := range map[string]store.StationQuery{
		"B_3 a-1 a-2 c": {},
		"a-1":           {Version: "1.6"},
		"B_3 a-2":       {Version: "2.0.1"},
		"a-1 a-2":       {Vendor: "acme"},
		"B_3 a-1":       {Model: "ONE"},
		"a-2":           {Boot: fleet.BootPending},
		"B_3":           {Model: "one", Boot: fleet.BootRejected, Version: "2.0.1", Find: "müll"},
		"":              {Vendor: "Acm"},
	} {
		for _, limit := range []int{1, 2, 5} {
			equal(f, fmt.Sprintf("%+v", q), f.ids(q, limit), want)
		}
	}
	for find, want := range map[string]string{
		"A-": "a-1 a-2", "b_": "B_3", "_": "B_3", "%": "a-1", "*": "", "acme": "a-1 a-2", "s%1": "a-1", "2.0": "a-2", "1acme": "", "MüLLER": "B_3",
	} {
		equal(f, "with "+find, f.ids(store.StationQuery{Find: find}, 5), want)
	}
}

// testListedConnectors: a page has the connectors of its stations, the same as each station alone has, and a bounded number.
func testListedConnectors(f *fixture) {
	report := func(station string, evse, connector int, status string) {
		f.submit(fleet.StatusReported{Station: station, Received: noon, EVSE: evse, Connector: connector, Status: status, ErrorCode: "GroundFailure"})
	}
	for _, station := range []string{"A", "B", "D"} {
		report(station, 2, 1, "Available")
		report(station, 1, 2, "Occupied")
		report(station, 1, 1, "Faulted")
	}
	f.submit(fleet.Booted{Station: "C", Received: noon})
	for i := range 2 * store.MaxListedConnectors {
		report("D", i, 0, "Available")
	}
	for _, limit := range []int{1, 2, 5} {
		got := all(f, limit, func(ctx context.Context, cursor string) (store.Page[fleet.StationDetail], error) {
			return f.ListStations(ctx, store.StationQuery{Cursor: cursor, Limit: limit, Connectors: true})
		})
		equal(f, "stations", len(got), 4)
		for _, d := range got[:3] {
			equal(f, d.ID, fmt.Sprint(d.EVSEs), fmt.Sprint(f.detail(d.ID).EVSEs))
		}
		equal(f, "places of C", len(got[2].EVSEs), 0)
		n := 0
		for _, e := range got[3].EVSEs {
			n += len(e.Connectors)
		}
		equal(f, "connectors of D", n, store.MaxListedConnectors)
		equal(f, "the lowest", got[3].EVSEs[0].ID, 0)
	}
	p, err := f.ListStations(f.Context(), store.StationQuery{})
	f.ok(err)
	equal(f, "places when nobody asks", len(p.Items[0].EVSEs), 0)
}
