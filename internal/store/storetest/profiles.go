package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

func (f *fixture) profilesAt(q store.InstalledProfileQuery) []fleet.InstalledProfile {
	f.Helper()
	list := all(f, q.Limit, func(ctx context.Context, cursor string) (store.Page[fleet.InstalledProfile], error) {
		q.Cursor = cursor
		return f.ListInstalledProfiles(ctx, q)
	})
	for i := range list {
		list[i].Number = 0
	}
	return list
}

// fullProfile is a profile with a value in each field.
func fullProfile(id int64) fleet.InstalledProfile {
	return fleet.InstalledProfile{Station: "A", AcceptedAt: noon, ChargingProfile: fleet.ChargingProfile{
		EVSE: 1, ProfileID: id, Source: "CSO", StackLevel: id, Purpose: "TxDefaultProfile", Type: "Recurring", Recurrency: "Daily",
		ValidFrom: noon, ValidTo: noon.Add(time.Hour),
		ProfileUpkeep: fleet.ProfileUpkeep{MaxOffline: new(int64(300)), EndsOffline: true, UpdateInterval: new(int64(60)), UpdatedAt: noon},
		Schedules: []fleet.ChargingSchedule{{
			ID: 1, Start: noon, Unit: "A", LocalTime: true, RandomizedDelay: new(int64(600)), LimitAtSoC: &fleet.LimitAtSoC{SoC: 80, Limit: "6"}, PowerTolerance: "0.5",
			Periods: []fleet.SchedulePeriod{{
				Limit: "16", LimitL2: "8", LimitL3: "9", Preconditioning: new(true), EVSESleep: new(false), Baseline: "0",
				FreqWattCurve: []fleet.FreqPoint{{Frequency: "49.8", Power: "-1"}}, SignalWattCurve: []fleet.SignalPoint{{Signal: -1, Power: "2"}},
			}},
		}},
	}}
}

func profileIDs(list []fleet.InstalledProfile) string {
	var ids []int64
	for _, p := range list {
		ids = append(ids, p.ProfileID)
	}
	return fmt.Sprint(ids)
}

// testInstalledProfiles: what answers and reports say is there, and is found by what it says.
func testInstalledProfiles(f *fixture) {
	one, two, tx := fullProfile(1), fullProfile(2), fullProfile(3)
	two.EVSE, two.ValidFrom, two.ValidTo = 0, time.Time{}, time.Time{}
	tx.Purpose, tx.TransactionID = "TxProfile", "t1"
	for _, p := range []fleet.InstalledProfile{one, two, tx} {
		f.submit(changed(fleet.ProfileInstalled{Profile: p}))
	}
	equalJSON(f, "installed", f.profilesAt(store.InstalledProfileQuery{Limit: 2}), []fleet.InstalledProfile{one, two, tx})
	told := fleet.ProfilesReported{Told: fleet.Told{Station: "A", Received: noon.Add(time.Minute), Records: []fleet.Record{two.ChargingProfile}}, RequestID: 7}
	f.submit(told)
	for _, c := range []struct {
		q    store.InstalledProfileQuery
		want string
	}{
		{store.InstalledProfileQuery{Station: "B"}, "[]"},
		{store.InstalledProfileQuery{Station: "A", EVSE: new(int64(1))}, "[1 3]"},
		{store.InstalledProfileQuery{EVSE: new(int64(0))}, "[2]"},
		{store.InstalledProfileQuery{ProfileID: new(int64(3))}, "[3]"},
		{store.InstalledProfileQuery{StackLevel: new(int64(1))}, "[1]"},
		{store.InstalledProfileQuery{Purpose: "TxProfile"}, "[3]"},
		{store.InstalledProfileQuery{Transaction: "t1"}, "[3]"},
		{store.InstalledProfileQuery{KnownFrom: fleet.ProfileFromReport}, "[2]"},
		{store.InstalledProfileQuery{KnownFrom: fleet.ProfileFromAnswer}, "[1 3]"},
		{store.InstalledProfileQuery{ValidAt: new(noon)}, "[1 2 3]"},
		{store.InstalledProfileQuery{ValidAt: new(noon.Add(time.Hour))}, "[2]"},
		{store.InstalledProfileQuery{ValidAt: new(noon.Add(-time.Second))}, "[2]"},
	} {
		equal(f, fmt.Sprintf("%+v", c.q), profileIDs(f.profilesAt(c.q)), c.want)
	}
	equal(f, "reports", len(f.recordsOf(fleet.RecordProfile)), 1)
	one.Schedules = []fleet.ChargingSchedule{{ID: 1, Unit: "W", Periods: []fleet.SchedulePeriod{{Limit: "1"}}}}
	f.submit(changed(fleet.ProfileInstalled{Profile: one}, fleet.ProfilesCleared{Criteria: fleet.ProfileCriteria{IDs: []int64{2}}}))
	equalJSON(f, "replaced", f.profilesAt(store.InstalledProfileQuery{EVSE: new(int64(1)), Purpose: "TxDefaultProfile"}), []fleet.InstalledProfile{one})
	f.submit(changed(fleet.ProfileUpdated{ID: 1, Period: fleet.SchedulePeriod{Limit: "5"}, At: noon}, fleet.ProfilesAbsent{Criteria: fleet.ProfileCriteria{EVSE: new(int64(0))}}))
	equal(f, "its limit", f.profilesAt(store.InstalledProfileQuery{ProfileID: new(int64(1))})[0].Schedules[0].Periods[0].Limit, fleet.Decimal("5"))
	equalJSON(f, "kept", f.kept("A"), []fleet.Kept{{List: fleet.KeptProfiles, Kept: 2, Limit: 500}})
	if _, err := f.Submit(f.Context(), changed(fleet.ProfileInstalled{})); !errors.Is(err, fleet.ErrInvalidEvent) {
		f.Errorf("a profile of nobody: %v", err)
	}
}

