package simulator

import (
	"context"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

func evseID21(e *ocpp21.EVSE) ocpp.Opt[int] {
	if e == nil {
		return ocpp.Opt[int]{}
	}
	return ocpp.Some(e.ID)
}

func (s *Station) changeAvailability2(_ context.Context, req *ocpp21.ChangeAvailabilityRequest) (*ocpp21.ChangeAvailabilityResponse, error) {
	outlets, connector, status := s.on(evseID21(req.EVSE)), 0, ocpp21.ChangeAvailabilityStatusAccepted
	if req.EVSE != nil {
		connector = req.EVSE.ConnectorID.Or(0)
	}
	if outlets == nil || connector > outlets[0].connectors {
		status = ocpp21.ChangeAvailabilityStatusRejected
	} else if s.availability(outlets, connector, req.OperationalStatus == ocpp21.OperationalStatusOperative) {
		status = ocpp21.ChangeAvailabilityStatusScheduled
	}
	return &ocpp21.ChangeAvailabilityResponse{Status: status}, nil
}

func (s *Station) reset2(_ context.Context, req *ocpp21.ResetRequest) (*ocpp21.ResetResponse, error) {
	if req.EVSEID.Or(0) != 0 || req.Type == ocpp21.ResetTypeImmediateAndResume { // neither is offered (B11.FR.09, B13.FR.01)
		return &ocpp21.ResetResponse{Status: "Rejected"}, nil
	}
	status := ocpp21.ResetStatusAccepted
	if req.Type == ocpp21.ResetTypeOnIdle && s.charging() {
		status = ocpp21.ResetStatusScheduled
	}
	s.resetWhen(status == ocpp21.ResetStatusScheduled, StopReset)
	return &ocpp21.ResetResponse{Status: status}, nil
}

func (s *Station) triggerMessage2(_ context.Context, req *ocpp21.TriggerMessageRequest) (*ocpp21.TriggerMessageResponse, error) {
	evse, status := evseID21(req.EVSE), ocpp21.TriggerMessageStatusAccepted
	if s.on(evse) == nil || req.RequestedMessage == ocpp21.MessageTriggerBootNotification { // F06.FR.17: it is accepted
		status = ocpp21.TriggerMessageStatusRejected
	} else if !s.trigger(string(req.RequestedMessage), s.on(evse)) {
		status = ocpp21.TriggerMessageStatusNotImplemented
	}
	return &ocpp21.TriggerMessageResponse{Status: status}, nil
}

func (s *Station) updateFirmware2(_ context.Context, req *ocpp21.UpdateFirmwareRequest) (*ocpp21.UpdateFirmwareResponse, error) {
	f := req.Firmware
	if _, given := f.SigningCertificate.Get(); given && f.Signature.Or("") == "" {
		return &ocpp21.UpdateFirmwareResponse{Status: "InvalidCertificate"}, nil // L01.FR.22
	}
	canceled := s.startUpdate(update{
		location: f.Location, retrieve: f.RetrieveDateTime.Time, install: f.InstallDateTime.Time, signed: f.Signature.Or("") != "",
		tell: func(ctx context.Context, status string) {
			s.tell2(ctx, "FirmwareStatusNotification", map[string]any{"status": status, "requestId": req.RequestID}) // L01.FR.20
		},
	})
	return &ocpp21.UpdateFirmwareResponse{Status: word[ocpp21.UpdateFirmwareStatus](canceled, "AcceptedCanceled", "Accepted")}, nil
}

// publishFirmware2 plays a local controller (L03).
func (s *Station) publishFirmware2(_ context.Context, req *ocpp21.PublishFirmwareRequest) (*ocpp21.PublishFirmwareResponse, error) {
	s.after(func(ctx context.Context) {
		for _, status := range []string{"Downloading", "Downloaded", "ChecksumVerified"} {
			s.tell2(ctx, "PublishFirmwareStatusNotification", map[string]any{"status": status, "requestId": req.RequestID})
			if !s.sleep(firmwareStep) {
				return
			}
		}
		s.publish(req.Checksum)
		s.tell2(ctx, "PublishFirmwareStatusNotification", map[string]any{
			"status": "Published", "requestId": req.RequestID, "location": []string{"http://controller.invalid/" + req.Checksum},
		})
	})
	return &ocpp21.PublishFirmwareResponse{Status: "Accepted"}, nil
}

func (s *Station) unpublishFirmware2(_ context.Context, req *ocpp21.UnpublishFirmwareRequest) (*ocpp21.UnpublishFirmwareResponse, error) {
	return &ocpp21.UnpublishFirmwareResponse{Status: word[ocpp21.UnpublishFirmwareStatus](s.unpublish(req.Checksum), "Unpublished", "NoFirmware")}, nil
}

func (s *Station) getLog2(_ context.Context, req *ocpp21.GetLogRequest) (*ocpp21.GetLogResponse, error) {
	name, canceled := s.startUpload(string(req.LogType), req.Log.RemoteLocation, func(ctx context.Context, status string) {
		s.tell2(ctx, "LogStatusNotification", map[string]any{"status": status, "requestId": req.RequestID})
	})
	return &ocpp21.GetLogResponse{Status: word[ocpp21.LogStatus](canceled, "AcceptedCanceled", "Accepted"), Filename: ocpp.Some(name)}, nil
}

// customerInformation2 reports what is known of a customer, which is the cache and the list (N09, N10).
func (s *Station) customerInformation2(_ context.Context, req *ocpp21.CustomerInformationRequest) (*ocpp21.CustomerInformationResponse, error) {
	identifiers := 0
	for _, given := range []bool{req.IDToken != nil, req.CustomerCertificate != nil, req.CustomerIdentifier.Or("") != ""} {
		if given {
			identifiers++
		}
	}
	if identifiers != 1 || !req.Report && !req.Clear { // N09.FR.09
		return &ocpp21.CustomerInformationResponse{Status: "Invalid"}, nil
	}
	data := ""
	if req.IDToken != nil {
		data = s.tokens.about(req.IDToken.IDToken, req.Clear)
	}
	if !req.Report {
		data = ""
	}
	s.after(func(ctx context.Context) {
		s.tell2(ctx, "NotifyCustomerInformation", map[string]any{
			"data": data, "seqNo": 0, "tbc": false, "generatedAt": ocpp.At(s.now()), "requestId": req.RequestID,
		})
	})
	return &ocpp21.CustomerInformationResponse{Status: "Accepted"}, nil
}
