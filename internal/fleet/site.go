package fleet

import (
	"fmt"
	"slices"
	"time"
)

// Site is a group of stations that share a limit.
type Site struct {
	ID   string // chosen by the operator
	Note string

	Unit    string     // UnitAmperes (per phase) or UnitWatts, of everything here
	Limit   Tenths     // of all members together
	Times   []SiteTime // when another limit holds
	Zone    string     // time zone of Times, as in the IANA database; "": UTC
	Policy  SitePolicy
	Minimum Tenths // what a session gets at least; it pauses when there is less

	// Fallback is what a member may take when it has been out of contact for FallbackAfter. It is kept free for each
	// member at all times. With FallbackAfter 0 a member keeps its last share for ever.
	Fallback      Tenths
	FallbackAfter time.Duration // in whole seconds

	CreatedAt, UpdatedAt time.Time
	Members              []SiteMember // in the order of their ids
}

// SitePolicy says how the limit is shared.
type SitePolicy string

// The policies.
const (
	PolicyEqual SitePolicy = "equal" // every session gets the same, or as much as its station takes
	PolicyFirst SitePolicy = "first" // those that began first get what they take, later ones what is left
)

// SitePolicies are all of them.
func SitePolicies() []SitePolicy { return []SitePolicy{PolicyEqual, PolicyFirst} }

// SiteMember is a station of a site, and what is known of its share. A station is a member of one site at most.
type SiteMember struct {
	Station string
	Max     Tenths // what it takes at most; so much counts for it until it has acknowledged a share
	AddedAt time.Time

	Acked   *Grant // the last that it acknowledged; nil: none
	Pending *Grant // one that may have arrived; nil: none
	Command string // key of the command that Pending went out with; "": none is under way
	Note    string // what became of the last one that was not acknowledged; "": nothing is wrong
}

// Reserved returns what the station may take at most, whatever became of what it was sent.
func (m SiteMember) Reserved(now time.Time) Tenths {
	worst := m.Max
	if m.Acked != nil {
		worst = m.Acked.Worst(now)
	}
	if m.Pending != nil {
		worst = max(worst, m.Pending.Worst(now))
	}
	return worst
}

// Offer returns the member when a grant goes out to it under the key of a command: it may have arrived from now on.
func (m SiteMember) Offer(g Grant, command string, now time.Time) SiteMember {
	if m.Pending != nil {
		g.Before = m.Pending.Worst(now)
	}
	m.Pending, m.Command = &g, command
	return m
}

// Accepted returns the member when it has acknowledged what was offered.
func (m SiteMember) Accepted() SiteMember {
	if m.Pending != nil {
		acked := *m.Pending
		acked.Before = 0
		m.Acked = &acked
	}
	m.Pending, m.Command, m.Note = nil, "", ""
	return m
}

// Refused returns the member when what was offered has certainly no effect: it was refused, or not delivered.
func (m SiteMember) Refused(note string) SiteMember {
	if m.Pending != nil && m.Pending.Before > 0 {
		m.Pending = &Grant{Share: m.Pending.Before, At: m.Pending.At}
	} else {
		m.Pending = nil
	}
	m.Command, m.Note = "", note
	return m
}

// Doubtful returns the member when nobody knows whether what was offered has arrived.
func (m SiteMember) Doubtful(note string) SiteMember {
	m.Command, m.Note = "", note
	return m
}

// Forgotten returns the member when the station has lost its share: it may take what it can.
func (m SiteMember) Forgotten(note string) SiteMember {
	m.Acked, m.Pending, m.Command, m.Note = nil, nil, "", note
	return m
}

// SiteTime is a part of each week with a limit of its own.
type SiteTime struct {
	Days  []time.Weekday `json:"days"`
	From  int            `json:"from"` // minutes since midnight
	To    int            `json:"to"`   // minutes since midnight; not after From: of the next day
	Limit Tenths         `json:"limit"`
}

