package v21

import (
	"strconv"
	"strings"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// learnEnergy keeps what a station answered last about the energy of a transaction, a signal of the grid, and a swap of
// batteries (K21, Q02, Q08, S02).
func learnEnergy(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp21.AFRRSignalResponse:
		if req, ok := req.(*ocpp21.AFRRSignalRequest); ok {
			return adapter.Said(station, req, "", fleet.ObjectID(req.Signal), answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp21.NotifyAllowedEnergyTransferResponse:
		if req, ok := req.(*ocpp21.NotifyAllowedEnergyTransferRequest); ok {
			return adapter.Said(station, req, req.TransactionID, transfers(req.AllowedEnergyTransfer), answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp21.RequestBatterySwapResponse:
		if req, ok := req.(*ocpp21.RequestBatterySwapRequest); ok {
			return adapter.Said(station, req, "", fleet.ObjectID(req.RequestID), answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp21.UsePriorityChargingResponse:
		if req, ok := req.(*ocpp21.UsePriorityChargingRequest); ok {
			return adapter.Said(station, req, req.TransactionID, strconv.FormatBool(req.Activate), answer(string(resp.Status), resp.StatusInfo))
		}
	}
	return nil
}

func transfers(list []ocpp21.EnergyTransferMode) string {
	words := make([]string, len(list))
	for i, mode := range list {
		words[i] = string(mode)
	}
	return strings.Join(words, ", ")
}
