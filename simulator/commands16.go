package simulator

import (
	"context"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/station"
)

func (speech16) listen(s *Station) {
	listenSession16(s)
	listenConfiguration16(s)
	listenUpkeep16(s)
}

func remoteStatus16(ok bool) ocpp16.RemoteStartStopStatus {
	if ok {
		return ocpp16.RemoteStartStopStatusAccepted
	}
	return ocpp16.RemoteStartStopStatusRejected
}

func listenSession16(s *Station) {
	station.Handle(s.client, func(_ context.Context, req *ocpp16.RemoteStartTransactionRequest) (*ocpp16.RemoteStartTransactionResponse, error) {
		ok := s.remoteStart(req.ConnectorID, startRequest{token: req.IDTag, remote: true})
		return &ocpp16.RemoteStartTransactionResponse{Status: remoteStatus16(ok)}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.RemoteStopTransactionRequest) (*ocpp16.RemoteStopTransactionResponse, error) {
		ok := s.remoteStop(func(tx *transaction) bool { return tx.remoteTxID() == req.TransactionID })
		return &ocpp16.RemoteStopTransactionResponse{Status: remoteStatus16(ok)}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.UnlockConnectorRequest) (*ocpp16.UnlockConnectorResponse, error) {
		outlets := s.on(ocpp.Some(req.ConnectorID))
		if req.ConnectorID == 0 || outlets == nil {
			return &ocpp16.UnlockConnectorResponse{Status: ocpp16.UnlockStatusNotSupported}, nil
		}
		if outlets[0].running() != nil {
			outlets[0].requestStop(StopRemote)
		}
		return &ocpp16.UnlockConnectorResponse{Status: ocpp16.UnlockStatusUnlocked}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.SetChargingProfileRequest) (*ocpp16.SetChargingProfileResponse, error) {
		outlets, schedule := s.on(ocpp.Some(req.ConnectorID)), req.CSChargingProfiles.ChargingSchedule
		if outlets == nil || len(schedule.ChargingSchedulePeriod) == 0 {
			return &ocpp16.SetChargingProfileResponse{Status: ocpp16.ChargingProfileStatusRejected}, nil
		}
		s.limit(outlets, schedule.ChargingSchedulePeriod[0].Limit, schedule.ChargingRateUnit == ocpp16.ChargingRateUnitA)
		return &ocpp16.SetChargingProfileResponse{Status: ocpp16.ChargingProfileStatusAccepted}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.ClearChargingProfileRequest) (*ocpp16.ClearChargingProfileResponse, error) {
		status := ocpp16.ClearChargingProfileStatusUnknown
		if s.clearLimits(s.on(req.ConnectorID)) {
			status = ocpp16.ClearChargingProfileStatusAccepted
		}
		return &ocpp16.ClearChargingProfileResponse{Status: status}, nil
	})
}

func listenConfiguration16(s *Station) {
	station.Handle(s.client, func(_ context.Context, req *ocpp16.GetConfigurationRequest) (*ocpp16.GetConfigurationResponse, error) {
		keys := req.Key
		if len(keys) == 0 {
			keys = s.vars.keys()
		}
		resp := &ocpp16.GetConfigurationResponse{}
		for _, key := range keys {
			if v, ok := s.vars.get(key); ok {
				resp.ConfigurationKey = append(resp.ConfigurationKey,
					ocpp16.KeyValue{Key: key, Readonly: v.readOnly, Value: ocpp.Some(v.value)})
			} else {
				resp.UnknownKey = append(resp.UnknownKey, key)
			}
		}
		return resp, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.ChangeConfigurationRequest) (*ocpp16.ChangeConfigurationResponse, error) {
		status := map[setResult]ocpp16.ConfigurationStatus{
			setAccepted: ocpp16.ConfigurationStatusAccepted,
			setUnknown:  ocpp16.ConfigurationStatusNotSupported,
			setReadOnly: ocpp16.ConfigurationStatusRejected,
			setInvalid:  ocpp16.ConfigurationStatusRejected,
		}[s.change(req.Key, req.Value)]
		return &ocpp16.ChangeConfigurationResponse{Status: status}, nil
	})
}

func listenUpkeep16(s *Station) {
	station.Handle(s.client, func(_ context.Context, req *ocpp16.ResetRequest) (*ocpp16.ResetResponse, error) {
		s.resetWhen(false)
		return &ocpp16.ResetResponse{Status: ocpp16.ResetStatusAccepted}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.ClearCacheRequest) (*ocpp16.ClearCacheResponse, error) {
		return &ocpp16.ClearCacheResponse{Status: ocpp16.ClearCacheStatusAccepted}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.ChangeAvailabilityRequest) (*ocpp16.ChangeAvailabilityResponse, error) {
		outlets, status := s.on(ocpp.Some(req.ConnectorID)), ocpp16.AvailabilityStatusAccepted
		if outlets == nil {
			status = ocpp16.AvailabilityStatusRejected
		} else if s.availability(outlets, req.Type == ocpp16.AvailabilityTypeOperative) {
			status = ocpp16.AvailabilityStatusScheduled
		}
		return &ocpp16.ChangeAvailabilityResponse{Status: status}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.TriggerMessageRequest) (*ocpp16.TriggerMessageResponse, error) {
		status := ocpp16.TriggerMessageStatusAccepted
		if req.ConnectorID.Or(0) != 0 && s.on(req.ConnectorID) == nil {
			status = ocpp16.TriggerMessageStatusRejected
		} else if !s.trigger(string(req.RequestedMessage), req.ConnectorID) {
			status = ocpp16.TriggerMessageStatusNotImplemented
		}
		return &ocpp16.TriggerMessageResponse{Status: status}, nil
	})
}
