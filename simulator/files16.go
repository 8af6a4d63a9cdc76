package simulator

import (
	"context"
	"strings"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/station"
)

func listenLists16(s *Station) {
	station.Handle(s.client, func(context.Context, *ocpp16.GetLocalListVersionRequest) (*ocpp16.GetLocalListVersionResponse, error) {
		return &ocpp16.GetLocalListVersionResponse{ListVersion: s.tokens.listVersion()}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.SendLocalListRequest) (*ocpp16.SendLocalListResponse, error) {
		entries := map[string]*listedToken{}
		for _, e := range req.LocalAuthorizationList {
			entries[e.IDTag] = nil
			if i := e.IDTagInfo; i != nil {
				entries[e.IDTag] = &listedToken{accepted: i.Status == ocpp16.AuthorizationStatusAccepted, expires: i.ExpiryDate.Time}
			}
		}
		ok := s.tokens.update(req.ListVersion, req.UpdateType == ocpp16.UpdateTypeFull, entries)
		return &ocpp16.SendLocalListResponse{Status: word[ocpp16.UpdateStatus](ok, "Accepted", "VersionMismatch")}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.ReserveNowRequest) (*ocpp16.ReserveNowResponse, error) {
		outlets, _ := s.place16(req.ConnectorID)
		r := reservation{id: req.ReservationID, token: req.IDTag, group: req.ParentIDTag.Or(""), expires: req.ExpiryDate.Time}
		return &ocpp16.ReserveNowResponse{Status: ocpp16.ReservationStatus(s.reserve(outlets, r))}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.CancelReservationRequest) (*ocpp16.CancelReservationResponse, error) {
		ok := s.release(req.ReservationID)
		return &ocpp16.CancelReservationResponse{Status: word[ocpp16.CancelReservationStatus](ok, "Accepted", "Rejected")}, nil
	})
}

func listenFiles16(s *Station) {
	station.Handle(s.client, func(_ context.Context, req *ocpp16.UpdateFirmwareRequest) (*ocpp16.UpdateFirmwareResponse, error) {
		s.startUpdate(update{location: req.Location, retrieve: req.RetrieveDate.Time, tell: func(ctx context.Context, status string) {
			if strings.HasSuffix(status, "Scheduled") { // 1.6 has no word for it
				return
			}
			_, err := station.Call(ctx, s.client, &ocpp16.FirmwareStatusNotificationRequest{Status: ocpp16.FirmwareStatus(status)})
			s.mishap("send FirmwareStatusNotification", err)
		}})
		return &ocpp16.UpdateFirmwareResponse{}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.GetDiagnosticsRequest) (*ocpp16.GetDiagnosticsResponse, error) {
		name, _ := s.startUpload("diagnostics", req.Location, func(ctx context.Context, status string) {
			if status != "Uploading" && status != "Uploaded" {
				status = "UploadFailed"
			}
			_, err := station.Call(ctx, s.client, &ocpp16.DiagnosticsStatusNotificationRequest{Status: ocpp16.DiagnosticsStatus(status)})
			s.mishap("send DiagnosticsStatusNotification", err)
		})
		return &ocpp16.GetDiagnosticsResponse{FileName: ocpp.Some(name)}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.GetLogRequest) (*ocpp16.GetLogResponse, error) {
		name, canceled := s.startUpload(string(req.LogType), req.Log.RemoteLocation, func(ctx context.Context, status string) {
			if status == "AcceptedCanceled" { // 1.6 tells of the new one only
				return
			}
			_, err := station.Call(ctx, s.client, &ocpp16.LogStatusNotificationRequest{Status: ocpp16.UploadLogStatus(status), RequestID: ocpp.Some(req.RequestID)})
			s.mishap("send LogStatusNotification", err)
		})
		return &ocpp16.GetLogResponse{Status: word[ocpp16.LogStatus](canceled, "AcceptedCanceled", "Accepted"), Filename: ocpp.Some(name)}, nil
	})
}

func listenSecurity16(s *Station) {
	station.Handle(s.client, func(_ context.Context, req *ocpp16.SignedUpdateFirmwareRequest) (*ocpp16.SignedUpdateFirmwareResponse, error) {
		f := req.Firmware
		canceled := s.startUpdate(update{
			location: f.Location, retrieve: f.RetrieveDateTime.Time, install: f.InstallDateTime.Time, signed: true,
			tell: func(ctx context.Context, status string) {
				_, err := station.Call(ctx, s.client, &ocpp16.SignedFirmwareStatusNotificationRequest{Status: ocpp16.SignedFirmwareStatus(status), RequestID: ocpp.Some(req.RequestID)})
				s.mishap("send SignedFirmwareStatusNotification", err)
			},
		})
		return &ocpp16.SignedUpdateFirmwareResponse{Status: word[ocpp16.SignedUpdateFirmwareStatus](canceled, "AcceptedCanceled", "Accepted")}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.CertificateSignedRequest) (*ocpp16.CertificateSignedResponse, error) {
		_, ok := hashOf(req.CertificateChain)
		return &ocpp16.CertificateSignedResponse{Status: word[ocpp16.CertificateSignedStatus](ok, "Accepted", "Rejected")}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.InstallCertificateRequest) (*ocpp16.InstallCertificateResponse, error) {
		return &ocpp16.InstallCertificateResponse{Status: ocpp16.InstallCertificateStatus(s.installRoot(string(req.CertificateType), req.Certificate))}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.DeleteCertificateRequest) (*ocpp16.DeleteCertificateResponse, error) {
		d := req.CertificateHashData
		status := s.deleteRoot(func(h ocpp21.CertificateHashData) bool {
			return strings.EqualFold(h.SerialNumber, d.SerialNumber) && strings.EqualFold(h.IssuerNameHash, d.IssuerNameHash) && strings.EqualFold(h.IssuerKeyHash, d.IssuerKeyHash)
		})
		return &ocpp16.DeleteCertificateResponse{Status: ocpp16.DeleteCertificateStatus(status)}, nil
	})
	station.Handle(s.client, func(_ context.Context, req *ocpp16.GetInstalledCertificateIdsRequest) (*ocpp16.GetInstalledCertificateIdsResponse, error) {
		resp := &ocpp16.GetInstalledCertificateIdsResponse{Status: "NotFound"}
		for _, c := range s.roots() {
			if c.use == string(req.CertificateType) {
				resp.Status = "Accepted"
				resp.CertificateHashData = append(resp.CertificateHashData, ocpp16.CertificateHashData{
					HashAlgorithm: "SHA256", IssuerNameHash: c.hash.IssuerNameHash, IssuerKeyHash: c.hash.IssuerKeyHash, SerialNumber: c.hash.SerialNumber,
				})
			}
		}
		return resp, nil
	})
}
