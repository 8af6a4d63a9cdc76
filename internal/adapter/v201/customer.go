package v201

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// notifyCustomerInformation keeps a part of what a station knows of a person (N09, N10) for as long as personal data is
// kept.
func (h handlers) notifyCustomerInformation(ctx context.Context, st *csms.Station, req *ocpp201.NotifyCustomerInformationRequest) (*ocpp201.NotifyCustomerInformationResponse, error) {
	_, err := h.Submit(ctx, fleet.CustomerReported{
		Station: st.Identity(), Received: time.Now(), Part: adapter.Part(req.RequestID, req.SeqNo, req.TBC, req.GeneratedAt), Text: req.Data,
	})
	if err != nil {
		return nil, err
	}
	return &ocpp201.NotifyCustomerInformationResponse{}, nil
}
