package v201

import (
	"context"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// dataTransfer gives data of vendors to their handlers.
func (h handlers) dataTransfer(ctx context.Context, st *csms.Station, req *ocpp201.DataTransferRequest) (*ocpp201.DataTransferResponse, error) {
	result, err := h.Transfer(ctx, st, req.OCPPDataTransfer())
	if err != nil {
		return nil, err
	}
	resp := &ocpp201.DataTransferResponse{}
	resp.SetOCPPDataTransferResult(result)
	return resp, nil
}
