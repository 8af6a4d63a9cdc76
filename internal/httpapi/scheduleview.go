package httpapi

import (
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// ChargingSchedule limits, or sets, power or current over time.
type ChargingSchedule struct {
	ID      int64            `json:"id"`
	Start   *time.Time       `json:"start" doc:"null: as its profile says"`
	Seconds *int64           `json:"seconds" doc:"How long it lasts; null: until its profile ends"`
	Unit    *string          `json:"unit" doc:"A or W" example:"A"`
	MinRate Number           `json:"minRate" doc:"Below it the vehicle charges inefficiently"`
	Periods []SchedulePeriod `json:"periods" nullable:"false"`

	LocalTime       bool        `json:"useLocalTime" doc:"start is by the clock of the station, whatever its zone says (OCPP 2.1)"`
	RandomizedDelay *int64      `json:"randomizedDelay" doc:"Each period but the first begins by up to so many seconds later; null: none does (OCPP 2.1)"`
	LimitAtSoC      *LimitAtSoC `json:"limitAtSoC" doc:"null: there is no such limit (OCPP 2.1)"`
	PowerTolerance  Number      `json:"powerTolerance" doc:"Of a vehicle that follows its power profile (OCPP 2.1, ISO 15118-20)"`
}

// SchedulePeriod is what holds from its start on until the next period.
type SchedulePeriod struct {
	Start          int64   `json:"start" doc:"Seconds after the start of the schedule"`
	Limit          Number  `json:"limit" doc:"In the unit of the schedule, with A per phase" example:"16"`
	Phases         *int64  `json:"phases" doc:"null: 3"`
	PhaseToUse     *int64  `json:"phaseToUse" doc:"When phases is 1"`
	DischargeLimit Number  `json:"dischargeLimit" doc:"Not above 0 (OCPP 2.1)"`
	Setpoint       Number  `json:"setpoint" doc:"What to follow as closely as possible (OCPP 2.1)"`
	OperationMode  *string `json:"operationMode" doc:"null: ChargingOnly (OCPP 2.1)"`

	LimitL2            Number        `json:"limitL2" doc:"On phase L2; limit is that of L1 then (OCPP 2.1)"`
	LimitL3            Number        `json:"limitL3" doc:"On phase L3 (OCPP 2.1)"`
	DischargeLimitL2   Number        `json:"dischargeLimitL2" doc:"On phase L2 (OCPP 2.1)"`
	DischargeLimitL3   Number        `json:"dischargeLimitL3" doc:"On phase L3 (OCPP 2.1)"`
	SetpointL2         Number        `json:"setpointL2" doc:"On phase L2 (OCPP 2.1)"`
	SetpointL3         Number        `json:"setpointL3" doc:"On phase L3 (OCPP 2.1)"`
	SetpointReactive   Number        `json:"setpointReactive" doc:"Of reactive power or current, above 0 inductive (OCPP 2.1)"`
	SetpointReactiveL2 Number        `json:"setpointReactiveL2" doc:"On phase L2 (OCPP 2.1)"`
	SetpointReactiveL3 Number        `json:"setpointReactiveL3" doc:"On phase L3 (OCPP 2.1)"`
	Preconditioning    *bool         `json:"preconditioningRequest" doc:"The vehicle keeps its battery ready (OCPP 2.1)"`
	EVSESleep          *bool         `json:"evseSleep" doc:"The EVSE turns its electronics off (OCPP 2.1)"`
	Baseline           Number        `json:"v2xBaseline" doc:"W that what the curves say is added to (OCPP 2.1)"`
	FreqWattCurve      []FreqPoint   `json:"v2xFreqWattCurve,omitempty" doc:"What is charged at which frequency of the grid; missing: there is none (OCPP 2.1)"`
	SignalWattCurve    []SignalPoint `json:"v2xSignalWattCurve,omitempty" doc:"What is charged at which signal of the operator of the grid; missing: there is none (OCPP 2.1)"`
}

// LimitAtSoC caps what a schedule says once a vehicle has so much in its battery.
type LimitAtSoC struct {
	SoC   int64  `json:"soc" doc:"Percent" example:"80"`
	Limit Number `json:"limit" doc:"In the unit of the schedule" example:"6"`
}

// FreqPoint says what is charged at a frequency of the grid.
type FreqPoint struct {
	Frequency Number `json:"frequency" doc:"Hz" example:"49.8"`
	Power     Number `json:"power" doc:"W that are charged; below 0: discharged" example:"-5000"`
}

// SignalPoint says what is charged at a signal of the operator of the grid.
type SignalPoint struct {
	Signal int64  `json:"signal" example:"12"`
	Power  Number `json:"power" doc:"W that are charged; below 0: discharged" example:"-5000"`
}

func viewSchedules(list []fleet.ChargingSchedule) []ChargingSchedule {
	result := make([]ChargingSchedule, 0, len(list))
	for _, s := range list {
		view := ChargingSchedule{
			ID: s.ID, Start: instant(s.Start), Seconds: s.Seconds, Unit: orNull(s.Unit), MinRate: number(s.MinRate), Periods: viewPeriods(s.Periods),
			LocalTime: s.LocalTime, RandomizedDelay: s.RandomizedDelay, PowerTolerance: number(s.PowerTolerance),
		}
		if s.LimitAtSoC != nil {
			view.LimitAtSoC = &LimitAtSoC{s.LimitAtSoC.SoC, number(s.LimitAtSoC.Limit)}
		}
		result = append(result, view)
	}
	return result
}

func viewPeriods(list []fleet.SchedulePeriod) []SchedulePeriod {
	result := make([]SchedulePeriod, 0, len(list))
	for i := range list {
		result = append(result, viewPeriod(&list[i]))
	}
	return result
}

func viewPeriod(p *fleet.SchedulePeriod) SchedulePeriod {
	view := SchedulePeriod{
		Start: p.Start, Limit: number(p.Limit), Phases: p.Phases, PhaseToUse: p.PhaseToUse,
		DischargeLimit: number(p.DischargeLimit), Setpoint: number(p.Setpoint), OperationMode: orNull(p.OperationMode),
		LimitL2: number(p.LimitL2), LimitL3: number(p.LimitL3), DischargeLimitL2: number(p.DischargeLimitL2), DischargeLimitL3: number(p.DischargeLimitL3),
		SetpointL2: number(p.SetpointL2), SetpointL3: number(p.SetpointL3), SetpointReactive: number(p.SetpointReactive),
		SetpointReactiveL2: number(p.SetpointReactiveL2), SetpointReactiveL3: number(p.SetpointReactiveL3),
		Preconditioning: p.Preconditioning, EVSESleep: p.EVSESleep, Baseline: number(p.Baseline),
	}
	for _, c := range p.FreqWattCurve {
		view.FreqWattCurve = append(view.FreqWattCurve, FreqPoint{number(c.Frequency), number(c.Power)})
	}
	for _, c := range p.SignalWattCurve {
		view.SignalWattCurve = append(view.SignalWattCurve, SignalPoint{c.Signal, number(c.Power)})
	}
	return view
}

// orEmpty returns an empty list for none.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// AnyJSON is any JSON value, as it came. The empty AnyJSON is null.
type AnyJSON json.RawMessage

// MarshalJSON writes the value.
func (v AnyJSON) MarshalJSON() ([]byte, error) {
	if len(v) == 0 {
		return []byte("null"), nil
	}
	return json.RawMessage(v).MarshalJSON()
}

// Schema describes an AnyJSON as anything.
func (AnyJSON) Schema(huma.Registry) *huma.Schema { return &huma.Schema{} }
