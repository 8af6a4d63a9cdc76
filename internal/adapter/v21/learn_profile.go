package v21

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// learnProfiles takes which charging profiles a station has accepted (K01, K05), cleared (K10) or does not have (K09), and what
// limit results from them (K08).
func learnProfiles(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp21.SetChargingProfileResponse:
		if req, ok := req.(*ocpp21.SetChargingProfileRequest); ok {
			return adapter.ProfileAnswered(station, profileOf(req.EVSEID, &req.ChargingProfile), false, answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp21.RequestStartTransactionResponse:
		if req, ok := req.(*ocpp21.RequestStartTransactionRequest); ok && req.ChargingProfile != nil {
			p := profileOf(req.EVSEID.Or(0), req.ChargingProfile)
			p.TransactionID = resp.TransactionID.Or("")
			return adapter.StartAnswered(station, req.OCPPAction().Name, p, false, string(resp.Status))
		}
	case *ocpp21.ClearChargingProfileResponse:
		if req, ok := req.(*ocpp21.ClearChargingProfileRequest); ok {
			return adapter.ClearAnswered(station, clearing(req), answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp21.GetChargingProfilesResponse:
		if req, ok := req.(*ocpp21.GetChargingProfilesRequest); ok {
			return adapter.ProfilesAnswered(station, asking(req), string(resp.Status))
		}
	case *ocpp21.UpdateDynamicScheduleResponse:
		if req, ok := req.(*ocpp21.UpdateDynamicScheduleRequest); ok {
			return updateAnswered(station, req, resp)
		}
	case *ocpp21.GetCompositeScheduleResponse:
		if req, ok := req.(*ocpp21.GetCompositeScheduleRequest); ok {
			return compositeAnswered(station, req, resp)
		}
	}
	return nil
}

// clearing reads which profiles are to go: the one of an id, or all that fit (K10.FR.02).
func clearing(req *ocpp21.ClearChargingProfileRequest) fleet.ProfileCriteria {
	if id, ok := req.ChargingProfileID.Get(); ok {
		return fleet.ProfileCriteria{IDs: []int64{int64(id)}}
	}
	if c := req.ChargingProfileCriteria; c != nil {
		return fleet.ProfileCriteria{EVSE: adapter.Int64(c.EVSEID), Purpose: string(c.ChargingProfilePurpose), StackLevel: adapter.Int64(c.StackLevel)}
	}
	return fleet.ProfileCriteria{}
}

// asking reads which profiles a report is to have (K09.FR.03 to FR.06).
func asking(req *ocpp21.GetChargingProfilesRequest) fleet.ProfileCriteria {
	p := &req.ChargingProfile
	c := fleet.ProfileCriteria{EVSE: adapter.Int64(req.EVSEID), Purpose: string(p.ChargingProfilePurpose), StackLevel: adapter.Int64(p.StackLevel)}
	for _, id := range p.ChargingProfileID {
		c.IDs = append(c.IDs, int64(id))
	}
	c.Sources = p.ChargingLimitSource
	return c
}

func compositeAnswered(station string, req *ocpp21.GetCompositeScheduleRequest, resp *ocpp21.GetCompositeScheduleResponse) []fleet.Event {
	s := fleet.CompositeSchedule{Station: station, EVSE: int64(req.EVSEID), Seconds: int64(req.Duration)}
	if told := resp.Schedule; told != nil {
		s.Start, s.Seconds, s.Unit = told.ScheduleStart.Time, int64(told.Duration), string(told.ChargingRateUnit)
		s.Periods = periods(told.ChargingSchedulePeriod)
	}
	return adapter.CompositeAnswered(s, answer(string(resp.Status), resp.StatusInfo))
}

// updateAnswered takes other values of a dynamic profile (K28).
func updateAnswered(station string, req *ocpp21.UpdateDynamicScheduleRequest, resp *ocpp21.UpdateDynamicScheduleResponse) []fleet.Event {
	a := answer(string(resp.Status), resp.StatusInfo)
	a.Station, a.Action, a.Object = station, req.OCPPAction().Name, fleet.ObjectID(req.ChargingProfileID)
	return adapter.Answered(a, adapter.When(a.Took(), fleet.ProfileUpdated{ID: int64(req.ChargingProfileID), At: time.Now(), Period: update(&req.ScheduleUpdate)})...)
}

// Asking returns what is to be known before a request is sent: which report is asked for.
func Asking(station string, req any) []fleet.Event {
	if req, ok := req.(*ocpp21.GetChargingProfilesRequest); ok {
		return []fleet.Event{fleet.ProfilesAsked{Station: station, Received: time.Now(), RequestID: int64(req.RequestID), Criteria: asking(req)}}
	}
	return nil
}

// Installing returns the profile that a request brings to a station, and where in the request it is.
func Installing(req any) (p fleet.ChargingProfile, pointer string, ok bool) {
	switch req := req.(type) {
	case *ocpp21.SetChargingProfileRequest:
		return profileOf(req.EVSEID, &req.ChargingProfile), "/chargingProfile", true
	case *ocpp21.RequestStartTransactionRequest:
		if req.ChargingProfile != nil {
			return profileOf(req.EVSEID.Or(0), req.ChargingProfile), "/chargingProfile", true
		}
	}
	return p, "", false
}
