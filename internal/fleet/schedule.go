package fleet

import "time"

// ChargingSchedule limits, or sets, power or current over time (ChargingScheduleType).
type ChargingSchedule struct {
	ID      int64            `json:"id,omitempty"`
	Start   time.Time        `json:"start,omitzero"`    // zero: as its profile says
	Seconds *int64           `json:"seconds,omitempty"` // how long it lasts; nil: until its profile ends
	Unit    string           `json:"unit,omitempty"`    // A or W
	MinRate Decimal          `json:"minRate,omitempty"` // below it the vehicle charges inefficiently
	Periods []SchedulePeriod `json:"periods,omitempty"`

	// OCPP 2.1 only.
	LocalTime       bool        `json:"useLocalTime,omitempty"`    // Start is by the station's clock, whatever its zone says
	RandomizedDelay *int64      `json:"randomizedDelay,omitempty"` // seconds by which each period but the first begins later at most
	LimitAtSoC      *LimitAtSoC `json:"limitAtSoC,omitempty"`
	PowerTolerance  Decimal     `json:"powerTolerance,omitempty"` // of a vehicle that follows its power profile
}

// SchedulePeriod is what holds from Start on until the next period.
type SchedulePeriod struct {
	Start          int64   `json:"start"`                    // seconds after the start of the schedule
	Limit          Decimal `json:"limit,omitempty"`          // in the schedule's unit, with A per phase
	Phases         *int64  `json:"phases,omitempty"`         // nil: 3
	PhaseToUse     *int64  `json:"phaseToUse,omitempty"`     // when Phases is 1
	DischargeLimit Decimal `json:"dischargeLimit,omitempty"` // not above 0 (2.1)
	Setpoint       Decimal `json:"setpoint,omitempty"`       // what to follow as closely as possible (2.1)
	OperationMode  string  `json:"operationMode,omitempty"`  // "": ChargingOnly (2.1)

	// OCPP 2.1 only. With values for L2 and L3 the ones above are those for L1.
	LimitL2            Decimal `json:"limitL2,omitempty"`
	LimitL3            Decimal `json:"limitL3,omitempty"`
	DischargeLimitL2   Decimal `json:"dischargeLimitL2,omitempty"`
	DischargeLimitL3   Decimal `json:"dischargeLimitL3,omitempty"`
	SetpointL2         Decimal `json:"setpointL2,omitempty"`
	SetpointL3         Decimal `json:"setpointL3,omitempty"`
	SetpointReactive   Decimal `json:"setpointReactive,omitempty"` // above 0: inductive
	SetpointReactiveL2 Decimal `json:"setpointReactiveL2,omitempty"`
	SetpointReactiveL3 Decimal `json:"setpointReactiveL3,omitempty"`

	Preconditioning *bool         `json:"preconditioningRequest,omitempty"` // the vehicle keeps its battery ready
	EVSESleep       *bool         `json:"evseSleep,omitempty"`              // the EVSE turns its electronics off
	Baseline        Decimal       `json:"v2xBaseline,omitempty"`            // W that what the curves say is added to
	FreqWattCurve   []FreqPoint   `json:"v2xFreqWattCurve,omitempty"`
	SignalWattCurve []SignalPoint `json:"v2xSignalWattCurve,omitempty"`
}

// LimitAtSoC caps what a schedule says once a vehicle has so much in its battery (2.1).
type LimitAtSoC struct {
	SoC   int64   `json:"soc"`   // percent
	Limit Decimal `json:"limit"` // in the schedule's unit
}

// FreqPoint says what is charged at a frequency of the grid (2.1).
type FreqPoint struct {
	Frequency Decimal `json:"frequency"` // Hz
	Power     Decimal `json:"power"`     // W; below 0: discharged
}

// SignalPoint says what is charged at a signal of the operator of the grid (2.1).
type SignalPoint struct {
	Signal int64   `json:"signal"`
	Power  Decimal `json:"power"` // W; below 0: discharged
}
