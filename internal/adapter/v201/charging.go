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

// chargingNeeds keeps what a vehicle wants. Nothing here computes schedules: that is Rejected (K15.FR.04).
func (h handlers) chargingNeeds(ctx context.Context, st *csms.Station, req *ocpp201.NotifyEVChargingNeedsRequest) (*ocpp201.NotifyEVChargingNeedsResponse, error) {
	const status = ocpp201.NotifyEVChargingNeedsStatusRejected
	if err := h.Told(ctx, st, chargingNeeds(req, string(status))); err != nil {
		return nil, err
	}
	return &ocpp201.NotifyEVChargingNeedsResponse{
		Status: status, StatusInfo: &ocpp201.StatusInfo{ReasonCode: adapter.ReasonUnsupported, AdditionalInfo: ocpp.Some(adapter.NoSchedules)},
	}, nil
}

func chargingNeeds(req *ocpp201.NotifyEVChargingNeedsRequest, answer string) fleet.ChargingNeeds {
	n := &req.ChargingNeeds
	r := fleet.ChargingNeeds{
		EVSE: int64(req.EVSEID), EnergyTransfer: string(n.RequestedEnergyTransfer), DepartureTime: n.DepartureTime.Time,
		MaxScheduleTuples: adapter.Int64(req.MaxScheduleTuples), Answer: answer,
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

// chargingSchedule keeps the schedule of a vehicle. There is no schedule of this system that it could exceed (K15.FR.11).
func (h handlers) chargingSchedule(ctx context.Context, st *csms.Station, req *ocpp201.NotifyEVChargingScheduleRequest) (*ocpp201.NotifyEVChargingScheduleResponse, error) {
	const status = ocpp201.GenericStatusAccepted
	err := h.Told(ctx, st, fleet.EVSchedule{
		EVSE: int64(req.EVSEID), TimeBase: req.TimeBase.Time, Answer: string(status),
		Schedules: schedules([]ocpp201.ChargingSchedule{req.ChargingSchedule}),
	})
	if err != nil {
		return nil, err
	}
	return &ocpp201.NotifyEVChargingScheduleResponse{Status: status}, nil
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
