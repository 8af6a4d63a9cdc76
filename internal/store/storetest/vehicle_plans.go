package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

func (f *fixture) plans(q store.VehiclePlanQuery) []fleet.VehiclePlan {
	f.Helper()
	return all(f, q.Limit, func(ctx context.Context, cursor string) (store.Page[fleet.VehiclePlan], error) {
		q.Cursor = cursor
		return f.ListVehiclePlans(ctx, q)
	})
}

// testVehiclePlans: a plan keeps everything, changes in turn, and its round goes on after its end.
func testVehiclePlans(f *fixture) {
	want := fleet.VehiclePlan{
		Station: "A", EVSE: 1, Transaction: "t1", NeedsAt: noon, Round: 7, Reason: fleet.PlanLimits, Outcome: fleet.ShareRefused,
		Detail: "the station answered Rejected", Refusals: 2, ChangedAt: noon.Add(time.Minute), Needs: fleet.ChargingNeeds{
			EVSE: 1, EnergyTransfer: "AC_three_phase", DepartureTime: noon.Add(time.Hour), MaxScheduleTuples: new(int64(4)), MaxCurrent: "32.5", Answer: "Accepted",
		},
	}
	put := func(p fleet.VehiclePlan) {
		f.Helper()
		got, err := f.ChangeVehiclePlan(f.Context(), p.Station, p.EVSE, func(fleet.VehiclePlan) (fleet.VehiclePlan, error) { return p, nil })
		f.ok(err)
		equalJSON(f, "as returned", got, p)
	}
	put(want)
	f.restart(store.Options{})
	equalJSON(f, "as kept", f.plans(store.VehiclePlanQuery{}), []fleet.VehiclePlan{want})
	refuse := errors.New("no")
	_, err := f.ChangeVehiclePlan(f.Context(), "A", 1, func(p fleet.VehiclePlan) (fleet.VehiclePlan, error) {
		equalJSON(f, "as it is", p, want)
		p.Round++
		return p, refuse
	})
	if !errors.Is(err, refuse) {
		f.Errorf("refused: %v", err)
	}
	other, third := want, want
	other.EVSE, third.Station = 2, "B"
	put(third)
	put(other)
	places := func(q store.VehiclePlanQuery) string {
		var b strings.Builder
		for _, p := range f.plans(q) {
			fmt.Fprint(&b, p.Station, p.EVSE, " ")
		}
		return b.String()
	}
	equal(f, "in pages", places(store.VehiclePlanQuery{Limit: 1}), "A1 A2 B1 ")
	equal(f, "of a station", places(store.VehiclePlanQuery{Station: "A", Limit: 1}), "A1 A2 ")
	f.ok(f.EndVehiclePlan(f.Context(), "A", 1, "t0"))
	equal(f, "after the end of another transaction", places(store.VehiclePlanQuery{}), "A1 A2 B1 ")
	f.ok(f.EndVehiclePlan(f.Context(), "A", 1, "t1"))
	equal(f, "after its end", places(store.VehiclePlanQuery{}), "A2 B1 ")
	put(fleet.VehiclePlan{Station: "A", EVSE: 3, Round: 1}) // of no transaction
	equal(f, "one that is none", places(store.VehiclePlanQuery{}), "A2 B1 ")
	_, err = f.ChangeVehiclePlan(f.Context(), "A", 1, func(p fleet.VehiclePlan) (fleet.VehiclePlan, error) {
		equalJSON(f, "what is left", p, fleet.VehiclePlan{Station: "A", EVSE: 1, Round: 7})
		return p, nil
	})
	f.ok(err)
}
