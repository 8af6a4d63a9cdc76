package simulator

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/station"
)

func (speech21) listen(s *Station) {
	listenSession21(s)
	listenVariables21(s)
	listenUpkeep21(s)
}

func remoteStatus21(ok bool) ocpp21.RequestStartStopStatus {
	if ok {
		return ocpp21.RequestStartStopStatusAccepted
	}
	return ocpp21.RequestStartStopStatusRejected
}

func listenSession21(s *Station) {
	station.Handle(s.client, func(_ context.Context, req *ocpp21.RequestStartTransactionRequest) (*ocpp21.RequestStartTransactionResponse, error) {
		ok := s.remoteStart(req.EVSEID, startRequest{
			token: req.IDToken.IDToken, remote: true, remoteID: ocpp.Some(req.RemoteStartID),
		})
		return &ocpp21.RequestStartTransactionResponse{Status: remoteStatus21(ok)}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp21.RequestStopTransactionRequest) (*ocpp21.RequestStopTransactionResponse, error) {
		ok := s.remoteStop(func(tx *transaction) bool { return tx.id == req.TransactionID })
		return &ocpp21.RequestStopTransactionResponse{Status: remoteStatus21(ok)}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp21.UnlockConnectorRequest) (*ocpp21.UnlockConnectorResponse, error) {
		outlets, status := s.on(ocpp.Some(req.EVSEID)), ocpp21.UnlockStatusUnlocked
		if req.EVSEID == 0 || outlets == nil || req.ConnectorID != 1 {
			status = ocpp21.UnlockStatusUnknownConnector
		} else if outlets[0].running() != nil {
			status = ocpp21.UnlockStatusOngoingAuthorizedTransaction
		}
		return &ocpp21.UnlockConnectorResponse{Status: status}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp21.SetChargingProfileRequest) (*ocpp21.SetChargingProfileResponse, error) {
		outlets, schedules := s.on(ocpp.Some(req.EVSEID)), req.ChargingProfile.ChargingSchedule
		if outlets == nil || len(schedules) == 0 || len(schedules[0].ChargingSchedulePeriod) == 0 {
			return &ocpp21.SetChargingProfileResponse{Status: ocpp21.ChargingProfileStatusRejected}, nil
		}
		if limit, ok := schedules[0].ChargingSchedulePeriod[0].Limit.Get(); ok {
			s.limit(outlets, limit, schedules[0].ChargingRateUnit == ocpp21.ChargingRateUnitA)
		}
		return &ocpp21.SetChargingProfileResponse{Status: ocpp21.ChargingProfileStatusAccepted}, nil
	})
	station.Handle(s.client, func(_ context.Context, _ *ocpp21.ClearChargingProfileRequest) (*ocpp21.ClearChargingProfileResponse, error) {
		status := ocpp21.ClearChargingProfileStatusUnknown
		if s.clearLimits(s.outlets) {
			status = ocpp21.ClearChargingProfileStatusAccepted
		}
		return &ocpp21.ClearChargingProfileResponse{Status: status}, nil
	})
}

func listenVariables21(s *Station) {
	station.Handle(s.client, func(_ context.Context, req *ocpp21.GetVariablesRequest) (*ocpp21.GetVariablesResponse, error) {
		resp := &ocpp21.GetVariablesResponse{}
		for _, d := range req.GetVariableData {
			resp.GetVariableResult = append(resp.GetVariableResult, s.getVariable21(d))
		}
		return resp, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp21.SetVariablesRequest) (*ocpp21.SetVariablesResponse, error) {
		resp := &ocpp21.SetVariablesResponse{}
		for _, d := range req.SetVariableData {
			resp.SetVariableResult = append(resp.SetVariableResult, s.setVariable21(d))
		}
		return resp, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp21.GetBaseReportRequest) (*ocpp21.GetBaseReportResponse, error) {
		if req.ReportBase == ocpp21.ReportBaseSummaryInventory {
			return &ocpp21.GetBaseReportResponse{Status: ocpp21.GenericDeviceModelStatusNotSupported}, nil
		}
		s.after(func(ctx context.Context) { s.report21(ctx, req.RequestID) })
		return &ocpp21.GetBaseReportResponse{Status: ocpp21.GenericDeviceModelStatusAccepted}, nil
	})
}

