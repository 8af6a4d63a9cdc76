package simulator

import (
	"context"
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// updateDynamicSchedule21 changes the limit of a dynamic profile at once (K28).
func (s *Station) updateDynamicSchedule21(_ context.Context, req *ocpp21.UpdateDynamicScheduleRequest) (*ocpp21.UpdateDynamicScheduleResponse, error) {
	list := s.profiles.find(func(p profile) bool { return p.id == req.ChargingProfileID && p.kind == "Dynamic" })
	if len(list) == 0 {
		return &ocpp21.UpdateDynamicScheduleResponse{Status: "Rejected"}, nil // K28.FR.12
	}
	u := req.ScheduleUpdate
	if limit, given := u.Limit.Get(); given {
		p := list[0]
		p.schedule.periods = []period{{limit: limit.Float64()}}
		s.profiles.install(p)
		s.profilesChanged()
	}
	return &ocpp21.UpdateDynamicScheduleResponse{Status: "Accepted"}, nil
}

func (s *Station) usePriorityCharging21(_ context.Context, req *ocpp21.UsePriorityChargingRequest) (*ocpp21.UsePriorityChargingResponse, error) {
	status := ocpp21.PriorityChargingStatus("Rejected") // K21.FR.02
	for _, o := range s.outlets {
		if tx := o.running(); tx != nil && tx.id == req.TransactionID {
			some := len(s.profiles.find(func(p profile) bool { return p.purpose == "PriorityCharging" })) > 0
			status = word[ocpp21.PriorityChargingStatus](some, "Accepted", "NoProfile") // K21.FR.01
		}
	}
	if status == "Accepted" {
		s.after(func(ctx context.Context) {
			s.tell2(ctx, "NotifyPriorityCharging", map[string]any{"transactionId": req.TransactionID, "activated": req.Activate})
		})
	}
	return &ocpp21.UsePriorityChargingResponse{Status: status}, nil
}

func (s *Station) allowedEnergyTransfer21(_ context.Context, req *ocpp21.NotifyAllowedEnergyTransferRequest) (*ocpp21.NotifyAllowedEnergyTransferResponse, error) {
	running := slices.ContainsFunc(s.outlets, func(o *outlet) bool { tx := o.running(); return tx != nil && tx.id == req.TransactionID })
	return &ocpp21.NotifyAllowedEnergyTransferResponse{Status: word[ocpp21.NotifyAllowedEnergyTransferStatus](running, "Accepted", "Rejected")}, nil
}

// afrrSignal21: without a profile that has a curve for it there is nothing to follow (Q08.FR.11).
func (s *Station) afrrSignal21(context.Context, *ocpp21.AFRRSignalRequest) (*ocpp21.AFRRSignalResponse, error) {
	return &ocpp21.AFRRSignalResponse{Status: "Rejected", StatusInfo: &ocpp21.StatusInfo{ReasonCode: "NoSignalWattCurve"}}, nil
}

func (s *Station) setDERControl21(_ context.Context, req *ocpp21.SetDERControlRequest) (*ocpp21.SetDERControlResponse, error) {
	s.keepMu.Lock()
	defer s.keepMu.Unlock()
	resp := &ocpp21.SetDERControlResponse{}
	for _, c := range s.controls { // a default takes the place of the default of its kind
		if req.IsDefault && c.IsDefault && c.ControlType == req.ControlType && c.ControlID != req.ControlID {
			resp.SupersededIDs = append(resp.SupersededIDs, c.ControlID)
		}
	}
	drop(&s.controls, func(c ocpp21.SetDERControlRequest) bool { return slices.Contains(resp.SupersededIDs, c.ControlID) })
	ok := put(&s.controls, *req, maxDERControls, func(c ocpp21.SetDERControlRequest) bool { return c.ControlID == req.ControlID })
	resp.Status = word[ocpp21.DERControlStatus](ok, "Accepted", "Rejected")
	if ok && !req.IsDefault {
		s.after(func(ctx context.Context) {
			s.tell2(ctx, "NotifyDERStartStop", map[string]any{"controlId": req.ControlID, "started": true, "timestamp": ocpp.At(s.now())})
		})
	}
	return resp, nil
}

// controlsNamed are those that a request means: by id, or else by kind.
func (s *Station) controlsNamed(isDefault ocpp.Opt[bool], kind ocpp21.DERControlType, id ocpp.Opt[string]) func(ocpp21.SetDERControlRequest) bool {
	return func(c ocpp21.SetDERControlRequest) bool {
		return isDefault.Or(c.IsDefault) == c.IsDefault && (kind == "" || kind == c.ControlType) && id.Or(c.ControlID) == c.ControlID
	}
}

func (s *Station) getDERControl21(_ context.Context, req *ocpp21.GetDERControlRequest) (*ocpp21.GetDERControlResponse, error) {
	wanted := s.controlsNamed(req.IsDefault, req.ControlType, req.ControlID)
	s.keepMu.Lock()
	var found []string
	for _, c := range s.controls {
		if wanted(c) {
			found = append(found, c.ControlID)
		}
	}
	s.keepMu.Unlock()
	if len(found) == 0 {
		return &ocpp21.GetDERControlResponse{Status: "NotFound"}, nil // R04.FR.30
	}
	s.after(func(ctx context.Context) {
		s.tell2(ctx, "ReportDERControl", map[string]any{"requestId": req.RequestID, "tbc": false})
	})
	return &ocpp21.GetDERControlResponse{Status: "Accepted"}, nil
}

func (s *Station) clearDERControl21(_ context.Context, req *ocpp21.ClearDERControlRequest) (*ocpp21.ClearDERControlResponse, error) {
	s.keepMu.Lock()
	defer s.keepMu.Unlock()
	n := drop(&s.controls, s.controlsNamed(ocpp.Some(req.IsDefault), req.ControlType, req.ControlID))
	return &ocpp21.ClearDERControlResponse{Status: word[ocpp21.DERControlStatus](n > 0, "Accepted", "NotFound")}, nil
}

// swapTime is how long a driver takes to put in one battery and take out another.
const swapTime = 20 * time.Second

func (s *Station) requestBatterySwap21(_ context.Context, req *ocpp21.RequestBatterySwapRequest) (*ocpp21.RequestBatterySwapResponse, error) {
	s.after(func(ctx context.Context) {
		for i, event := range []string{"BatteryIn", "BatteryOut"} {
			if !s.sleep(swapTime) {
				return
			}
			s.tell2(ctx, "BatterySwap", map[string]any{
				"eventType": event, "requestId": req.RequestID, "idToken": req.IDToken,
				"batteryData": []any{map[string]any{"evseId": 1 + i%len(s.outlets), "serialNumber": "B-" + s.identity + "-" + event, "soC": 20 + 70*i, "soH": 95}},
			})
		}
	})
	return &ocpp21.RequestBatterySwapResponse{Status: "Accepted"}, nil
}

// webPaymentStarted21 keeps the EVSE for whoever pays (C25).
func (s *Station) webPaymentStarted21(context.Context, *ocpp21.NotifyWebPaymentStartedRequest) (*ocpp21.NotifyWebPaymentStartedResponse, error) {
	return &ocpp21.NotifyWebPaymentStartedResponse{}, nil
}
