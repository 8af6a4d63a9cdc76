package fleet

import (
	"cmp"
	"slices"
	"time"
)

// Claimant is a member of a site as it is when the limit is shared.
type Claimant struct {
	SiteMember
	Online   bool
	Sessions []time.Time // when its running transactions began
	Busy     bool        // Pending is under way: nothing else can be sent now
	Held     bool        // it has refused lately, or not answered: it is left alone for a while
}

// taken returns what a station may have acknowledged, nothing as long as it cannot have acknowledged a share.
func (c *Claimant) taken(now time.Time) (taken Tenths) {
	if c.Acked != nil {
		taken = c.Acked.Worst(now)
	}
	if c.Pending != nil {
		taken = max(taken, c.Pending.Worst(now))
	}
	return taken
}

// Share is what a member of a site is to have.
type Share struct {
	Station  string
	Sessions int
	Online   bool
	Target   Tenths // what it is to have
	Reserved Tenths // what it may take for now, and counts for it
	Send     *Grant // what to send now; nil: nothing
	Wait     string // why the target cannot be sent, in words; "": it has it, or it is sent
}

// Why a target is not sent.
const (
	WaitOffline = "the station is not connected"
	WaitHeld    = "the station refused, or did not answer"
	WaitBusy    = "the station has not answered the last share yet"
	WaitRoom    = "others have to acknowledge less first"
)

// Allocate shares the limit of a site, and says what to send now. The result is in the order of the members, and the same
// for the same input.
//
// What is promised: while the limit and the members stay, the sum of what stations may take never grows above the limit,
// whatever arrives, gets lost or is refused. A station gets more only when that fits beside what all others may take,
// those included that are away or have not answered. Less it gets at once.
func Allocate(s Site, limit Tenths, members []Claimant, now time.Time) []Share {
	a := allocation{site: s, limit: limit, now: now}
	for i := range members {
		m := &members[i]
		c := claim{Claimant: m, worst: m.Reserved(now), free: m.Online && !m.Held}
		if s.FallbackAfter > 0 {
			c.base = min(s.Fallback, m.Max)
		}
		c.need = max(c.base, min(s.Minimum*Tenths(len(m.Sessions)), m.Max))
		a.claims = append(a.claims, c)
	}
	a.share()
	return a.sends()
}

// allocation is the work of one call of Allocate.
type allocation struct {
	site   Site
	limit  Tenths
	now    time.Time
	claims []claim

	all   Tenths // what all may take, with what is sent
	taken Tenths // what they may have acknowledged, with what is sent
}

// claim is a member with its target.
type claim struct {
	*Claimant
	worst  Tenths
	free   bool   // it can be given something
	base   Tenths // kept free for it at all times
	need   Tenths // without so much its sessions pause
	target Tenths
}

// began returns when the first session began.
func (c *claim) began() time.Time {
	if len(c.Sessions) == 0 {
		return time.Time{}
	}
	return slices.MinFunc(c.Sessions, time.Time.Compare)
}

// share sets the targets.
func (a *allocation) share() {
	rest := a.limit
	for i := range a.claims {
		if c := &a.claims[i]; !c.free {
			c.target = c.worst // it cannot be changed
			rest -= c.worst
		}
	}
	rest = max(0, rest)
	order := a.order()
	for _, c := range order {
		c.target = min(c.base, rest)
		rest -= c.target
	}
	admitted := a.admit(order, &rest)
	switch a.site.Policy {
	case PolicyFirst:
		for _, c := range admitted {
			more := min(c.Max-c.target, rest)
			c.target += more
			rest -= more
		}
	default:
		level(admitted, rest)
	}
}

// order returns those that can be given something: those with sessions first, the longest first.
func (a *allocation) order() (order []*claim) {
	for i := range a.claims {
		if a.claims[i].free {
			order = append(order, &a.claims[i])
		}
	}
	slices.SortStableFunc(order, func(x, y *claim) int {
		if (len(x.Sessions) == 0) != (len(y.Sessions) == 0) {
			return cmp.Compare(len(y.Sessions), len(x.Sessions))
		}
		return cmp.Or(x.began().Compare(y.began()), cmp.Compare(x.Station, y.Station))
	})
	return order
}

// admit gives those with sessions what they need, as long as there is enough, and returns them. The sessions of others
// pause.
func (a *allocation) admit(order []*claim, rest *Tenths) (admitted []*claim) {
	for _, c := range order {
		more := max(0, c.need-c.target)
		if len(c.Sessions) == 0 || more > *rest || c.Max == 0 {
			continue
		}
		c.target += more
		*rest -= more
		admitted = append(admitted, c)
	}
	return admitted
}

// level shares the rest so that every session gets the same, or as much as its station takes.
func level(claims []*claim, rest Tenths) {
	low, high := Tenths(0), Tenths(0)
	total := rest
	for _, c := range claims {
		total += c.target
		high = max(high, c.Max)
	}
	at := func(level Tenths, c *claim) Tenths {
		return max(c.target, min(level*Tenths(len(c.Sessions)), c.Max))
	}
	for low < high { // the highest level that fits
		middle := (low + high + 1) / 2
		var sum Tenths
		for _, c := range claims {
			sum += at(middle, c)
		}
		if sum <= total {
			low = middle
		} else {
			high = middle - 1
		}
	}
	for _, c := range claims {
		c.target = at(low, c)
	}
}

// grant is what a claim is to be sent when it gets so much.
func (a *allocation) grant(c *claim, share Tenths) Grant {
	g := Grant{Share: share, At: a.now, For: a.site.FallbackAfter}
	if g.For > 0 {
		g.Fallback = min(c.base, share)
	}
	return g
}

// sends decides what goes out now. Less that goes out makes no room yet: that has to be acknowledged first.
func (a *allocation) sends() []Share {
	shares := make([]Share, len(a.claims))
	for i := range a.claims {
		c := &a.claims[i]
		a.all += c.worst
		a.taken += c.taken(a.now)
		shares[i] = Share{Station: c.Station, Sessions: len(c.Sessions), Online: c.Online, Target: c.target, Reserved: c.worst, Wait: c.blocked()}
	}
	for i := range a.claims {
		if shares[i].Wait == "" {
			a.send(&shares[i], &a.claims[i])
		}
	}
	return shares
}

// blocked says why nothing can be sent to a station; "": something can.
func (c *claim) blocked() string {
	switch {
	case !c.Online:
		return WaitOffline
	case c.Held:
		return WaitHeld
	case c.Busy:
		return WaitBusy
	}
	return ""
}

// send sends a station its target, or what of it fits, unless it has it. A station without a share gets a first one in
// any case: it may take more now.
func (a *allocation) send(s *Share, c *claim) {
	share, taken := c.target, c.taken(a.now)
	if c.Acked == nil {
		share = min(share, max(taken, a.limit-(a.taken-taken)))
	} else if share > c.worst && a.all-c.worst+share > a.limit {
		s.Wait = WaitRoom
		return
	}
	a.all += max(0, share-c.worst)
	a.taken += max(0, share-taken)
	g := a.grant(c, share)
	if c.Acked == nil || c.Pending != nil || !c.Acked.fits(g) {
		s.Send = &g
	}
}
