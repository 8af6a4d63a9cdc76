package server

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	v201 "github.com/chargeyard/chargeyard/internal/adapter/v201"
	v21 "github.com/chargeyard/chargeyard/internal/adapter/v21"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// profileGuard keeps charging profiles from stations that must not get them as they are (K01), whoever sends them and how. In OCPP
// 1.6 a station replaces what is in the way, and nothing is forbidden.
type profileGuard struct{ store store.Store }

// profileError says that a charging profile was not sent.
type profileError struct {
	fault   fleet.Fault
	pointer string // into the request
}

func (e *profileError) Error() string { return e.fault.Detail }

// SafeToRetry reports that nothing was sent.
func (*profileError) SafeToRetry() bool { return true }

// profilePointer returns what a *profileError is about.
func profilePointer(err error) string {
	if e, ok := errors.AsType[*profileError](err); ok {
		return e.pointer
	}
	return ""
}

// intercept is an ocpp.Interceptor. When nothing can be found out, the station is asked: it refuses what it cannot do.
func (g profileGuard) intercept(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	p, pointer, ok := installing(x, req)
	if x.Inbound || !ok {
		return next(ctx, req)
	}
	deciding, cancel := context.WithTimeout(ctx, decideTimeout)
	facts, err := g.facts(deciding, x.Identity, p)
	cancel()
	if err != nil {
		return next(ctx, req)
	}
	if faults := facts.Check(p); len(faults) > 0 {
		return nil, &profileError{faults[0], pointer + wirePointer(faults[0].Pointer)}
	}
	return next(ctx, req)
}

// installing returns the profile that a request of OCPP 2.x brings to a station.
func installing(x *ocpp.Exchange, req any) (p fleet.ChargingProfile, pointer string, ok bool) {
	switch x.Action.Version {
	case ocpp.V201:
		return v201.Installing(req)
	case ocpp.V21:
		return v21.Installing(req)
	}
	return p, "", false
}

// facts gathers what counts for a profile.
func (g profileGuard) facts(ctx context.Context, station string, p fleet.ChargingProfile) (f fleet.ProfileFacts, err error) {
	have, err := g.store.ListInstalledProfiles(ctx, store.InstalledProfileQuery{
		Station: station, Purpose: p.Purpose, StackLevel: &p.StackLevel, Limit: store.MaxLimit,
	})
	if err != nil {
		return f, err
	}
	f.Installed = have.Items
	if value, ok, err := g.variable(ctx, station, "MaxExternalConstraintsId", 0); err != nil {
		return f, err
	} else if n, bad := strconv.ParseInt(value, 10, 64); ok && bad == nil {
		f.MaxExternalID = &n
	}
	if f.Switches, err = g.switches(ctx, station, p); err != nil || len(p.Schedules) < 2 {
		return f, err
	}
	f.Needs, err = g.needs(ctx, station, p)
	return f, err
}

// switches reports whether the station has said that it can choose the phase at the EVSE of a profile. Without a profile that
// chooses one it does not look.
func (g profileGuard) switches(ctx context.Context, station string, p fleet.ChargingProfile) (bool, error) {
	chooses := slices.ContainsFunc(p.Schedules, func(s fleet.ChargingSchedule) bool {
		return slices.ContainsFunc(s.Periods, func(period fleet.SchedulePeriod) bool { return period.PhaseToUse != nil })
	})
	if !chooses {
		return false, nil
	}
	value, _, err := g.variable(ctx, station, "ACPhaseSwitchingSupported", int(p.EVSE))
	return strings.EqualFold(value, "true"), err
}

// variable returns what a station has said of a variable of SmartChargingCtrlr, of an EVSE or else of the station.
func (g profileGuard) variable(ctx context.Context, station, name string, evse int) (value string, ok bool, err error) {
	list, err := g.store.ListVariables(ctx, store.VariableQuery{
		Station: station, Attribute: fleet.AttributeActual, SettingQuery: store.SettingQuery{Component: "SmartChargingCtrlr", Variable: name},
	})
	for _, v := range list.Items {
		if v.Value != nil && (v.Setting.EVSE == evse || v.Setting.EVSE == 0 && !ok) {
			value, ok = *v.Value, true
		}
	}
	return value, ok, err
}

// needs reports whether a vehicle has told its needs in the transaction of a profile.
func (g profileGuard) needs(ctx context.Context, station string, p fleet.ChargingProfile) (bool, error) {
	latest := true
	list, err := g.store.ListRecords(ctx, store.RecordQuery{Kind: fleet.RecordNeeds, Station: station, EVSE: &p.EVSE, Latest: &latest, Limit: 1})
	if err != nil || len(list.Items) == 0 {
		return false, err
	}
	t, err := g.store.Transaction(ctx, station, p.TransactionID)
	if err != nil {
		return true, nil //nolint:nilerr // it is not known here when the transaction began: the vehicle may have told them in it
	}
	return !list.Items[0].Received.Before(t.FirstReceived), nil
}

// allowed refuses a verb whose charging profile must not be sent to the station as it is, in words of its arguments.
func (c *commands) allowed(ctx context.Context, station string, version ocpp.Version, v fleet.Verb) error {
	var install *fleet.Installation
	switch v := v.(type) {
	case *fleet.SetProfileRequest:
		install = v.Install
	case *fleet.LimitRequest:
		install = v.Install
	}
	if install == nil || version == ocpp.V16 {
		return nil
	}
	if err := install.CheckVersion(version.String()); err != nil {
		return err
	}
	facts, err := profileGuard{c.store}.facts(ctx, station, install.Record())
	if err != nil {
		return err
	}
	return install.CheckFacts(facts)
}
