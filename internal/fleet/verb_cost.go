package fleet

import "encoding/json"

// costVerbs are about prices.
func costVerbs() []VerbKind {
	return []VerbKind{
		verb[CostUpdatedRequest]("Show the driver what it has cost so far", `The station shows it, if it can. Its answer says nothing.`, `{"transaction":"CP-001:5d3bb8d4","totalCost":7.42}`),
		verb[SetDefaultTariffRequest]("Give places a tariff", `It counts for drivers without a tariff of their own, from its validFrom on. Each change needs an id of its own:
DuplicateTariffId is a rejection.`, `{"evse":0,"tariff":{"tariffId":"T-2026-11","currency":"EUR","energy":{"prices":[{"priceKwh":0.49}]}}}`),
		verb[GetTariffsRequest]("Ask for the tariffs of a station", `The tariffs are in the response. notFound: it has none.`, `{"evse":0}`),
		verb[ClearTariffsRequest]("Remove tariffs from a station", `A transaction that goes on keeps its tariff until it ends. The response has a status for each.`, `{"tariffs":["T-2026-11"]}`),
		verb[ChangeTariffRequest]("Change the tariff of a transaction", `From now on; the currency must stay. That it counts is told by the station's next message of the transaction.`,
			`{"transaction":"CP-001:5d3bb8d4","tariff":{"tariffId":"T-2026-12","currency":"EUR","energy":{"prices":[{"priceKwh":0.39}]}}}`),
	}
}

// CostUpdatedRequest shows the driver what it has cost so far.
type CostUpdatedRequest struct {
	OfTransaction
	TotalCost float64 `json:"totalCost" minimum:"0" maximum:"1000000000" doc:"In the currency of the station, taxes included" example:"7.42"`
}

// VerbName is the verb's name in the API.
func (*CostUpdatedRequest) VerbName() string { return "show-cost" }

// Check demands a transaction.
func (r *CostUpdatedRequest) Check() error {
	if r.TotalCost < 0 {
		return WrongArgument("/totalCost", "it is below zero")
	}
	return r.checkTransaction()
}

// TariffArgument is a tariff as OCPP 2.1 has it, the only version with tariffs at stations.
type TariffArgument = json.RawMessage

// SetDefaultTariffRequest gives places a tariff.
type SetDefaultTariffRequest struct {
	EVSE   int            `json:"evse,omitempty" minimum:"0" maximum:"2147483647" doc:"Where. Left out or 0: at all EVSEs" example:"1"`
	Tariff TariffArgument `json:"tariff" doc:"As TariffType of OCPP 2.1"`
}

// VerbName is the verb's name in the API.
func (*SetDefaultTariffRequest) VerbName() string { return "set-default-tariff" }

// Check demands a tariff.
func (r *SetDefaultTariffRequest) Check() error { return checkTariff(r.Tariff) }

func checkTariff(t TariffArgument) error {
	if len(t) == 0 {
		return WrongArgument("/tariff", "give a tariff")
	}
	return nil
}

// GetTariffsRequest asks for the tariffs of a station.
type GetTariffsRequest struct {
	EVSE int `json:"evse,omitempty" minimum:"0" maximum:"2147483647" doc:"Where. Left out or 0: of all EVSEs" example:"1"`
}

// VerbName is the verb's name in the API.
func (*GetTariffsRequest) VerbName() string { return "get-tariffs" }

// Check refuses nothing.
func (*GetTariffsRequest) Check() error { return nil }

// ClearTariffsRequest removes tariffs from a station.
type ClearTariffsRequest struct {
	Tariffs []string `json:"tariffs,omitempty" maxItems:"1000" doc:"Ids of tariffs. Left out: all" example:"[\"T-2026-11\"]"`
	EVSE    *int     `json:"evse,omitempty" minimum:"0" maximum:"2147483647" doc:"Only there. Left out: everywhere" example:"1"`
}

// VerbName is the verb's name in the API.
func (*ClearTariffsRequest) VerbName() string { return "clear-tariffs" }

// Check refuses nothing.
func (*ClearTariffsRequest) Check() error { return nil }

// ChangeTariffRequest changes the tariff of a transaction.
type ChangeTariffRequest struct {
	OfTransaction
	Tariff TariffArgument `json:"tariff" doc:"As TariffType of OCPP 2.1"`
}

// VerbName is the verb's name in the API.
func (*ChangeTariffRequest) VerbName() string { return "change-transaction-tariff" }

// Check demands a transaction and a tariff.
func (r *ChangeTariffRequest) Check() error {
	if err := r.checkTransaction(); err != nil {
		return err
	}
	return checkTariff(r.Tariff)
}
