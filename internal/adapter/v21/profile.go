package v21

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// chargingProfiles keeps each profile of a report by itself, and what is there now (K09).
func (h handlers) chargingProfiles(ctx context.Context, st *csms.Station, req *ocpp21.ReportChargingProfilesRequest) (*ocpp21.ReportChargingProfilesResponse, error) {
	list := make([]fleet.Record, 0, len(req.ChargingProfile))
	for i := range req.ChargingProfile {
		p := profileOf(req.EVSEID, &req.ChargingProfile[i])
		p.Source, p.RequestID = req.ChargingLimitSource, int64(req.RequestID)
		list = append(list, p)
	}
	_, err := h.Submit(ctx, fleet.ProfilesReported{
		Told: fleet.Told{Station: st.Identity(), Received: time.Now(), Records: list}, RequestID: int64(req.RequestID), More: req.TBC.Or(false),
	})
	if err != nil {
		return nil, err
	}
	return &ocpp21.ReportChargingProfilesResponse{}, nil
}

// profileOf reads a profile at an EVSE.
func profileOf(evse int, p *ocpp21.ChargingProfile) fleet.ChargingProfile {
	return fleet.ChargingProfile{
		EVSE: int64(evse), ProfileID: int64(p.ID), StackLevel: int64(p.StackLevel), Purpose: string(p.ChargingProfilePurpose),
		Type: string(p.ChargingProfileKind), Recurrency: string(p.RecurrencyKind), ValidFrom: p.ValidFrom.Time, ValidTo: p.ValidTo.Time,
		TransactionID: p.TransactionID.Or(""), Schedules: schedules(p.ChargingSchedule),
		ProfileUpkeep: fleet.ProfileUpkeep{
			MaxOffline: adapter.Int64(p.MaxOfflineDuration), EndsOffline: p.InvalidAfterOfflineDuration.Or(false),
			UpdateInterval: adapter.Int64(p.DynUpdateInterval), UpdatedAt: p.DynUpdateTime.Time,
		},
	}
}

func schedules(list []ocpp21.ChargingSchedule) []fleet.ChargingSchedule {
	var result []fleet.ChargingSchedule
	for i := range list {
		s := &list[i]
		result = append(result, fleet.ChargingSchedule{
			ID: int64(s.ID), Start: s.StartSchedule.Time, Seconds: adapter.Int64(s.Duration), Unit: string(s.ChargingRateUnit),
			MinRate: adapter.OptDecimal(s.MinChargingRate), Periods: periods(s.ChargingSchedulePeriod),
			LocalTime: s.UseLocalTime.Or(false), RandomizedDelay: adapter.Int64(s.RandomizedDelay), LimitAtSoC: limitAtSoC(s.LimitAtSoC),
			PowerTolerance: adapter.OptDecimal(s.PowerTolerance),
		})
	}
	return result
}

func limitAtSoC(l *ocpp21.LimitAtSoC) *fleet.LimitAtSoC {
	if l == nil {
		return nil
	}
	return &fleet.LimitAtSoC{SoC: int64(l.SoC), Limit: adapter.Decimal(l.Limit)}
}

func periods(list []ocpp21.ChargingSchedulePeriod) []fleet.SchedulePeriod {
	var result []fleet.SchedulePeriod
	for i := range list {
		result = append(result, period(&list[i]))
	}
	return result
}

func period(p *ocpp21.ChargingSchedulePeriod) fleet.SchedulePeriod {
	period := fleet.SchedulePeriod{
		Start: int64(p.StartPeriod), Limit: adapter.OptDecimal(p.Limit), Phases: adapter.Int64(p.NumberPhases), PhaseToUse: adapter.Int64(p.PhaseToUse),
		DischargeLimit: adapter.OptDecimal(p.DischargeLimit), Setpoint: adapter.OptDecimal(p.Setpoint), OperationMode: string(p.OperationMode),
		LimitL2: adapter.OptDecimal(p.LimitL2), LimitL3: adapter.OptDecimal(p.LimitL3),
		DischargeLimitL2: adapter.OptDecimal(p.DischargeLimitL2), DischargeLimitL3: adapter.OptDecimal(p.DischargeLimitL3),
		SetpointL2: adapter.OptDecimal(p.SetpointL2), SetpointL3: adapter.OptDecimal(p.SetpointL3), SetpointReactive: adapter.OptDecimal(p.SetpointReactive),
		SetpointReactiveL2: adapter.OptDecimal(p.SetpointReactiveL2), SetpointReactiveL3: adapter.OptDecimal(p.SetpointReactiveL3),
		Preconditioning: adapter.Bool(p.PreconditioningRequest), EVSESleep: adapter.Bool(p.EVSESleep), Baseline: adapter.OptDecimal(p.V2XBaseline),
	}
	for _, c := range p.V2XFreqWattCurve {
		period.FreqWattCurve = append(period.FreqWattCurve, fleet.FreqPoint{Frequency: adapter.Decimal(c.Frequency), Power: adapter.Decimal(c.Power)})
	}
	for _, c := range p.V2XSignalWattCurve {
		period.SignalWattCurve = append(period.SignalWattCurve, fleet.SignalPoint{Signal: int64(c.Signal), Power: adapter.Decimal(c.Power)})
	}
	return period
}

// update returns the values of a change of a dynamic schedule.
func update(u *ocpp21.ChargingScheduleUpdate) fleet.SchedulePeriod {
	return fleet.SchedulePeriod{
		Limit: adapter.OptDecimal(u.Limit), LimitL2: adapter.OptDecimal(u.LimitL2), LimitL3: adapter.OptDecimal(u.LimitL3),
		DischargeLimit: adapter.OptDecimal(u.DischargeLimit), DischargeLimitL2: adapter.OptDecimal(u.DischargeLimitL2), DischargeLimitL3: adapter.OptDecimal(u.DischargeLimitL3),
		Setpoint: adapter.OptDecimal(u.Setpoint), SetpointL2: adapter.OptDecimal(u.SetpointL2), SetpointL3: adapter.OptDecimal(u.SetpointL3),
		SetpointReactive: adapter.OptDecimal(u.SetpointReactive), SetpointReactiveL2: adapter.OptDecimal(u.SetpointReactiveL2), SetpointReactiveL3: adapter.OptDecimal(u.SetpointReactiveL3),
	}
}

// updateOf is the other way around.
func updateOf(p fleet.SchedulePeriod) *ocpp21.ChargingScheduleUpdate {
	return &ocpp21.ChargingScheduleUpdate{
		Limit: adapter.OptWire(p.Limit), LimitL2: adapter.OptWire(p.LimitL2), LimitL3: adapter.OptWire(p.LimitL3),
		DischargeLimit: adapter.OptWire(p.DischargeLimit), DischargeLimitL2: adapter.OptWire(p.DischargeLimitL2), DischargeLimitL3: adapter.OptWire(p.DischargeLimitL3),
		Setpoint: adapter.OptWire(p.Setpoint), SetpointL2: adapter.OptWire(p.SetpointL2), SetpointL3: adapter.OptWire(p.SetpointL3),
		SetpointReactive: adapter.OptWire(p.SetpointReactive), SetpointReactiveL2: adapter.OptWire(p.SetpointReactiveL2), SetpointReactiveL3: adapter.OptWire(p.SetpointReactiveL3),
	}
}
