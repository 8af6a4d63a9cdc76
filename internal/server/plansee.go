package server

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// planExpiry is how long the profile of a vehicle may wait for its turn at the station: as long as the vehicle waits for it
// (K15.FR.08). After that it is made anew.
const planExpiry = time.Minute

// see looks at the vehicles of a station, one after the other.
func (p *plans) see(station string) {
	p.mu.Lock()
	delete(p.of, station) // who comes from now on is noted after that
	p.mu.Unlock()
	page, err := p.store.ListVehiclePlans(p.ctx, store.VehiclePlanQuery{Station: station, Limit: store.MaxLimit})
	if len(page.Items) > 0 || err != nil {
		p.has(station)
	}
	for _, plan := range page.Items {
		if err == nil {
			err = p.seeVehicle(plan)
		}
	}
	if err != nil && p.ctx.Err() == nil {
		p.log.Warn("the vehicles of a station cannot be looked at just now", "station", station, "error", err)
		p.touchAfter(busyRetry, station)
	}
}

// seeVehicle sends the profile of a vehicle, if it is to get one now.
func (p *plans) seeVehicle(plan fleet.VehiclePlan) error {
	at := planPlace{plan.Station, plan.EVSE}
	t, err := p.store.Transaction(p.ctx, plan.Station, plan.Transaction)
	if errors.Is(err, store.ErrNotFound) || err == nil && !t.Active {
		p.over(at)
		return p.store.EndVehiclePlan(p.ctx, plan.Station, plan.EVSE, plan.Transaction)
	}
	st, online := p.commands.csms.Station(plan.Station)
	if err != nil || !online {
		return err // its next connection looks again
	}
	facts, err := p.facts(p.ctx, plan, t)
	if err != nil {
		return err
	}
	now := time.Now()
	install, err := install(plan, facts, now)
	if _, none := errors.AsType[fleet.NoPlan](err); none {
		return p.without(plan, err)
	}
	if err != nil {
		return err
	}
	if plan.Outcome != "" {
		reason, due := p.due(plan, st, install, facts, now)
		if !due {
			return nil
		}
		return p.next(at, plan, install, reason, now)
	}
	return p.offer(at, plan, install, now)
}

// due reports whether a vehicle is to get another profile though the one before has come to its end, and why.
func (p *plans) due(plan fleet.VehiclePlan, st *csms.Station, i *fleet.Installation, f fleet.PlanFacts, now time.Time) (fleet.PlanReason, bool) {
	if plan.Outcome == fleet.ShareAcknowledged {
		return fleet.PlanLimits, !slices.ContainsFunc(f.Cap.Profiles, func(have fleet.InstalledProfile) bool {
			return have.ProfileID == i.ID && have.TransactionID == plan.Transaction && have.StackLevel == i.Profile.StackLevel &&
				len(have.Schedules) == 1 && have.Schedules[0].StillRight(i.Profile.Schedules[0], f.Cap.Without(i.ID), i.Profile.StackLevel, now)
		})
	}
	at, again := plan.Retry(st.ConnectedAt())
	if again && at.After(now) {
		p.touchAfter(at.Sub(now), plan.Station)
	}
	return fleet.PlanRetry, again && !at.After(now)
}

// next begins another round, and offers its profile.
func (p *plans) next(at planPlace, plan fleet.VehiclePlan, i *fleet.Installation, reason fleet.PlanReason, now time.Time) error {
	round := plan.Round
	plan, err := p.store.ChangeVehiclePlan(p.ctx, plan.Station, plan.EVSE, func(old fleet.VehiclePlan) (fleet.VehiclePlan, error) {
		if old.Round != round || old.Transaction != plan.Transaction {
			return old, errAnotherRound
		}
		return old.Again(reason, now), nil
	})
	if errors.Is(err, errAnotherRound) {
		p.touch(plan.Station)
		return nil
	}
	if err != nil {
		return err
	}
	return p.offer(at, plan, i, now)
}

// errAnotherRound says that a vehicle was promised another profile meanwhile.
var errAnotherRound = errors.New("another round has begun")

// offer sends the profile of a round, and waits for what becomes of it. One that an earlier process has queued is not sent again.
func (p *plans) offer(at planPlace, plan fleet.VehiclePlan, i *fleet.Installation, now time.Time) error {
	c, err := p.commands.underKey(p.ctx, plan.Key(), errNotQueued)
	if errors.Is(err, errNotQueued) {
		if rest := p.rest(at, now); rest > 0 {
			p.touchAfter(rest, plan.Station)
			return nil
		}
		c, err = p.send(plan, i)
		if err != nil && p.ctx.Err() == nil {
			c, err = p.commands.underKey(p.ctx, plan.Key(), err) // it may be queued nevertheless
		}
		if err != nil && p.ctx.Err() == nil {
			return p.settle(plan, fleet.ShareUndelivered, err.Error(), now)
		}
	}
	if err != nil {
		return err
	}
	c, ended := p.commands.untilEnd(p.ctx, c)
	if !ended {
		return nil
	}
	outcome, detail, _ := shareOutcome(c)
	return p.settle(plan, outcome, detail, c.EndedAt)
}

// send queues the profile of a round.
func (p *plans) send(plan fleet.VehiclePlan, i *fleet.Installation) (fleet.Command, error) {
	st, online := p.commands.csms.Station(plan.Station)
	if !online {
		return fleet.Command{}, errors.New(fleet.WaitOffline)
	}
	return p.commands.queueCharging(p.ctx, plan.Station, st.Version(), &fleet.SetProfileRequest{Install: i}, plan.Key(), planExpiry)
}

// without keeps that there is no profile for a vehicle that was promised one: something has changed since.
func (p *plans) without(plan fleet.VehiclePlan, why error) error {
	if plan.Outcome != "" {
		return nil
	}
	return p.settle(plan, fleet.ShareUndelivered, why.Error(), time.Now())
}

// settle keeps what became of a round at a time, and has the vehicle looked at again.
func (p *plans) settle(plan fleet.VehiclePlan, outcome fleet.ShareOutcome, detail string, at time.Time) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), recordTimeout)
	defer cancel()
	_, err := p.store.ChangeVehiclePlan(ctx, plan.Station, plan.EVSE, func(old fleet.VehiclePlan) (fleet.VehiclePlan, error) {
		return old.Settle(plan.Round, outcome, detail, at), nil
	})
	if err != nil {
		return err // the round is as it was, and its command is found again
	}
	if outcome != fleet.ShareAcknowledged {
		p.log.Info("the charging profile for a vehicle is not there", "station", plan.Station, "evse", plan.EVSE, "transaction", plan.Transaction, "outcome", outcome, "detail", detail)
	}
	p.touch(plan.Station)
	return nil
}
