package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// learnTariffs takes which tariffs a station has (I09), which it took over (I07), removed (I10), and whether it changed that of a
// transaction (I11).
func learnTariffs(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp21.ChangeTransactionTariffResponse:
		if req, ok := req.(*ocpp21.ChangeTransactionTariffRequest); ok {
			return adapter.Said(station, req, req.TransactionID, req.Tariff.TariffID, answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp21.ClearTariffsResponse:
		if req, ok := req.(*ocpp21.ClearTariffsRequest); ok {
			return tariffsCleared(station, req, resp)
		}
	case *ocpp21.GetTariffsResponse:
		if req, ok := req.(*ocpp21.GetTariffsRequest); ok && (resp.Status == ocpp21.TariffGetStatusAccepted || resp.Status == ocpp21.TariffGetStatusNoTariff) {
			return adapter.Learned(station, req, fleet.TariffsListed{EVSE: int64(req.EVSEID), List: assigned(resp)})
		}
	case *ocpp21.SetDefaultTariffResponse:
		if req, ok := req.(*ocpp21.SetDefaultTariffRequest); ok {
			return defaultSet(station, req, answer(string(resp.Status), resp.StatusInfo))
		}
	}
	return nil
}

func defaultSet(station string, req *ocpp21.SetDefaultTariffRequest, a fleet.DeviceAnswer) []fleet.Event {
	a.Station, a.Action, a.Setting, a.Value = station, req.OCPPAction().Name, adapter.Place(req.EVSEID, 0), req.Tariff.TariffID
	return adapter.Answered(a, adapter.When(a.Took(), fleet.DefaultTariffSet{Tariff: fleet.InstalledTariff{
		TariffID: req.Tariff.TariffID, Default: true, EVSE: int64(req.EVSEID), ValidFrom: req.Tariff.ValidFrom.Time, Accepted: true,
	}})...)
}

// assigned reads what is installed where. Who the drivers are is not taken.
func assigned(resp *ocpp21.GetTariffsResponse) (list []fleet.InstalledTariff) {
	for i := range resp.TariffAssignments {
		a := &resp.TariffAssignments[i]
		t := fleet.InstalledTariff{TariffID: a.TariffID, Default: a.TariffKind == ocpp21.TariffKindDefaultTariff, ValidFrom: a.ValidFrom.Time}
		if len(a.EVSEIDs) == 0 {
			list = append(list, t)
		}
		for _, evse := range a.EVSEIDs {
			t.EVSE = int64(evse)
			list = append(list, t)
		}
	}
	return list
}

// tariffsCleared says which tariffs are not there any more. What was not found is not there (I10.FR.06).
func tariffsCleared(station string, req *ocpp21.ClearTariffsRequest, resp *ocpp21.ClearTariffsResponse) []fleet.Event {
	e := adapter.Changed(station, req.OCPPAction().Name)
	gone := fleet.TariffsCleared{IDs: req.TariffIDs, EVSE: adapter.Int64(req.EVSEID)}
	var named []string // those that are gone by name: when one stays, these are all
	stays := false
	for i := range resp.ClearTariffsResult {
		r := &resp.ClearTariffsResult[i]
		a := answer(string(r.Status), r.StatusInfo)
		a.Station, a.Action, a.Received, a.Object = station, e.Action, e.Received, r.TariffID.Or("")
		e.Answers = append(e.Answers, a)
		switch {
		case !a.Took() && r.Status != ocpp21.TariffClearStatusNoTariff:
			stays = true
		case a.Object != "":
			named = append(named, a.Object)
		}
	}
	if stays {
		gone.IDs = named
	}
	if !stays || len(named) > 0 {
		e.Changes = []fleet.DeviceChange{gone}
	}
	return []fleet.Event{e}
}
