package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// askUpdateFirmware makes an UpdateFirmware (L01, L02).
func askUpdateFirmware(v *fleet.UpdateFirmwareRequest) (adapter.Instruction, error) {
	return &ocpp21.UpdateFirmwareRequest{
		RequestID: int(v.Number), Retries: adapter.OptPointer(v.Retries), RetryInterval: adapter.OptPointer(v.RetryInterval),
		Firmware: ocpp21.Firmware{
			Location: v.Location, RetrieveDateTime: adapter.At(v.RetrieveAt), InstallDateTime: adapter.At(v.InstallAt),
			SigningCertificate: adapter.OptString(v.SigningCertificate), Signature: adapter.OptString(v.Signature),
		},
	}, nil
}

// askPublishFirmware makes a PublishFirmware (L03).
func askPublishFirmware(v *fleet.PublishFirmwareRequest) (adapter.Instruction, error) {
	return &ocpp21.PublishFirmwareRequest{
		Location: v.Location, Checksum: v.Checksum, RequestID: int(v.Number),
		Retries: adapter.OptPointer(v.Retries), RetryInterval: adapter.OptPointer(v.RetryInterval),
	}, nil
}

// askUnpublishFirmware makes an UnpublishFirmware (L04).
func askUnpublishFirmware(v *fleet.UnpublishFirmwareRequest) (adapter.Instruction, error) {
	return &ocpp21.UnpublishFirmwareRequest{Checksum: v.Checksum}, nil
}

// askGetLog makes a GetLog (N01).
func askGetLog(v *fleet.GetLogRequest) (adapter.Instruction, error) {
	req := &ocpp21.GetLogRequest{
		LogType: ocpp21.LogTypeDiagnosticsLog, RequestID: int(v.Number),
		Retries: adapter.OptPointer(v.Retries), RetryInterval: adapter.OptPointer(v.RetryInterval),
		Log: ocpp21.LogParameters{RemoteLocation: v.Location, OldestTimestamp: adapter.At(v.From), LatestTimestamp: adapter.At(v.Until)},
	}
	switch v.Log {
	case fleet.LogSecurity:
		req.LogType = ocpp21.LogTypeSecurityLog
	case fleet.LogDataCollector:
		req.LogType = ocpp21.LogTypeDataCollectorLog
	}
	return req, nil
}
