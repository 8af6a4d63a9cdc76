package v16

import (
	"context"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// dataTransfer gives data of vendors to their handlers.
func (h handlers) dataTransfer(ctx context.Context, st *csms.Station, req *ocpp16.DataTransferRequest) (*ocpp16.DataTransferResponse, error) {
	result, err := h.Transfer(ctx, st, req.OCPPDataTransfer())
	if err != nil {
		return nil, err
	}
	resp := &ocpp16.DataTransferResponse{}
	resp.SetOCPPDataTransferResult(result)
	return resp, nil
}
