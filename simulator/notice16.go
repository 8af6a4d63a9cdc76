package simulator

import (
	"context"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// notice sends a notice in the words of 1.6 and its security extension; one that it does not have is left out.
func (speech16) notice(ctx context.Context, s *Station, n notice, _ *outlet) error {
	var req any
	switch n.action {
	case "SecurityEventNotification":
		req = &ocpp16.SecurityEventNotificationRequest{Type: n.event, Timestamp: ocpp.At(n.when(s)), TechInfo: ocpp.Some(n.info)}
	case "FirmwareStatusNotification":
		req = &ocpp16.FirmwareStatusNotificationRequest{Status: ocpp16.FirmwareStatus(n.status)}
	case "DiagnosticsStatusNotification":
		req = &ocpp16.DiagnosticsStatusNotificationRequest{Status: ocpp16.DiagnosticsStatus(n.status)}
	case "LogStatusNotification":
		req = &ocpp16.LogStatusNotificationRequest{Status: ocpp16.UploadLogStatus(n.status)}
	case "DataTransfer":
		req = &ocpp16.DataTransferRequest{VendorID: vendor, MessageID: ocpp.Some("Hello"), Data: ocpp.Some(s.identity)}
	case "SignCertificate":
		req = &ocpp16.SignCertificateRequest{CSR: s.csr()}
	case "Heartbeat":
		req = &ocpp16.HeartbeatRequest{}
	default:
		return nil
	}
	_, err := s.client.CallAny(ctx, req)
	return err
}
