package v21

import (
	"cmp"
	"context"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// chargingNeeds keeps what a vehicle wants, and says whether a charging profile follows (K15.FR.03 to FR.05). In ISO 15118-20
// Rejected would refuse the kind of energy transfer and end the session: without a profile it is NoChargingProfile there
// (K18.FR.04, K18.FR.22).
func (h handlers) chargingNeeds(ctx context.Context, st *csms.Station, req *ocpp21.NotifyEVChargingNeedsRequest) (*ocpp21.NotifyEVChargingNeedsResponse, error) {
	needs := chargingNeeds(req)
	answer, err := h.Needs(ctx, st.Identity(), needs)
	if err != nil {
		return nil, err
	}
	resp := &ocpp21.NotifyEVChargingNeedsResponse{}
	switch answer.Verdict {
	case fleet.NeedsPlanned:
		resp.Status = ocpp21.NotifyEVChargingNeedsStatusAccepted
	case fleet.NeedsLater:
		resp.Status = ocpp21.NotifyEVChargingNeedsStatusProcessing
	default:
		resp.Status, resp.StatusInfo = ocpp21.NotifyEVChargingNeedsStatusRejected, reason(answer.Code, answer.Reason)
		if req.ChargingNeeds.ControlMode != "" || req.ChargingNeeds.V2XChargingParameters != nil {
			resp.Status = ocpp21.NotifyEVChargingNeedsStatusNoChargingProfile
		}
	}
	needs.Answer = string(resp.Status)
	if err := h.Told(ctx, st, needs); err != nil {
		return nil, err
	}
	return resp, nil
}

func chargingNeeds(req *ocpp21.NotifyEVChargingNeedsRequest) fleet.ChargingNeeds {
	n := &req.ChargingNeeds
	r := fleet.ChargingNeeds{
		EVSE: int64(req.EVSEID), EnergyTransfer: string(n.RequestedEnergyTransfer), DepartureTime: n.DepartureTime.Time,
		MaxScheduleTuples: adapter.Int64(req.MaxScheduleTuples),
		Time:              req.Timestamp.Time, ControlMode: string(n.ControlMode), MobilityNeedsMode: string(n.MobilityNeedsMode),
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
	if p := n.V2XChargingParameters; p != nil {
		withV2X(&r, p)
	}
	return r
}

// withV2X adds what a vehicle wants that speaks ISO 15118-20: how it charges. Powers are of all phases, or, with those of the other
// phases beside them, of the first one.
func withV2X(r *fleet.ChargingNeeds, p *ocpp21.V2XChargingParameters) {
	r.MinPower = ofPhases(p.MinChargePower, p.MinChargePowerL2, p.MinChargePowerL3)
	r.MaxPower = cmp.Or(ofPhases(p.MaxChargePower, p.MaxChargePowerL2, p.MaxChargePowerL3), r.MaxPower)
	r.MinCurrent, r.MaxCurrent = cmp.Or(adapter.OptDecimal(p.MinChargeCurrent), r.MinCurrent), cmp.Or(adapter.OptDecimal(p.MaxChargeCurrent), r.MaxCurrent)
	r.MaxVoltage, r.EnergyAmount = cmp.Or(adapter.OptDecimal(p.MaxVoltage), r.MaxVoltage), cmp.Or(adapter.OptDecimal(p.EVTargetEnergyRequest), r.EnergyAmount)
}

// ofPhases adds up what a vehicle said of each phase.
func ofPhases(phases ...ocpp.Opt[ocpp.Decimal]) fleet.Decimal {
	var said []fleet.Decimal
	for _, phase := range phases {
		said = append(said, adapter.OptDecimal(phase))
	}
	return fleet.Sum(said...)
}

// needsDetails is what needs say of bidirectional charging.
type needsDetails struct {
	V2X   *ocpp21.V2XChargingParameters `json:"v2xChargingParameters,omitempty"`
	Offer *ocpp21.EVEnergyOffer         `json:"evEnergyOffer,omitempty"`
	DER   *ocpp21.DERChargingParameters `json:"derChargingParameters,omitempty"`
}

// chargingSchedule keeps the schedule of a vehicle, and says whether it is within its limits (K15.FR.11, K15.FR.12).
func (h handlers) chargingSchedule(ctx context.Context, st *csms.Station, req *ocpp21.NotifyEVChargingScheduleRequest) (*ocpp21.NotifyEVChargingScheduleResponse, error) {
	plan := fleet.EVSchedule{
		EVSE: int64(req.EVSEID), TimeBase: req.TimeBase.Time, Schedules: schedules([]ocpp21.ChargingSchedule{req.ChargingSchedule}),
		SelectedSchedule: adapter.Int64(req.SelectedChargingScheduleID), ToleranceAccepted: adapter.Bool(req.PowerToleranceAcceptance),
	}
	beyond, err := h.EVSchedule(ctx, st.Identity(), plan)
	if err != nil {
		return nil, err
	}
	resp := &ocpp21.NotifyEVChargingScheduleResponse{Status: ocpp21.GenericStatusAccepted}
	if beyond != "" {
		resp.Status, resp.StatusInfo = ocpp21.GenericStatusRejected, reason("ValueTooHigh", beyond)
	}
	plan.Answer = string(resp.Status)
	if err := h.Told(ctx, st, plan); err != nil {
		return nil, err
	}
	return resp, nil
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

// Resumed returns the transaction, and the number of the event, when a request says that a transaction goes on after a restart of the
// station (B13.FR.30, E17.FR.14).
func Resumed(req any) (transaction string, seqNo int64, ok bool) {
	e, is := req.(*ocpp21.TransactionEventRequest)
	if !is || e.TriggerReason != ocpp21.TriggerReasonTxResumed {
		return "", 0, false
	}
	return e.TransactionInfo.TransactionID, int64(e.SeqNo), true
}
