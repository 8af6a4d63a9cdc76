package fleet

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Rate is how much may be drawn: amperes per phase, or watts of all phases.
type Rate struct {
	Unit   string // UnitAmperes or UnitWatts
	Limit  Tenths
	Phases int64 // how many may be used; 0: not said
}

// ChargeCap is what the charging profiles of a station, as it told of them, let a transaction draw. Limits of others than the CSMS
// are the station's own business: it keeps them whatever it gets from here.
type ChargeCap struct {
	EVSE        int64
	Transaction string    // as the station knows it
	Begun       time.Time // when the transaction began: relative profiles count from then on
	Profiles    []InstalledProfile

	// Schedule is the id of the schedule that counts where a profile has several; 0, or one that it has not: the first.
	Schedule int64
}

// Without returns the cap as it is without the profile of an id.
func (c ChargeCap) Without(profile int64) ChargeCap {
	c.Profiles = slices.DeleteFunc(slices.Clone(c.Profiles), func(p InstalledProfile) bool { return p.ProfileID == profile })
	return c
}

// At returns what holds at a moment: the limit of the station and that of the transaction, each as far as there is one. Of the
// profiles of a purpose the one of the highest stack level counts that has something to say, and a TxProfile goes before a
// TxDefaultProfile (2.x K 3.6).
func (c ChargeCap) At(t time.Time) []Rate {
	var rates []Rate
	if r, ok := c.leading(t, PurposeStationMax); ok {
		rates = append(rates, r)
	}
	r, ok := c.leading(t, PurposeTx)
	if !ok {
		r, ok = c.leading(t, PurposeTxDefault)
	}
	if ok {
		rates = append(rates, r)
	}
	return rates
}

// leading returns what the leading profile of a purpose allows at a moment. A period without a limit, as other modes of operation
// have, allows everything.
func (c ChargeCap) leading(t time.Time, purpose ProfilePurpose) (r Rate, ok bool) {
	leader, period, unit := c.leader(t, purpose)
	if leader == nil {
		return Rate{}, false
	}
	r = Rate{Unit: unit, Limit: MaxTenths, Phases: deref(period.Phases)}
	if limit, read := floorTenths(period.Limit); read {
		r.Limit = limit
	}
	return r, true
}

// leader returns the leading profile of a purpose at a moment, and what it says; nil when none says anything.
func (c ChargeCap) leader(t time.Time, purpose ProfilePurpose) (leader *InstalledProfile, period SchedulePeriod, unit string) {
	for i := range c.Profiles {
		p := &c.Profiles[i]
		if !c.about(p, purpose) || leader != nil && leader.StackLevel >= p.StackLevel {
			continue
		}
		if found, in, valid := c.period(p, t); valid {
			leader, period, unit = p, found, in
		}
	}
	return leader, period, unit
}

// goesBefore reports whether a profile of the transaction goes before one of a stack level.
func (c ChargeCap) goesBefore(level int64, t time.Time) bool {
	leader, _, _ := c.leader(t, PurposeTx)
	return leader != nil && leader.StackLevel > level
}

// about reports whether a profile of a purpose counts for the transaction.
func (c ChargeCap) about(p *InstalledProfile, purpose ProfilePurpose) bool {
	switch {
	case p.Purpose != string(purpose):
		return false
	case purpose == PurposeTx && p.TransactionID != "":
		return p.TransactionID == c.Transaction
	}
	return p.EVSE == 0 || p.EVSE == c.EVSE
}

// period returns what a profile says for a moment.
func (c ChargeCap) period(p *InstalledProfile, t time.Time) (found SchedulePeriod, unit string, ok bool) {
	s := c.schedule(p)
	if s == nil || t.Before(p.ValidFrom) || !p.ValidTo.IsZero() && !t.Before(p.ValidTo) {
		return found, "", false
	}
	if p.Type == string(KindDynamic) {
		return s.Periods[0], s.Unit, true
	}
	elapsed := t.Sub(c.start(p, s, t))
	if elapsed < 0 || s.Seconds != nil && elapsed >= seconds(*s.Seconds) {
		return found, "", false
	}
	for _, period := range s.Periods {
		if seconds(period.Start) <= elapsed {
			found, ok = period, true
		}
	}
	return found, s.Unit, ok
}

// schedule returns the schedule of a profile that counts, nil when it has none. The second period of a site's share is what
// the station falls back to when nobody renews it, and no plan.
func (c ChargeCap) schedule(p *InstalledProfile) *ChargingSchedule {
	if len(p.Schedules) == 0 {
		return nil
	}
	s := p.Schedules[max(0, slices.IndexFunc(p.Schedules, func(s ChargingSchedule) bool { return c.Schedule != 0 && s.ID == c.Schedule }))]
	if p.ProfileID == GrantID && len(s.Periods) > 1 {
		s.Periods = s.Periods[:1]
	}
	if len(s.Periods) == 0 {
		return nil
	}
	return &s
}

// start returns when the schedule of a profile has begun that counts at a moment.
func (c ChargeCap) start(p *InstalledProfile, s *ChargingSchedule, t time.Time) time.Time {
	switch {
	case s.Start.IsZero():
		return c.Begun
	case p.Type != string(KindRecurring) || t.Before(s.Start):
		return s.Start
	}
	return s.Start.Add(t.Sub(s.Start).Truncate(seconds(Recurrency(p.Recurrency).seconds())))
}

// Turns returns the moments after from and before to at which something else may hold, in order.
func (c ChargeCap) Turns(from, to time.Time) []time.Time {
	var turns []time.Time
	add := func(t time.Time) {
		if t.After(from) && t.Before(to) {
			turns = append(turns, t)
		}
	}
	for i := range c.Profiles {
		p := &c.Profiles[i]
		if !c.about(p, PurposeStationMax) && !c.about(p, PurposeTx) && !c.about(p, PurposeTxDefault) {
			continue
		}
		add(p.ValidFrom)
		add(p.ValidTo)
		if s := c.schedule(p); s != nil && p.Type != string(KindDynamic) {
			c.turns(p, s, from, to, add)
		}
	}
	slices.SortFunc(turns, time.Time.Compare)
	return slices.CompactFunc(turns, time.Time.Equal)
}

// turns adds the moments of a schedule, of one that recurs each time.
func (c ChargeCap) turns(p *InstalledProfile, s *ChargingSchedule, from, to time.Time, add func(time.Time)) {
	for start := c.start(p, s, from); start.Before(to); start = start.Add(seconds(Recurrency(p.Recurrency).seconds())) {
		for _, period := range s.Periods {
			add(start.Add(seconds(period.Start)))
		}
		if s.Seconds != nil {
			add(start.Add(seconds(*s.Seconds)))
		}
		if p.Type != string(KindRecurring) || s.Start.IsZero() {
			return
		}
	}
}

// maxSeconds bounds what stations say of times, so that no sum of them overflows.
const maxSeconds = 10 * 365 * 24 * 60 * 60

func seconds(n int64) time.Duration { return time.Duration(min(n, maxSeconds)) * time.Second }

// floorTenths reads a limit, and rounds it down to tenths; what is above MaxTenths is MaxTenths. What is negative or no number is
// none.
func floorTenths(d Decimal) (Tenths, bool) {
	shifted, err := d.Shift(1)
	if err != nil || shifted.Compare("0") < 0 {
		return 0, false
	}
	whole, _, _ := strings.Cut(string(shifted.Trim()), ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return MaxTenths, true // it has too many digits
	}
	return min(Tenths(n), MaxTenths), true
}
