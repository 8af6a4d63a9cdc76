package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// chargingProfiles keeps each profile of a report by itself. A report says what is there and fits the question: it does
// not say that others are gone (K09).
func chargingProfiles(req *ocpp21.ReportChargingProfilesRequest) []fleet.Record {
	list := make([]fleet.Record, 0, len(req.ChargingProfile))
	for i := range req.ChargingProfile {
		p := &req.ChargingProfile[i]
		list = append(list, fleet.ChargingProfile{
			EVSE: int64(req.EVSEID), ProfileID: int64(p.ID), Source: req.ChargingLimitSource, RequestID: int64(req.RequestID),
			StackLevel: int64(p.StackLevel), Purpose: string(p.ChargingProfilePurpose), Type: string(p.ChargingProfileKind),
			Recurrency: string(p.RecurrencyKind), ValidFrom: p.ValidFrom.Time, ValidTo: p.ValidTo.Time,
			TransactionID: p.TransactionID.Or(""), Schedules: schedules(p.ChargingSchedule),
		})
	}
	return list
}

func schedules(list []ocpp21.ChargingSchedule) []fleet.ChargingSchedule {
	var result []fleet.ChargingSchedule
	for i := range list {
		s := &list[i]
		result = append(result, fleet.ChargingSchedule{
			ID: int64(s.ID), Start: s.StartSchedule.Time, Seconds: adapter.Int64(s.Duration), Unit: string(s.ChargingRateUnit),
			MinRate: adapter.OptDecimal(s.MinChargingRate), Periods: periods(s.ChargingSchedulePeriod),
		})
	}
	return result
}

func periods(list []ocpp21.ChargingSchedulePeriod) []fleet.SchedulePeriod {
	var result []fleet.SchedulePeriod
	for i := range list {
		p := &list[i]
		result = append(result, fleet.SchedulePeriod{
			Start: int64(p.StartPeriod), Limit: adapter.OptDecimal(p.Limit), Phases: adapter.Int64(p.NumberPhases), PhaseToUse: adapter.Int64(p.PhaseToUse),
			DischargeLimit: adapter.OptDecimal(p.DischargeLimit), Setpoint: adapter.OptDecimal(p.Setpoint), OperationMode: string(p.OperationMode),
		})
	}
	return result
}