func (f *fixture) recordsOf(kind fleet.RecordKind) []fleet.KeptRecord {
	f.Helper()
	p, err := f.ListRecords(f.Context(), store.RecordQuery{Kind: kind, Station: "A"})
	f.ok(err)
	return p.Items
}

// testProfileReports: the end of a report removes what was asked about and is not in it.
func testProfileReports(f *fixture) {
	f.submit(changed(fleet.ProfileInstalled{Profile: fullProfile(1)}, fleet.ProfileInstalled{Profile: fullProfile(2)}))
	asked := fleet.ProfilesAsked{Station: "A", Received: noon.Add(time.Minute), RequestID: 7, Criteria: fleet.ProfileCriteria{
		IDs: []int64{1, 2}, EVSE: new(int64(1)), Purpose: "TxDefaultProfile", Sources: []string{"CSO", "EMS"},
	}}
	report := func(request int64, more bool, ids ...int64) {
		e := fleet.ProfilesReported{Told: fleet.Told{Station: "A", Received: noon.Add(time.Hour)}, RequestID: request, More: more}
		for _, id := range ids {
			p := fullProfile(id).ChargingProfile
			p.RequestID = request
			e.Records = append(e.Records, p)
		}
		f.submit(e)
	}
	have := func() string { return profileIDs(f.profilesAt(store.InstalledProfileQuery{})) }
	report(6, false, 3)
	equal(f, "after a report that nobody asked for", have(), "[1 2 3]")
	f.submit(asked)
	asked.RequestID = 8
	f.submit(asked)
	report(7, true, 4)
	equal(f, "in the middle of a report", have(), "[1 2 3 4]")
	report(7, false, 2)
	equal(f, "at its end", have(), "[2 3 4]")
	f.submit(changed(fleet.ProfileInstalled{Profile: fullProfile(1)}))
	report(7, false)
	equal(f, "after a report of a question that was answered", have(), "[2 3 4 1]")
	report(8, false)
	equal(f, "after an empty report", have(), "[2 3 4]") // the station told of it since
	asked.Received = noon.Add(2 * time.Hour)
	f.submit(asked)
	asked.RequestID = 9
	f.submit(asked)
	report(8, false)
	equal(f, "after an empty report that was asked for later", have(), "[3 4]")
	for n := range int64(30) {
		asked.RequestID = 100 + n
		f.submit(asked)
	}
	f.submit(changed(fleet.ProfileInstalled{Profile: fullProfile(1)}))
	report(9, false)
	equal(f, "after a report of a question that is forgotten", have(), "[3 4 1]")
	report(129, false)
	equal(f, "after one that is not", have(), "[3 4]")
}

