package storetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// counting names the records of a kind at station A that count, the latest first.
func (f *fixture) counting(kind fleet.RecordKind, name func(fleet.Record) string) string {
	f.Helper()
	var names []string
	for _, k := range f.records(store.RecordQuery{Kind: kind, Station: "A", Latest: new(true)}) {
		names = append(names, name(k.Record))
	}
	return strings.Join(names, " ")
}

// testDERControls: controls that were cleared count no more, and may come back as they were.
func testDERControls(f *fixture) {
	set := func(id, kind string, byDefault bool) {
		f.tell("A", noon, fleet.DERControl{ControlID: id, ControlType: kind, Default: byDefault, Accepted: true})
	}
	counting := func() string {
		return f.counting(fleet.RecordDERControl, func(r fleet.Record) string { return r.(fleet.DERControl).ControlID })
	}
	set("1", "FreqDroop", true)
	set("2", "FreqDroop", false)
	set("3", "FixedVar", true)
	set("4", "FixedVar", true)
	f.tell("B", noon, fleet.DERControl{ControlID: "4", Default: true})
	f.submit(changed(fleet.DERControlsCleared{ID: "4"}))
	equal(f, "controls after one went", counting(), "3 2 1")
	f.submit(changed(fleet.DERControlsCleared{Type: "FreqDroop", Default: true}))
	equal(f, "controls after one of a type went", counting(), "3 2")
	set("1", "FreqDroop", true)
	equal(f, "controls after it came again", counting(), "1 3 2")
	f.submit(changed(fleet.DERControlsCleared{Default: true}))
	equal(f, "controls after all defaults went", counting(), "2")
	equal(f, "controls of another station", len(f.records(store.RecordQuery{Kind: fleet.RecordDERControl, Station: "B", Latest: new(true)})), 1)
}

// testStreamsListed: a station that tells which streams it has closes all others; one that changes a stream has it.
func testStreamsListed(f *fixture) {
	seven, nine := int64(7), int64(9)
	counting := func() string {
		return f.counting(fleet.RecordStream, func(r fleet.Record) string {
			s := r.(fleet.EventStream)
			return fmt.Sprintf("%d:%t:%s:%s", s.StreamID, s.Open, numeral(s.MonitorID), numeral(s.Interval))
		})
	}
	f.tell("A", noon, fleet.EventStream{StreamID: 1, Open: true, MonitorID: &seven}, fleet.EventStream{StreamID: 2, Open: true}, fleet.EventStream{StreamID: 3})
	f.submit(changed(fleet.StreamsListed{Open: []fleet.EventStream{{StreamID: 1, Open: true, MonitorID: &seven}, {StreamID: 4, Open: true}}}))
	equal(f, "streams", counting(), "2:false:-:- 4:true:-:- 3:false:-:- 1:true:7:-")
	f.submit(changed(fleet.StreamAdjusted{ID: 1, Interval: &nine}))
	f.submit(changed(fleet.StreamAdjusted{ID: 1, Values: &seven}, fleet.StreamAdjusted{ID: 5, Interval: &seven}))
	equal(f, "streams that send otherwise", counting(), "5:true:-:7 1:true:7:9 2:false:-:- 4:true:-:- 3:false:-:-")
	f.submit(changed(fleet.StreamsListed{}))
	equal(f, "no streams", strings.Contains(counting(), "true"), false)
}

func numeral(n *int64) string {
	if n == nil {
		return "-"
	}
	return fmt.Sprint(*n)
}

func eventOf(id string, seqNo int64) fleet.Event {
	return fleet.TransactionEvent{Station: "A", Received: noon, TransactionID: id, Numbered: true, SeqNo: seqNo, Kind: fleet.TransactionUpdated, Time: noon}
}

// testQueueTold: what a station says of its queue is known of the transaction, or of the station.
func testQueueTold(f *fixture) {
	f.submit(eventOf("t1", 0))
	f.submit(changed(fleet.QueueTold{Transaction: "t1", Waiting: true, Ongoing: new(false)}, fleet.QueueTold{Transaction: "nobody's", Waiting: true}))
	got := f.transaction("A", "t1")
	equal(f, "of the transaction", *got.MessagesWaiting && !*got.Ongoing && got.ToldAt.Equal(noon), true)
	equal(f, "of the station", f.detail("A").MessagesWaiting, nil)
	f.submit(eventOf("t1", 1))
	equal(f, "after another event", *f.transaction("A", "t1").MessagesWaiting, true)
	f.submit(changed(fleet.QueueTold{Waiting: true}, fleet.QueueTold{Transaction: "t1"}))
	got = f.transaction("A", "t1")
	equal(f, "of the transaction, then", *got.MessagesWaiting || got.Ongoing != nil, false)
	d := f.detail("A")
	equal(f, "of the station, then", *d.MessagesWaiting && d.MessagesWaitingAt.Equal(noon), true)
}

// testInstalledTariffs: which tariffs count at a station follows from what it accepted, removed, and told.
func testInstalledTariffs(f *fixture) {
	counting := func() string {
		return f.counting(fleet.RecordTariff, func(r fleet.Record) string {
			t := r.(fleet.InstalledTariff)
			return fmt.Sprintf("%s@%d", t.TariffID, t.EVSE)
		})
	}
	day := func(id string, evse int64) fleet.InstalledTariff {
		return fleet.InstalledTariff{TariffID: id, EVSE: evse, Default: true}
	}
	later := day("later", 1)
	later.ValidFrom = noon.Add(time.Hour)
	for i, step := range []struct {
		change fleet.DeviceChange
		want   string
	}{
		{fleet.DefaultTariffSet{Tariff: day("a", 1)}, "a@1"},
		{fleet.DefaultTariffSet{Tariff: day("a", 1)}, "a@1"},
		{fleet.DefaultTariffSet{Tariff: day("b", 2)}, "b@2 a@1"},
		{fleet.DefaultTariffSet{Tariff: later}, "later@1 b@2 a@1"},
		{fleet.DefaultTariffSet{Tariff: day("c", 1)}, "c@1 later@1 b@2"},
		{fleet.DefaultTariffSet{Tariff: day("d", 0)}, "d@0 later@1"},
		{fleet.TariffsListed{List: []fleet.InstalledTariff{day("d", 1), day("d", 2), later}}, "d@2 d@1 later@1"},
		{fleet.TariffsListed{EVSE: 1, List: []fleet.InstalledTariff{{TariffID: "mine", EVSE: 1}}}, "mine@1 d@2"},
		{fleet.DefaultTariffSet{Tariff: day("d", 0)}, "d@0 mine@1"},
		{fleet.TariffsCleared{IDs: []string{"mine"}, EVSE: new(int64(2))}, "d@0 mine@1"},
		{fleet.TariffsCleared{IDs: []string{"mine", "x"}}, "d@0"},
		{fleet.TariffsListed{EVSE: 1}, ""},
		{fleet.DefaultTariffSet{Tariff: day("a", 1)}, "a@1"},
		{fleet.TariffsCleared{EVSE: new(int64(1))}, ""},
	} {
		f.submit(changed(step.change))
		equal(f, fmt.Sprintf("tariffs after step %d", i), counting(), step.want)
	}
}
