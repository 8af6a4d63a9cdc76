package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// chargingTests are about the library of charging profiles and about sites.
func chargingTests() []test {
	return []test{
		{"LibraryKeepsEverything", testLibraryFields},
		{"LibraryChanges", testLibraryChanges},
		{"LibraryIsListedByFilters", testLibraryFilters},
		{"SitesKeepEverything", testSiteFields},
		{"SiteChanges", testSiteChanges},
		{"MembersOfOneSite", testMembersOfOneSite},
		{"SharesOfMembers", testMemberShares},
		{"Allocations", testAllocations},
		{"LocalLists", testLocalLists},
		{"TokensRevision", testTokensRevision},
		{"InstalledProfiles", testInstalledProfiles},
		{"ProfileReports", testProfileReports},
		{"ProfilesOfTransactions", testProfilesOfTransactions},
		{"ProfilesAreBounded", testProfilesAreBounded},
		{"CompositeSchedules", testCompositeSchedules},
		{"VehiclePlans", testVehiclePlans},
		{"ReservationsAreDoubted", testReservationDoubts},
		{"ReservationContradictions", testReservationContradictions},
	}
}

func deepEqual(f *fixture, what string, got, want any) {
	f.Helper()
	if !reflect.DeepEqual(got, want) {
		f.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func libraryProfile(id string) fleet.LibraryProfile {
	return fleet.LibraryProfile{
		ID: id, Note: "by night", CreatedAt: noon,
		Profile: fleet.Profile{
			Purpose: fleet.PurposeTxDefault, Kind: fleet.KindRecurring, Recurrency: fleet.RecurrencyDaily, StackLevel: 3,
			ValidFrom: noon, ValidTo: noon.Add(time.Hour), MaxOffline: new(int64(60)), EndsOffline: true, UpdateInterval: new(int64(0)),
			Schedules: []fleet.ChargingSchedule{{
				ID: 1, Start: noon, Seconds: new(int64(86400)), Unit: "A", MinRate: "6",
				Periods: []fleet.SchedulePeriod{{Limit: "16.5", Phases: new(int64(1)), PhaseToUse: new(int64(2))}, {Start: 3600, Setpoint: "-3", OperationMode: "CentralSetpoint"}},
			}},
		},
	}
}

func testLibraryFields(f *fixture) {
	p, err := f.CreateProfile(f.Context(), libraryProfile("night"))
	f.ok(err)
	want := libraryProfile("night")
	want.Number, want.UpdatedAt = p.Number, noon
	deepEqual(f, "as returned", p, want)
	f.restart(store.Options{})
	got, err := f.LibraryProfile(f.Context(), "night")
	f.ok(err)
	deepEqual(f, "as kept", got, want)
	if _, err := f.CreateProfile(f.Context(), libraryProfile("night")); !errors.Is(err, store.ErrExists) {
		f.Errorf("created twice: %v", err)
	}
	if _, err := f.LibraryProfile(f.Context(), "day"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("no such profile: %v", err)
	}
}

func testLibraryChanges(f *fixture) {
	first, err := f.CreateProfile(f.Context(), libraryProfile("night"))
	f.ok(err)
	changed, err := f.ChangeProfile(f.Context(), "night", func(p fleet.LibraryProfile) (fleet.LibraryProfile, error) {
		p.ID, p.Number, p.Kind, p.Recurrency, p.MaxOffline, p.ValidTo = "other", 99, fleet.KindAbsolute, "", nil, time.Time{}
		return p, nil
	})
	f.ok(err)
	equal(f, "id", changed.ID, "night")
	equal(f, "number", changed.Number, first.Number)
	got, err := f.LibraryProfile(f.Context(), "night")
	f.ok(err)
	deepEqual(f, "as kept", got, changed)
	refuse := errors.New("no")
	if _, err := f.ChangeProfile(f.Context(), "night", func(p fleet.LibraryProfile) (fleet.LibraryProfile, error) {
		p.Note = "changed"
		return p, refuse
	}); !errors.Is(err, refuse) {
		f.Errorf("refused: %v", err)
	}
	if got, _ := f.LibraryProfile(f.Context(), "night"); got.Note != "by night" {
		f.Errorf("a change that was refused is there: %q", got.Note)
	}
	f.ok(f.DeleteProfile(f.Context(), "night"))
	for what, err := range map[string]error{
		"deleted twice": f.DeleteProfile(f.Context(), "night"),
		"changed after": func() error {
			_, err := f.ChangeProfile(f.Context(), "night", func(p fleet.LibraryProfile) (fleet.LibraryProfile, error) { return p, nil })
			return err
		}(),
	} {
		if !errors.Is(err, store.ErrNotFound) {
			f.Errorf("%s: %v", what, err)
		}
	}
	again, err := f.CreateProfile(f.Context(), libraryProfile("night"))
	f.ok(err)
	if again.Number == first.Number {
		f.Errorf("the number %d was given again: a station may have a profile of it", again.Number)
	}
}

func testLibraryFilters(f *fixture) {
	for i := range 5 {
		p := libraryProfile(fmt.Sprint("p-", i))
		if i%2 == 0 {
			p.Purpose, p.Kind = fleet.PurposeStationMax, fleet.KindAbsolute
		}
		_, err := f.CreateProfile(f.Context(), p)
		f.ok(err)
	}
	ids := func(q store.ProfileQuery) (ids []string) {
		for _, p := range all(f, 2, func(ctx context.Context, cursor string) (store.Page[fleet.LibraryProfile], error) {
			q.Cursor, q.Limit = cursor, 2
			return f.ListProfiles(ctx, q)
		}) {
			ids = append(ids, p.ID)
		}
		return ids
	}
	deepEqual(f, "all", ids(store.ProfileQuery{}), []string{"p-0", "p-1", "p-2", "p-3", "p-4"})
	deepEqual(f, "by purpose", ids(store.ProfileQuery{Purpose: fleet.PurposeStationMax}), []string{"p-0", "p-2", "p-4"})
	deepEqual(f, "by kind", ids(store.ProfileQuery{Kind: fleet.KindRecurring}), []string{"p-1", "p-3"})
}

func testSite(id string, stations ...string) fleet.Site {
	s := fleet.Site{
		ID: id, Note: "garage", Unit: fleet.UnitAmperes, Limit: 630, Zone: "Europe/Berlin", Policy: fleet.PolicyFirst, Minimum: 60,
		Fallback: 65, FallbackAfter: 15 * time.Minute, CreatedAt: noon,
		Times: []fleet.SiteTime{{Days: []time.Weekday{time.Monday}, From: 60, To: 120, Limit: 315}},
	}
	for _, station := range stations {
		s.Members = append(s.Members, fleet.SiteMember{Station: station, Max: 320, AddedAt: noon})
	}
	return s
}

func testSiteFields(f *fixture) {
	want := testSite("S", "A", "B")
	want.Members[1].Acked = &fleet.Grant{Share: 100, At: noon, For: time.Hour, Fallback: 60, Before: 1}
	want.Members[1].Pending = &fleet.Grant{Share: 200, At: noon.Add(time.Second)}
	want.Members[1].Command, want.Members[1].Note = "key", "why"
	got, err := f.CreateSite(f.Context(), want)
	f.ok(err)
	want.UpdatedAt = noon
	deepEqual(f, "as returned", got, want)
	f.restart(store.Options{})
	got, err = f.Site(f.Context(), "S")
	f.ok(err)
	deepEqual(f, "as kept", got, want)
	if _, err := f.CreateSite(f.Context(), testSite("S")); !errors.Is(err, store.ErrExists) {
		f.Errorf("created twice: %v", err)
	}
	if _, err := f.Site(f.Context(), "T"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("no such site: %v", err)
	}
}

func testSiteChanges(f *fixture) {
	_, err := f.CreateSite(f.Context(), testSite("S", "A", "B"))
	f.ok(err)
	changed, err := f.ChangeSite(f.Context(), "S", func(s fleet.Site) (fleet.Site, error) {
		s.ID, s.Limit, s.Times = "T", 400, nil
		s.Members = []fleet.SiteMember{s.Members[1], {Station: "C", Max: 160, AddedAt: noon}}
		s.Members[0].Max = 100
		return s, nil
	})
	f.ok(err)
	got, err := f.Site(f.Context(), "S")
	f.ok(err)
	deepEqual(f, "limit", got.Limit, fleet.Tenths(400))
	deepEqual(f, "times", len(got.Times), 0)
	deepEqual(f, "members", got.Members, changed.Members)
	deepEqual(f, "members there", []string{got.Members[0].Station, got.Members[1].Station}, []string{"B", "C"})
	f.ok(f.DeleteSite(f.Context(), "S"))
	if err := f.DeleteSite(f.Context(), "S"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("deleted twice: %v", err)
	}
	_, err = f.ChangeSite(f.Context(), "S", func(s fleet.Site) (fleet.Site, error) { return s, nil })
	if !errors.Is(err, store.ErrNotFound) {
		f.Errorf("changed after: %v", err)
	}
	_, err = f.CreateSite(f.Context(), testSite("S2", "B")) // it is free again
	f.ok(err)
}

func testMembersOfOneSite(f *fixture) {
	for _, s := range []fleet.Site{testSite("S1", "A", "B"), testSite("S2", "C"), testSite("S3")} {
		_, err := f.CreateSite(f.Context(), s)
		f.ok(err)
	}
	if _, err := f.CreateSite(f.Context(), testSite("S4", "A")); !errors.Is(err, store.ErrMemberElsewhere) {
		f.Errorf("a site with the member of another: %v", err)
	}
	_, err := f.ChangeSite(f.Context(), "S2", func(s fleet.Site) (fleet.Site, error) {
		s.Limit, s.Members = 1, append(s.Members, fleet.SiteMember{Station: "A", AddedAt: noon})
		return s, nil
	})
	if !errors.Is(err, store.ErrMemberElsewhere) {
		f.Errorf("the member of another: %v", err)
	}
	got, err := f.Site(f.Context(), "S2")
	f.ok(err)
	deepEqual(f, "what was refused", []any{got.Limit, len(got.Members)}, []any{fleet.Tenths(630), 1})
	p, err := f.ListSites(f.Context(), store.SiteQuery{Station: "C"})
	f.ok(err)
	deepEqual(f, "site of C", []any{len(p.Items), p.Items[0].ID, len(p.Items[0].Members)}, []any{1, "S2", 1})
	list := all(f, 2, func(ctx context.Context, cursor string) (store.Page[fleet.Site], error) {
		return f.ListSites(ctx, store.SiteQuery{Cursor: cursor, Limit: 2})
	})
	deepEqual(f, "sites", []any{len(list), list[0].ID, len(list[0].Members), list[2].ID}, []any{3, "S1", 2, "S3"})
}

func testMemberShares(f *fixture) {
	_, err := f.CreateSite(f.Context(), testSite("S", "A", "B"))
	f.ok(err)
	grant := fleet.Grant{Share: 160, At: noon, For: time.Hour, Fallback: 60}
	_, err = f.ChangeSiteMember(f.Context(), "S", "B", func(m fleet.SiteMember) (fleet.SiteMember, error) {
		return m.Offer(grant, "key", noon), nil
	})
	f.ok(err)
	changed, err := f.ChangeSiteMember(f.Context(), "S", "B", func(m fleet.SiteMember) (fleet.SiteMember, error) { return m.Accepted(), nil })
	f.ok(err)
	got, err := f.Site(f.Context(), "S")
	f.ok(err)
	deepEqual(f, "as kept", got.Members[1], changed)
	deepEqual(f, "acknowledged", got.Members[1].Acked, &grant)
	deepEqual(f, "the other", got.Members[0].Acked, (*fleet.Grant)(nil))
	for _, where := range [][2]string{{"S", "C"}, {"T", "B"}} {
		_, err := f.ChangeSiteMember(f.Context(), where[0], where[1], func(m fleet.SiteMember) (fleet.SiteMember, error) { return m, nil })
		if !errors.Is(err, store.ErrNotFound) {
			f.Errorf("%v: %v", where, err)
		}
	}
	refuse := errors.New("no")
	_, err = f.ChangeSiteMember(f.Context(), "S", "B", func(m fleet.SiteMember) (fleet.SiteMember, error) { return m.Forgotten(""), refuse })
	if got, _ := f.Site(f.Context(), "S"); !errors.Is(err, refuse) || got.Members[1].Acked == nil {
		f.Errorf("refused: %v, %+v", err, got.Members[1])
	}
}

func testAllocations(f *fixture) {
	f.restart(store.Options{KeepAllocations: 3})
	want := fleet.Allocation{
		Site: "S", At: noon, Reason: "a session began", Unit: "A", Limit: 630, Reserved: 320,
		Shares: []fleet.AllocatedShare{
			{Station: "A", Sessions: 2, Online: true, Target: 160, Reserved: 320, Acked: new(fleet.Tenths(0)), Sent: new(fleet.Tenths(160)), Outcome: fleet.ShareSent},
			{Station: "B", Outcome: fleet.ShareWaiting, Detail: "away"},
		},
	}
	var last int64
	for i := range 5 {
		want.At = noon.Add(time.Duration(i) * time.Second)
		n, err := f.AddAllocation(f.Context(), want)
		f.ok(err)
		if n <= last {
			f.Errorf("number %d after %d", n, last)
		}
		last = n
	}
	f.ok(f.SettleShare(f.Context(), last, "A", fleet.ShareAcknowledged, "fine", noon.Add(time.Minute)))
	f.ok(f.SettleShare(f.Context(), last-4, "A", fleet.ShareAcknowledged, "pruned", noon))
	list := all(f, 2, func(ctx context.Context, cursor string) (store.Page[fleet.Allocation], error) {
		return f.ListAllocations(ctx, store.AllocationQuery{Site: "S", Cursor: cursor, Limit: 2})
	})
	equal(f, "kept", len(list), 3)
	want.Number = last
	want.Shares[0].Outcome, want.Shares[0].Detail, want.Shares[0].SettledAt = fleet.ShareAcknowledged, "fine", noon.Add(time.Minute)
	deepEqual(f, "the latest", list[0], want)
	deepEqual(f, "the oldest", list[2].At, noon.Add(2*time.Second))
	p, err := f.ListAllocations(f.Context(), store.AllocationQuery{Site: "T"})
	f.ok(err)
	equal(f, "of another site", len(p.Items), 0)
}
