package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"pgregory.net/rapid"
)

func testStations(f *fixture) {
	ctx := f.Context()
	if _, err := f.Station(ctx, "A"); !errors.Is(err, store.ErrNotFound) {
		f.Fatalf("a station that nobody knows: %v", err)
	}
	key := fleet.NewKey()
	f.ok(f.CreateStation(ctx, store.NewStation{ID: "A", Profile: 2, Credential: fleet.NewCredential(key), At: noon}))
	id, err := f.Identity(ctx, "A")
	f.ok(err)
	equal(f, "known", id.Known, true)
	equal(f, "profile", id.Profile, 2)
	equal(f, "its key fits", id.Credential.Verify([]byte(key)), true)
	equal(f, "another key fits", id.Credential.Verify([]byte(fleet.NewKey())), false)
	equalTime(f, "created", f.detail("A").CreatedAt, noon)

	if err := f.CreateStation(ctx, store.NewStation{ID: "A", At: noon}); !errors.Is(err, store.ErrExists) {
		f.Errorf("created twice: %v", err)
	}
	f.submit(fleet.Booted{Station: "A", Received: noon}) // one that never came is forgotten altogether
	before := time.Now().Add(-time.Millisecond)
	f.ok(f.DeleteStation(ctx, "A"))
	notices, err := f.ListNotices(ctx, store.NoticeQuery{})
	f.ok(err)
	if n := notices[len(notices)-1]; n.Kind != fleet.NoticeStationDeleted || n.Time.Before(before) {
		f.Errorf("deleted just now: %+v", n)
	}
	id, err = f.Identity(ctx, "A")
	f.ok(err)
	equal(f, "known after it was deleted", id.Known, false)
	equal(f, "has a credential after it was deleted", id.Credential.IsZero(), true)
	if err := f.DeleteStation(ctx, "A"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("deleted twice: %v", err)
	}
	f.ok(f.CreateStation(ctx, store.NewStation{ID: "A", At: noon}))
	if err := f.CreateStation(ctx, store.NewStation{ID: "B", Profile: 4}); !errors.Is(err, fleet.ErrInvalidEvent) {
		f.Errorf("profile 4: %v", err)
	}
}

func testStationPages(f *fixture) {
	for i := range 25 {
		f.submit(fleet.Booted{Station: fmt.Sprintf("s%02d", 24-i), Received: noon})
		f.Report(fleet.Presence{Station: fmt.Sprintf("s%02d", i), Epoch: 1, Online: i%5 == 0, ConnectedAt: noon, LastMessageAt: noon})
	}
	f.settle()
	for _, limit := range []int{1, 4, 24, 25, 26} {
		got := all(f, limit, func(ctx context.Context, cursor string) (store.Page[fleet.StationDetail], error) {
			return f.ListStations(ctx, store.StationQuery{Cursor: cursor, Limit: limit})
		})
		equal(f, "stations", len(got), 25)
		for i, s := range got {
			equal(f, "id", s.ID, fmt.Sprintf("s%02d", i))
		}
	}
	for _, online := range []bool{true, false} {
		got := all(f, 2, func(ctx context.Context, cursor string) (store.Page[fleet.StationDetail], error) {
			return f.ListStations(ctx, store.StationQuery{Cursor: cursor, Limit: 2, Online: &online})
		})
		equal(f, fmt.Sprint("stations with online ", online), len(got), map[bool]int{true: 5, false: 20}[online])
	}
}

// settle waits until what was reported is written: a later report of an unrelated station is.
func (f *fixture) settle() {
	f.Helper()
	f.presenceMarks++
	mark := noon.Add(time.Duration(f.presenceMarks) * time.Hour)
	f.submit(fleet.Booted{Station: "s00", Received: noon})
	f.Report(fleet.Presence{Station: "s00", LastMessageAt: mark})
	for !f.detail("s00").LastMessageAt.Equal(mark) {
		f.submit(fleet.Refused{Received: noon}) // passes the time
	}
}

