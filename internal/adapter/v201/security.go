package v201

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// securityEvent keeps a security event (A04). Its type may be one that nobody here knows.
func (h handlers) securityEvent(ctx context.Context, st *csms.Station, req *ocpp201.SecurityEventNotificationRequest) (*ocpp201.SecurityEventNotificationResponse, error) {
	_, err := h.Submit(ctx, fleet.SecurityReported{
		Station: st.Identity(), Received: time.Now(), Time: req.Timestamp.Time, Type: req.Type, TechInfo: req.TechInfo.Or(""),
		Critical: adapter.CriticalEvent(req.Type),
	})
	if err != nil {
		return nil, err
	}
	return &ocpp201.SecurityEventNotificationResponse{}, nil
}
