package v16

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// dataTransfer keeps data of vendors that nothing here handles.
func (h handlers) dataTransfer(ctx context.Context, st *csms.Station, req *ocpp16.DataTransferRequest) (*ocpp16.DataTransferResponse, error) {
	const status = ocpp16.DataTransferStatusUnknownVendorID
	transfer := req.OCPPDataTransfer()
	_, err := h.Submit(ctx, fleet.DataTransferred{
		Station: st.Identity(), Received: time.Now(),
		VendorID: transfer.VendorID, MessageID: transfer.MessageID.Or(""), Data: transfer.Data, Status: string(status),
	})
	if err != nil {
		return nil, err
	}
	return &ocpp16.DataTransferResponse{Status: status}, nil
}
