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

// pullSchedule answers with the values of a dynamic profile (K28.FR.07), and refuses when the station has none of this id
// from here (K28.FR.12).
func (h handlers) pullSchedule(ctx context.Context, st *csms.Station, req *ocpp21.PullDynamicScheduleUpdateRequest) (*ocpp21.PullDynamicScheduleUpdateResponse, error) {
	now, ok, err := h.Dynamic(ctx, st.Identity(), int64(req.ChargingProfileID))
	if err != nil {
		return nil, err
	}
	resp := &ocpp21.PullDynamicScheduleUpdateResponse{
		Status: ocpp21.ChargingProfileStatusAccepted, ScheduleUpdate: updateOf(now),
	}
	if !ok {
		resp = &ocpp21.PullDynamicScheduleUpdateResponse{
			Status: ocpp21.ChargingProfileStatusRejected, StatusInfo: reason("InvalidProfile", "no dynamic profile of this id was installed from here"),
		}
	}
	if err := h.Told(ctx, st, fleet.ScheduleRequest{ProfileID: int64(req.ChargingProfileID), Answer: string(resp.Status)}); err != nil {
		return nil, err
	}
	return resp, nil
}

func reason(code, text string) *ocpp21.StatusInfo {
	return &ocpp21.StatusInfo{ReasonCode: code, AdditionalInfo: ocpp.Some(text)}
}
