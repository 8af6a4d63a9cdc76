package simulator

import (
	"context"
	"strconv"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/station"
)

// profile16 reads a charging profile.
func profile16(evse int, p ocpp16.ChargingProfile) profile {
	sc := p.ChargingSchedule
	n := profile{
		id: p.ChargingProfileID, stack: p.StackLevel, purpose: purpose16(p.ChargingProfilePurpose), kind: string(p.ChargingProfileKind),
		recurrency: string(p.RecurrencyKind), evse: evse, from: p.ValidFrom.Time, to: p.ValidTo.Time,
		schedule: schedule{
			start: sc.StartSchedule.Time, duration: time.Duration(sc.Duration.Or(0)) * time.Second,
			amperes: sc.ChargingRateUnit == ocpp16.ChargingRateUnitA,
		},
	}
	if id, given := p.TransactionID.Get(); given {
		n.tx = strconv.FormatInt(id, 10)
	}
	for _, q := range sc.ChargingSchedulePeriod {
		n.schedule.periods = append(n.schedule.periods, period{
			start: time.Duration(q.StartPeriod) * time.Second, limit: q.Limit.Float64(), phases: q.NumberPhases.Or(0),
		})
	}
	return n
}

// purpose16 is a purpose in the words of 2.x.
func purpose16(p ocpp16.ChargingProfilePurpose) string {
	if p == ocpp16.ChargingProfilePurposeChargePointMaxProfile {
		return "ChargingStationMaxProfile"
	}
	return string(p)
}

func listenProfiles16(s *Station) {
	station.Handle(s.client, func(_ context.Context, req *ocpp16.SetChargingProfileRequest) (*ocpp16.SetChargingProfileResponse, error) {
		outlets, connector := s.place16(req.ConnectorID)
		evse := 0
		if connector != 0 && outlets != nil {
			evse = outlets[0].id
		}
		n := profile16(evse, req.CSChargingProfiles)
		ok := s.refusesProfile(n, outlets) == "" && s.profiles.install(n)
		s.profilesChanged()
		return &ocpp16.SetChargingProfileResponse{Status: word[ocpp16.ChargingProfileStatus](ok, "Accepted", "Rejected")}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.ClearChargingProfileRequest) (*ocpp16.ClearChargingProfileResponse, error) {
		evse, _ := s.evse16(req.ConnectorID)
		if req.ConnectorID == ocpp.Some(0) {
			evse = ocpp.Some(0)
		}
		some := s.profiles.clear(func(p profile) bool {
			return req.ID.Or(p.id) == p.id && evse.Or(p.evse) == p.evse && req.StackLevel.Or(p.stack) == p.stack &&
				(req.ChargingProfilePurpose == "" || purpose16(req.ChargingProfilePurpose) == p.purpose)
		})
		s.profilesChanged()
		return &ocpp16.ClearChargingProfileResponse{Status: word[ocpp16.ClearChargingProfileStatus](some, "Accepted", "Unknown")}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.GetCompositeScheduleRequest) (*ocpp16.GetCompositeScheduleResponse, error) {
		outlets, _ := s.place16(req.ConnectorID)
		if outlets == nil || req.Duration <= 0 {
			return &ocpp16.GetCompositeScheduleResponse{Status: "Rejected"}, nil
		}
		c := s.composite(outlets, time.Duration(req.Duration)*time.Second, req.ChargingRateUnit == ocpp16.ChargingRateUnitA)
		sc := &ocpp16.ChargingSchedule{ChargingRateUnit: word[ocpp16.ChargingRateUnit](c.amperes, "A", "W"), Duration: ocpp.Some(req.Duration)}
		for _, q := range c.periods {
			sc.ChargingSchedulePeriod = append(sc.ChargingSchedulePeriod, ocpp16.ChargingSchedulePeriod{StartPeriod: int(q.start.Seconds()), Limit: tenths(q.limit)})
		}
		return &ocpp16.GetCompositeScheduleResponse{
			Status: "Accepted", ConnectorID: ocpp.Some(req.ConnectorID), ScheduleStart: ocpp.At(c.start), ChargingSchedule: sc,
		}, nil
	})
}
