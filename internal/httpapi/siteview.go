package httpapi

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Site is a group of stations that share a limit.
type Site struct {
	ID            string       `json:"id" example:"garage"`
	Note          *string      `json:"note"`
	Unit          string       `json:"unit" enum:"A,W" doc:"Of all limits here. A: amperes per phase. W: watts"`
	Limit         Number       `json:"limit" doc:"Of all members together" example:"63"`
	Times         []SiteTime   `json:"times" nullable:"false" doc:"When another limit holds"`
	TimeZone      string       `json:"timeZone" doc:"Of times" example:"Europe/Berlin"`
	Policy        string       `json:"policy" enum:"equal,first"`
	Minimum       Number       `json:"minimum" doc:"What a session gets at least; it pauses when there is less" example:"6"`
	Fallback      Number       `json:"fallback" doc:"What a member may take when it has been out of contact for fallbackAfter"`
	FallbackAfter *int64       `json:"fallbackAfter" doc:"Seconds; null: a member keeps its last share"`
	Members       []SiteMember `json:"members" nullable:"false"`
	CreatedAt     *time.Time   `json:"createdAt"`
	UpdatedAt     *time.Time   `json:"updatedAt"`
}

// SiteTime is a part of each week with a limit of its own.
type SiteTime struct {
	Days  []string `json:"days" minItems:"1" maxItems:"7" nullable:"false" enum:"Mon,Tue,Wed,Thu,Fri,Sat,Sun" doc:"Days on which it begins" example:"[\"Mon\"]"`
	From  string   `json:"from" maxLength:"5" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" patternDescription:"HH:MM" doc:"In the time zone of the site" example:"22:00"`
	To    string   `json:"to" maxLength:"5" pattern:"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$" patternDescription:"HH:MM" doc:"Not after from: of the next day" example:"06:00"`
	Limit float64  `json:"limit" minimum:"0" maximum:"1000000000" doc:"Of all members together, in that time. Where several hold, the lowest counts" example:"32"`
}

// SiteMember is a station of a site, and what is known of its share.
type SiteMember struct {
	Station        string     `json:"station" example:"CP-001"`
	Max            Number     `json:"max" doc:"What it takes at most; so much counts for it until it has acknowledged a share" example:"32"`
	Acknowledged   Number     `json:"acknowledged" doc:"The share that it accepted last; null: none"`
	AcknowledgedAt *time.Time `json:"acknowledgedAt"`
	Pending        Number     `json:"pending" doc:"A share that was sent, of which it is not known whether it arrived; null: none"`
	Reserved       Number     `json:"reserved" doc:"What it may take now, and what counts for it"`
	AddedAt        *time.Time `json:"addedAt"`
	Note           *string    `json:"note" doc:"What became of the last share that was not acknowledged; null: nothing is wrong"`
}

func viewSite(s fleet.Site) Site {
	now := time.Now()
	v := Site{
		ID: s.ID, Note: orNull(s.Note), Unit: s.Unit, Limit: number(s.Limit.Decimal()), Times: []SiteTime{}, TimeZone: s.Zone, Policy: string(s.Policy),
		Minimum: number(s.Minimum.Decimal()), Members: []SiteMember{}, CreatedAt: instant(s.CreatedAt), UpdatedAt: instant(s.UpdatedAt),
	}
	if v.TimeZone == "" {
		v.TimeZone = "UTC"
	}
	if s.FallbackAfter > 0 {
		after := int64(s.FallbackAfter / time.Second)
		v.Fallback, v.FallbackAfter = number(s.Fallback.Decimal()), &after
	}
	for _, t := range s.Times {
		v.Times = append(v.Times, viewSiteTime(t))
	}
	for _, m := range s.Members {
		v.Members = append(v.Members, viewSiteMember(m, now))
	}
	return v
}

func viewSiteTime(t fleet.SiteTime) SiteTime {
	limit, err := strconv.ParseFloat(string(t.Limit.Decimal()), 64)
	if err != nil {
		limit = 0 // cannot happen: it is a number
	}
	v := SiteTime{From: clockTime(t.From), To: clockTime(t.To), Limit: limit}
	for _, day := range t.Days {
		v.Days = append(v.Days, day.String()[:3])
	}
	return v
}

func clockTime(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// minutesOf undoes clockTime. The form has been checked.
func minutesOf(clock string) int {
	hours, minutes, _ := strings.Cut(clock, ":")
	h, errH := strconv.Atoi(hours)
	m, errM := strconv.Atoi(minutes)
	if errH != nil || errM != nil {
		return -1 // which is refused
	}
	return h*60 + m
}

func viewSiteMember(m fleet.SiteMember, now time.Time) SiteMember {
	v := SiteMember{
		Station: m.Station, Max: number(m.Max.Decimal()), AddedAt: instant(m.AddedAt), Note: orNull(m.Note),
		Reserved: number(m.Reserved(now).Decimal()),
	}
	if m.Acked != nil {
		v.Acknowledged, v.AcknowledgedAt = number(m.Acked.Share.Decimal()), instant(m.Acked.At)
	}
	if m.Pending != nil {
		v.Pending = number(m.Pending.Worst(now).Decimal())
	}
	return v
}

// Allocation is how the limit of a site was shared at a moment, and why.
type Allocation struct {
	Number   int64             `json:"number"`
	At       *time.Time        `json:"at"`
	Reason   string            `json:"reason" example:"a session began at CP-001"`
	Unit     string            `json:"unit" enum:"A,W"`
	Limit    Number            `json:"limit" doc:"That was shared: the lowest of the next two minutes"`
	Reserved Number            `json:"reserved" doc:"What all members could take together when it was shared"`
	Shares   []AllocationShare `json:"shares" nullable:"false"`
}

// AllocationShare is what a member got in an Allocation.
type AllocationShare struct {
	Station      string     `json:"station"`
	Sessions     int        `json:"sessions"`
	Online       bool       `json:"online"`
	Target       Number     `json:"target" doc:"What it was to have"`
	Reserved     Number     `json:"reserved" doc:"What counted for it when the limit was shared"`
	Acknowledged Number     `json:"acknowledged" doc:"What it had accepted before; null: nothing"`
	Sent         Number     `json:"sent" doc:"What was sent to it; null: nothing"`
	Outcome      string     `json:"outcome" enum:"kept,waiting,sent,acknowledged,refused,undelivered,unknown" doc:"kept: it had it already. waiting: nothing was sent, see detail. sent: there was no answer so far"`
	Detail       *string    `json:"detail"`
	SettledAt    *time.Time `json:"settledAt" doc:"When the outcome was known"`
}

func viewAllocation(a fleet.Allocation) Allocation {
	v := Allocation{
		Number: a.Number, At: instant(a.At), Reason: a.Reason, Unit: a.Unit, Limit: number(a.Limit.Decimal()), Reserved: number(a.Reserved.Decimal()),
		Shares: []AllocationShare{},
	}
	for _, s := range a.Shares {
		v.Shares = append(v.Shares, AllocationShare{
			Station: s.Station, Sessions: s.Sessions, Online: s.Online, Target: number(s.Target.Decimal()), Reserved: number(s.Reserved.Decimal()),
			Acknowledged: orNoNumber(s.Acked), Sent: orNoNumber(s.Sent), Outcome: string(s.Outcome), Detail: orNull(s.Detail), SettledAt: instant(s.SettledAt),
		})
	}
	return v
}

func orNoNumber(t *fleet.Tenths) Number {
	if t == nil {
		return ""
	}
	return number(t.Decimal())
}
