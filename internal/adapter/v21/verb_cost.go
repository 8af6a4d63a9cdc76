package v21

import (
	"encoding/json"
	"errors"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// askShowCost makes a CostUpdated (I02).
func askShowCost(v *fleet.CostUpdatedRequest) (adapter.Instruction, error) {
	cost, ok := ocpp.DecFloat(v.TotalCost)
	if !ok {
		return nil, fleet.WrongArgument("/totalCost", "it cannot be written as a decimal number")
	}
	return &ocpp21.CostUpdatedRequest{TotalCost: cost, TransactionID: v.Running.ID}, nil
}

// askSetDefaultTariff makes a SetDefaultTariff (I07).
func askSetDefaultTariff(v *fleet.SetDefaultTariffRequest) (adapter.Instruction, error) {
	tariff, err := tariffOf(v.Tariff)
	return &ocpp21.SetDefaultTariffRequest{EVSEID: v.EVSE, Tariff: tariff}, err
}

// tariffOf reads a tariff, which is written as OCPP 2.1 has it.
func tariffOf(written json.RawMessage) (tariff ocpp21.Tariff, err error) {
	err = ocpp.Unmarshal(written, &tariff, ocpp.DecodeOptions{})
	if wrong, ok := errors.AsType[*ocpp.ValidationError](err); ok {
		err = fleet.WrongArgument("/tariff"+wrong.Pointer, "%s", wrong.Detail)
	}
	return tariff, err
}

// askGetTariffs makes a GetTariffs (I09).
func askGetTariffs(v *fleet.GetTariffsRequest) (adapter.Instruction, error) {
	return &ocpp21.GetTariffsRequest{EVSEID: v.EVSE}, nil
}

// askClearTariffs makes a ClearTariffs (I10).
func askClearTariffs(v *fleet.ClearTariffsRequest) (adapter.Instruction, error) {
	return &ocpp21.ClearTariffsRequest{TariffIDs: v.Tariffs, EVSEID: adapter.OptPointer(v.EVSE)}, nil
}

// askChangeTariff makes a ChangeTransactionTariff (I11).
func askChangeTariff(v *fleet.ChangeTariffRequest) (adapter.Instruction, error) {
	tariff, err := tariffOf(v.Tariff)
	return &ocpp21.ChangeTransactionTariffRequest{Tariff: tariff, TransactionID: v.Running.ID}, err
}
