package fleet_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

var allocationStart = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// yard is a site with its stations as they really are, and what the server knows of them.
type yard struct {
	site  fleet.Site
	limit fleet.Tenths
	now   time.Time
	known []fleet.Claimant
	real  []realStation
	keys  int
}

// realStation is a station as it really is.
type realStation struct {
	grant   *fleet.Grant  // in force; nil: none, it takes what it can
	skew    time.Duration // its clock minus the true time
	arrived bool          // the offer that is under way has been accepted
}

// takes is what a station may really take at a moment.
func (r realStation) takes(now time.Time, most fleet.Tenths) fleet.Tenths {
	switch {
	case r.grant == nil:
		return most
	case r.grant.For > 0 && now.Add(r.skew).After(r.grant.At.Add(r.grant.For)):
		return r.grant.Fallback
	}
	return r.grant.Share
}

// sums returns what stations may really take that accepted a limit, and what all of them may take as far as is known.
func (y *yard) sums(t *rapid.T) (accepted, known fleet.Tenths) {
	for i, s := range fleet.Allocate(y.site, y.limit, y.known, y.now) {
		takes := y.real[i].takes(y.now, y.known[i].Max)
		if s.Target < 0 || s.Target > max(y.known[i].Max, s.Reserved) {
			t.Fatalf("%s is to have %d", s.Station, s.Target)
		}
		if takes > s.Reserved {
			t.Fatalf("%s may take %d, and %d are reserved for it", s.Station, takes, s.Reserved)
		}
		known += s.Reserved
		if y.real[i].grant != nil {
			accepted += takes
		}
	}
	return accepted, known
}

func (y *yard) allocate(t *rapid.T) (sent int) {
	for i, s := range fleet.Allocate(y.site, y.limit, y.known, y.now) {
		if s.Send == nil {
			continue
		}
		if k := y.known[i]; k.Busy || !k.Online || k.Held {
			t.Fatalf("%+v is sent %+v", k, s.Send)
		}
		y.keys++
		sent++
		y.known[i].SiteMember = y.known[i].Offer(*s.Send, fmt.Sprint(y.keys), y.now)
		y.known[i].Busy = true
		y.real[i].arrived = false
	}
	return sent
}

// arrive lets a station accept what is under way.
func (y *yard) arrive(i int) {
	if y.known[i].Busy && !y.real[i].arrived {
		g := *y.known[i].Pending
		y.real[i].grant, y.real[i].arrived = &g, true
	}
}

func drawYard(t *rapid.T) *yard {
	amount := func(name string, some ...fleet.Tenths) fleet.Tenths { return rapid.SampledFrom(some).Draw(t, name) }
	y := &yard{now: allocationStart, limit: amount("limit", 400, 321, 1000, 100, 0)}
	y.site = fleet.Site{
		ID: "S", Unit: fleet.UnitAmperes, Limit: y.limit, Policy: rapid.SampledFrom(fleet.SitePolicies()).Draw(t, "policy"),
		Minimum: amount("minimum", 60, 0, 61),
	}
	n := rapid.IntRange(2, 5).Draw(t, "stations")
	if rapid.Bool().Draw(t, "falls back") {
		y.site.FallbackAfter = 20 * time.Minute
		y.site.Fallback = min(amount("fallback", 60, 0, 100), y.limit/fleet.Tenths(n))
	}
	for i := range n {
		m := fleet.SiteMember{Station: fmt.Sprintf("CP-%d", i), Max: amount("max", 320, 160, 640, 0)}
		y.known = append(y.known, fleet.Claimant{SiteMember: m})
		y.real = append(y.real, realStation{skew: time.Duration(rapid.IntRange(-240, 240).Draw(t, "skew")) * time.Second})
	}
	if rapid.Bool().Draw(t, "goes on") {
		y.goOn(t)
	}
	return y
}

// goOn makes the site one that has been going on: stations are there with sessions, some have shares that fit beside each other, and others,
// which became members a moment ago or were never reached, have none.
func (y *yard) goOn(t *rapid.T) {
	rest := y.limit
	for i := range y.known {
		c := &y.known[i]
		c.Online = rapid.IntRange(0, 3).Draw(t, "online") > 0
		for range rapid.IntRange(0, 2).Draw(t, "sessions") {
			c.Sessions = append(c.Sessions, y.now)
		}
		if rapid.Bool().Draw(t, "is new") {
			continue
		}
		share := min(rapid.SampledFrom([]fleet.Tenths{rest, rest / 2, 60, 0}).Draw(t, "share"), c.Max, rest)
		g := fleet.Grant{Share: share, At: y.now, For: y.site.FallbackAfter}
		if g.For > 0 {
			g.Fallback = min(y.site.Fallback, share)
		}
		rest -= share
		c.Acked, y.real[i].grant = &g, &g
	}
}

