package httpapi

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// FleetDesiredRequest says what variables of many stations shall be.
type FleetDesiredRequest struct {
	DesiredRequest
	Select BulkSelection `json:"select" doc:"Which stations"`
}

// FleetDesired says of how many stations something is wanted now.
type FleetDesired struct {
	Selected int `json:"selected" doc:"Stations of the selection" example:"20"`
	Changed  int `json:"changed" doc:"Of which it is wanted now" example:"18"`
	Skipped  int `json:"skipped" doc:"That can have none of the values: keys without components are of OCPP 1.6, variables of components of 2.x" example:"2"`
	Unknown  int `json:"unknown" doc:"That are neither known nor seen" example:"0"`
}

type fleetDesireInput struct{ Body FleetDesiredRequest }

type driftInput struct {
	PageQuery
	SettingFilter
	Station string `query:"station" maxLength:"255" doc:"Only those of one station"`
	State   string `query:"state" enum:"unknown,same,drift,refused,rebootRequired" doc:"Those in this state. Left out: those that drift, which are drift and refused"`
}

type driftSummaryInput struct {
	SettingFilter
	Station string `query:"station" maxLength:"255" doc:"Only those of one station"`
}

// DriftCounts counts desired values by state.
type DriftCounts struct {
	Unknown        int64 `json:"unknown"`
	Same           int64 `json:"same"`
	Drift          int64 `json:"drift"`
	Refused        int64 `json:"refused"`
	RebootRequired int64 `json:"rebootRequired"`
}

func (c *DriftCounts) add(s fleet.DesiredState, n int64) {
	for state, field := range map[fleet.DesiredState]*int64{
		fleet.DesiredUnknown: &c.Unknown, fleet.DesiredSame: &c.Same, fleet.DesiredDrift: &c.Drift, fleet.DesiredRefused: &c.Refused,
		fleet.DesiredReboot: &c.RebootRequired,
	} {
		if state == s {
			*field += n
		}
	}
}

// DriftOf counts the desired values of one variable.
type DriftOf struct {
	Component *string `json:"component" doc:"null: a configuration key of OCPP 1.6" example:"OCPPCommCtrlr"`
	Variable  string  `json:"variable" doc:"As it was spelt when it was wanted; where that differs, in one of the ways" example:"HeartbeatInterval"`
	DriftCounts
}

// DriftSummary counts desired values.
type DriftSummary struct {
	Total     DriftCounts `json:"total"`
	Variables []DriftOf   `json:"variables" nullable:"false" doc:"By variable"`
}

func (a *api) registerDrift() {
	operate(a, huma.Operation{
		OperationID: "desire-of-fleet", Method: http.MethodPut, Path: "/desired", Tags: []string{"desired value"},
		Summary: "Want variables or configuration keys of many stations to be something",
		Description: `As for one station. The selection is what it is now: stations that come later are not among it. One request may go to
a fleet of all versions: keys without components are wanted of stations that speak OCPP 1.6, variables of components of those that
speak 2.x, and both of those that have not said yet what they speak. Stations that can have none of the values are skipped. It is
wanted of all of the others, or, when one of them cannot have so many values, of none.`,
	}, a.desireOfFleet)
	operate(a, ofFleet("drift", "desired value", "List what is otherwise than wanted, by station",
		"Values that stations told and that are not the desired ones, and such that they refused. The summary has the counts."), a.listDrift)
	operate(a, huma.Operation{
		OperationID: "summarize-drift", Method: http.MethodGet, Path: "/drift/summary", Tags: []string{"desired value"},
		Summary: "Count desired values by variable and state",
	}, a.summarizeDrift)
}

