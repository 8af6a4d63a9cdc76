package v21

import (
	"context"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

func priorityCharging(req *ocpp21.NotifyPriorityChargingRequest) []fleet.Record {
	return []fleet.Record{fleet.PriorityCharging{TransactionID: req.TransactionID, Activated: req.Activated}}
}

// pullSchedule refuses to update a dynamic profile: none was installed from here (K28.FR.12).
func (h handlers) pullSchedule(ctx context.Context, st *csms.Station, req *ocpp21.PullDynamicScheduleUpdateRequest) (*ocpp21.PullDynamicScheduleUpdateResponse, error) {
	const status = ocpp21.ChargingProfileStatusRejected
	if err := h.Told(ctx, st, fleet.ScheduleRequest{ProfileID: int64(req.ChargingProfileID), Answer: string(status)}); err != nil {
		return nil, err
	}
	return &ocpp21.PullDynamicScheduleUpdateResponse{
		Status: status, StatusInfo: reason("InvalidProfile", "no dynamic profile of this id was installed from here"),
	}, nil
}

func reason(code, text string) *ocpp21.StatusInfo {
	return &ocpp21.StatusInfo{ReasonCode: code, AdditionalInfo: ocpp.Some(text)}
}