// Bounds of a site.
const (
	MaxSiteMembers   = 200
	MaxSiteTimes     = 50
	MinFallbackAfter = 5 * time.Minute
	MaxFallbackAfter = 24 * time.Hour

	minutesOfDay = 24 * 60
)

// Check returns what is wrong with a site. Pointers are those of the API.
func (s Site) Check() Faults {
	var f Faults
	f.addIf(s.Unit != UnitAmperes && s.Unit != UnitWatts, "/unit", "it is A or W")
	f.addIf(!slices.Contains(SitePolicies(), s.Policy), "/policy", "it is one of %s", listed(SitePolicies()))
	f.addIf(s.Minimum > s.Limit, "/minimum", "it is above the limit: no session could ever begin")
	f.addIf(len(s.Times) > MaxSiteTimes, "/times", "there are at most %d", MaxSiteTimes)
	for i := range s.Times {
		f = append(f, s.Times[i].check().Under(fmt.Sprintf("/times/%d", i))...)
	}
	f.addIf(len(s.Members) > MaxSiteMembers, "", "a site has at most %d members", MaxSiteMembers)
	s.checkFallback(&f)
	return f
}

func (s Site) checkFallback(f *Faults) {
	if s.FallbackAfter == 0 {
		f.addIf(s.Fallback != 0, "/fallback", "say with fallbackAfter when it begins to hold")
		return
	}
	f.addIf(s.FallbackAfter < MinFallbackAfter || s.FallbackAfter > MaxFallbackAfter, "/fallbackAfter", "it is from %.0f to %.0f seconds",
		MinFallbackAfter.Seconds(), MaxFallbackAfter.Seconds())
	lowest := s.Limit
	for _, t := range s.Times {
		lowest = min(lowest, t.Limit)
	}
	var all Tenths
	for _, m := range s.Members {
		all += min(s.Fallback, m.Max)
	}
	f.addIf(all > lowest, "/fallback", "all %d members out of contact would take %s together, and the lowest limit is %s",
		len(s.Members), all.Decimal(), lowest.Decimal())
}

func (t SiteTime) check() Faults {
	var f Faults
	f.addIf(len(t.Days) == 0, "/days", "say on which days")
	f.addIf(t.From < 0 || t.From >= minutesOfDay, "/from", "it is from 00:00 to 23:59")
	f.addIf(t.To < 0 || t.To > minutesOfDay, "/to", "it is from 00:00 to 24:00")
	f.addIf(t.From == t.To, "/to", "it is another moment than from")
	return f
}

// holds reports whether a moment, in the time zone of the site, belongs to it.
func (t SiteTime) holds(now time.Time) bool {
	minute := now.Hour()*60 + now.Minute()
	if t.From < t.To {
		return slices.Contains(t.Days, now.Weekday()) && minute >= t.From && minute < t.To
	}
	yesterday := (now.Weekday() + 6) % 7
	return slices.Contains(t.Days, now.Weekday()) && minute >= t.From || slices.Contains(t.Days, yesterday) && minute < t.To
}

// LimitAt returns the limit at a moment, which is in the time zone of the site: the lowest of the times that it belongs to,
// and Limit when it belongs to none.
func (s Site) LimitAt(now time.Time) Tenths {
	limit, found := s.Limit, false
	for _, t := range s.Times {
		if t.holds(now) && (!found || t.Limit < limit) {
			limit, found = t.Limit, true
		}
	}
	return limit
}

// limitLead is how long before the limit falls the shares do: stations have to acknowledge them.
const limitLead = 2 * time.Minute

// LimitSoon returns the limit to share at a moment, which is in the time zone of the site: the lowest until limitLead from
// then.
func (s Site) LimitSoon(now time.Time) Tenths {
	limit := s.LimitAt(now)
	for lead := time.Minute; lead <= limitLead; lead += time.Minute {
		limit = min(limit, s.LimitAt(now.Add(lead)))
	}
	return limit
}