func (a *api) desireOfFleet(ctx context.Context, in *fleetDesireInput) (*answer[FleetDesired], error) {
	b := &in.Body
	if err := b.Select.check(); err != nil {
		return nil, err
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	allowTime(ctx, MaxBulkTime)
	result, byVersion, err := a.selectForDesire(ctx, &b.Select)
	if err != nil {
		return nil, err
	}
	var wishes []store.Wish
	for _, version := range slices.Sorted(maps.Keys(byVersion)) {
		stations := byVersion[version]
		values := slices.DeleteFunc(b.values(), func(v fleet.DesiredValue) bool { return !v.Fits(version) })
		if len(values) == 0 {
			result.Skipped += len(stations)
			continue
		}
		wishes = append(wishes, store.Wish{Stations: stations, Values: values})
		result.Changed += len(stations)
	}
	if err := a.o.Store.Desire(ctx, wishes...); err != nil {
		return nil, desireProblem(err)
	}
	for _, w := range wishes {
		a.o.Desires.Desired(w.Stations...)
	}
	return &answer[FleetDesired]{result}, nil
}

// selectForDesire returns the stations of a selection by the version that they spoke last, "" for those that spoke none, and
// counts those that nobody knows.
func (a *api) selectForDesire(ctx context.Context, s *BulkSelection) (result FleetDesired, byVersion map[string][]string, err error) {
	byVersion = map[string][]string{}
	take := func(d *fleet.StationDetail) {
		result.Selected++
		byVersion[d.Version] = append(byVersion[d.Version], d.ID)
	}
	if len(s.Stations) == 0 {
		return result, byVersion, a.eachStation(ctx, s, take)
	}
	ids := slices.Clone(s.Stations)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		d, err := a.o.Store.Station(ctx, id)
		switch {
		case errors.Is(err, store.ErrNotFound):
			result.Selected++
			result.Unknown++
		case err != nil:
			return result, nil, err
		default:
			take(&d)
		}
	}
	return result, byVersion, nil
}

// eachStation calls f with every station that the filters of a selection fit.
func (a *api) eachStation(ctx context.Context, s *BulkSelection, f func(*fleet.StationDetail)) error {
	q := store.StationQuery{Limit: store.MaxLimit, Version: s.Version, Vendor: s.Vendor, Model: s.Model, Firmware: s.Firmware, Tag: s.Tag}
	for {
		p, err := a.o.Store.ListStations(ctx, q)
		if err != nil {
			return err
		}
		for i := range p.Items {
			if d := &p.Items[i]; d.Online || !s.Online {
				f(d)
			}
		}
		if q.Cursor = p.Next; p.Next == "" {
			return nil
		}
	}
}

func (a *api) listDrift(ctx context.Context, in *driftInput) (*answer[List[DesiredValue]], error) {
	q := store.DesiredQuery{
		SettingQuery: in.query(), Station: in.Station, Cursor: in.Cursor, Limit: in.Limit, State: fleet.DesiredState(in.State),
	}
	if q.State == "" {
		q.Drift = new(true)
	}
	p, err := a.o.Store.ListDesired(ctx, q)
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewDesiredValue), nil
}

func (a *api) summarizeDrift(ctx context.Context, in *driftSummaryInput) (*answer[DriftSummary], error) {
	counts, err := a.o.Store.CountDesired(ctx, store.DesiredQuery{SettingQuery: in.query(), Station: in.Station})
	if err != nil {
		return nil, err
	}
	summary := DriftSummary{Variables: []DriftOf{}}
	for _, c := range counts {
		summary.Total.add(c.State, c.Values)
		i := slices.IndexFunc(summary.Variables, func(d DriftOf) bool {
			return strings.EqualFold(d.Variable, c.Variable) && strings.EqualFold(orEmptyText(d.Component), c.Component)
		})
		if i < 0 {
			i = len(summary.Variables)
			summary.Variables = append(summary.Variables, DriftOf{Component: orNull(c.Component), Variable: c.Variable})
		}
		summary.Variables[i].add(c.State, c.Values)
	}
	return &answer[DriftSummary]{summary}, nil
}

func orEmptyText(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
