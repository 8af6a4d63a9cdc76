package v201

import (
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// maxLocation is how long a location may be.
const maxLocation = 512

func checkLocation(location string) error {
	if utf8.RuneCountInString(location) > maxLocation {
		return fleet.NotInVersion("/location", "OCPP 2.0.1 takes locations of at most %d characters", maxLocation)
	}
	return nil
}

// askUpdateFirmware makes an UpdateFirmware (L01, L02).
func askUpdateFirmware(v *fleet.UpdateFirmwareRequest) (adapter.Instruction, error) {
	if err := checkLocation(v.Location); err != nil {
		return nil, err
	}
	return &ocpp201.UpdateFirmwareRequest{
		RequestID: int(v.Number), Retries: adapter.OptPointer(v.Retries), RetryInterval: adapter.OptPointer(v.RetryInterval),
		Firmware: ocpp201.Firmware{
			Location: v.Location, RetrieveDateTime: adapter.At(v.RetrieveAt), InstallDateTime: adapter.At(v.InstallAt),
			SigningCertificate: adapter.OptString(v.SigningCertificate), Signature: adapter.OptString(v.Signature),
		},
	}, nil
}

// askPublishFirmware makes a PublishFirmware (L03).
func askPublishFirmware(v *fleet.PublishFirmwareRequest) (adapter.Instruction, error) {
	if err := checkLocation(v.Location); err != nil {
		return nil, err
	}
	return &ocpp201.PublishFirmwareRequest{
		Location: v.Location, Checksum: v.Checksum, RequestID: int(v.Number),
		Retries: adapter.OptPointer(v.Retries), RetryInterval: adapter.OptPointer(v.RetryInterval),
	}, nil
}

// askUnpublishFirmware makes an UnpublishFirmware (L04).
func askUnpublishFirmware(v *fleet.UnpublishFirmwareRequest) (adapter.Instruction, error) {
	return &ocpp201.UnpublishFirmwareRequest{Checksum: v.Checksum}, nil
}

// askGetLog makes a GetLog (N01).
func askGetLog(v *fleet.GetLogRequest) (adapter.Instruction, error) {
	if err := checkLocation(v.Location); err != nil {
		return nil, err
	}
	req := &ocpp201.GetLogRequest{
		LogType: ocpp201.LogTypeDiagnosticsLog, RequestID: int(v.Number),
		Retries: adapter.OptPointer(v.Retries), RetryInterval: adapter.OptPointer(v.RetryInterval),
		Log: ocpp201.LogParameters{RemoteLocation: v.Location, OldestTimestamp: adapter.At(v.From), LatestTimestamp: adapter.At(v.Until)},
	}
	switch v.Log {
	case fleet.LogSecurity:
		req.LogType = ocpp201.LogTypeSecurityLog
	case fleet.LogDataCollector:
		return nil, fleet.NotInVersion("/log", "OCPP 2.0.1 has only diagnostics and security")
	}
	return req, nil
}