func testCredentials(f *fixture) {
	ctx := f.Context()
	if err := f.SetCredential(ctx, "A", fleet.Credential{}); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("of a station that nobody knows: %v", err)
	}
	f.ok(f.CreateStation(ctx, store.NewStation{ID: "A", Credential: fleet.NewCredential("old"), At: noon}))
	for _, key := range []string{"new", "newer", "newest"} {
		_, err := f.Identity(ctx, "A") // fills a cache, if there is one
		f.ok(err)
		f.ok(f.SetCredential(ctx, "A", fleet.NewCredential(key)))
		id, err := f.Identity(ctx, "A")
		f.ok(err)
		equal(f, key+" fits", id.Credential.Verify([]byte(key)), true)
		equal(f, "old fits", id.Credential.Verify([]byte("old")), false)
	}
}

// testRaisedProfile: a profile rises for known stations that can have it, and never falls.
func testRaisedProfile(f *fixture) {
	ctx := f.Context()
	f.submit(fleet.Booted{Station: "seen", Received: noon})
	f.ok(f.CreateStation(ctx, store.NewStation{ID: "A", Profile: 1, Credential: fleet.NewCredential("key"), At: noon}))
	f.ok(f.CreateStation(ctx, store.NewStation{ID: "open", At: noon}))
	for _, c := range []struct {
		station       string
		profile, then int
		err           error
	}{
		{"nobody", 2, 0, store.ErrNotFound},
		{"seen", 2, 0, store.ErrNotFound},
		{"open", 1, 0, store.ErrNoKey},
		{"open", 3, 3, nil},
		{"A", 1, 1, nil},
		{"A", 2, 2, nil},
		{"A", 1, 2, store.ErrLowerProfile},
		{"A", 3, 3, nil},
	} {
		if err := f.RaiseProfile(ctx, c.station, c.profile); !errors.Is(err, c.err) {
			f.Errorf("%s to %d: %v, want %v", c.station, c.profile, err, c.err)
		}
		if c.station != "nobody" {
			id, err := f.Identity(ctx, c.station)
			f.ok(err)
			equal(f, c.station+": the profile", id.Profile, c.then)
		}
	}
}

// testOfferedCredential: a key that a station may or may not have taken over works beside the old one until that is known.
func testOfferedCredential(f *fixture) {
	ctx := f.Context()
	works := func(what string, oldWorks, newWorks bool) {
		f.Helper()
		id, err := f.Identity(ctx, "A")
		f.ok(err)
		equal(f, what+": old", !id.Verify([]byte("old")).IsZero(), oldWorks)
		equal(f, what+": new", !id.Verify([]byte("new")).IsZero(), newWorks)
	}
	older, newer := fleet.NewCredential("old"), fleet.NewCredential("new")
	if err := f.OfferCredential(ctx, "A", newer); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("to a station that nobody knows: %v", err)
	}
	f.ok(f.CreateStation(ctx, store.NewStation{ID: "A", Credential: older, At: noon}))
	offer := func() {
		f.ok(f.OfferCredential(ctx, "A", newer))
		works("offered", true, true)
	}
	offer()
	f.ok(f.WithdrawCredential(ctx, "A", fleet.NewCredential("new")))
	works("another one is withdrawn", true, true)
	f.ok(f.WithdrawCredential(ctx, "A", newer))
	works("withdrawn", true, false)
	f.ok(f.PromoteCredential(ctx, "A", newer))
	works("no longer offered", true, false)
	offer()
	f.restart(store.Options{})
	works("after a restart", true, true)
	f.ok(f.PromoteCredential(ctx, "A", newer))
	works("promoted", false, true)
	f.ok(f.SetCredential(ctx, "A", older))
	works("set", true, false)
	offer()
	f.ok(f.SetCredential(ctx, "A", older))
	works("set while another is offered", true, false)
	offer()
	f.submit(fleet.Booted{Station: "A", Received: noon})
	f.ok(f.DeleteStation(ctx, "A"))
	works("deleted", false, false)
	f.ok(f.CreateStation(ctx, store.NewStation{ID: "A", Credential: older, At: noon}))
	works("created again", true, false)
}

