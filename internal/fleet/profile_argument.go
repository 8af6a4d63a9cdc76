package fleet

import (
	"strconv"
	"time"
)

// ProfileArgument is a charging profile as somebody gives it: the same shape for the library and for a station of any
// version. Its tags are its description.
type ProfileArgument struct {
	Purpose        string             `json:"purpose" enum:"ChargingStationMaxProfile,TxDefaultProfile,TxProfile,PriorityCharging,LocalGeneration" doc:"What it limits: the station, transactions without a TxProfile, or one transaction. PriorityCharging and LocalGeneration: OCPP 2.1" example:"TxDefaultProfile"`
	Kind           string             `json:"kind" enum:"Absolute,Recurring,Relative,Dynamic" doc:"What its times relate to. Relative: to the start of charging. Dynamic: OCPP 2.1" example:"Relative"`
	Recurrency     string             `json:"recurrency,omitempty" enum:"Daily,Weekly" doc:"With Recurring"`
	StackLevel     int64              `json:"stackLevel" minimum:"0" maximum:"9999" doc:"Of those of one purpose that are valid the highest counts. The highest of a station is kept for limits" example:"0"`
	ValidFrom      *time.Time         `json:"validFrom,omitempty" doc:"Left out: always"`
	ValidTo        *time.Time         `json:"validTo,omitempty" doc:"Left out: for ever"`
	MaxOffline     *int64             `json:"maxOffline,omitempty" minimum:"0" maximum:"2147483647" doc:"Seconds without a connection until it is not valid any more (OCPP 2.1). Left out: it stays valid"`
	EndsOffline    bool               `json:"endsOffline,omitempty" doc:"It does not become valid again after that (OCPP 2.1)"`
	UpdateInterval *int64             `json:"updateInterval,omitempty" minimum:"0" maximum:"2147483647" doc:"Seconds after which the station asks for new values (OCPP 2.1), with Dynamic"`
	Schedules      []ScheduleArgument `json:"schedules" minItems:"1" maxItems:"3" nullable:"false" doc:"One; up to three that a vehicle may choose from (OCPP 2.x, ISO 15118)"`
}

// ScheduleArgument is a schedule of a ProfileArgument.
type ScheduleArgument struct {
	Start   *time.Time       `json:"start,omitempty" doc:"With Absolute and Recurring, and only with them"`
	Seconds *int64           `json:"seconds,omitempty" minimum:"1" maximum:"2147483647" doc:"How long it lasts. Left out: until the profile ends"`
	Unit    string           `json:"unit" enum:"A,W" doc:"A: amperes per phase. W: watts of all phases" example:"A"`
	MinRate *float64         `json:"minRate,omitempty" minimum:"0" maximum:"1000000000" doc:"Below it the vehicle charges inefficiently"`
	Periods []PeriodArgument `json:"periods" minItems:"1" maxItems:"1024" nullable:"false" doc:"In the order of their starts"`
}

// PeriodArgument is a period of a ScheduleArgument.
type PeriodArgument struct {
	Start          int64    `json:"start" minimum:"0" maximum:"2147483647" doc:"Seconds after the start of the schedule; 0 in the first one" example:"0"`
	Limit          *float64 `json:"limit,omitempty" minimum:"0" maximum:"1000000000" doc:"In the unit of the schedule, with one decimal at most" example:"16"`
	Phases         *int64   `json:"phases,omitempty" minimum:"1" maximum:"3" doc:"Left out: 3"`
	PhaseToUse     *int64   `json:"phaseToUse,omitempty" minimum:"1" maximum:"3" doc:"With phases 1 (OCPP 2.x)"`
	DischargeLimit *float64 `json:"dischargeLimit,omitempty" minimum:"-1000000000" maximum:"0" doc:"OCPP 2.1"`
	Setpoint       *float64 `json:"setpoint,omitempty" minimum:"-1000000000" maximum:"1000000000" doc:"What to follow as closely as possible (OCPP 2.1)"`
	OperationMode  string   `json:"operationMode,omitempty" enum:"Idle,ChargingOnly,CentralSetpoint,ExternalSetpoint,ExternalLimits,CentralFrequency,LocalFrequency,LocalLoadBalancing" doc:"OCPP 2.1. Left out: ChargingOnly"`
}

// Profile returns the profile. What is wrong with it says Profile.Check.
func (a ProfileArgument) Profile() Profile {
	p := Profile{
		Purpose: ProfilePurpose(a.Purpose), Kind: ProfileKind(a.Kind), Recurrency: Recurrency(a.Recurrency), StackLevel: a.StackLevel,
		ValidFrom: orZero(a.ValidFrom), ValidTo: orZero(a.ValidTo), MaxOffline: a.MaxOffline, EndsOffline: a.EndsOffline, UpdateInterval: a.UpdateInterval,
	}
	for i, s := range a.Schedules {
		p.Schedules = append(p.Schedules, s.schedule(int64(i+1)))
	}
	return p
}

func (a ScheduleArgument) schedule(id int64) ChargingSchedule {
	s := ChargingSchedule{ID: id, Start: orZero(a.Start), Seconds: a.Seconds, Unit: a.Unit, MinRate: decimalOf(a.MinRate)}
	for _, p := range a.Periods {
		s.Periods = append(s.Periods, SchedulePeriod{
			Start: p.Start, Limit: decimalOf(p.Limit), Phases: p.Phases, PhaseToUse: p.PhaseToUse,
			DischargeLimit: decimalOf(p.DischargeLimit), Setpoint: decimalOf(p.Setpoint), OperationMode: p.OperationMode,
		})
	}
	return s
}

// orZero returns the zero value for nil.
func orZero[T any](v *T) (zero T) {
	if v == nil {
		return zero
	}
	return *v
}

// decimalOf writes a number with the digits that it was given with, as far as these were not more than a float has.
func decimalOf(f *float64) Decimal {
	if f == nil {
		return ""
	}
	return Decimal(strconv.FormatFloat(*f, 'f', -1, 64))
}

// TenthsOf returns a number as a limit; false when it is negative, too large or has more than one decimal.
func TenthsOf(f float64) (Tenths, bool) {
	d := decimalOf(&f)
	var faults Faults
	if checkRate(&faults, "", d); len(faults) > 0 {
		return 0, false
	}
	return ParseTenths(d)
}