// Whatever arrives, is refused or gets lost, whoever comes and goes, and however often the server restarts: the sum of
// what stations have accepted is never above the limit, and what all may take does not grow above it unless somebody clears a share.
func TestTheLimitOfASiteHoldsAtEveryMoment(t *testing.T) {
	for range 30 { // mistakes in what is counted show in one of some thousand runs
		rapid.Check(t, theLimitHolds)
	}
}

func theLimitHolds(t *rapid.T) {
	y := drawYard(t)
	station := func() int { return rapid.IntRange(0, len(y.known)-1).Draw(t, "station") }
	_, before := y.sums(t)
	t.Repeat(map[string]func(*rapid.T){
		"allocate": func(t *rapid.T) { y.allocate(t) },
		"comes or goes": func(*rapid.T) {
			i := station()
			y.known[i].Online = !y.known[i].Online
		},
		"all come": func(*rapid.T) {
			for i := range y.known {
				y.known[i].Online = true
			}
		},
		"begins": func(*rapid.T) {
			i := station()
			y.known[i].Sessions = append(y.known[i].Sessions, y.now)
		},
		"ends": func(*rapid.T) { y.known[station()].Sessions = nil },
		"waits": func(t *rapid.T) {
			y.now = y.now.Add(time.Duration(rapid.IntRange(1, 1800).Draw(t, "seconds")) * time.Second)
		},
		"arrives": func(*rapid.T) { y.arrive(station()) },
		"is answered": func(*rapid.T) {
			if i := station(); y.known[i].Busy {
				y.arrive(i)
				y.known[i].SiteMember, y.known[i].Busy = y.known[i].Accepted(), false
			}
		},
		"is refused": func(*rapid.T) {
			if i := station(); y.known[i].Busy && !y.real[i].arrived {
				y.known[i].SiteMember, y.known[i].Busy, y.known[i].Held = y.known[i].Refused("Rejected"), false, true
			}
		},
		"is not answered": func(*rapid.T) {
			if i := station(); y.known[i].Busy {
				y.known[i].SiteMember, y.known[i].Busy, y.known[i].Held = y.known[i].Doubtful("timeout"), false, true
			}
		},
		"is tried again": func(*rapid.T) { y.known[station()].Held = false },
		"is cleared": func(t *rapid.T) { // by somebody, and the station may take what it can again
			if i := station(); !y.known[i].Busy {
				y.known[i].SiteMember, y.real[i].grant = y.known[i].Forgotten("cleared"), nil
				_, before = y.sums(t)
			}
		},
		"server restarts": func(*rapid.T) {
			for i := range y.known {
				if y.known[i].Busy {
					y.known[i].SiteMember = y.known[i].Doubtful("the server ended")
				}
				y.known[i].Busy, y.known[i].Held = false, false
			}
		},
		"": func(t *rapid.T) {
			accepted, known := y.sums(t)
			if accepted > y.limit {
				t.Fatalf("stations accepted %d of %d together", accepted, y.limit)
			}
			if known > y.limit && known > before {
				t.Fatalf("stations may take %d, and %d before, while the limit is %d", known, before, y.limit)
			}
			before = known
		},
	})
	y.settle(t)
}

// settle lets everybody come back and accept everything: then nothing more is sent, and what is there is used.
func (y *yard) settle(t *rapid.T) {
	for i := range y.known {
		if y.known[i].Busy {
			y.known[i].SiteMember, y.known[i].Busy = y.known[i].Doubtful("lost"), false
		}
		y.known[i].Online, y.known[i].Held = true, false
	}
	for round := range 6 {
		if y.allocate(t) == 0 {
			y.settled(t)
			return
		}
		for i := range y.known {
			if y.known[i].Busy {
				y.arrive(i)
				y.known[i].SiteMember, y.known[i].Busy = y.known[i].Accepted(), false
			}
		}
		if accepted, _ := y.sums(t); accepted > y.limit {
			t.Fatalf("round %d: stations accepted %d of %d together", round, accepted, y.limit)
		}
	}
	t.Fatal("it does not come to rest")
}

