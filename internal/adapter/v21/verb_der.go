package v21

import (
	"encoding/json"
	"errors"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// askUpdateSchedule makes an UpdateDynamicSchedule (K28).
func askUpdateSchedule(v *fleet.UpdateScheduleRequest) (adapter.Instruction, error) {
	limit, setpoint, discharge := v.Values()
	return &ocpp21.UpdateDynamicScheduleRequest{
		ChargingProfileID: int(v.ID),
		ScheduleUpdate: ocpp21.ChargingScheduleUpdate{
			Limit: adapter.OptWire(limit), Setpoint: adapter.OptWire(setpoint), DischargeLimit: adapter.OptWire(discharge),
		},
	}, nil
}

// askSetDER makes a SetDERControl (R04). Curves have their type in them, too.
func askSetDER(v *fleet.SetDERRequest) (adapter.Instruction, error) {
	plain, err := json.Marshal(map[string]any{"isDefault": v.Default, "controlId": v.ID, "controlType": v.Type, v.Property(): v.Settings})
	if err != nil {
		return nil, err
	}
	req := new(ocpp21.SetDERControlRequest)
	if err := ocpp.Unmarshal(plain, req, ocpp.DecodeOptions{Policy: ocpp.Strict}); err != nil {
		detail := err.Error()
		if invalid, ok := errors.AsType[*ocpp.ValidationError](err); ok {
			detail = invalid.Pointer + " " + invalid.Detail
		}
		return nil, fleet.NotInVersion("/settings", "OCPP 2.1 does not take the control: %s", detail)
	}
	return req, nil
}

// askDER makes a GetDERControl (R04).
func askDER(v *fleet.GetDERRequest) (adapter.Instruction, error) {
	req := &ocpp21.GetDERControlRequest{RequestID: int(v.RequestID), ControlType: ocpp21.DERControlType(v.Type), ControlID: adapter.OptString(v.ID)}
	if v.Default != nil {
		req.IsDefault = ocpp.Some(*v.Default)
	}
	return req, nil
}

// askClearDER makes a ClearDERControl (R04).
func askClearDER(v *fleet.ClearDERRequest) (adapter.Instruction, error) {
	return &ocpp21.ClearDERControlRequest{IsDefault: v.Default, ControlType: ocpp21.DERControlType(v.Type), ControlID: adapter.OptString(v.ID)}, nil
}
