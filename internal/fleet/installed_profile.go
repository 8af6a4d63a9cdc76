package fleet

import (
	"fmt"
	"slices"
	"time"
)

// InstalledProfile is a charging profile that is installed at a station, as far as the station told: by accepting it, or in a
// report.
type InstalledProfile struct {
	Number          int64
	Station         string
	ChargingProfile           // RequestID is that of the latest report that had it; 0: none did
	AcceptedAt      time.Time // when the station accepted it, or a change of it, from here; zero: it did not
	ReportedAt      time.Time // when a report had it last; zero: none did
}

// KnownAt returns when the station told of it last.
func (p *InstalledProfile) KnownAt() time.Time {
	if p.ReportedAt.After(p.AcceptedAt) {
		return p.ReportedAt
	}
	return p.AcceptedAt
}

// KnownFrom says by what the station told of it last.
func (p *InstalledProfile) KnownFrom() ProfileSource {
	if p.ReportedAt.After(p.AcceptedAt) {
		return ProfileFromReport
	}
	return ProfileFromAnswer
}

// ProfileSource is by what a station tells that it has a profile.
type ProfileSource string

// The sources.
const (
	ProfileFromAnswer ProfileSource = "answer" // it accepted the profile
	ProfileFromReport ProfileSource = "report" // it reported the profile (K09)
)

// ProfileCriteria choose profiles by all that is given, as ClearChargingProfile and GetChargingProfiles do.
type ProfileCriteria struct {
	IDs        []int64 // empty: any
	EVSE       *int64  // 0: the whole station; nil: any
	Purpose    string  // "": any
	StackLevel *int64  // nil: any
	Sources    []string
}

// Match reports whether a profile is meant.
func (c ProfileCriteria) Match(p *InstalledProfile) bool {
	return (len(c.IDs) == 0 || slices.Contains(c.IDs, p.ProfileID)) &&
		(c.EVSE == nil || *c.EVSE == p.EVSE) &&
		(c.Purpose == "" || c.Purpose == p.Purpose) &&
		(c.StackLevel == nil || *c.StackLevel == p.StackLevel) &&
		(len(c.Sources) == 0 || p.Source == "" || slices.Contains(c.Sources, p.Source))
}

// ProfileInstalled is a profile that a station accepted.
type ProfileInstalled struct {
	Profile InstalledProfile
	AnyTime bool // it takes the place of others of its kind whenever they are valid (1.6 3.13.2)
}

// ProfilesCleared are profiles that are not there any more. Limits of others than the CSMS stay (K10.FR.04).
type ProfilesCleared struct{ Criteria ProfileCriteria }

// ProfilesAbsent says that a station has no such profiles at all (K09).
type ProfilesAbsent struct{ Criteria ProfileCriteria }

// ProfileUpdated is a change of the values of a dynamic profile that a station accepted (K28).
type ProfileUpdated struct {
	ID     int64
	Period SchedulePeriod // what is otherwise; empty fields stay
	At     time.Time
}

func (c ProfileInstalled) check(station string) error {
	if c.Profile.Station != station {
		return fmt.Errorf("%w: a charging profile of %q", ErrInvalidEvent, c.Profile.Station)
	}
	return c.Profile.Check()
}

func (ProfilesCleared) check(string) error { return nil }

func (ProfilesAbsent) check(string) error { return nil }

func (ProfileUpdated) check(string) error { return nil }

// Apply returns what is installed when a station has accepted a profile: it replaces one of its id (K01.FR.05), and those
// whose place it takes.
func (c ProfileInstalled) Apply(have []InstalledProfile) []InstalledProfile {
	p := c.Profile
	var now []InstalledProfile
	for i := range have {
		old := &have[i]
		switch {
		case old.Purpose == string(PurposeExternal):
			now = append(now, *old)
		case old.ProfileID == p.ProfileID:
			p.Number = old.Number
		case old.samePlace(&p) && (c.AnyTime || old.overlaps(&p)):
		default:
			now = append(now, *old)
		}
	}
	return append(now, p)
}

// samePlace reports whether two profiles would be used for the same thing: of those that are valid at a time a station has one
// (K01.FR.06, K01.FR.39).
func (p *InstalledProfile) samePlace(other *InstalledProfile) bool {
	if p.Purpose != other.Purpose || p.StackLevel != other.StackLevel {
		return false
	}
	if p.Purpose == string(PurposeTx) && p.TransactionID != "" && other.TransactionID != "" {
		return p.TransactionID == other.TransactionID
	}
	return p.EVSE == other.EVSE
}

// overlaps reports whether there is a moment at which both are valid.
func (p *InstalledProfile) overlaps(other *InstalledProfile) bool {
	return endsAfter(p.ValidTo, other.ValidFrom) && endsAfter(other.ValidTo, p.ValidFrom)
}

// endsAfter compares an end, which may be never, with a begin, which may be ever.
func endsAfter(end, begin time.Time) bool { return end.IsZero() || begin.IsZero() || end.After(begin) }

