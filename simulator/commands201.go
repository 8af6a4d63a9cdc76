package simulator

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/station"
)

func (speech201) listen(s *Station) {
	listenSession201(s)
	listenVariables201(s)
	listenUpkeep201(s)
}

func remoteStatus201(ok bool) ocpp201.RequestStartStopStatus {
	if ok {
		return ocpp201.RequestStartStopStatusAccepted
	}
	return ocpp201.RequestStartStopStatusRejected
}

func listenSession201(s *Station) {
	station.Handle(s.client, func(_ context.Context, req *ocpp201.RequestStartTransactionRequest) (*ocpp201.RequestStartTransactionResponse, error) {
		ok := s.remoteStart(req.EVSEID, startRequest{
			token: req.IDToken.IDToken, remote: true, remoteID: ocpp.Some(req.RemoteStartID),
		})
		return &ocpp201.RequestStartTransactionResponse{Status: remoteStatus201(ok)}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp201.RequestStopTransactionRequest) (*ocpp201.RequestStopTransactionResponse, error) {
		ok := s.remoteStop(func(tx *transaction) bool { return tx.id == req.TransactionID })
		return &ocpp201.RequestStopTransactionResponse{Status: remoteStatus201(ok)}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp201.UnlockConnectorRequest) (*ocpp201.UnlockConnectorResponse, error) {
		outlets, status := s.on(ocpp.Some(req.EVSEID)), ocpp201.UnlockStatusUnlocked
		if req.EVSEID == 0 || outlets == nil || req.ConnectorID != 1 {
			status = ocpp201.UnlockStatusUnknownConnector
		} else if outlets[0].running() != nil {
			status = ocpp201.UnlockStatusOngoingAuthorizedTransaction
		}
		return &ocpp201.UnlockConnectorResponse{Status: status}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp201.SetChargingProfileRequest) (*ocpp201.SetChargingProfileResponse, error) {
		outlets, schedules := s.on(ocpp.Some(req.EVSEID)), req.ChargingProfile.ChargingSchedule
		if outlets == nil || len(schedules) == 0 || len(schedules[0].ChargingSchedulePeriod) == 0 {
			return &ocpp201.SetChargingProfileResponse{Status: ocpp201.ChargingProfileStatusRejected}, nil
		}
		s.limit(outlets, schedules[0].ChargingSchedulePeriod[0].Limit, schedules[0].ChargingRateUnit == ocpp201.ChargingRateUnitA)
		return &ocpp201.SetChargingProfileResponse{Status: ocpp201.ChargingProfileStatusAccepted}, nil
	})
	station.Handle(s.client, func(_ context.Context, _ *ocpp201.ClearChargingProfileRequest) (*ocpp201.ClearChargingProfileResponse, error) {
		status := ocpp201.ClearChargingProfileStatusUnknown
		if s.clearLimits(s.outlets) {
			status = ocpp201.ClearChargingProfileStatusAccepted
		}
		return &ocpp201.ClearChargingProfileResponse{Status: status}, nil
	})
}

func listenVariables201(s *Station) {
	station.Handle(s.client, func(_ context.Context, req *ocpp201.GetVariablesRequest) (*ocpp201.GetVariablesResponse, error) {
		resp := &ocpp201.GetVariablesResponse{}
		for _, d := range req.GetVariableData {
			resp.GetVariableResult = append(resp.GetVariableResult, s.getVariable201(d))
		}
		return resp, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp201.SetVariablesRequest) (*ocpp201.SetVariablesResponse, error) {
		resp := &ocpp201.SetVariablesResponse{}
		for _, d := range req.SetVariableData {
			resp.SetVariableResult = append(resp.SetVariableResult, s.setVariable201(d))
		}
		return resp, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp201.GetBaseReportRequest) (*ocpp201.GetBaseReportResponse, error) {
		if req.ReportBase == ocpp201.ReportBaseSummaryInventory {
			return &ocpp201.GetBaseReportResponse{Status: ocpp201.GenericDeviceModelStatusNotSupported}, nil
		}
		s.after(func(ctx context.Context) { s.report201(ctx, req.RequestID) })
		return &ocpp201.GetBaseReportResponse{Status: ocpp201.GenericDeviceModelStatusAccepted}, nil
	})
}

