package v201

import (
	"context"
	"strconv"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// chargingNeeds keeps what a vehicle wants, and says whether a charging profile follows (K15.FR.03 to FR.05).
func (h handlers) chargingNeeds(ctx context.Context, st *csms.Station, req *ocpp201.NotifyEVChargingNeedsRequest) (*ocpp201.NotifyEVChargingNeedsResponse, error) {
	needs := chargingNeeds(req)
	answer, err := h.Needs(ctx, st.Identity(), needs)
	if err != nil {
		return nil, err
	}
	resp := &ocpp201.NotifyEVChargingNeedsResponse{}
	switch answer.Verdict {
	case fleet.NeedsPlanned:
		resp.Status = ocpp201.NotifyEVChargingNeedsStatusAccepted
	case fleet.NeedsLater:
		resp.Status = ocpp201.NotifyEVChargingNeedsStatusProcessing
	default:
		resp.Status, resp.StatusInfo = ocpp201.NotifyEVChargingNeedsStatusRejected, reason(answer.Code, answer.Reason)
	}
	needs.Answer = string(resp.Status)
	if err := h.Told(ctx, st, needs); err != nil {
		return nil, err
	}
	return resp, nil
}

func reason(code, text string) *ocpp201.StatusInfo {
	return &ocpp201.StatusInfo{ReasonCode: code, AdditionalInfo: ocpp.Some(text)}
}

func chargingNeeds(req *ocpp201.NotifyEVChargingNeedsRequest) fleet.ChargingNeeds {
	n := &req.ChargingNeeds
	r := fleet.ChargingNeeds{
		EVSE: int64(req.EVSEID), EnergyTransfer: string(n.RequestedEnergyTransfer), DepartureTime: n.DepartureTime.Time,
		MaxScheduleTuples: adapter.Int64(req.MaxScheduleTuples),
	}
	if p := n.ACChargingParameters; p != nil {
		r.EnergyAmount, r.MaxVoltage = whole(p.EnergyAmount), whole(p.EVMaxVoltage)
		r.MinCurrent, r.MaxCurrent = whole(p.EVMinCurrent), whole(p.EVMaxCurrent)
	}
	if p := n.DCChargingParameters; p != nil {
		r.EnergyAmount, r.MaxVoltage, r.MaxCurrent = optWhole(p.EnergyAmount), whole(p.EVMaxVoltage), whole(p.EVMaxCurrent)
		r.MaxPower, r.EnergyCapacity = optWhole(p.EVMaxPower), optWhole(p.EVEnergyCapacity)
		r.StateOfCharge, r.FullSoC, r.BulkSoC = adapter.Int64(p.StateOfCharge), adapter.Int64(p.FullSoC), adapter.Int64(p.BulkSoC)
	}
	return r
}

func whole(n int) fleet.Decimal { return fleet.Decimal(strconv.Itoa(n)) }

func optWhole(o ocpp.Opt[int]) fleet.Decimal {
	n, ok := o.Get()
	if !ok {
		return ""
	}
	return whole(n)
}

// chargingSchedule keeps the schedule of a vehicle, and says whether it is within its limits (K15.FR.11, K15.FR.12).
func (h handlers) chargingSchedule(ctx context.Context, st *csms.Station, req *ocpp201.NotifyEVChargingScheduleRequest) (*ocpp201.NotifyEVChargingScheduleResponse, error) {
	plan := fleet.EVSchedule{
		EVSE: int64(req.EVSEID), TimeBase: req.TimeBase.Time, Schedules: schedules([]ocpp201.ChargingSchedule{req.ChargingSchedule}),
	}
	beyond, err := h.EVSchedule(ctx, st.Identity(), plan)
	if err != nil {
		return nil, err
	}
	resp := &ocpp201.NotifyEVChargingScheduleResponse{Status: ocpp201.GenericStatusAccepted}
	if beyond != "" {
		resp.Status, resp.StatusInfo = ocpp201.GenericStatusRejected, reason("ValueTooHigh", beyond)
	}
	plan.Answer = string(resp.Status)
	if err := h.Told(ctx, st, plan); err != nil {
		return nil, err
	}
	return resp, nil
}

func chargingLimit(req *ocpp201.NotifyChargingLimitRequest) []fleet.Record {
	return []fleet.Record{fleet.ChargingLimit{
		EVSE: int64(req.EVSEID.Or(0)), Source: string(req.ChargingLimit.ChargingLimitSource),
		GridCritical: adapter.Bool(req.ChargingLimit.IsGridCritical), Schedules: schedules(req.ChargingSchedule),
	}}
}

// clearedLimit ends a limit (K13).
func clearedLimit(req *ocpp201.ClearedChargingLimitRequest) []fleet.Record {
	return []fleet.Record{fleet.ChargingLimit{
		EVSE: int64(req.EVSEID.Or(0)), Source: string(req.ChargingLimitSource), Cleared: true,
	}}
}
