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
	Start           *time.Time          `json:"start,omitempty" doc:"With Absolute and Recurring, and only with them"`
	Seconds         *int64              `json:"seconds,omitempty" minimum:"1" maximum:"2147483647" doc:"How long it lasts. Left out: until the profile ends"`
	Unit            string              `json:"unit" enum:"A,W" doc:"A: amperes per phase. W: watts of all phases" example:"A"`
	MinRate         *float64            `json:"minRate,omitempty" minimum:"0" maximum:"1000000000" doc:"Below it the vehicle charges inefficiently"`
	LocalTime       bool                `json:"useLocalTime,omitempty" doc:"start is by the clock of the station, whatever its zone says: the same in summer and winter (OCPP 2.1)"`
	RandomizedDelay *int64              `json:"randomizedDelay,omitempty" minimum:"0" maximum:"2147483647" doc:"Each period but the first begins by up to so many seconds later, so that not all stations change at once (OCPP 2.1). Of a TxProfile or TxDefaultProfile"`
	LimitAtSoC      *LimitAtSoCArgument `json:"limitAtSoC,omitempty" doc:"What is charged at most from a state of charge on (OCPP 2.1)"`
	PowerTolerance  *float64            `json:"powerTolerance,omitempty" minimum:"0" maximum:"1000000000" doc:"Of a vehicle that follows its power profile (OCPP 2.1, ISO 15118-20)"`
	Periods         []PeriodArgument    `json:"periods" minItems:"1" maxItems:"1024" nullable:"false" doc:"In the order of their starts"`
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

	LimitL2            *float64         `json:"limitL2,omitempty" minimum:"0" maximum:"1000000000" doc:"On phase L2; limit is that of L1 then (OCPP 2.1)"`
	LimitL3            *float64         `json:"limitL3,omitempty" minimum:"0" maximum:"1000000000" doc:"On phase L3 (OCPP 2.1)"`
	DischargeLimitL2   *float64         `json:"dischargeLimitL2,omitempty" minimum:"-1000000000" maximum:"0" doc:"On phase L2 (OCPP 2.1)"`
	DischargeLimitL3   *float64         `json:"dischargeLimitL3,omitempty" minimum:"-1000000000" maximum:"0" doc:"On phase L3 (OCPP 2.1)"`
	SetpointL2         *float64         `json:"setpointL2,omitempty" minimum:"-1000000000" maximum:"1000000000" doc:"On phase L2 (OCPP 2.1)"`
	SetpointL3         *float64         `json:"setpointL3,omitempty" minimum:"-1000000000" maximum:"1000000000" doc:"On phase L3 (OCPP 2.1)"`
	SetpointReactive   *float64         `json:"setpointReactive,omitempty" minimum:"-1000000000" maximum:"1000000000" doc:"Of reactive power or current, above 0 inductive (OCPP 2.1)"`
	SetpointReactiveL2 *float64         `json:"setpointReactiveL2,omitempty" minimum:"-1000000000" maximum:"1000000000" doc:"On phase L2 (OCPP 2.1)"`
	SetpointReactiveL3 *float64         `json:"setpointReactiveL3,omitempty" minimum:"-1000000000" maximum:"1000000000" doc:"On phase L3 (OCPP 2.1)"`
	Preconditioning    *bool            `json:"preconditioningRequest,omitempty" doc:"The vehicle keeps its battery ready (OCPP 2.1)"`
	EVSESleep          *bool            `json:"evseSleep,omitempty" doc:"The EVSE turns its electronics off, with Idle (OCPP 2.1)"`
	Baseline           *float64         `json:"v2xBaseline,omitempty" minimum:"-1000000000" maximum:"1000000000" doc:"W that what the curves say is added to. With LocalFrequency, and only with it (OCPP 2.1)"`
	FreqWattCurve      []FreqArgument   `json:"v2xFreqWattCurve,omitempty" maxItems:"20" doc:"With LocalFrequency, at least two points (OCPP 2.1)"`
	SignalWattCurve    []SignalArgument `json:"v2xSignalWattCurve,omitempty" maxItems:"20" doc:"With LocalFrequency, for signals of afrr-signal: at least two points (OCPP 2.1)"`
}

// LimitAtSoCArgument is a LimitAtSoC as somebody gives it.
type LimitAtSoCArgument struct {
	SoC   int64   `json:"soc" minimum:"0" maximum:"100" doc:"Percent" example:"80"`
	Limit float64 `json:"limit" minimum:"0" maximum:"1000000000" doc:"In the unit of the schedule" example:"6"`
}

// FreqArgument is a FreqPoint as somebody gives it.
type FreqArgument struct {
	Frequency float64 `json:"frequency" minimum:"0" maximum:"1000" doc:"Hz" example:"49.8"`
	Power     float64 `json:"power" minimum:"-1000000000" maximum:"1000000000" doc:"W that are charged; below 0: discharged" example:"-5000"`
}

// SignalArgument is a SignalPoint as somebody gives it.
type SignalArgument struct {
	Signal int64   `json:"signal" minimum:"-2147483648" maximum:"2147483647" doc:"Of afrr-signal" example:"12"`
	Power  float64 `json:"power" minimum:"-1000000000" maximum:"1000000000" doc:"W that are charged; below 0: discharged" example:"-5000"`
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
	s.LocalTime, s.RandomizedDelay, s.PowerTolerance = a.LocalTime, a.RandomizedDelay, decimalOf(a.PowerTolerance)
	if a.LimitAtSoC != nil {
		s.LimitAtSoC = &LimitAtSoC{a.LimitAtSoC.SoC, decimalOf(&a.LimitAtSoC.Limit)}
	}
	for i := range a.Periods {
		s.Periods = append(s.Periods, a.Periods[i].period())
	}
	return s
}

func (a *PeriodArgument) period() SchedulePeriod {
	p := SchedulePeriod{
		Start: a.Start, Limit: decimalOf(a.Limit), Phases: a.Phases, PhaseToUse: a.PhaseToUse,
		DischargeLimit: decimalOf(a.DischargeLimit), Setpoint: decimalOf(a.Setpoint), OperationMode: a.OperationMode,
		LimitL2: decimalOf(a.LimitL2), LimitL3: decimalOf(a.LimitL3), DischargeLimitL2: decimalOf(a.DischargeLimitL2), DischargeLimitL3: decimalOf(a.DischargeLimitL3),
		SetpointL2: decimalOf(a.SetpointL2), SetpointL3: decimalOf(a.SetpointL3), SetpointReactive: decimalOf(a.SetpointReactive),
		SetpointReactiveL2: decimalOf(a.SetpointReactiveL2), SetpointReactiveL3: decimalOf(a.SetpointReactiveL3),
		Preconditioning: a.Preconditioning, EVSESleep: a.EVSESleep, Baseline: decimalOf(a.Baseline),
	}
	for _, c := range a.FreqWattCurve {
		p.FreqWattCurve = append(p.FreqWattCurve, FreqPoint{decimalOf(&c.Frequency), decimalOf(&c.Power)})
	}
	for _, c := range a.SignalWattCurve {
		p.SignalWattCurve = append(p.SignalWattCurve, SignalPoint{c.Signal, decimalOf(&c.Power)})
	}
	return p
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
