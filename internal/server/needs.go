package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocppj"
)

// needs is adapter.Backend.Needs: a profile is promised when there is a schedule for what a vehicle wants.
func (p *plans) needs(ctx context.Context, station string, n fleet.ChargingNeeds) (fleet.NeedsAnswer, error) {
	if wrong := n.Check(); wrong != nil {
		return fleet.NoNeeds(adapter.ReasonUnsupported, wrong.Error()), nil
	}
	t, running, err := p.runningAt(ctx, station, n.EVSE)
	switch {
	case err != nil:
		return fleet.NeedsAnswer{}, err
	case !running:
		return fleet.NoNeeds("TxNotFound", fmt.Sprintf("no transaction goes on at EVSE %d, as far as is known here", n.EVSE)), nil
	case p.operator:
		return fleet.NeedsAnswer{Verdict: fleet.NeedsLater}, nil
	}
	now := time.Now()
	plan := fleet.VehiclePlan{Station: station, EVSE: n.EVSE, Transaction: t.ID, Needs: n}
	facts, err := p.facts(ctx, plan, t)
	if err != nil {
		return fleet.NeedsAnswer{}, err
	}
	if _, why := install(plan, facts, now); why != nil { // what it wanted before, it wants no longer
		return fleet.NoNeeds(adapter.ReasonUnsupported, why.Error()), p.store.EndVehiclePlan(ctx, station, n.EVSE, t.ID)
	}
	_, err = p.store.ChangeVehiclePlan(ctx, station, n.EVSE, func(old fleet.VehiclePlan) (fleet.VehiclePlan, error) {
		return old.Want(t.ID, n, now), nil
	})
	if err != nil {
		return fleet.NeedsAnswer{}, err
	}
	p.has(station)
	return fleet.NeedsAnswer{Verdict: fleet.NeedsPlanned}, nil
}

// runningAt returns the transaction that goes on at an EVSE: the latest one there, or the only one of the station when it has not
// said where that is.
func (p *plans) runningAt(ctx context.Context, station string, evse int64) (fleet.Transaction, bool, error) {
	active := true
	page, err := p.store.ListTransactions(ctx, store.TransactionQuery{Station: station, Active: &active, Limit: maxSessions})
	if err != nil {
		return fleet.Transaction{}, false, err
	}
	for _, t := range page.Items {
		if int64(t.EVSE) == evse || t.EVSE == 0 && len(page.Items) == 1 {
			return t, true, nil
		}
	}
	return fleet.Transaction{}, false, nil
}

// facts gathers what counts for the schedule of a vehicle.
func (p *plans) facts(ctx context.Context, plan fleet.VehiclePlan, t fleet.Transaction) (f fleet.PlanFacts, err error) {
	if f.Cap, err = p.cap(ctx, plan.EVSE, t); err != nil {
		return f, err
	}
	if f.Limits, err = p.commands.chargingLimits(ctx, plan.Station); err != nil {
		return f, err
	}
	f.Supply, err = p.supply(ctx, plan.Station, int(plan.EVSE))
	return f, err
}

// cap returns what is installed at the station of a transaction.
func (p *plans) cap(ctx context.Context, evse int64, t fleet.Transaction) (fleet.ChargeCap, error) {
	have, err := p.store.ListInstalledProfiles(ctx, store.InstalledProfileQuery{Station: t.Station, Limit: store.MaxLimit})
	return fleet.ChargeCap{EVSE: evse, Transaction: t.ID, Begun: t.StartedAt, Profiles: have.Items}, err
}

// supply returns the power that an EVSE can supply, in W, as the station reported it: the most that its variable Power can be.
func (p *plans) supply(ctx context.Context, station string, evse int) (most fleet.Decimal, err error) {
	list, err := p.store.ListVariables(ctx, store.VariableQuery{
		Station: station, SettingQuery: store.SettingQuery{Component: "EVSE", Variable: "Power", EVSE: &evse},
	})
	for _, v := range list.Items {
		most = cmp.Or(most, v.MaxLimit)
		if strings.EqualFold(v.Unit, "kW") {
			most, _ = v.MaxLimit.Shift(3)
		}
	}
	return most, err
}

// install makes the profile of a vehicle. The error is a fleet.NoPlan.
func install(plan fleet.VehiclePlan, f fleet.PlanFacts, now time.Time) (*fleet.Installation, error) {
	others := f
	others.Cap = f.Cap.Without(fleet.PlanID(plan.EVSE))
	s, err := plan.Needs.Plan(others, now)
	if err != nil {
		return nil, err
	}
	return plan.Install(s, f.Limits, f.Cap.Profiles)
}

// dynamicControl is the mode in which a vehicle has no schedule of its own: the station tells that of the CSMS (K19.FR.10).
const dynamicControl = "DynamicControl"

// evSchedule is adapter.Backend.EVSchedule: one that goes beyond its limits has another profile sent (K15.FR.13, K16.FR.08).
func (p *plans) evSchedule(ctx context.Context, station string, s fleet.EVSchedule) (string, error) {
	if s.Check() != nil {
		return "", nil //nolint:nilerr // what cannot be is refused when it is to be kept
	}
	t, running, err := p.runningAt(ctx, station, s.EVSE)
	if err != nil || !running {
		return "", err
	}
	p.landing(ctx, station)
	plan, planned, err := p.planOf(ctx, station, s.EVSE, t.ID)
	if err != nil || plan.Needs.ControlMode == dynamicControl {
		return "", err
	}
	limits, err := p.cap(ctx, s.EVSE, t)
	if err != nil {
		return "", err
	}
	beyond := s.Fits(limits, plan.Needs.EnergyTransfer)
	if beyond == nil {
		return "", nil
	}
	if planned && !p.operator {
		err = p.rejected(ctx, plan)
	} else if p.rest(planPlace{station, s.EVSE}, time.Now()) == 0 {
		err = p.again(ctx, station, t.ID, "rejected:"+ocppj.NewMessageID())
	}
	return beyond.Error(), err
}

// planOf returns the plan of a vehicle in a transaction.
func (p *plans) planOf(ctx context.Context, station string, evse int64, transaction string) (fleet.VehiclePlan, bool, error) {
	page, err := p.store.ListVehiclePlans(ctx, store.VehiclePlanQuery{Station: station, Limit: store.MaxLimit})
	for _, plan := range page.Items {
		if plan.EVSE == evse && plan.Transaction == transaction {
			return plan, true, err
		}
	}
	return fleet.VehiclePlan{}, false, err
}

// rejected promises a vehicle another profile whose own schedule went beyond its limits.
func (p *plans) rejected(ctx context.Context, plan fleet.VehiclePlan) error {
	_, err := p.store.ChangeVehiclePlan(ctx, plan.Station, plan.EVSE, func(old fleet.VehiclePlan) (fleet.VehiclePlan, error) {
		if old.Transaction != plan.Transaction {
			return old, errAnotherRound
		}
		return old.Again(fleet.PlanRejected, time.Now()), nil
	})
	if errors.Is(err, errAnotherRound) {
		return nil
	}
	return err
}
