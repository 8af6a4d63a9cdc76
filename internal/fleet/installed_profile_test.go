package fleet

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// profileAt is a profile of a few words: id, EVSE, purpose and stack level.
func profileAt(id, evse int64, purpose ProfilePurpose, level int64) InstalledProfile {
	return InstalledProfile{Station: "A", ChargingProfile: ChargingProfile{ProfileID: id, EVSE: evse, Purpose: string(purpose), StackLevel: level}}
}

// ids lists the ids of profiles in their order.
func ids(list []InstalledProfile) string {
	var all []int64
	for _, p := range list {
		all = append(all, p.ProfileID)
	}
	slices.Sort(all)
	return fmt.Sprint(all)
}

func TestAnInstalledProfileTakesItsPlace(t *testing.T) {
	day := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	from := func(p InstalledProfile, days, until int) InstalledProfile {
		p.ValidFrom, p.ValidTo = day.AddDate(0, 0, days), day.AddDate(0, 0, until)
		return p
	}
	of := func(p InstalledProfile, transaction string) InstalledProfile {
		p.TransactionID = transaction
		return p
	}
	have := []InstalledProfile{
		profileAt(1, 0, PurposeStationMax, 1), profileAt(2, 1, PurposeTxDefault, 1), from(profileAt(3, 2, PurposeTxDefault, 1), 0, 1),
		of(profileAt(4, 1, PurposeTx, 1), "t1"), profileAt(5, 0, PurposeExternal, 1),
	}
	for name, c := range map[string]struct {
		p       InstalledProfile
		anyTime bool
		want    string
	}{
		"another id and level":           {profileAt(9, 1, PurposeTxDefault, 2), false, "[1 2 3 4 5 9]"},
		"the same id elsewhere":          {profileAt(2, 3, PurposeTxDefault, 7), false, "[1 2 3 4 5]"},
		"the same place":                 {profileAt(9, 1, PurposeTxDefault, 1), false, "[1 3 4 5 9]"},
		"another EVSE":                   {profileAt(9, 0, PurposeTxDefault, 1), false, "[1 2 3 4 5 9]"},
		"another purpose":                {profileAt(9, 0, PurposeGeneration, 1), false, "[1 2 3 4 5 9]"},
		"at another time":                {from(profileAt(9, 2, PurposeTxDefault, 1), 1, 2), false, "[1 2 3 4 5 9]"},
		"at another time in OCPP 1.6":    {from(profileAt(9, 2, PurposeTxDefault, 1), 1, 2), true, "[1 2 4 5 9]"},
		"at an overlapping time":         {from(profileAt(9, 2, PurposeTxDefault, 1), -1, 1), false, "[1 2 4 5 9]"},
		"another transaction":            {of(profileAt(9, 1, PurposeTx, 1), "t2"), false, "[1 2 3 4 5 9]"},
		"the transaction":                {of(profileAt(9, 1, PurposeTx, 1), "t1"), false, "[1 2 3 5 9]"},
		"the id of a limit of others":    {profileAt(5, 1, PurposeTxDefault, 3), false, "[1 2 3 4 5 5]"},
		"the place of a limit of others": {profileAt(9, 0, PurposeExternal, 1), false, "[1 2 3 4 5 9]"},
	} {
		if got := ids(ProfileInstalled{Profile: c.p, AnyTime: c.anyTime}.Apply(slices.Clone(have))); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestProfilesAreCleared(t *testing.T) {
	have := []InstalledProfile{
		profileAt(1, 0, PurposeStationMax, 1), profileAt(2, 1, PurposeTxDefault, 1), profileAt(3, 1, PurposeTxDefault, 2), profileAt(4, 0, PurposeExternal, 1),
	}
	have[3].Source = "EMS"
	for _, c := range []struct {
		criteria      ProfileCriteria
		clear, absent string
	}{
		{ProfileCriteria{}, "[4]", "[]"},
		{ProfileCriteria{IDs: []int64{2, 4}}, "[1 3 4]", "[1 3]"},
		{ProfileCriteria{EVSE: new(int64(0))}, "[2 3 4]", "[2 3]"},
		{ProfileCriteria{EVSE: new(int64(1)), StackLevel: new(int64(1))}, "[1 3 4]", "[1 3 4]"},
		{ProfileCriteria{Purpose: string(PurposeTxDefault)}, "[1 4]", "[1 4]"},
		{ProfileCriteria{Sources: []string{"CSO"}, EVSE: new(int64(0))}, "[2 3 4]", "[2 3 4]"},
	} {
		if got := ids(ProfilesCleared{c.criteria}.Apply(slices.Clone(have))); got != c.clear {
			t.Errorf("%+v: cleared, %s stay, want %s", c.criteria, got, c.clear)
		}
		if got := ids(ProfilesAbsent{c.criteria}.Apply(slices.Clone(have))); got != c.absent {
			t.Errorf("%+v: absent, %s stay, want %s", c.criteria, got, c.absent)
		}
	}
}

func TestAReportReplacesWhatItAskedAbout(t *testing.T) {
	asked := &ProfilesAsked{Received: time.Unix(100, 0), Criteria: ProfileCriteria{Purpose: string(PurposeTxDefault)}}
	old, newer := profileAt(1, 1, PurposeTxDefault, 1), profileAt(2, 1, PurposeTxDefault, 2)
	old.AcceptedAt, newer.AcceptedAt = time.Unix(50, 0), time.Unix(100, 0)
	other := profileAt(3, 0, PurposeStationMax, 1)
	told := ProfilesReported{RequestID: 7, More: true, Told: Told{Station: "A", Received: time.Unix(101, 0), Records: []Record{profileAt(4, 1, PurposeTxDefault, 3).ChargingProfile}}}
	have := told.Apply([]InstalledProfile{old, newer, other}, asked)
	if got := ids(have); got != "[1 2 3 4]" {
		t.Errorf("in the middle: %s", got)
	}
	told.More, told.Records = false, []Record{newer.ChargingProfile}
	if got := ids(told.Apply(have, nil)); got != "[1 2 3 4]" {
		t.Errorf("of an unknown question: %s", got)
	}
	have = told.Apply(have, asked)
	if got := ids(have); got != "[2 3 4]" {
		t.Errorf("at its end: %s", got)
	}
	for _, p := range have {
		if p.ProfileID == 2 && (!p.AcceptedAt.Equal(newer.AcceptedAt) || !p.KnownAt().Equal(told.Received) || p.KnownFrom() != ProfileFromReport) {
			t.Errorf("a profile that was accepted and reported: %+v", p)
		}
	}
}

// A profile that counts for several EVSEs may be in a report several times; in the next report it may be elsewhere.
func TestAReportMayHaveAProfileForSeveralEVSEs(t *testing.T) {
	told := ProfilesReported{RequestID: 7, Told: Told{Station: "A", Received: time.Unix(1, 0)}}
	for evse := range int64(2) {
		p := profileAt(1, evse, PurposeTxDefault, 1).ChargingProfile
		p.RequestID = told.RequestID
		told.Records = append(told.Records, p)
	}
	have := told.Apply(nil, nil)
	if got := ids(told.Apply(have, nil)); got != "[1 1]" {
		t.Errorf("a repeated report: %s", got)
	}
	told.RequestID, told.Records = 8, told.Records[:1]
	if got := ids(told.Apply(have, nil)); got != "[1]" {
		t.Errorf("the next report: %s", got)
	}
}

func TestADynamicProfileGetsOtherValues(t *testing.T) {
	p := profileAt(1, 1, PurposeTx, 1)
	p.Schedules = []ChargingSchedule{{Periods: []SchedulePeriod{{Limit: "16", Setpoint: "10", Phases: new(int64(1))}}}}
	before := p.Schedules[0].Periods
	c := ProfileUpdated{ID: 1, Period: SchedulePeriod{Limit: "8", DischargeLimit: "-5"}, At: time.Unix(1, 0)}
	now := c.Apply([]InstalledProfile{p, profileAt(2, 1, PurposeTx, 1)})[0]
	if got := now.Schedules[0].Periods[0]; got.Limit != "8" || got.Setpoint != "10" || got.DischargeLimit != "-5" || *got.Phases != 1 || !now.AcceptedAt.Equal(c.At) {
		t.Errorf("got %+v", now)
	}
	if before[0].Limit != "16" {
		t.Error("what was there before is changed")
	}
}

// Whatever a station accepts and clears, it has one profile of each id, and at each moment one for each place.
func TestInstalledProfilesAreOneForEachPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var have []InstalledProfile
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			p := profileAt(rapid.Int64Range(1, 6).Draw(t, "id"), rapid.Int64Range(0, 2).Draw(t, "evse"),
				rapid.SampledFrom([]ProfilePurpose{PurposeStationMax, PurposeTxDefault, PurposeTx}).Draw(t, "purpose"), rapid.Int64Range(0, 1).Draw(t, "level"))
			if p.Purpose == string(PurposeTx) {
				p.TransactionID = rapid.SampledFrom([]string{"t1", "t2"}).Draw(t, "transaction")
			}
			begin := rapid.Int64Range(0, 3).Draw(t, "begin")
			p.ValidFrom, p.ValidTo = time.Unix(begin, 0), time.Unix(begin+rapid.Int64Range(1, 3).Draw(t, "length"), 0)
			if rapid.IntRange(0, 4).Draw(t, "clear") == 0 {
				have = ProfilesCleared{ProfileCriteria{IDs: []int64{p.ProfileID}}}.Apply(have)
				continue
			}
			have = ProfileInstalled{Profile: p}.Apply(have)
			checkPlaces(t, have, p)
		}
	})
}

// checkPlaces demands that the latest profile is there, and that no two are for the same.
func checkPlaces(t *rapid.T, have []InstalledProfile, latest InstalledProfile) {
	if !slices.ContainsFunc(have, func(p InstalledProfile) bool { return p.ProfileID == latest.ProfileID && p.EVSE == latest.EVSE }) {
		t.Fatalf("%+v is not there", latest)
	}
	for i := range have {
		for k := range have[:i] {
			a, b := &have[i], &have[k]
			same := a.Purpose == b.Purpose && a.StackLevel == b.StackLevel && (a.Purpose == string(PurposeTx) && a.TransactionID == b.TransactionID ||
				a.Purpose != string(PurposeTx) && a.EVSE == b.EVSE)
			overlap := a.ValidFrom.Before(b.ValidTo) && b.ValidFrom.Before(a.ValidTo)
			if a.ProfileID == b.ProfileID || same && overlap {
				t.Fatalf("%+v and %+v", a, b)
			}
		}
	}
}