func (s *Station) getVariable201(d ocpp201.GetVariableData) ocpp201.GetVariableResult {
	r := ocpp201.GetVariableResult{Component: d.Component, Variable: d.Variable, AttributeType: d.AttributeType}
	v, ok := s.vars.get(d.Component.Name + "." + d.Variable.Name)
	switch {
	case !ok && !s.vars.hasComponent(d.Component.Name):
		r.AttributeStatus = ocpp201.GetVariableStatusUnknownComponent
	case !ok:
		r.AttributeStatus = ocpp201.GetVariableStatusUnknownVariable
	case d.AttributeType != "" && d.AttributeType != ocpp201.AttributeTypeActual:
		r.AttributeStatus = ocpp201.GetVariableStatusNotSupportedAttributeType
	default:
		r.AttributeStatus, r.AttributeValue = ocpp201.GetVariableStatusAccepted, ocpp.Some(v.value)
	}
	return r
}

func (s *Station) setVariable201(d ocpp201.SetVariableData) ocpp201.SetVariableResult {
	r := ocpp201.SetVariableResult{Component: d.Component, Variable: d.Variable, AttributeType: d.AttributeType}
	if d.AttributeType != "" && d.AttributeType != ocpp201.AttributeTypeActual {
		r.AttributeStatus = ocpp201.SetVariableStatusNotSupportedAttributeType
		return r
	}
	switch s.change(d.Component.Name+"."+d.Variable.Name, d.AttributeValue) {
	case setAccepted:
		r.AttributeStatus = ocpp201.SetVariableStatusAccepted
	case setUnknown:
		r.AttributeStatus = ocpp201.SetVariableStatusUnknownVariable
		if !s.vars.hasComponent(d.Component.Name) {
			r.AttributeStatus = ocpp201.SetVariableStatusUnknownComponent
		}
	default:
		r.AttributeStatus = ocpp201.SetVariableStatusRejected
	}
	return r
}

// report201 sends all variables in one NotifyReport.
func (s *Station) report201(ctx context.Context, requestID int) {
	req := &ocpp201.NotifyReportRequest{RequestID: requestID, GeneratedAt: ocpp.At(time.Now())}
	for _, key := range s.vars.keys() {
		v, _ := s.vars.get(key)
		component, name := splitKey(key)
		mutability := ocpp201.MutabilityReadWrite
		if v.readOnly {
			mutability = ocpp201.MutabilityReadOnly
		}
		req.ReportData = append(req.ReportData, ocpp201.ReportData{
			Component: ocpp201.Component{Name: component}, Variable: ocpp201.Variable{Name: name},
			VariableAttribute: []ocpp201.VariableAttribute{{Value: ocpp.Some(v.value), Mutability: mutability}},
		})
	}
	if _, err := station.Call(ctx, s.client, req); err != nil {
		s.failed("report variables", err)
	}
}

func listenUpkeep201(s *Station) {
	station.Handle(s.client, func(_ context.Context, req *ocpp201.ResetRequest) (*ocpp201.ResetResponse, error) {
		if req.EVSEID.Or(0) != 0 { // EVSE.AllowReset is not offered (B11.FR.09)
			return &ocpp201.ResetResponse{Status: ocpp201.ResetStatusRejected}, nil
		}
		status := ocpp201.ResetStatusAccepted
		if req.Type == ocpp201.ResetTypeOnIdle && s.charging() {
			status = ocpp201.ResetStatusScheduled
		}
		s.resetWhen(status == ocpp201.ResetStatusScheduled)
		return &ocpp201.ResetResponse{Status: status}, nil
	})
	station.Handle(s.client, func(_ context.Context, _ *ocpp201.ClearCacheRequest) (*ocpp201.ClearCacheResponse, error) {
		return &ocpp201.ClearCacheResponse{Status: ocpp201.ClearCacheStatusAccepted}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp201.ChangeAvailabilityRequest) (*ocpp201.ChangeAvailabilityResponse, error) {
		outlets, status := s.on(evseID201(req.EVSE)), ocpp201.ChangeAvailabilityStatusAccepted
		if outlets == nil {
			status = ocpp201.ChangeAvailabilityStatusRejected
		} else if s.availability(outlets, req.OperationalStatus == ocpp201.OperationalStatusOperative) {
			status = ocpp201.ChangeAvailabilityStatusScheduled
		}
		return &ocpp201.ChangeAvailabilityResponse{Status: status}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp201.TriggerMessageRequest) (*ocpp201.TriggerMessageResponse, error) {
		status := ocpp201.TriggerMessageStatusAccepted
		if s.on(evseID201(req.EVSE)) == nil {
			status = ocpp201.TriggerMessageStatusRejected
		} else if !s.trigger(string(req.RequestedMessage), evseID201(req.EVSE)) {
			status = ocpp201.TriggerMessageStatusNotImplemented
		}
		return &ocpp201.TriggerMessageResponse{Status: status}, nil
	})
}

func evseID201(e *ocpp201.EVSE) ocpp.Opt[int] {
	if e == nil {
		return ocpp.Opt[int]{}
	}
	return ocpp.Some(e.ID)
}
