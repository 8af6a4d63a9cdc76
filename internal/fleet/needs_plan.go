package fleet

import (
	"fmt"
	"slices"
	"time"
)

const (
	// planStart is how long before it is made a schedule for a vehicle begins: one of a station whose clock is behind would not
	// hold yet.
	planStart = 5 * time.Minute

	// planAhead is how far a schedule looks ahead for a vehicle that does not say when it leaves, and planMost for one that does.
	planAhead = 24 * time.Hour
	planMost  = 7 * 24 * time.Hour

	// planRenewed is how long before it ends a schedule is made anew that ends before it should.
	planRenewed = 30 * time.Minute

	// lineVoltage is between a phase and neutral: what limits of the grid in W are in A is a matter of a set voltage, not of
	// the present one (2.x ChargingRateUnitEnumType).
	lineVoltage = 230
)

// NoPlan says why no schedule is made for a vehicle.
type NoPlan string

func (e NoPlan) Error() string { return string(e) }

// PlanFacts is what counts for the schedule of a vehicle.
type PlanFacts struct {
	Cap    ChargeCap      // without the profile that is to be made
	Limits ChargingLimits // of the station
	Supply Decimal        // W that the EVSE is known to supply; "": not known
}

// Plan makes the schedule of a vehicle: as much as it can take, as far as the EVSE is known to supply it and what is installed at
// the station lets it, from now on until it leaves. A pause takes the place of less than it can do with. The error is a NoPlan.
func (r ChargingNeeds) Plan(f PlanFacts, now time.Time) (ChargingSchedule, error) {
	to, err := r.supply()
	if err != nil {
		return ChargingSchedule{}, err
	}
	ofEVSE, _ := floorTenths(f.Supply)
	unit, err := r.unit(to, f.Limits, ofEVSE)
	if err != nil {
		return ChargingSchedule{}, err
	}
	s := ChargingSchedule{ID: 1, Start: Instant(now.Add(-planStart)).Truncate(time.Second), Unit: unit}
	end := r.end(now)
	turns := f.Cap.Turns(now, end)
	if r.leaves(now) || len(turns) > 0 {
		s.Seconds = new(int64(end.Sub(s.Start) / time.Second))
	}
	s.fill(now, turns, func(t time.Time) SchedulePeriod { return r.period(to, unit, ofEVSE, f.Cap.At(t)) })
	s.shorten(r.periods(f.Limits))
	return s, nil
}

// supply returns how the vehicle gets its power.
func (r ChargingNeeds) supply() (supply, error) {
	volts, _ := floorTenths(r.MaxVoltage)
	switch r.EnergyTransfer {
	case "AC_single_phase":
		return supply{phases: 1}, nil
	case "AC_two_phase":
		return supply{phases: 2}, nil
	case "AC_three_phase":
		return supply{phases: 3}, nil
	case "DC", "DC_ACDP", "WPT":
		return supply{dc: true, volts: volts}, nil
	}
	return supply{}, NoPlan("no schedules are made here for the transfer of energy by " + r.EnergyTransfer)
}

// unit returns the unit of the schedule: with AC amperes, unless the vehicle gave its power, and with DC watts; the other one when the
// station does not take that.
func (r ChargingNeeds) unit(to supply, l ChargingLimits, ofEVSE Tenths) (string, error) {
	unit, other := UnitWatts, UnitAmperes
	if !to.dc && (r.MaxCurrent != "" || r.MaxPower == "") {
		unit, other = other, unit
	}
	if !l.Takes(unit) {
		unit = other
	}
	switch {
	case unit == UnitAmperes && to.dc && to.volts == 0:
		return "", NoPlan("the station takes limits in A only, and the vehicle has not said at which voltage it charges")
	case r.most(to, unit, ofEVSE) == MaxTenths:
		return "", NoPlan("neither the vehicle has said what it can take, nor the station what the EVSE supplies")
	}
	return unit, nil
}

// most returns what the vehicle can take, and the EVSE supply; MaxTenths when neither is known.
func (r ChargingNeeds) most(to supply, unit string, ofEVSE Tenths) Tenths {
	most := MaxTenths
	if power, ok := floorTenths(r.MaxPower); ok {
		most = to.in(unit, Rate{Unit: UnitWatts, Limit: power})
	}
	if current, ok := floorTenths(r.MaxCurrent); ok {
		most = min(most, to.ofVehicle(unit, current))
	}
	if ofEVSE > 0 {
		most = min(most, to.in(unit, Rate{Unit: UnitWatts, Limit: ofEVSE}))
	}
	return most
}

// least returns what the vehicle needs to charge at all.
func (r ChargingNeeds) least(to supply, unit string) (least Tenths) {
	if power, ok := floorTenths(r.MinPower); ok {
		least = to.in(unit, Rate{Unit: UnitWatts, Limit: power})
	}
	if current, ok := floorTenths(r.MinCurrent); ok {
		least = max(least, to.ofVehicle(unit, current))
	}
	return least
}

