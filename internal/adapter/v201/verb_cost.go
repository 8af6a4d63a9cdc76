package v201

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// askShowCost makes a CostUpdated (I02).
func askShowCost(v *fleet.CostUpdatedRequest) (adapter.Instruction, error) {
	cost, ok := ocpp.DecFloat(v.TotalCost)
	if !ok {
		return nil, fleet.WrongArgument("/totalCost", "it cannot be written as a decimal number")
	}
	return &ocpp201.CostUpdatedRequest{TotalCost: cost, TransactionID: v.Running.ID}, nil
}
