package simulator

import (
	"context"
	"slices"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/station"
)

func (speech16) listen(s *Station) {
	listenSession16(s)
	listenConfiguration16(s)
	listenUpkeep16(s)
	listenProfiles16(s)
	listenLists16(s)
	listenFiles16(s)
	listenSecurity16(s)
}

// place16 finds an EVSE and its connector by the number of the connector; 0 is the whole station, with no connector.
func (s *Station) place16(id int) (outlets []*outlet, connector int) {
	if id == 0 {
		return s.outlets, 0
	}
	n := s.kind().Hardware.Connectors
	return s.on(ocpp.Some((id-1)/n + 1)), (id-1)%n + 1
}

// evse16 is the EVSE of an optional number of a connector.
func (s *Station) evse16(connector ocpp.Opt[int]) (evse ocpp.Opt[int], n int) {
	id, given := connector.Get()
	if !given {
		return evse, 0
	}
	outlets, n := s.place16(id)
	if id == 0 || outlets == nil {
		return ocpp.Some(-1), 0
	}
	return ocpp.Some(outlets[0].id), n
}

func listenSession16(s *Station) {
	station.Handle(s.client, func(_ context.Context, req *ocpp16.RemoteStartTransactionRequest) (*ocpp16.RemoteStartTransactionResponse, error) {
		evse, connector := s.evse16(req.ConnectorID)
		o, ok := s.remoteStart(evse, startRequest{token: req.IDTag, remote: true, connector: connector})
		if ok && req.ChargingProfile != nil {
			s.profiles.install(profile16(o.id, *req.ChargingProfile))
		}
		return &ocpp16.RemoteStartTransactionResponse{Status: word[ocpp16.RemoteStartStopStatus](ok, "Accepted", "Rejected")}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.RemoteStopTransactionRequest) (*ocpp16.RemoteStopTransactionResponse, error) {
		ok := s.remoteStop(func(tx *transaction) bool { return tx.remoteTxID() == req.TransactionID })
		return &ocpp16.RemoteStopTransactionResponse{Status: word[ocpp16.RemoteStartStopStatus](ok, "Accepted", "Rejected")}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.UnlockConnectorRequest) (*ocpp16.UnlockConnectorResponse, error) {
		outlets, _ := s.place16(req.ConnectorID)
		if req.ConnectorID == 0 || outlets == nil {
			return &ocpp16.UnlockConnectorResponse{Status: ocpp16.UnlockStatusNotSupported}, nil
		}
		if outlets[0].running() != nil {
			outlets[0].requestStop(StopUnlocked)
		}
		return &ocpp16.UnlockConnectorResponse{Status: ocpp16.UnlockStatusUnlocked}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.DataTransferRequest) (*ocpp16.DataTransferResponse, error) {
		switch {
		case req.VendorID != vendor:
			return &ocpp16.DataTransferResponse{Status: "UnknownVendorId"}, nil
		case req.MessageID.Or("") != "Echo":
			return &ocpp16.DataTransferResponse{Status: "UnknownMessageId"}, nil
		}
		return &ocpp16.DataTransferResponse{Status: "Accepted", Data: req.Data}, nil
	})
}

func listenConfiguration16(s *Station) {
	station.Handle(s.client, func(_ context.Context, req *ocpp16.GetConfigurationRequest) (*ocpp16.GetConfigurationResponse, error) {
		keys := req.Key
		if len(keys) == 0 {
			keys = slices.DeleteFunc(s.vars.keys(), func(k string) bool { v, _ := s.vars.get(k); return v.writeOnly })
		}
		resp := &ocpp16.GetConfigurationResponse{}
		for _, key := range keys {
			if v, ok := s.vars.get(key); ok && !v.writeOnly {
				resp.ConfigurationKey = append(resp.ConfigurationKey,
					ocpp16.KeyValue{Key: key, Readonly: v.readOnly, Value: ocpp.Some(v.value)})
			} else {
				resp.UnknownKey = append(resp.UnknownKey, key)
			}
		}
		return resp, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.ChangeConfigurationRequest) (*ocpp16.ChangeConfigurationResponse, error) {
		if req.Key == "AuthorizationKey" {
			ok := s.newPassword(station.AuthorizationKey(req.Value))
			return &ocpp16.ChangeConfigurationResponse{Status: word[ocpp16.ConfigurationStatus](ok, "Accepted", "Rejected")}, nil
		}
		status := map[setResult]ocpp16.ConfigurationStatus{
			setAccepted: ocpp16.ConfigurationStatusAccepted,
			setReboot:   ocpp16.ConfigurationStatusRebootRequired,
			setUnknown:  ocpp16.ConfigurationStatusNotSupported,
			setReadOnly: ocpp16.ConfigurationStatusRejected,
			setInvalid:  ocpp16.ConfigurationStatusRejected,
		}[s.change(req.Key, req.Value)]
		return &ocpp16.ChangeConfigurationResponse{Status: status}, nil
	})
}

func listenUpkeep16(s *Station) {
	station.Handle(s.client, func(_ context.Context, req *ocpp16.ResetRequest) (*ocpp16.ResetResponse, error) {
		s.resetWhen(false, word(req.Type == ocpp16.ResetTypeHard, StopHardReset, StopReset))
		return &ocpp16.ResetResponse{Status: ocpp16.ResetStatusAccepted}, nil
	})
	station.Handle(s.client, func(context.Context, *ocpp16.ClearCacheRequest) (*ocpp16.ClearCacheResponse, error) {
		s.tokens.clearCache()
		return &ocpp16.ClearCacheResponse{Status: ocpp16.ClearCacheStatusAccepted}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.ChangeAvailabilityRequest) (*ocpp16.ChangeAvailabilityResponse, error) {
		outlets, connector := s.place16(req.ConnectorID)
		status := ocpp16.AvailabilityStatusAccepted
		if outlets == nil {
			status = ocpp16.AvailabilityStatusRejected
		} else if s.availability(outlets, connector, req.Type == ocpp16.AvailabilityTypeOperative) {
			status = ocpp16.AvailabilityStatusScheduled
		}
		return &ocpp16.ChangeAvailabilityResponse{Status: status}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.TriggerMessageRequest) (*ocpp16.TriggerMessageResponse, error) {
		return &ocpp16.TriggerMessageResponse{Status: s.trigger16(string(req.RequestedMessage), req.ConnectorID)}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.ExtendedTriggerMessageRequest) (*ocpp16.ExtendedTriggerMessageResponse, error) {
		return &ocpp16.ExtendedTriggerMessageResponse{Status: s.trigger16(string(req.RequestedMessage), req.ConnectorID)}, nil
	})
}

func (s *Station) trigger16(action string, connector ocpp.Opt[int]) ocpp16.TriggerMessageStatus {
	outlets, _ := s.place16(connector.Or(0))
	switch {
	case outlets == nil:
		return ocpp16.TriggerMessageStatusRejected
	case !s.trigger(action, outlets):
		return ocpp16.TriggerMessageStatusNotImplemented
	}
	return ocpp16.TriggerMessageStatusAccepted
}