func (y *yard) settled(t *rapid.T) {
	shares := fleet.Allocate(y.site, y.limit, y.known, y.now)
	var sum, wanted fleet.Tenths
	starved := false
	for i, s := range shares {
		m := y.known[i]
		if m.Acked == nil || m.Acked.Share != s.Target {
			t.Fatalf("%s is to have %d and has %+v", s.Station, s.Target, m.Acked)
		}
		sum += s.Target
		least := min(y.site.Minimum*fleet.Tenths(s.Sessions), m.Max)
		if s.Sessions > 0 {
			wanted += m.Max
			starved = starved || s.Target < least
		}
	}
	// With room to spare, somebody is at its most or paused; equal shares leave less than a tenth for each session.
	if rest := y.limit - sum; rest > 0 && !starved && y.site.Policy == fleet.PolicyFirst {
		for i, s := range shares {
			if s.Sessions > 0 && s.Target < y.known[i].Max {
				t.Fatalf("%s has %d of %d while %d are left", s.Station, s.Target, y.known[i].Max, rest)
			}
		}
	}
	if again := fleet.Allocate(y.site, y.limit, slices.Clone(y.known), y.now); fmt.Sprint(again) != fmt.Sprint(shares) {
		t.Fatalf("the same input gives %v and %v", shares, again)
	}
}

func claimant(station string, most fleet.Tenths, sessions int) fleet.Claimant {
	c := fleet.Claimant{SiteMember: fleet.SiteMember{Station: station, Max: most}, Online: true}
	for i := range sessions {
		c.Sessions = append(c.Sessions, allocationStart.Add(time.Duration(i)*time.Minute))
	}
	return c
}

func targets(s fleet.Site, members ...fleet.Claimant) (list []fleet.Tenths) {
	for _, share := range fleet.Allocate(s, s.Limit, members, allocationStart.Add(time.Hour)) {
		list = append(list, share.Target)
	}
	return list
}

