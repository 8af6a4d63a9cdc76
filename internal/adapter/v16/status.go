package v16

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// status stores a StatusNotification. OCPP 1.6 knows no EVSEs: connector n is connector n of EVSE n.
func (h handlers) status(ctx context.Context, st *csms.Station, req *ocpp16.StatusNotificationRequest) (*ocpp16.StatusNotificationResponse, error) {
	_, err := h.Submit(ctx, fleet.StatusReported{
		Station: st.Identity(), Received: time.Now(), Time: req.Timestamp.Time,
		EVSE: req.ConnectorID, Connector: req.ConnectorID,
		Status: string(req.Status), ErrorCode: string(req.ErrorCode), Info: req.Info.Or(""),
		VendorID: req.VendorID.Or(""), VendorErrorCode: req.VendorErrorCode.Or(""),
	})
	if err != nil {
		return nil, err
	}
	return &ocpp16.StatusNotificationResponse{}, nil
}
