package fleet

import "time"

// Grant is a share of the limit of a site that a station was given.
type Grant struct {
	Share    Tenths
	At       time.Time     // when it was made
	For      time.Duration // how long the share holds from then on; 0: until the station gets another
	Fallback Tenths        // what holds after that; at most Share
	Before   Tenths        // what may hold instead, from grants of which nobody knows whether they arrived
}

// grantSlack is how long after its time a grant may still hold at a station: its clock is not ours.
const grantSlack = 5 * time.Minute

// Worst returns what a station with this grant may take at a moment.
func (g Grant) Worst(now time.Time) Tenths {
	if g.For > 0 && now.After(g.At.Add(g.For+grantSlack)) {
		return max(g.Fallback, g.Before)
	}
	return max(g.Share, g.Before)
}

// fits reports whether a station that has g need not be given want: they say the same, and g holds long enough.
func (g Grant) fits(want Grant) bool {
	return g.Share == want.Share && g.For == want.For && g.Fallback == want.Fallback &&
		(g.For == 0 || want.At.Before(g.At.Add(g.For/2)))
}

// grantStart is how long before a grant its schedule starts: a station whose clock is behind would not limit anything
// until then.
const grantStart = 24 * time.Hour

// Profile returns the charging profile that gives a station the grant: one for the whole station, which falls back by
// itself.
func (g Grant) Profile(unit string, level int64) Profile {
	periods := []SchedulePeriod{{Limit: g.Share.Decimal()}}
	if g.For > 0 {
		periods = append(periods, SchedulePeriod{Start: int64((grantStart + g.For).Seconds()), Limit: g.Fallback.Decimal()})
	}
	return Profile{
		Purpose: PurposeStationMax, Kind: KindAbsolute, StackLevel: level,
		Schedules: []ChargingSchedule{{ID: 1, Start: Instant(g.At.Add(-grantStart)).Truncate(time.Second), Unit: unit, Periods: periods}},
	}
}

// limitStart is when limits begin to hold: long ago, for the clock of a station may be wrong.
var limitStart = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// GrantID is the id of the profile that gives a station its share.
const GrantID = siteID
