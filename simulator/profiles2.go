package simulator

import (
	"context"
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// profile21 reads a charging profile. Its first schedule counts.
func profile21(evse int, p ocpp21.ChargingProfile) profile {
	sc := p.ChargingSchedule[0]
	n := profile{
		id: p.ID, stack: p.StackLevel, purpose: string(p.ChargingProfilePurpose), kind: string(p.ChargingProfileKind),
		recurrency: string(p.RecurrencyKind), evse: evse, tx: p.TransactionID.Or(""), from: p.ValidFrom.Time, to: p.ValidTo.Time, sent: p,
		schedule: schedule{
			start: sc.StartSchedule.Time, duration: time.Duration(sc.Duration.Or(0)) * time.Second,
			amperes: sc.ChargingRateUnit == ocpp21.ChargingRateUnitA,
		},
	}
	for _, q := range sc.ChargingSchedulePeriod {
		limit := q.Limit.Or(q.Setpoint.Or(ocpp.Dec(1_000_000, 0)))
		n.schedule.periods = append(n.schedule.periods, period{
			start: time.Duration(q.StartPeriod) * time.Second, limit: limit.Float64(), phases: q.NumberPhases.Or(0),
		})
	}
	return n
}

// refusesProfile says what is wrong with a profile, in a word for reasonCode; "" for nothing.
func (s *Station) refusesProfile(n profile, outlets []*outlet) string {
	periods := n.schedule.periods
	switch {
	case outlets == nil:
		return "InvalidValue"
	case len(periods) == 0 || len(periods) > maxPeriods || periods[0].start != 0:
		return "InvalidSchedule"
	case !slices.IsSortedFunc(periods, func(a, b period) int { return int(a.start - b.start) }):
		return "InvalidSchedule"
	case n.purpose == "ChargingStationMaxProfile" && (n.evse != 0 || n.kind == "Relative"): // K04.FR.03, K01.FR.38
		return "InvalidProfile"
	case n.purpose == "ChargingStationExternalConstraints": // K01.FR.22
		return "InvalidProfile"
	case n.purpose == "TxProfile" && n.evse == 0:
		return "InvalidProfile"
	case n.purpose == "TxProfile":
		if tx := outlets[0].running(); tx == nil || n.tx != "" && n.tx != tx.name(s.version()) {
			return "TxNotFound"
		}
	}
	return ""
}

func (s *Station) setChargingProfile2(_ context.Context, req *ocpp21.SetChargingProfileRequest) (*ocpp21.SetChargingProfileResponse, error) {
	n := profile21(req.EVSEID, req.ChargingProfile)
	why := s.refusesProfile(n, s.on(ocpp.Some(req.EVSEID)))
	if why == "" && !s.profiles.install(n) {
		why = "TooManyElements"
	}
	if why != "" {
		return &ocpp21.SetChargingProfileResponse{Status: "Rejected", StatusInfo: &ocpp21.StatusInfo{ReasonCode: why}}, nil
	}
	s.profilesChanged()
	return &ocpp21.SetChargingProfileResponse{Status: "Accepted"}, nil
}

func (s *Station) clearChargingProfile2(_ context.Context, req *ocpp21.ClearChargingProfileRequest) (*ocpp21.ClearChargingProfileResponse, error) {
	c := req.ChargingProfileCriteria
	if c == nil {
		c = new(ocpp21.ClearChargingProfile)
	}
	some := s.profiles.clear(func(p profile) bool { // K10.FR.04: all that is named has to match
		return req.ChargingProfileID.Or(p.id) == p.id && c.EVSEID.Or(p.evse) == p.evse && c.StackLevel.Or(p.stack) == p.stack &&
			(c.ChargingProfilePurpose == "" || string(c.ChargingProfilePurpose) == p.purpose)
	})
	s.profilesChanged()
	return &ocpp21.ClearChargingProfileResponse{Status: word[ocpp21.ClearChargingProfileStatus](some, "Accepted", "Unknown")}, nil
}

func (s *Station) getChargingProfiles2(_ context.Context, req *ocpp21.GetChargingProfilesRequest) (*ocpp21.GetChargingProfilesResponse, error) {
	c := req.ChargingProfile
	list := s.profiles.find(func(p profile) bool {
		return req.EVSEID.Or(p.evse) == p.evse && c.StackLevel.Or(p.stack) == p.stack &&
			(c.ChargingProfilePurpose == "" || string(c.ChargingProfilePurpose) == p.purpose) &&
			(len(c.ChargingProfileID) == 0 || slices.Contains(c.ChargingProfileID, p.id))
	})
	if len(list) == 0 {
		return &ocpp21.GetChargingProfilesResponse{Status: "NoProfiles"}, nil
	}
	s.after(func(ctx context.Context) {
		for i, p := range list {
			s.tell2(ctx, "ReportChargingProfiles", map[string]any{
				"requestId": req.RequestID, "chargingLimitSource": "CSO", "evseId": p.evse, "chargingProfile": []any{p.sent}, "tbc": i < len(list)-1,
			})
		}
	})
	return &ocpp21.GetChargingProfilesResponse{Status: "Accepted"}, nil
}

func (s *Station) compositeSchedule2(_ context.Context, req *ocpp21.GetCompositeScheduleRequest) (*ocpp21.GetCompositeScheduleResponse, error) {
	outlets := s.on(ocpp.Some(req.EVSEID))
	if outlets == nil || req.Duration <= 0 {
		return &ocpp21.GetCompositeScheduleResponse{Status: "Rejected"}, nil
	}
	c := s.composite(outlets, time.Duration(req.Duration)*time.Second, req.ChargingRateUnit == ocpp21.ChargingRateUnitA)
	sc := &ocpp21.CompositeSchedule{
		EVSEID: req.EVSEID, Duration: req.Duration, ScheduleStart: ocpp.At(c.start),
		ChargingRateUnit: word[ocpp21.ChargingRateUnit](c.amperes, "A", "W"),
	}
	for _, q := range c.periods {
		sc.ChargingSchedulePeriod = append(sc.ChargingSchedulePeriod, ocpp21.ChargingSchedulePeriod{
			StartPeriod: int(q.start.Seconds()), Limit: ocpp.Some(tenths(q.limit)),
		})
	}
	return &ocpp21.GetCompositeScheduleResponse{Status: "Accepted", Schedule: sc}, nil
}