// leaves reports whether the vehicle has said when it leaves, and that is to come.
func (r ChargingNeeds) leaves(now time.Time) bool { return r.DepartureTime.After(now) }

// end returns until when a schedule is made that is made now.
func (r ChargingNeeds) end(now time.Time) time.Time {
	if !r.leaves(now) {
		return now.Add(planAhead)
	}
	end := r.DepartureTime
	if latest := now.Add(planMost); end.After(latest) {
		end = latest
	}
	return end.Add(time.Second - 1).Truncate(time.Second)
}

// period returns what the vehicle gets while rates hold.
func (r ChargingNeeds) period(to supply, unit string, ofEVSE Tenths, rates []Rate) SchedulePeriod {
	phases := to.phases
	for _, rate := range rates {
		if rate.Phases > 0 && !to.dc {
			phases = min(phases, rate.Phases)
		}
	}
	to.phases = phases
	most := r.most(to, unit, ofEVSE)
	for _, rate := range rates {
		most = min(most, to.in(unit, rate))
	}
	if most < r.least(to, unit) {
		most = 0
	}
	p := SchedulePeriod{Limit: most.Decimal()}
	if phases > 0 {
		p.Phases = &phases
	}
	return p
}

// periods returns how many periods a schedule may have (K15.FR.07, K18.FR.07, K19.FR.07).
func (r ChargingNeeds) periods(l ChargingLimits) int {
	most := int64(MaxSchedulePeriods)
	for _, said := range []*int64{r.MaxScheduleTuples, l.MaxPeriods} {
		if said != nil && *said > 0 {
			most = min(most, *said)
		}
	}
	return int(most)
}

// supply is how a vehicle gets its power.
type supply struct {
	dc     bool
	phases int64  // with AC
	volts  Tenths // the most that the vehicle takes, with DC; 0: not known
}

// in returns what a limit of the grid is in a unit of the schedule, rounded down.
func (s supply) in(unit string, r Rate) Tenths {
	phases := s.phases
	switch {
	case s.dc && r.Phases > 0:
		phases = r.Phases
	case s.dc:
		phases = 3
	}
	switch {
	case r.Limit >= MaxTenths:
		return MaxTenths
	case unit == UnitAmperes && s.dc:
		return min(MaxTenths, s.in(UnitWatts, r)*10/s.volts)
	case unit == r.Unit:
		return r.Limit
	case unit == UnitWatts:
		return min(MaxTenths, r.Limit*lineVoltage*Tenths(phases))
	}
	return r.Limit / (lineVoltage * Tenths(phases))
}

// ofVehicle returns what a current of the vehicle is in a unit of the schedule.
func (s supply) ofVehicle(unit string, current Tenths) Tenths {
	switch {
	case unit == UnitAmperes:
		return current
	case !s.dc:
		return s.in(unit, Rate{Unit: UnitAmperes, Limit: current})
	case s.volts == 0:
		return MaxTenths // it says nothing of its power
	case current > MaxTenths*10/s.volts:
		return MaxTenths
	}
	return current * s.volts / 10
}

// fill makes the periods of a schedule from what holds now and at each turn. Periods begin with seconds: one with a turn in it
// allows no more than what holds at any moment of it.
func (s *ChargingSchedule) fill(now time.Time, turns []time.Time, holds func(time.Time) SchedulePeriod) {
	begins := []int64{int64(now.Sub(s.Start) / time.Second)}
	for _, t := range turns {
		after := t.Sub(s.Start)
		begins = append(begins, int64(after/time.Second), int64((after+time.Second-1)/time.Second))
	}
	slices.Sort(begins)
	for i, begin := range slices.Compact(begins) {
		if s.Seconds != nil && begin >= *s.Seconds {
			return
		}
		from := s.Start.Add(seconds(begin))
		if i == 0 {
			from = now
		}
		p := holds(from)
		for len(turns) > 0 && turns[0].Before(s.Start.Add(seconds(begin+1))) {
			p.join(holds(turns[0]), s.Unit)
			turns = turns[1:]
		}
		if p.Start = begin; i == 0 {
			p.Start = 0
		} else if p.alike(s.Periods[len(s.Periods)-1]) {
			continue
		}
		s.Periods = append(s.Periods, p)
	}
}

// alike reports whether two periods allow the same.
func (p SchedulePeriod) alike(other SchedulePeriod) bool {
	return p.Limit.Compare(other.Limit) == 0 && deref(p.Phases) == deref(other.Phases)
}

// join makes a period one in which no more is allowed than in either, neither of all phases nor of one of them.
func (p *SchedulePeriod) join(other SchedulePeriod, unit string) {
	phases := min(deref(p.Phases), deref(other.Phases))
	limit := min(p.share(phases, unit), other.share(phases, unit))
	if p.Limit = limit.Decimal(); phases > 0 {
		p.Phases = &phases
	}
}