func testBoot(f *fixture) {
	boot := fleet.Booted{
		Station: "A", Received: noon, Version: "2.0.1", Vendor: "V", Model: "M", Serial: "S", Firmware: "F", ICCID: "I",
		IMSI: "J", MeterType: "T", MeterSerial: "U", Reason: "PowerUp", Status: fleet.BootPending,
	}
	f.submit(boot)
	s := f.detail("A").Station
	want := fleet.Station{
		ID: "A", Version: "2.0.1", Vendor: "V", Model: "M", Serial: "S", Firmware: "F", ICCID: "I", IMSI: "J",
		MeterType: "T", MeterSerial: "U", BootReason: "PowerUp", BootStatus: fleet.BootPending, BootedAt: noon, CreatedAt: noon,
	}
	equal(f, "station", s, want)
	id, err := f.Identity(f.Context(), "A")
	f.ok(err)
	equal(f, "boot status", id.BootStatus, fleet.BootPending)
	boot.Status = fleet.BootAccepted
	f.submit(boot)
	id, err = f.Identity(f.Context(), "A")
	f.ok(err)
	equal(f, "boot status after the next boot", id.BootStatus, fleet.BootAccepted)
	equal(f, "serial", id.Serial, "S")
	boot.Serial = "S2"
	f.submit(boot)
	id, err = f.Identity(f.Context(), "A")
	f.ok(err)
	equal(f, "serial after the board was changed", id.Serial, "S2")
}

func testPresence(f *fixture) {
	f.Report(fleet.Presence{Station: "A", Epoch: 3, Online: true, Version: "1.6", Address: "10.0.0.1:5", ConnectedAt: noon, LastMessageAt: noon})
	f.settle()
	s := f.detail("A").Station
	equal(f, "online", s.Online, true)
	equal(f, "epoch", s.Epoch, 3)
	equal(f, "version", s.Version, "1.6")
	equal(f, "address", s.Address, "10.0.0.1:5")
	equalTime(f, "connected", s.ConnectedAt, noon)

	later := noon.Add(time.Minute)
	f.Report(fleet.Presence{Station: "A", LastMessageAt: later})
	f.Report(fleet.Presence{Station: "A", LastMessageAt: noon})
	f.settle()
	s = f.detail("A").Station
	equalTime(f, "last message", s.LastMessageAt, later)
	equal(f, "online after a message", s.Online, true)

	f.Report(fleet.Presence{Station: "A", Epoch: 3, DisconnectedAt: later.Add(time.Second)})
	f.settle()
	s = f.detail("A").Station
	equal(f, "online after the end", s.Online, false)
	equalTime(f, "disconnected", s.DisconnectedAt, later.Add(time.Second))
	equalTime(f, "connected", s.ConnectedAt, noon)
	equalTime(f, "last message", s.LastMessageAt, later)
}

func testEpochs(f *fixture) {
	connect := func(epoch int64) fleet.Presence {
		return fleet.Presence{Station: "A", Epoch: epoch, Online: true, ConnectedAt: noon, LastMessageAt: noon}
	}
	end := func(epoch int64) fleet.Presence {
		return fleet.Presence{Station: "A", Epoch: epoch, DisconnectedAt: noon}
	}
	for _, test := range []struct {
		name    string
		reports []fleet.Presence
		online  bool
	}{
		{"late close of an evicted socket", []fleet.Presence{connect(1), connect(2), end(1)}, true},
		{"close, then connect", []fleet.Presence{connect(3), end(3), connect(4)}, true},
		{"closes of both, the old one last", []fleet.Presence{connect(5), connect(6), end(6), end(5)}, false},
		{"close overtakes connect", []fleet.Presence{end(7), connect(7)}, false},
		{"connect of an old epoch", []fleet.Presence{connect(9), end(9), connect(8)}, false},
	} {
		for _, merged := range []bool{true, false} {
			for _, p := range test.reports {
				if merged {
					f.Report(p)
					continue
				}
				p.Epoch += 10
				f.Report(p)
				f.settle()
			}
			f.settle()
			equal(f, fmt.Sprintf("%s, merged %v: online", test.name, merged), f.detail("A").Online, test.online)
			f.restart(store.Options{}) // epochs begin again
		}
	}
}

func testPresenceAfterRestart(f *fixture) {
	f.Report(fleet.Presence{Station: "A", Epoch: 99, Online: true, ConnectedAt: noon, LastMessageAt: noon})
	f.restart(store.Options{}) // Close writes what was reported
	s := f.detail("A").Station
	equal(f, "online", s.Online, false)
	equalTime(f, "last message", s.LastMessageAt, noon)
	equalTime(f, "disconnected", s.DisconnectedAt, noon)
	f.Report(fleet.Presence{Station: "A", Epoch: 1, Online: true, ConnectedAt: noon, LastMessageAt: noon})
	f.settle()
	equal(f, "online with the first epoch of the new process", f.detail("A").Online, true)
}

