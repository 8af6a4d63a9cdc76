package v16

import (
	"context"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// firmwareStatus keeps how an update of the firmware goes (1.6 4.5). The message names no request.
func (h handlers) firmwareStatus(ctx context.Context, st *csms.Station, req *ocpp16.FirmwareStatusNotificationRequest) (*ocpp16.FirmwareStatusNotificationResponse, error) {
	_, err := h.Submit(ctx, adapter.Job(st.Identity(), fleet.JobFirmware, req.OCPPAction().Name, string(req.Status), nil))
	if err != nil {
		return nil, err
	}
	return &ocpp16.FirmwareStatusNotificationResponse{}, nil
}

// signedFirmwareStatus keeps how a signed update of the firmware goes (security whitepaper L01).
func (h handlers) signedFirmwareStatus(ctx context.Context, st *csms.Station, req *ocpp16.SignedFirmwareStatusNotificationRequest) (*ocpp16.SignedFirmwareStatusNotificationResponse, error) {
	_, err := h.Submit(ctx, adapter.Job(st.Identity(), fleet.JobFirmware, req.OCPPAction().Name, string(req.Status), adapter.Int64(req.RequestID)))
	if err != nil {
		return nil, err
	}
	return &ocpp16.SignedFirmwareStatusNotificationResponse{}, nil
}

// diagnosticsStatus keeps how the upload of diagnostics goes (1.6 4.4). The message names no request.
func (h handlers) diagnosticsStatus(ctx context.Context, st *csms.Station, req *ocpp16.DiagnosticsStatusNotificationRequest) (*ocpp16.DiagnosticsStatusNotificationResponse, error) {
	_, err := h.Submit(ctx, adapter.Job(st.Identity(), fleet.JobDiagnostics, req.OCPPAction().Name, string(req.Status), nil))
	if err != nil {
		return nil, err
	}
	return &ocpp16.DiagnosticsStatusNotificationResponse{}, nil
}

// logStatus keeps how the upload of a log goes (security whitepaper N01).
func (h handlers) logStatus(ctx context.Context, st *csms.Station, req *ocpp16.LogStatusNotificationRequest) (*ocpp16.LogStatusNotificationResponse, error) {
	_, err := h.Submit(ctx, adapter.Job(st.Identity(), fleet.JobLog, req.OCPPAction().Name, string(req.Status), adapter.Int64(req.RequestID)))
	if err != nil {
		return nil, err
	}
	return &ocpp16.LogStatusNotificationResponse{}, nil
}