// share returns what a period allows on some of its phases.
func (p SchedulePeriod) share(phases int64, unit string) Tenths {
	limit, _ := floorTenths(p.Limit)
	if of := deref(p.Phases); unit == UnitWatts && of > 0 {
		return limit * Tenths(phases) / Tenths(of)
	}
	return limit
}

// shorten makes at most so many periods of those of a schedule: the last one allows no more than any of those that it stands for.
func (s *ChargingSchedule) shorten(most int) {
	if len(s.Periods) <= most {
		return
	}
	last := &s.Periods[most-1]
	for _, p := range s.Periods[most:] {
		last.join(p, s.Unit)
	}
	s.Periods = s.Periods[:most]
}

// end returns when a schedule is over, the zero time when never. at returns the period that counts at a moment.
func (s *ChargingSchedule) end() time.Time {
	if s.Seconds == nil {
		return time.Time{}
	}
	return s.Start.Add(seconds(*s.Seconds))
}

func (s *ChargingSchedule) at(t time.Time) (p SchedulePeriod, ok bool) {
	if !s.end().IsZero() && !t.Before(s.end()) {
		return p, false
	}
	for _, period := range s.Periods {
		if !t.Before(s.Start.Add(seconds(period.Start))) {
			p, ok = period, true
		}
	}
	return p, ok
}

// StillRight reports whether a schedule that a vehicle has says from now on what the one says that it should have, wherever it
// counts: while another profile of its transaction goes before it, it does not.
func (s ChargingSchedule) StillRight(want ChargingSchedule, c ChargeCap, level int64, now time.Time) bool {
	end, wanted := s.end(), want.end()
	switch {
	case s.Unit != want.Unit:
		return false
	case end.IsZero() != wanted.IsZero():
		return false
	case end.Before(wanted) && end.Before(now.Add(planRenewed)):
		return false
	}
	last := now.Add(planMost)
	if !end.IsZero() {
		last = slices.MinFunc([]time.Time{last, end, wanted}, time.Time.Compare)
	}
	moments := append(c.Turns(now, last), now)
	for _, one := range []ChargingSchedule{s, want} {
		for _, p := range one.Periods {
			moments = append(moments, one.Start.Add(seconds(p.Start)))
		}
	}
	return !slices.ContainsFunc(moments, func(t time.Time) bool {
		if t.Before(now) || !t.Before(last) || c.goesBefore(level, t) {
			return false
		}
		have, _ := s.at(t)
		should, _ := want.at(t)
		return !have.alike(should)
	})
}

// Fits returns what of a vehicle's own schedule goes beyond what it may draw; nil when nothing does (K15.FR.11, K15.FR.12). What is
// in another unit than the limit counts as beyond it from a tenth more on: the present voltage is not known here.
func (r EVSchedule) Fits(c ChargeCap, transfer string) error {
	to, err := ChargingNeeds{EnergyTransfer: transfer}.supply()
	if err != nil {
		to = supply{phases: 3}
	}
	for i := range r.Schedules {
		s := r.Schedules[i]
		s.Start = r.TimeBase
		c.Schedule = s.ID
		if r.SelectedSchedule != nil {
			c.Schedule = *r.SelectedSchedule
		}
		if err := s.within(c, to); err != nil {
			return err
		}
	}
	return nil
}

// within returns what of a schedule is beyond a cap.
func (s *ChargingSchedule) within(c ChargeCap, to supply) error {
	end := s.end()
	if latest := s.Start.Add(planAhead); end.IsZero() || end.After(latest) {
		end = latest
	}
	moments := c.Turns(s.Start, end)
	for _, p := range s.Periods {
		moments = append(moments, s.Start.Add(seconds(p.Start)))
	}
	slices.SortFunc(moments, time.Time.Compare)
	for _, t := range moments {
		p, ok := s.at(t)
		limit, is := floorTenths(p.Limit)
		if !ok || !is {
			continue
		}
		with := to
		if phases := deref(p.Phases); phases > 0 {
			with.phases = phases
		}
		for _, rate := range c.At(t) {
			if with.beyond(s.Unit, limit, rate) {
				return fmt.Errorf("%s %s from %s on are more than the limit of %s %s", p.Limit, s.Unit, t.UTC().Format(time.RFC3339), rate.Limit.Decimal(), rate.Unit)
			}
		}
	}
	return nil
}

// beyond reports whether a limit of a vehicle's schedule is beyond one of the station.
func (s supply) beyond(unit string, limit Tenths, r Rate) bool {
	switch {
	case r.Limit >= MaxTenths || unit != UnitAmperes && unit != UnitWatts:
		return false
	case unit == r.Unit:
		return limit > r.Limit
	case s.dc && unit == UnitAmperes:
		return false // at which voltage is not known
	}
	return limit > s.in(unit, r)+s.in(unit, r)/10
}
