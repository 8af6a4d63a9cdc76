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
}
