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
}

func viewSchedules(list []fleet.ChargingSchedule) []ChargingSchedule {
	result := make([]ChargingSchedule, 0, len(list))
	for _, s := range list {
		result = append(result, ChargingSchedule{
			ID: s.ID, Start: instant(s.Start), Seconds: s.Seconds, Unit: orNull(s.Unit), MinRate: number(s.MinRate), Periods: viewPeriods(s.Periods),
		})
	}
	return result
}

func viewPeriods(list []fleet.SchedulePeriod) []SchedulePeriod {
	result := make([]SchedulePeriod, 0, len(list))
	for _, p := range list {
		result = append(result, SchedulePeriod{
			Start: p.Start, Limit: number(p.Limit), Phases: p.Phases, PhaseToUse: p.PhaseToUse,
			DischargeLimit: number(p.DischargeLimit), Setpoint: number(p.Setpoint), OperationMode: orNull(p.OperationMode),
		})
	}
	return result
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