// Apply returns what is installed when profiles were cleared.
func (c ProfilesCleared) Apply(have []InstalledProfile) []InstalledProfile {
	return slices.DeleteFunc(have, func(p InstalledProfile) bool { return p.Purpose != string(PurposeExternal) && c.Criteria.Match(&p) })
}

// Apply returns what is installed when there are no such profiles.
func (c ProfilesAbsent) Apply(have []InstalledProfile) []InstalledProfile {
	return slices.DeleteFunc(have, func(p InstalledProfile) bool { return c.Criteria.Match(&p) })
}

// Apply returns what is installed when the values of a profile are others.
func (c ProfileUpdated) Apply(have []InstalledProfile) []InstalledProfile {
	for i := range have {
		p := &have[i]
		if p.ProfileID != c.ID || len(p.Schedules) == 0 || len(p.Schedules[0].Periods) == 0 {
			continue
		}
		schedule := p.Schedules[0]
		schedule.Periods = slices.Clone(schedule.Periods)
		schedule.Periods[0] = c.change(schedule.Periods[0])
		p.Schedules, p.AcceptedAt = append([]ChargingSchedule{schedule}, p.Schedules[1:]...), c.At
	}
	return have
}

func (c ProfileUpdated) change(p SchedulePeriod) SchedulePeriod {
	for _, x := range []struct{ now, told *Decimal }{
		{&p.Limit, &c.Period.Limit}, {&p.LimitL2, &c.Period.LimitL2}, {&p.LimitL3, &c.Period.LimitL3},
		{&p.Setpoint, &c.Period.Setpoint}, {&p.SetpointL2, &c.Period.SetpointL2}, {&p.SetpointL3, &c.Period.SetpointL3},
		{&p.SetpointReactive, &c.Period.SetpointReactive}, {&p.SetpointReactiveL2, &c.Period.SetpointReactiveL2}, {&p.SetpointReactiveL3, &c.Period.SetpointReactiveL3},
		{&p.DischargeLimit, &c.Period.DischargeLimit}, {&p.DischargeLimitL2, &c.Period.DischargeLimitL2}, {&p.DischargeLimitL3, &c.Period.DischargeLimitL3},
	} {
		if *x.told != "" {
			*x.now = *x.told
		}
	}
	return p
}

// ProfilesAsked is a question for the profiles of a station, before it is sent: what the reports that follow do not have is not
// there.
type ProfilesAsked struct {
	Station   string
	Received  time.Time // when it was asked
	RequestID int64
	Criteria  ProfileCriteria
}

// About returns the station's identity.
func (e ProfilesAsked) About() string { return e.Station }

// Check demands a station.
func (e ProfilesAsked) Check() error { return checkStation(e.Station) }

// ProfilesReported is a message of a report of charging profiles. Its records are of type ChargingProfile.
type ProfilesReported struct {
	Told
	RequestID int64
	More      bool // another message of the report follows
}

// Apply returns what is installed when a message of a report has come; asked is the question that it answers, nil when it is not
// known. The last message says that nothing else is there that fits the question, unless the station told of it since.
func (e ProfilesReported) Apply(have []InstalledProfile, asked *ProfilesAsked) []InstalledProfile {
	now := slices.Clone(have)
	for _, r := range e.Records {
		if p, ok := r.(ChargingProfile); ok {
			now = e.put(now, p)
		}
	}
	if e.More || asked == nil {
		return now
	}
	return slices.DeleteFunc(now, func(p InstalledProfile) bool {
		return p.KnownAt().Before(asked.Received) && asked.Criteria.Match(&p)
	})
}

// put replaces the profiles of an id by the one that was reported. A report may have one several times, for each EVSE that it
// counts for.
func (e ProfilesReported) put(have []InstalledProfile, told ChargingProfile) []InstalledProfile {
	p := InstalledProfile{Station: e.Station, ChargingProfile: told, ReportedAt: e.Received}
	var now []InstalledProfile
	for _, old := range have {
		again := old.RequestID == e.RequestID && !old.ReportedAt.IsZero()
		switch {
		case old.ProfileID != told.ProfileID || again && old.EVSE != told.EVSE:
			now = append(now, old)
		case p.Number == 0:
			p.Number, p.AcceptedAt = old.Number, old.AcceptedAt
		}
	}
	return append(now, p)
}

// CompositeSchedule is what limit results from all charging profiles, as a station answered (K08).
type CompositeSchedule struct {
	Station  string
	EVSE     int64 // the connector in 1.6; 0: the whole station
	Start    time.Time
	Seconds  int64
	Unit     string // A or W; "": the station did not say
	Periods  []SchedulePeriod
	Received time.Time
}

// CompositeTold is the latest schedule of an EVSE.
type CompositeTold struct{ Schedule CompositeSchedule }

func (c CompositeTold) check(station string) error {
	if c.Schedule.Station != station {
		return fmt.Errorf("%w: a schedule of %q", ErrInvalidEvent, c.Schedule.Station)
	}
	return checkEVSE(c.Schedule.EVSE)
}
