package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// askData makes a DataTransfer (P01).
func askData(v *fleet.DataTransferRequest) (adapter.Instruction, error) {
	return &ocpp21.DataTransferRequest{VendorID: v.VendorID, MessageID: adapter.OptString(v.MessageID), Data: v.Data}, nil
}
