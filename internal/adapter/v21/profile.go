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
	}
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