func testConnectorStatus(f *fixture) {
	report := func(connector int, status, fault string, at time.Time) {
		f.submit(fleet.StatusReported{
			Station: "A", Received: at.Add(time.Second), Time: at, EVSE: connector, Connector: connector, Status: status, ErrorCode: fault,
			Info: "i", VendorID: "v", VendorErrorCode: "e",
		})
	}
	report(2, "Available", "NoError", noon)
	report(0, "Available", "", noon)
	report(2, "Available", "NoError", noon.Add(time.Minute))
	report(2, "Faulted", "GroundFailure", noon.Add(2*time.Minute))
	d := f.detail("A")
	if len(d.EVSEs) != 2 || d.EVSEs[0].ID != 0 || d.EVSEs[1].ID != 2 {
		f.Fatalf("EVSEs: %+v", d.EVSEs)
	}
	c := d.EVSEs[1].Connectors[0]
	equal(f, "connector", c, fleet.Connector{
		EVSE: 2, Connector: 2, Status: "Faulted", Since: noon.Add(2 * time.Minute), Received: noon.Add(2*time.Minute + time.Second),
		ErrorCode: "GroundFailure", Info: "i", VendorID: "v", VendorErrorCode: "e",
		LastError: "GroundFailure", LastErrorAt: noon.Add(2 * time.Minute),
	})
	report(2, "Available", "NoError", noon.Add(3*time.Minute))
	report(2, "Available", "NoError", noon.Add(4*time.Minute))
	c = f.detail("A").EVSEs[1].Connectors[0]
	equalTime(f, "since", c.Since, noon.Add(3*time.Minute))
	equal(f, "error", c.ErrorCode, "NoError")
	equal(f, "last error", c.LastError, "GroundFailure")
	f.submit(fleet.StatusReported{Station: "A", Received: noon, EVSE: 1, Connector: 1, Status: "Occupied"})
	equalTime(f, "since without a time of its own", f.detail("A").EVSEs[1].Connectors[0].Since, noon)

	status := func(station string, evse int, status string) fleet.StatusReported {
		return fleet.StatusReported{Station: station, Received: noon, EVSE: evse, Connector: 1, Status: status}
	}
	f.submit(fleet.StatusesReported{Station: "B", List: []fleet.StatusReported{status("B", 1, "x"), status("B", 2, "y"), status("B", 1, "z")}})
	evses := f.detail("B").EVSEs
	equal(f, "places of one message", len(evses), 2)
	equal(f, "the last status of a place", evses[0].Connectors[0].Status, "z")
	for _, bad := range []fleet.StatusReported{status("A", 1, "x"), status("B", -1, "x")} {
		_, err := f.Submit(f.Context(), fleet.StatusesReported{Station: "B", List: []fleet.StatusReported{status("B", 1, "w"), bad}})
		equal(f, "refused", errors.Is(err, fleet.ErrInvalidEvent), true)
	}
	equal(f, "nothing of it is kept", f.detail("B").EVSEs[0].Connectors[0].Status, "z")
}

// testEpochsInAnyOrder: whatever the order in which reports about connections come, and however they fall into batches, a
// station is online exactly when its newest connection has begun and has not ended.
func testEpochsInAnyOrder(f *fixture) {
	n := 0
	rapid.Check(f.T, func(t *rapid.T) {
		n++
		station := fmt.Sprint("any", n)
		newest := rapid.Int64Range(1, 4).Draw(t, "newest")
		ended := rapid.Bool().Draw(t, "the newest has ended")
		var reports []fleet.Presence
		for epoch := int64(1); epoch <= newest; epoch++ {
			reports = append(reports, fleet.Presence{Station: station, Epoch: epoch, Online: true, ConnectedAt: noon, LastMessageAt: noon})
			if epoch < newest || ended {
				reports = append(reports, fleet.Presence{Station: station, Epoch: epoch, DisconnectedAt: noon})
			}
		}
		for i, p := range rapid.Permutation(reports).Draw(t, "order") {
			f.Report(p)
			if i == len(reports)-1 || rapid.Bool().Draw(t, "a batch ends") {
				f.settle()
			}
		}
		if d := f.detail(station); d.Online == ended || d.Epoch != newest {
			t.Fatalf("online %v, epoch %d", d.Online, d.Epoch)
		}
	})
}
