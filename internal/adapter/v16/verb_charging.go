package v16

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// askLimit makes a SetChargingProfile, or a ClearChargingProfile of the same one.
func askLimit(v *fleet.LimitRequest) (adapter.Instruction, error) {
	if v.Install == nil {
		return &ocpp16.ClearChargingProfileRequest{ID: ocpp.Some(int(v.Clear))}, nil
	}
	return askInstall(v.Install)
}

// askInstall makes a SetChargingProfile (1.6 5.16).
func askInstall(i *fleet.Installation) (adapter.Instruction, error) {
	wire, err := wireProfile(i)
	if err != nil {
		return nil, err
	}
	return &ocpp16.SetChargingProfileRequest{ConnectorID: int(i.At.EVSE), CSChargingProfiles: *wire}, nil
}

// wireProfile returns a profile as the version has it.
func wireProfile(i *fleet.Installation) (*ocpp16.ChargingProfile, error) {
	if err := i.CheckVersion("1.6"); err != nil {
		return nil, err
	}
	p := &i.Profile
	wire := &ocpp16.ChargingProfile{
		ChargingProfileID: int(i.ID), StackLevel: int(p.StackLevel), ChargingProfilePurpose: purposeOf(string(p.Purpose)),
		ChargingProfileKind: ocpp16.ChargingProfileKind(p.Kind), RecurrencyKind: ocpp16.RecurrencyKind(p.Recurrency),
		ValidFrom: adapter.Time(p.ValidFrom), ValidTo: adapter.Time(p.ValidTo), ChargingSchedule: scheduleOf(&p.Schedules[0]),
	}
	if i.At.TransactionID != "" {
		if i.Running.Number == 0 {
			return nil, fleet.NotInVersion("/transaction", "transactions of OCPP 1.6 have numbers")
		}
		wire.TransactionID = ocpp.Some(i.Running.Number)
	}
	return wire, nil
}

// purposeOf returns a purpose in the words of OCPP 1.6.
func purposeOf(purpose string) ocpp16.ChargingProfilePurpose {
	if purpose == string(fleet.PurposeStationMax) {
		return ocpp16.ChargingProfilePurposeChargePointMaxProfile
	}
	return ocpp16.ChargingProfilePurpose(purpose)
}

func scheduleOf(s *fleet.ChargingSchedule) ocpp16.ChargingSchedule {
	wire := ocpp16.ChargingSchedule{
		ChargingRateUnit: ocpp16.ChargingRateUnit(s.Unit), Duration: adapter.OptRef(s.Seconds), StartSchedule: adapter.Time(s.Start),
		MinChargingRate: adapter.OptWire(s.MinRate),
	}
	for _, p := range s.Periods {
		wire.ChargingSchedulePeriod = append(wire.ChargingSchedulePeriod, ocpp16.ChargingSchedulePeriod{
			StartPeriod: int(p.Start), Limit: adapter.Wire(p.Limit), NumberPhases: adapter.OptRef(p.Phases),
		})
	}
	return wire
}

// askClearProfiles makes a ClearChargingProfile (1.6 5.5).
func askClearProfiles(v *fleet.ClearProfilesRequest) (adapter.Instruction, error) {
	if v.Purpose == string(fleet.PurposePriority) || v.Purpose == string(fleet.PurposeGeneration) {
		return nil, fleet.NotInVersion("/purpose", "OCPP 1.6 has no such purpose")
	}
	return &ocpp16.ClearChargingProfileRequest{
		ID: adapter.OptInt(int(v.ID)), ConnectorID: adapter.OptRef(v.EVSE), ChargingProfilePurpose: purposeOf(v.Purpose), StackLevel: adapter.OptRef(v.StackLevel),
	}, nil
}

// askComposite makes a GetCompositeSchedule (1.6 5.7).
func askComposite(v *fleet.CompositeRequest) (adapter.Instruction, error) {
	return &ocpp16.GetCompositeScheduleRequest{ConnectorID: int(v.EVSE), Duration: int(v.Seconds), ChargingRateUnit: ocpp16.ChargingRateUnit(v.Unit)}, nil
}
