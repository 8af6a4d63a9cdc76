package v16

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// securityEvent keeps a security event (security whitepaper A04). Its type may be one that nobody here knows.
func (h handlers) securityEvent(ctx context.Context, st *csms.Station, req *ocpp16.SecurityEventNotificationRequest) (*ocpp16.SecurityEventNotificationResponse, error) {
	_, err := h.Submit(ctx, fleet.SecurityReported{
		Station: st.Identity(), Received: time.Now(), Time: req.Timestamp.Time, Type: req.Type, TechInfo: req.TechInfo.Or(""),
		Critical: critical(req.Type),
	})
	if err != nil {
		return nil, err
	}
	return &ocpp16.SecurityEventNotificationResponse{}, nil
}

// critical reports whether the whitepaper's list of security events says that one of this type is critical. It is shorter
// than that of 2.x, where what is wrong with certificates, signatures and TLS is critical, too.
func critical(kind string) bool {
	switch kind {
	case "FirmwareUpdated", "SettingSystemTime", "StartupOfTheDevice", "ResetOrReboot", "SecurityLogWasCleared", "MemoryExhaustion",
		"TamperDetectionActivated":
		return true
	}
	return false
}
