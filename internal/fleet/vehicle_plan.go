package fleet

import (
	"fmt"
	"time"
)

// VehiclePlan is what a vehicle wants that charges, and what became of the charging profile that was promised for it. It is there
// from the answer that promises one until the transaction ends. A VehiclePlan is a value: methods return the changed one.
type VehiclePlan struct {
	Station     string
	EVSE        int64
	Transaction string // as the station knows it
	Needs       ChargingNeeds
	NeedsAt     time.Time // when they came

	// Round counts the profiles that were promised, and is never the same again for another one at an EVSE. Reason is why there
	// is this one.
	Round  int64
	Reason PlanReason

	Outcome   ShareOutcome // of the profile of this round; "": it is to be sent, or under way
	Detail    string       // of the outcome, in words
	Refusals  int          // how often in a row the station has refused one
	ChangedAt time.Time    // when that was
}

// PlanReason is why a vehicle gets a charging profile.
type PlanReason string

// The reasons.
const (
	PlanNeeds    PlanReason = "needs"    // it told what it wants (K15, K17 to K20)
	PlanRejected PlanReason = "rejected" // its own schedule went beyond its limits (K15.FR.13, K16.FR.08, K17.FR.13, K18.FR.13)
	PlanLimits   PlanReason = "limits"   // other limits hold, or hold no longer (K16)
	PlanRetry    PlanReason = "retry"    // the station did not take the one before
)

// maxPlanRefusals is how often a profile is offered to a station that refuses it.
const maxPlanRefusals = 2

// Pauses before a profile is sent again.
const (
	planRefusedPause = 2 * time.Second
	planSilentPause  = time.Minute
)

// PlanID is the id of the profile for a vehicle at an EVSE.
func PlanID(evse int64) int64 { return planIDs + evse }

// Key is the key of the command that brings the profile of this round to the station.
func (p VehiclePlan) Key() string {
	return fmt.Sprintf("plan:%s:%d:%d", p.Station, p.EVSE, p.Round)
}

// Want returns the plan with what the vehicle wants now: it is promised a profile. In another transaction nothing of the one before
// counts.
func (p VehiclePlan) Want(transaction string, n ChargingNeeds, now time.Time) VehiclePlan {
	p.Transaction, p.Needs, p.NeedsAt, p.Refusals = transaction, n, Instant(now), 0
	return p.Again(PlanNeeds, now)
}

// Again returns the plan with another profile to be sent.
func (p VehiclePlan) Again(reason PlanReason, now time.Time) VehiclePlan {
	p.Round++
	p.Reason, p.Outcome, p.Detail, p.ChangedAt = reason, "", "", Instant(now)
	return p
}

// Settle returns the plan with what became of the profile of a round. Another round has nothing to do with it.
func (p VehiclePlan) Settle(round int64, outcome ShareOutcome, detail string, now time.Time) VehiclePlan {
	if p.Round != round {
		return p
	}
	p.Outcome, p.Detail, p.ChangedAt = outcome, detail, Instant(now)
	switch outcome {
	case ShareAcknowledged:
		p.Refusals = 0
	case ShareRefused:
		p.Refusals++
	}
	return p
}

// Retry returns when a profile is to be sent again that the station has not taken; false never, unless something changes. A
// station that has connected since may get it at once, unless it has refused.
func (p VehiclePlan) Retry(connected time.Time) (at time.Time, ok bool) {
	switch {
	case p.Outcome == ShareRefused:
		return p.ChangedAt.Add(planRefusedPause), p.Refusals < maxPlanRefusals
	case p.Outcome == ShareAcknowledged || p.Outcome == "":
		return time.Time{}, false
	case connected.After(p.ChangedAt):
		return connected, true
	}
	return p.ChangedAt.Add(planSilentPause), true
}

// Install returns the profile with a schedule for the vehicle, at the lowest stack level that no other profile of the transaction has:
// what an operator gives the transaction goes before it. Without such a level the error is a NoPlan.
func (p VehiclePlan) Install(s ChargingSchedule, l ChargingLimits, installed []InstalledProfile) (*Installation, error) {
	taken := map[int64]bool{}
	for i := range installed {
		other := &installed[i]
		if other.Purpose == string(PurposeTx) && other.TransactionID == p.Transaction && other.ProfileID != PlanID(p.EVSE) {
			taken[other.StackLevel] = true
		}
	}
	level, highest := int64(0), l.LimitLevel()
	for taken[level] {
		level++
	}
	switch {
	case p.EVSE > MaxEVSE:
		return nil, NoPlan(fmt.Sprintf("EVSE %d has a number above %d", p.EVSE, MaxEVSE))
	case level > highest, level == highest && level > 0: // the highest is for limits
		return nil, NoPlan("the transaction has a profile on each stack level of the station that is not kept for limits")
	}
	return &Installation{
		ID: PlanID(p.EVSE), At: ProfilePlace{EVSE: p.EVSE, TransactionID: p.Transaction}, Running: RunningTransaction{ID: p.Transaction},
		Profile: Profile{Purpose: PurposeTx, Kind: KindAbsolute, StackLevel: level, Schedules: []ChargingSchedule{s}},
	}, nil
}

// Installation returns a profile that a station had from here as it is installed again.
func (p *InstalledProfile) Installation() *Installation {
	return &Installation{
		ID: p.ProfileID, At: ProfilePlace{EVSE: p.EVSE, TransactionID: p.TransactionID}, Running: RunningTransaction{ID: p.TransactionID},
		Profile: Profile{
			Purpose: ProfilePurpose(p.Purpose), Kind: ProfileKind(p.Type), Recurrency: Recurrency(p.Recurrency), StackLevel: p.StackLevel,
			ValidFrom: p.ValidFrom, ValidTo: p.ValidTo, Schedules: p.Schedules,
		},
	}
}
