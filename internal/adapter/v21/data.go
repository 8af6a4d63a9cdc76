package v21

import (
	"context"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// dataTransfer gives data of vendors to their handlers.
func (h handlers) dataTransfer(ctx context.Context, st *csms.Station, req *ocpp21.DataTransferRequest) (*ocpp21.DataTransferResponse, error) {
	result, err := h.Transfer(ctx, st, req.OCPPDataTransfer())
	if err != nil {
		return nil, err
	}
	resp := &ocpp21.DataTransferResponse{}
	resp.SetOCPPDataTransferResult(result)
	return resp, nil
}
