package v21

import (
	"context"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// firmwareStatus keeps how an update of the firmware goes (L01, L02).
func (h handlers) firmwareStatus(ctx context.Context, st *csms.Station, req *ocpp21.FirmwareStatusNotificationRequest) (*ocpp21.FirmwareStatusNotificationResponse, error) {
	job := adapter.Job(st.Identity(), fleet.JobFirmware, req.OCPPAction().Name, string(req.Status), adapter.Int64(req.RequestID))
	job.ReasonCode, job.Info = statusReason(req.StatusInfo)
	if _, err := h.Submit(ctx, job); err != nil {
		return nil, err
	}
	return &ocpp21.FirmwareStatusNotificationResponse{}, nil
}

// publishStatus keeps how a local controller publishes a firmware (L03).
func (h handlers) publishStatus(ctx context.Context, st *csms.Station, req *ocpp21.PublishFirmwareStatusNotificationRequest) (*ocpp21.PublishFirmwareStatusNotificationResponse, error) {
	job := adapter.Job(st.Identity(), fleet.JobPublish, req.OCPPAction().Name, string(req.Status), adapter.Int64(req.RequestID))
	job.Locations = req.Location
	job.ReasonCode, job.Info = statusReason(req.StatusInfo)
	if _, err := h.Submit(ctx, job); err != nil {
		return nil, err
	}
	return &ocpp21.PublishFirmwareStatusNotificationResponse{}, nil
}

// logStatus keeps how the upload of a log goes (N01).
func (h handlers) logStatus(ctx context.Context, st *csms.Station, req *ocpp21.LogStatusNotificationRequest) (*ocpp21.LogStatusNotificationResponse, error) {
	job := adapter.Job(st.Identity(), fleet.JobLog, req.OCPPAction().Name, string(req.Status), adapter.Int64(req.RequestID))
	job.ReasonCode, job.Info = statusReason(req.StatusInfo)
	if _, err := h.Submit(ctx, job); err != nil {
		return nil, err
	}
	return &ocpp21.LogStatusNotificationResponse{}, nil
}

// statusReason reads what a station adds to a status.
func statusReason(i *ocpp21.StatusInfo) (code, info string) {
	if i == nil {
		return "", ""
	}
	return i.ReasonCode, i.AdditionalInfo.Or("")
}