func (s *Station) getVariable21(d ocpp21.GetVariableData) ocpp21.GetVariableResult {
	r := ocpp21.GetVariableResult{Component: d.Component, Variable: d.Variable, AttributeType: d.AttributeType}
	v, ok := s.vars.get(d.Component.Name + "." + d.Variable.Name)
	switch {
	case !ok && !s.vars.hasComponent(d.Component.Name):
		r.AttributeStatus = ocpp21.GetVariableStatusUnknownComponent
	case !ok:
		r.AttributeStatus = ocpp21.GetVariableStatusUnknownVariable
	case d.AttributeType != "" && d.AttributeType != ocpp21.AttributeTypeActual:
		r.AttributeStatus = ocpp21.GetVariableStatusNotSupportedAttributeType
	default:
		r.AttributeStatus, r.AttributeValue = ocpp21.GetVariableStatusAccepted, ocpp.Some(v.value)
	}
	return r
}

func (s *Station) setVariable21(d ocpp21.SetVariableData) ocpp21.SetVariableResult {
	r := ocpp21.SetVariableResult{Component: d.Component, Variable: d.Variable, AttributeType: d.AttributeType}
	if d.AttributeType != "" && d.AttributeType != ocpp21.AttributeTypeActual {
		r.AttributeStatus = ocpp21.SetVariableStatusNotSupportedAttributeType
		return r
	}
	switch s.change(d.Component.Name+"."+d.Variable.Name, d.AttributeValue) {
	case setAccepted:
		r.AttributeStatus = ocpp21.SetVariableStatusAccepted
	case setUnknown:
		r.AttributeStatus = ocpp21.SetVariableStatusUnknownVariable
		if !s.vars.hasComponent(d.Component.Name) {
			r.AttributeStatus = ocpp21.SetVariableStatusUnknownComponent
		}
	default:
		r.AttributeStatus = ocpp21.SetVariableStatusRejected
	}
	return r
}

// report21 sends all variables in one NotifyReport.
func (s *Station) report21(ctx context.Context, requestID int) {
	req := &ocpp21.NotifyReportRequest{RequestID: requestID, GeneratedAt: ocpp.At(time.Now())}
	for _, key := range s.vars.keys() {
		v, _ := s.vars.get(key)
		component, name := splitKey(key)
		mutability := ocpp21.MutabilityReadWrite
		if v.readOnly {
			mutability = ocpp21.MutabilityReadOnly
		}
		req.ReportData = append(req.ReportData, ocpp21.ReportData{
			Component: ocpp21.Component{Name: component}, Variable: ocpp21.Variable{Name: name},
			VariableAttribute: []ocpp21.VariableAttribute{{Value: ocpp.Some(v.value), Mutability: mutability}},
		})
	}
	if _, err := station.Call(ctx, s.client, req); err != nil {
		s.failed("report variables", err)
	}
}

func listenUpkeep21(s *Station) {
	station.Handle(s.client, func(_ context.Context, req *ocpp21.ResetRequest) (*ocpp21.ResetResponse, error) {
		if req.EVSEID.Or(0) != 0 { // EVSE.AllowReset is not offered (B11.FR.09)
			return &ocpp21.ResetResponse{Status: ocpp21.ResetStatusRejected}, nil
		}
		status := ocpp21.ResetStatusAccepted
		if req.Type == ocpp21.ResetTypeOnIdle && s.charging() {
			status = ocpp21.ResetStatusScheduled
		}
		s.resetWhen(status == ocpp21.ResetStatusScheduled)
		return &ocpp21.ResetResponse{Status: status}, nil
	})
	station.Handle(s.client, func(_ context.Context, _ *ocpp21.ClearCacheRequest) (*ocpp21.ClearCacheResponse, error) {
		return &ocpp21.ClearCacheResponse{Status: ocpp21.ClearCacheStatusAccepted}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp21.ChangeAvailabilityRequest) (*ocpp21.ChangeAvailabilityResponse, error) {
		outlets, status := s.on(evseID21(req.EVSE)), ocpp21.ChangeAvailabilityStatusAccepted
		if outlets == nil {
			status = ocpp21.ChangeAvailabilityStatusRejected
		} else if s.availability(outlets, req.OperationalStatus == ocpp21.OperationalStatusOperative) {
			status = ocpp21.ChangeAvailabilityStatusScheduled
		}
		return &ocpp21.ChangeAvailabilityResponse{Status: status}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp21.TriggerMessageRequest) (*ocpp21.TriggerMessageResponse, error) {
		status := ocpp21.TriggerMessageStatusAccepted
		if s.on(evseID21(req.EVSE)) == nil {
			status = ocpp21.TriggerMessageStatusRejected
		} else if !s.trigger(string(req.RequestedMessage), evseID21(req.EVSE)) {
			status = ocpp21.TriggerMessageStatusNotImplemented
		}
		return &ocpp21.TriggerMessageResponse{Status: status}, nil
	})
}

func evseID21(e *ocpp21.EVSE) ocpp.Opt[int] {
	if e == nil {
		return ocpp.Opt[int]{}
	}
	return ocpp.Some(e.ID)
}
