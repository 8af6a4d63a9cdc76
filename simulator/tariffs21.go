package simulator

import (
	"context"
	"slices"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// keptTariff is a default tariff and where it holds; EVSE 0 is all.
type keptTariff struct {
	evse   int
	tariff ocpp21.Tariff
}

func (s *Station) setDefaultTariff21(_ context.Context, req *ocpp21.SetDefaultTariffRequest) (*ocpp21.SetDefaultTariffResponse, error) {
	if s.on(ocpp.Some(req.EVSEID)) == nil {
		return &ocpp21.SetDefaultTariffResponse{Status: "Rejected"}, nil
	}
	s.keepMu.Lock()
	defer s.keepMu.Unlock()
	if slices.ContainsFunc(s.tariffs, func(k keptTariff) bool { return k.tariff.TariffID == req.Tariff.TariffID }) {
		return &ocpp21.SetDefaultTariffResponse{Status: "DuplicateTariffId"}, nil // I07.FR.04
	}
	ok := put(&s.tariffs, keptTariff{req.EVSEID, req.Tariff}, maxTariffs, func(k keptTariff) bool { return k.evse == req.EVSEID })
	return &ocpp21.SetDefaultTariffResponse{Status: word[ocpp21.TariffSetStatus](ok, "Accepted", "Rejected")}, nil
}

func (s *Station) getTariffs21(_ context.Context, req *ocpp21.GetTariffsRequest) (*ocpp21.GetTariffsResponse, error) {
	if s.on(ocpp.Some(req.EVSEID)) == nil {
		return &ocpp21.GetTariffsResponse{Status: "Rejected"}, nil
	}
	s.keepMu.Lock()
	defer s.keepMu.Unlock()
	resp := &ocpp21.GetTariffsResponse{Status: "NoTariff"} // I09.FR.03
	for _, k := range s.tariffs {
		if req.EVSEID != 0 && k.evse != 0 && k.evse != req.EVSEID {
			continue
		}
		a := ocpp21.TariffAssignment{TariffID: k.tariff.TariffID, TariffKind: ocpp21.TariffKindDefaultTariff, ValidFrom: k.tariff.ValidFrom}
		for _, o := range s.on(ocpp.Some(k.evse)) {
			a.EVSEIDs = append(a.EVSEIDs, o.id)
		}
		resp.Status, resp.TariffAssignments = "Accepted", append(resp.TariffAssignments, a)
	}
	return resp, nil
}

// clearTariffs21 answers for each tariff that is named, or for each that there is (I10).
func (s *Station) clearTariffs21(_ context.Context, req *ocpp21.ClearTariffsRequest) (*ocpp21.ClearTariffsResponse, error) {
	s.keepMu.Lock()
	defer s.keepMu.Unlock()
	names := req.TariffIDs
	for _, k := range s.tariffs {
		if len(req.TariffIDs) == 0 && req.EVSEID.Or(k.evse) == k.evse {
			names = append(names, k.tariff.TariffID)
		}
	}
	resp := &ocpp21.ClearTariffsResponse{}
	for _, name := range names {
		n := drop(&s.tariffs, func(k keptTariff) bool { return k.tariff.TariffID == name && req.EVSEID.Or(k.evse) == k.evse })
		resp.ClearTariffsResult = append(resp.ClearTariffsResult, ocpp21.ClearTariffsResult{
			Status: word[ocpp21.TariffClearStatus](n > 0, "Accepted", "NoTariff"), TariffID: ocpp.Some(name),
		})
	}
	if len(names) == 0 {
		resp.ClearTariffsResult = []ocpp21.ClearTariffsResult{{Status: "NoTariff"}}
	}
	return resp, nil
}

func (s *Station) changeTariff21(_ context.Context, req *ocpp21.ChangeTransactionTariffRequest) (*ocpp21.ChangeTransactionTariffResponse, error) {
	for _, o := range s.outlets {
		if tx := o.running(); tx != nil && tx.id == req.TransactionID {
			return &ocpp21.ChangeTransactionTariffResponse{Status: "Accepted"}, nil
		}
	}
	return &ocpp21.ChangeTransactionTariffResponse{Status: "TxNotFound"}, nil // I11.FR.04
}
