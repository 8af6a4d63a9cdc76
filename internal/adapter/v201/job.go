package v201

import (
	"context"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// firmwareStatus keeps how an update of the firmware goes (L01, L02).
func (h handlers) firmwareStatus(ctx context.Context, st *csms.Station, req *ocpp201.FirmwareStatusNotificationRequest) (*ocpp201.FirmwareStatusNotificationResponse, error) {
	job := adapter.Job(st.Identity(), fleet.JobFirmware, req.OCPPAction().Name, string(req.Status), adapter.Int64(req.RequestID))
	if _, err := h.Submit(ctx, job); err != nil {
		return nil, err
	}
	return &ocpp201.FirmwareStatusNotificationResponse{}, nil
}

// publishStatus keeps how a local controller publishes a firmware (L03).
func (h handlers) publishStatus(ctx context.Context, st *csms.Station, req *ocpp201.PublishFirmwareStatusNotificationRequest) (*ocpp201.PublishFirmwareStatusNotificationResponse, error) {
	job := adapter.Job(st.Identity(), fleet.JobPublish, req.OCPPAction().Name, string(req.Status), adapter.Int64(req.RequestID))
	job.Locations = req.Location
	if _, err := h.Submit(ctx, job); err != nil {
		return nil, err
	}
	return &ocpp201.PublishFirmwareStatusNotificationResponse{}, nil
}

// logStatus keeps how the upload of a log goes (N01).
func (h handlers) logStatus(ctx context.Context, st *csms.Station, req *ocpp201.LogStatusNotificationRequest) (*ocpp201.LogStatusNotificationResponse, error) {
	job := adapter.Job(st.Identity(), fleet.JobLog, req.OCPPAction().Name, string(req.Status), adapter.Int64(req.RequestID))
	if _, err := h.Submit(ctx, job); err != nil {
		return nil, err
	}
	return &ocpp201.LogStatusNotificationResponse{}, nil
}
