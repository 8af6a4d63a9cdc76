package v21

import (
	"context"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// chargingNeeds keeps what a vehicle wants. Nothing here computes schedules: that is Rejected in ISO 15118-2 (K15.FR.04),
// while in ISO 15118-20 Rejected would refuse the kind of energy transfer and end the session (K18.FR.04, K18.FR.22).
func (h handlers) chargingNeeds(ctx context.Context, st *csms.Station, req *ocpp21.NotifyEVChargingNeedsRequest) (*ocpp21.NotifyEVChargingNeedsResponse, error) {
	resp := &ocpp21.NotifyEVChargingNeedsResponse{
		Status: ocpp21.NotifyEVChargingNeedsStatusRejected, StatusInfo: reason(adapter.ReasonUnsupported, adapter.NoSchedules),
	}
	if req.ChargingNeeds.ControlMode != "" || req.ChargingNeeds.V2XChargingParameters != nil {
		resp = &ocpp21.NotifyEVChargingNeedsResponse{Status: ocpp21.NotifyEVChargingNeedsStatusNoChargingProfile}
	}
	if err := h.Told(ctx, st, chargingNeeds(req, string(resp.Status))); err != nil {
		return nil, err
	}
	return resp, nil
}

func chargingNeeds(req *ocpp21.NotifyEVChargingNeedsRequest, answer string) fleet.ChargingNeeds {
	n := &req.ChargingNeeds
	r := fleet.ChargingNeeds{
		EVSE: int64(req.EVSEID), EnergyTransfer: string(n.RequestedEnergyTransfer), DepartureTime: n.DepartureTime.Time,
		MaxScheduleTuples: adapter.Int64(req.MaxScheduleTuples), Answer: answer,
		Time: req.Timestamp.Time, ControlMode: string(n.ControlMode), MobilityNeedsMode: string(n.MobilityNeedsMode),
		Details: adapter.Object(needsDetails{n.V2XChargingParameters, n.EVEnergyOffer, n.DERChargingParameters}),
	}
	for _, mode := range n.AvailableEnergyTransfer {
		r.AvailableTransfers = append(r.AvailableTransfers, string(mode))
	}
	if p := n.ACChargingParameters; p != nil {
		r.EnergyAmount, r.MaxVoltage = adapter.Decimal(p.EnergyAmount), adapter.Decimal(p.EVMaxVoltage)
		r.MinCurrent, r.MaxCurrent = adapter.Decimal(p.EVMinCurrent), adapter.Decimal(p.EVMaxCurrent)
	}
	if p := n.DCChargingParameters; p != nil {
		r.EnergyAmount, r.MaxVoltage, r.MaxCurrent = adapter.OptDecimal(p.EnergyAmount), adapter.Decimal(p.EVMaxVoltage), adapter.Decimal(p.EVMaxCurrent)
		r.MaxPower, r.EnergyCapacity = adapter.OptDecimal(p.EVMaxPower), adapter.OptDecimal(p.EVEnergyCapacity)
		r.StateOfCharge, r.FullSoC, r.BulkSoC = adapter.Int64(p.StateOfCharge), adapter.Int64(p.FullSoC), adapter.Int64(p.BulkSoC)
	}
	return r
}

// needsDetails is what needs say of bidirectional charging.
type needsDetails struct {
	V2X   *ocpp21.V2XChargingParameters `json:"v2xChargingParameters,omitempty"`
	Offer *ocpp21.EVEnergyOffer         `json:"evEnergyOffer,omitempty"`
	DER   *ocpp21.DERChargingParameters `json:"derChargingParameters,omitempty"`
}

// chargingSchedule keeps the schedule of a vehicle. There is no schedule of this system that it could exceed (K15.FR.11).
func (h handlers) chargingSchedule(ctx context.Context, st *csms.Station, req *ocpp21.NotifyEVChargingScheduleRequest) (*ocpp21.NotifyEVChargingScheduleResponse, error) {
	const status = ocpp21.GenericStatusAccepted
	err := h.Told(ctx, st, fleet.EVSchedule{
		EVSE: int64(req.EVSEID), TimeBase: req.TimeBase.Time, Answer: string(status),
		Schedules:        schedules([]ocpp21.ChargingSchedule{req.ChargingSchedule}),
		SelectedSchedule: adapter.Int64(req.SelectedChargingScheduleID), ToleranceAccepted: adapter.Bool(req.PowerToleranceAcceptance),
	})
	if err != nil {
		return nil, err
	}
	return &ocpp21.NotifyEVChargingScheduleResponse{Status: status}, nil
}

func chargingLimit(req *ocpp21.NotifyChargingLimitRequest) []fleet.Record {
	return []fleet.Record{fleet.ChargingLimit{
		EVSE: int64(req.EVSEID.Or(0)), Source: req.ChargingLimit.ChargingLimitSource,
		GridCritical: adapter.Bool(req.ChargingLimit.IsGridCritical), Schedules: schedules(req.ChargingSchedule),
		LocalGeneration: req.ChargingLimit.IsLocalGeneration.Or(false),
	}}
}

// clearedLimit ends what a source said of an EVSE: its limit and its local generation, for the message does not tell them
// apart (K13, K27).
func clearedLimit(req *ocpp21.ClearedChargingLimitRequest) []fleet.Record {
	limit := fleet.ChargingLimit{EVSE: int64(req.EVSEID.Or(0)), Source: req.ChargingLimitSource, Cleared: true}
	local := limit
	local.LocalGeneration = true
	return []fleet.Record{limit, local}
}
