package httpapi

import (
	"cmp"
	"context"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// VehiclePlan is a vehicle that charges and was promised a charging profile.
type VehiclePlan struct {
	Station       string     `json:"station" example:"CP-001"`
	EVSE          int64      `json:"evse" doc:"Where it charges" example:"1"`
	TransactionID string     `json:"transactionId" doc:"As the station knows it" example:"4711"`
	NeedsAt       *time.Time `json:"needsAt" doc:"When it said last what it wants; /stations/{id}/charging-needs has that"`
	ProfileID     int64      `json:"profileId" doc:"Id of its profile at the station; /installed-profiles has the profile once the station has accepted it" example:"1900030001"`
	Reason        string     `json:"reason" enum:"needs,rejected,limits,retry" doc:"Why there is the latest profile. needs: it said what it wants. rejected: its own schedule went beyond its limits. limits: other limits hold. retry: the station did not take the one before"`
	Outcome       string     `json:"outcome" enum:"waiting,acknowledged,refused,undelivered,unknown" doc:"What became of the latest profile. waiting: it is to be sent, or its answer is not here. acknowledged: the station accepted it. refused: it did not. undelivered: it was certainly not delivered. unknown: nobody knows"`
	Detail        *string    `json:"detail" doc:"Of the outcome, in words"`
	ChangedAt     *time.Time `json:"changedAt" doc:"When that was"`
}

type vehiclePlansInput struct {
	PageQuery
	Station string `query:"station" maxLength:"255" doc:"Only those at one station"`
}

// registerVehiclePlans adds the list of vehicles that were promised a charging profile.
func (a *api) registerVehiclePlans() {
	operate(a, ofFleet("vehicle-plans", "charging profile", "List the vehicles that were promised a charging profile for what they want, by station",
		`Those that charge: from the answer to NotifyEVChargingNeeds that promises a profile until the transaction ends. With
--vehicle-needs operator there are none.`), a.listVehiclePlans)
}

func (a *api) listVehiclePlans(ctx context.Context, in *vehiclePlansInput) (*answer[List[VehiclePlan]], error) {
	p, err := a.o.Store.ListVehiclePlans(ctx, store.VehiclePlanQuery{Station: in.Station, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewVehiclePlan), nil
}

func viewVehiclePlan(p fleet.VehiclePlan) VehiclePlan {
	return VehiclePlan{
		Station: p.Station, EVSE: p.EVSE, TransactionID: p.Transaction, NeedsAt: instant(p.NeedsAt), ProfileID: fleet.PlanID(p.EVSE),
		Reason: string(p.Reason), Outcome: cmp.Or(string(p.Outcome), "waiting"), Detail: orNull(p.Detail), ChangedAt: instant(p.ChangedAt),
	}
}
