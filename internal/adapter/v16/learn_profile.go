package v16

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// learnProfiles takes which charging profiles a station has accepted (1.6 5.16, 5.11) and cleared (5.5), and what limit results
// from them (5.7).
func learnProfiles(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp16.SetChargingProfileResponse:
		if req, ok := req.(*ocpp16.SetChargingProfileRequest); ok {
			return adapter.ProfileAnswered(station, profileOf(req.ConnectorID, &req.CSChargingProfiles), true, fleet.DeviceAnswer{Status: string(resp.Status)})
		}
	case *ocpp16.RemoteStartTransactionResponse:
		if req, ok := req.(*ocpp16.RemoteStartTransactionRequest); ok && req.ChargingProfile != nil {
			return adapter.StartAnswered(station, req.OCPPAction().Name, profileOf(req.ConnectorID.Or(0), req.ChargingProfile), true, string(resp.Status))
		}
	case *ocpp16.ClearChargingProfileResponse:
		if req, ok := req.(*ocpp16.ClearChargingProfileRequest); ok {
			return adapter.ClearAnswered(station, clearing(req), fleet.DeviceAnswer{Status: string(resp.Status)})
		}
	case *ocpp16.GetCompositeScheduleResponse:
		if req, ok := req.(*ocpp16.GetCompositeScheduleRequest); ok {
			return compositeAnswered(station, req, resp)
		}
	}
	return nil
}

// profileOf reads a profile, in the words of fleet.
func profileOf(connector int, p *ocpp16.ChargingProfile) fleet.ChargingProfile {
	read := fleet.ChargingProfile{
		EVSE: int64(connector), ProfileID: int64(p.ChargingProfileID), StackLevel: int64(p.StackLevel), Purpose: wordOf(p.ChargingProfilePurpose),
		Type: string(p.ChargingProfileKind), Recurrency: string(p.RecurrencyKind), ValidFrom: p.ValidFrom.Time, ValidTo: p.ValidTo.Time,
		Schedules: []fleet.ChargingSchedule{readSchedule(&p.ChargingSchedule)},
	}
	if n, ok := p.TransactionID.Get(); ok {
		read.TransactionID = fleet.TransactionNumber(n)
	}
	return read
}

// wordOf is the opposite of purposeOf.
func wordOf(purpose ocpp16.ChargingProfilePurpose) string {
	if purpose == ocpp16.ChargingProfilePurposeChargePointMaxProfile {
		return string(fleet.PurposeStationMax)
	}
	return string(purpose)
}

func readSchedule(s *ocpp16.ChargingSchedule) fleet.ChargingSchedule {
	read := fleet.ChargingSchedule{
		Start: s.StartSchedule.Time, Seconds: adapter.Int64(s.Duration), Unit: string(s.ChargingRateUnit), MinRate: adapter.OptDecimal(s.MinChargingRate),
	}
	for i := range s.ChargingSchedulePeriod {
		p := &s.ChargingSchedulePeriod[i]
		read.Periods = append(read.Periods, fleet.SchedulePeriod{
			Start: int64(p.StartPeriod), Limit: adapter.Decimal(p.Limit), Phases: adapter.Int64(p.NumberPhases),
		})
	}
	return read
}

// clearing reads which profiles are to go: the one of an id, or all that fit.
func clearing(req *ocpp16.ClearChargingProfileRequest) fleet.ProfileCriteria {
	if id, ok := req.ID.Get(); ok {
		return fleet.ProfileCriteria{IDs: []int64{int64(id)}}
	}
	return fleet.ProfileCriteria{
		EVSE: adapter.Int64(req.ConnectorID), Purpose: wordOf(req.ChargingProfilePurpose), StackLevel: adapter.Int64(req.StackLevel),
	}
}

func compositeAnswered(station string, req *ocpp16.GetCompositeScheduleRequest, resp *ocpp16.GetCompositeScheduleResponse) []fleet.Event {
	s := fleet.CompositeSchedule{Station: station, EVSE: int64(req.ConnectorID), Start: resp.ScheduleStart.Time, Seconds: int64(req.Duration)}
	if resp.ChargingSchedule != nil {
		told := readSchedule(resp.ChargingSchedule)
		s.Unit, s.Periods = told.Unit, told.Periods
		if told.Seconds != nil {
			s.Seconds = *told.Seconds
		}
		if s.Start.IsZero() {
			s.Start = told.Start
		}
	}
	return adapter.CompositeAnswered(s, fleet.DeviceAnswer{Status: string(resp.Status)})
}
