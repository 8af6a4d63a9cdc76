package v21

import (
	"fmt"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// askAllowEnergyTransfer makes a NotifyAllowedEnergyTransfer (Q02).
func askAllowEnergyTransfer(v *fleet.AllowEnergyTransferRequest) (adapter.Instruction, error) {
	req := &ocpp21.NotifyAllowedEnergyTransferRequest{TransactionID: v.Running.ID}
	for i, mode := range v.Modes {
		m := ocpp21.EnergyTransferMode(mode)
		if !m.Known() {
			return nil, fleet.WrongArgument(fmt.Sprintf("/modes/%d", i), "there is no such mode")
		}
		req.AllowedEnergyTransfer = append(req.AllowedEnergyTransfer, m)
	}
	return req, nil
}

// askPriorityCharging makes a UsePriorityCharging (K21, K22).
func askPriorityCharging(v *fleet.PriorityChargingRequest) (adapter.Instruction, error) {
	return &ocpp21.UsePriorityChargingRequest{TransactionID: v.Running.ID, Activate: v.Activate}, nil
}

// askAFRRSignal makes an AFRRSignal (Q08).
func askAFRRSignal(v *fleet.AFRRSignalRequest) (adapter.Instruction, error) {
	return &ocpp21.AFRRSignalRequest{Timestamp: adapter.At(v.At), Signal: v.Signal}, nil
}

// askBatterySwap makes a RequestBatterySwap (S02).
func askBatterySwap(v *fleet.BatterySwapRequest) (adapter.Instruction, error) {
	return &ocpp21.RequestBatterySwapRequest{IDToken: *tokenOf(v.IDToken), RequestID: int(v.Number)}, nil
}

// askWebPayment makes a NotifyWebPaymentStarted (C25).
func askWebPayment(v *fleet.WebPaymentRequest) (adapter.Instruction, error) {
	return &ocpp21.NotifyWebPaymentStartedRequest{EVSEID: v.EVSE, Timeout: v.Seconds}, nil
}