func TestSharesOfASite(t *testing.T) {
	site := fleet.Site{Unit: fleet.UnitAmperes, Limit: 400, Policy: fleet.PolicyEqual, Minimum: 60}
	late := claimant("C", 320, 1)
	late.Sessions[0] = allocationStart.Add(time.Minute)
	away := claimant("D", 160, 0)
	away.Online = false
	refused := claimant("D", 160, 0)
	refused.Held = true
	first := site
	first.Policy = fleet.PolicyFirst
	scarce := site
	scarce.Limit = 100
	falls := site
	falls.Fallback, falls.FallbackAfter = 60, time.Hour
	for name, test := range map[string]struct {
		site    fleet.Site
		members []fleet.Claimant
		want    []fleet.Tenths
	}{
		"equal":                        {site, []fleet.Claimant{claimant("A", 320, 1), claimant("B", 320, 1), claimant("C", 320, 0)}, []fleet.Tenths{200, 200, 0}},
		"no more than a station takes": {site, []fleet.Claimant{claimant("A", 160, 1), claimant("B", 320, 1)}, []fleet.Tenths{160, 240}},
		"by session":                   {site, []fleet.Claimant{claimant("A", 640, 3), claimant("B", 640, 1)}, []fleet.Tenths{300, 100}},
		"odd tenths are left":          {site, []fleet.Claimant{claimant("A", 320, 1), claimant("B", 320, 1), claimant("C", 320, 1)}, []fleet.Tenths{133, 133, 133}},
		"who comes late pauses":        {scarce, []fleet.Claimant{late, claimant("A", 320, 1)}, []fleet.Tenths{0, 100}},
		"first come":                   {first, []fleet.Claimant{late, claimant("A", 320, 1)}, []fleet.Tenths{80, 320}},
		"an absent station keeps what it may take": {site, []fleet.Claimant{claimant("A", 320, 1), away}, []fleet.Tenths{240, 160}},
		"so does one that refused":                 {site, []fleet.Claimant{claimant("A", 320, 1), refused}, []fleet.Tenths{240, 160}},
		"those away take all and more":             {scarce, []fleet.Claimant{claimant("A", 320, 1), away}, []fleet.Tenths{0, 160}},
		"each session needs the minimum":           {scarce, []fleet.Claimant{claimant("A", 320, 2), claimant("B", 320, 1)}, []fleet.Tenths{0, 100}},
		"the fallback is kept free":                {falls, []fleet.Claimant{claimant("A", 640, 1), claimant("B", 320, 0)}, []fleet.Tenths{340, 60}},
		"nothing to share":                         {fleet.Site{Limit: 0, Minimum: 60}, []fleet.Claimant{claimant("A", 320, 1)}, []fleet.Tenths{0}},
	} {
		if got := targets(test.site, test.members...); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestMoreIsSentOnlyWhenLessWasAcknowledged(t *testing.T) {
	site := fleet.Site{Unit: fleet.UnitAmperes, Limit: 320, Policy: fleet.PolicyEqual, Minimum: 60}
	a, b := claimant("A", 320, 1), claimant("B", 320, 1)
	b.Acked = &fleet.Grant{Share: 100}
	for share, sent := range map[fleet.Tenths]bool{160: true, 161: false} { // a tenth too many
		a.Acked = &fleet.Grant{Share: share}
		if shares := fleet.Allocate(site, site.Limit, []fleet.Claimant{a, b}, allocationStart); (shares[1].Send != nil) != sent {
			t.Errorf("beside %d: %+v", share, shares[1])
		}
	}
	a.Acked, b.Acked = &fleet.Grant{Share: 320}, &fleet.Grant{}
	shares := fleet.Allocate(site, site.Limit, []fleet.Claimant{a, b}, allocationStart)
	if shares[0].Send == nil || shares[0].Send.Share != 160 || shares[1].Send != nil || shares[1].Wait != fleet.WaitRoom {
		t.Errorf("at first: %+v", shares)
	}
	a.SiteMember = a.Offer(*shares[0].Send, "1", allocationStart)
	a.Busy = true
	if shares = fleet.Allocate(site, site.Limit, []fleet.Claimant{a, b}, allocationStart); shares[1].Send != nil {
		t.Errorf("before the answer: %+v", shares)
	}
	a.SiteMember, a.Busy = a.Accepted(), false
	if shares = fleet.Allocate(site, site.Limit, []fleet.Claimant{a, b}, allocationStart); shares[1].Send == nil || shares[1].Send.Share != 160 {
		t.Errorf("after the answer: %+v", shares)
	}
}

func TestGrantsAreRenewedBeforeTheyFallBack(t *testing.T) {
	site := fleet.Site{Unit: fleet.UnitAmperes, Limit: 320, Policy: fleet.PolicyEqual, Fallback: 60, FallbackAfter: 20 * time.Minute}
	a := claimant("A", 320, 1)
	a.Acked = &fleet.Grant{Share: 320, At: allocationStart, For: 20 * time.Minute, Fallback: 60}
	for after, want := range map[time.Duration]bool{9 * time.Minute: false, 10 * time.Minute: true, time.Hour: true} {
		shares := fleet.Allocate(site, site.Limit, []fleet.Claimant{a}, allocationStart.Add(after))
		if got := shares[0].Send != nil; got != want {
			t.Errorf("after %v: %+v", after, shares[0])
		}
	}
	p := a.Acked.Profile(fleet.UnitAmperes, 8)
	if f := p.Check(); len(f) > 0 {
		t.Error(f)
	}
	if got := fmt.Sprintln(p.Schedules[0].Periods[0].Limit, p.Schedules[0].Periods[1].Start, p.Schedules[0].Periods[1].Limit); got != "32 87600 6\n" {
		t.Errorf("the profile: %s", got)
	}
}

func TestLimitsOfASiteByTheWeek(t *testing.T) {
	site := fleet.Site{Limit: 400, Times: []fleet.SiteTime{
		{Days: []time.Weekday{time.Monday}, From: 18 * 60, To: 20 * 60, Limit: 100},
		{Days: []time.Weekday{time.Monday}, From: 22 * 60, To: 6 * 60, Limit: 800},
		{Days: []time.Weekday{time.Monday}, From: 23 * 60, To: 24 * 60, Limit: 600},
	}}
	monday := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	for at, want := range map[time.Duration][2]fleet.Tenths{
		0:                             {400, 400},
		17*time.Hour + 57*time.Minute: {400, 400},
		17*time.Hour + 58*time.Minute: {400, 100}, // stations have to acknowledge less before it holds
		18 * time.Hour:                {100, 100},
		19*time.Hour + 59*time.Minute: {100, 100},
		20 * time.Hour:                {400, 400},
		22 * time.Hour:                {800, 800},
		23 * time.Hour:                {600, 600},
		24 * time.Hour:                {800, 800}, // of the day before
		30*time.Hour - time.Minute:    {800, 400},
		30 * time.Hour:                {400, 400},
		7 * 24 * time.Hour:            {400, 400},
	} {
		now := monday.Add(at)
		if got := [2]fleet.Tenths{site.LimitAt(now), site.LimitSoon(now)}; got != want {
			t.Errorf("%v: %v, want %v", at, got, want)
		}
	}
}
