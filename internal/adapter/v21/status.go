package v21

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

func (h handlers) status(ctx context.Context, st *csms.Station, req *ocpp21.StatusNotificationRequest) (*ocpp21.StatusNotificationResponse, error) {
	_, err := h.Submit(ctx, fleet.StatusReported{
		Station: st.Identity(), Received: time.Now(), Time: req.Timestamp.Time,
		EVSE: req.EVSEID, Connector: req.ConnectorID, Status: string(req.ConnectorStatus),
	})
	if err != nil {
		return nil, err
	}
	return &ocpp21.StatusNotificationResponse{}, nil
}
