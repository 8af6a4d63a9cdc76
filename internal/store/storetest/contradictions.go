package storetest

import (
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// testContradictions: what contradicts the state or what can be is kept as it came, and that it does is kept, too.
func testContradictions(f *fixture) {
	found := func(want ...string) {
		f.Helper()
		var got []string
		for _, k := range f.records(store.RecordQuery{Kind: fleet.RecordContradiction, Station: "A"}) {
			c := k.Record.(fleet.Contradiction)
			got = append(got, fmt.Sprint(c.Message, " ", c.What, " ", *c.EVSE))
		}
		equal(f, "contradictions", fmt.Sprint(got), fmt.Sprint(want))
	}
	metered := func(evse int, at time.Time, value fleet.Decimal) fleet.Metered {
		return fleet.Metered{Station: "A", Received: noon, EVSE: evse, Samples: []fleet.Sample{{Time: at, Value: value}}}
	}
	past := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	f.submit(metered(7, noon, "1000")) // nobody knows yet which EVSEs there are
	found()
	f.submit(fleet.StatusReported{Station: "A", Received: noon, Time: noon, EVSE: 1, Connector: 1, Status: "Available"})
	found()
	f.submit(fleet.StatusReported{Station: "A", Received: noon, Time: past, EVSE: 1, Connector: 1, Status: "Faulted"})
	found("StatusReported time 1")
	equal(f, "the status counts", f.detail("A").EVSEs[0].Connectors[0].Status, "Faulted")

	f.submit(metered(1, noon.Add(time.Minute), "1000"))
	f.submit(metered(1, noon.Add(2*time.Minute), "1000"))
	found("StatusReported time 1")
	f.submit(metered(1, noon.Add(3*time.Minute), "999"))
	f.submit(metered(1, noon.Add(3*time.Minute), "999")) // a repetition
	found("Metered meter-backwards 1", "StatusReported time 1")
	f.submit(metered(1, noon.Add(4*time.Minute), "998"))
	f.submit(metered(1, noon.Add(3*time.Minute), "999")) // again, after another contradiction
	found("Metered meter-backwards 1", "Metered meter-backwards 1", "StatusReported time 1")
	f.submit(metered(1, past, "-1"))
	found("Metered meter-negative 1", "Metered time 1", "Metered meter-backwards 1", "Metered meter-backwards 1", "StatusReported time 1")
	f.submit(metered(9, noon, "5"))
	f.submit(metered(0, noon, "5"))
	found("Metered place 9", "Metered meter-negative 1", "Metered time 1", "Metered meter-backwards 1", "Metered meter-backwards 1", "StatusReported time 1")

	start := start16("A", "Driver", "1", noon)
	start.EVSE, start.Connector = 8, 8
	f.submit(start)
	f.submit(start)
	start.EVSE, start.Connector = 1, 1
	f.submit(start)
	testPlacesOfSilentStations(f)
	got := f.records(store.RecordQuery{Kind: fleet.RecordContradiction, Station: "A"})
	equal(f, "contradictions", len(got), 7)
	equal(f, "the latest", got[0].Record.Subject(), "TransactionEvent/place/8")
}

// testPlacesOfSilentStations: a station that told of no EVSE may have any, but none far from the others.
func testPlacesOfSilentStations(f *fixture) {
	found := func(station string, want ...string) {
		f.Helper()
		var got []string
		for _, k := range f.records(store.RecordQuery{Kind: fleet.RecordContradiction, Station: station}) {
			c := k.Record.(fleet.Contradiction)
			got = append(got, fmt.Sprint(c.Message, " ", c.What, " ", *c.EVSE))
		}
		equal(f, "contradictions of "+station, fmt.Sprint(got), fmt.Sprint(want))
	}
	start := start16("silent", "Driver", "1", noon)
	start.EVSE, start.Connector = fleet.NearEVSEs, 1
	f.submit(start)
	found("silent")
	start.EVSE = 99
	f.submit(start)
	found("silent", "TransactionEvent place 99")
	status := fleet.StatusReported{Station: "odd", Received: noon, Time: noon, EVSE: 99, Connector: 1, Status: "Available"}
	f.submit(status)
	f.submit(status)
	found("odd", "StatusReported place 99")
	for evse := range 40 {
		status.Station, status.EVSE = "large", evse
		f.submit(status)
	}
	found("large")
}