// testProfilesOfTransactions: a TxProfile goes with its transaction, and one that comes too late is not there.
func testProfilesOfTransactions(f *fixture) {
	tx := func(id int64, evse int64, transaction string) fleet.DeviceChange {
		p := fullProfile(id)
		p.Purpose, p.EVSE, p.TransactionID = "TxProfile", evse, transaction
		return fleet.ProfileInstalled{Profile: p}
	}
	have := func() string { return profileIDs(f.profilesAt(store.InstalledProfileQuery{})) }
	token := fleet.IDToken{Value: "T", Type: "Central"}
	event := func(kind fleet.TransactionKind, seqNo int64) fleet.TransactionEvent {
		return fleet.TransactionEvent{Station: "A", Received: noon, TransactionID: "t1", Numbered: true, Kind: kind, SeqNo: seqNo, Time: noon, EVSE: 1, Token: &token}
	}
	f.submit(event(fleet.TransactionStarted, 0))
	f.submit(changed(fleet.ProfileInstalled{Profile: fullProfile(9)}, tx(1, 1, "t1"), tx(2, 2, "t2"), tx(3, 1, ""), tx(4, 2, ""), tx(5, 0, "")))
	f.submit(event(fleet.TransactionUpdated, 1))
	equal(f, "while it goes on", have(), "[9 1 2 3 4 5]")
	f.submit(event(fleet.TransactionEnded, 2))
	equal(f, "after its end", have(), "[9 2 4]")
	f.submit(changed(tx(1, 1, "t1")))
	equal(f, "after an answer that came late", have(), "[9 2 4]")
	old := fleet.TransactionEvent{Station: "A", Received: noon, Kind: fleet.TransactionStarted, Time: noon.Add(time.Hour), EVSE: 3, MeterStart: "0", Token: &token}
	number := f.submit(old).TransactionNumber
	f.submit(changed(tx(6, 3, fleet.TransactionNumber(number))))
	equal(f, "in OCPP 1.6", have(), "[9 2 4 6]")
	old.Kind, old.TransactionID, old.Token = fleet.TransactionEnded, fleet.TransactionNumber(number), nil
	f.submit(old)
	equal(f, "after the end of that", have(), "[9 2 4]")
	equalJSON(f, "kept", f.kept("A"), []fleet.Kept{{List: fleet.KeptProfiles, Kept: 3, Limit: 500}})
}

// testProfilesAreBounded: new ones are left out, known ones stay current.
func testProfilesAreBounded(f *fixture) {
	f.restart(store.Options{Devices: store.DeviceLimits{Profiles: 2, Composites: 3}})
	for id := range int64(4) {
		f.submit(changed(fleet.ProfileInstalled{Profile: fullProfile(id)}, fleet.CompositeTold{Schedule: fleet.CompositeSchedule{Station: "A", EVSE: id}}))
	}
	equal(f, "profiles", profileIDs(f.profilesAt(store.InstalledProfileQuery{})), "[0 1]")
	equalJSON(f, "kept", f.kept("A"), []fleet.Kept{
		{List: fleet.KeptProfiles, Kept: 2, Limit: 2, Dropped: 2}, {List: fleet.KeptComposites, Kept: 3, Limit: 3, Dropped: 1},
	})
}

// testCompositeSchedules: the latest of each EVSE is kept.
func testCompositeSchedules(f *fixture) {
	s := fleet.CompositeSchedule{
		Station: "A", EVSE: 1, Start: noon, Seconds: 60, Unit: "A", Received: noon, Periods: []fleet.SchedulePeriod{{Limit: "16", Phases: new(int64(3))}, {Start: 30, Limit: "8"}},
	}
	empty := fleet.CompositeSchedule{Station: "A", Received: noon, Periods: []fleet.SchedulePeriod{}}
	older := s
	older.Seconds, older.Unit = 1, "W"
	f.submit(changed(fleet.CompositeTold{Schedule: older}, fleet.CompositeTold{Schedule: empty}))
	f.submit(changed(fleet.CompositeTold{Schedule: s}))
	got, err := f.CompositeSchedules(f.Context(), "A")
	f.ok(err)
	equalJSON(f, "schedules", got, []fleet.CompositeSchedule{empty, s})
	got, err = f.CompositeSchedules(f.Context(), "B")
	f.ok(err)
	equal(f, "of another", len(got), 0)
	for _, bad := range []fleet.DeviceChange{fleet.CompositeTold{}, fleet.CompositeTold{Schedule: fleet.CompositeSchedule{Station: "A", EVSE: -1}}} {
		if _, err := f.Submit(f.Context(), changed(bad)); !errors.Is(err, fleet.ErrInvalidEvent) {
			f.Errorf("%+v: %v", bad, err)
		}
	}
}
