package v16

import (
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// maxSignedLocation is how long a location may be in the security extension.
const maxSignedLocation = 512

// askUpdateFirmware makes an UpdateFirmware (1.6 5.19), or a SignedUpdateFirmware (security whitepaper L01).
func askUpdateFirmware(v *fleet.UpdateFirmwareRequest) (adapter.Instruction, error) {
	if v.Signed() {
		return askSignedUpdate(v)
	}
	if v.InstallAt != nil {
		return nil, fleet.NotInVersion("/installAt", "in OCPP 1.6 only signed updates have a time of installation: leave it out, or sign the file")
	}
	return &ocpp16.UpdateFirmwareRequest{
		Location: v.Location, RetrieveDate: adapter.At(v.RetrieveAt),
		Retries: adapter.OptPointer(v.Retries), RetryInterval: adapter.OptPointer(v.RetryInterval),
	}, nil
}

func askSignedUpdate(v *fleet.UpdateFirmwareRequest) (adapter.Instruction, error) {
	if err := checkLocation(v.Location); err != nil {
		return nil, err
	}
	return &ocpp16.SignedUpdateFirmwareRequest{
		RequestID: int(v.Number), Retries: adapter.OptPointer(v.Retries), RetryInterval: adapter.OptPointer(v.RetryInterval),
		Firmware: ocpp16.Firmware{
			Location: v.Location, RetrieveDateTime: adapter.At(v.RetrieveAt), InstallDateTime: adapter.At(v.InstallAt),
			SigningCertificate: v.SigningCertificate, Signature: v.Signature,
		},
	}, nil
}

func checkLocation(location string) error {
	if utf8.RuneCountInString(location) > maxSignedLocation {
		return fleet.NotInVersion("/location", "the security extension of OCPP 1.6 takes locations of at most %d characters", maxSignedLocation)
	}
	return nil
}

// askGetLog makes a GetDiagnostics (1.6 5.9), or a GetLog (security whitepaper N01).
func askGetLog(v *fleet.GetLogRequest) (adapter.Instruction, error) {
	if v.Log == fleet.LogDataCollector {
		return nil, fleet.NotInVersion("/log", "OCPP 1.6 has only diagnostics and security")
	}
	if v.Log != fleet.LogSecurity && !v.Extended {
		return &ocpp16.GetDiagnosticsRequest{
			Location: v.Location, StartTime: adapter.At(v.From), StopTime: adapter.At(v.Until),
			Retries: adapter.OptPointer(v.Retries), RetryInterval: adapter.OptPointer(v.RetryInterval),
		}, nil
	}
	if err := checkLocation(v.Location); err != nil {
		return nil, err
	}
	req := &ocpp16.GetLogRequest{
		LogType: ocpp16.LogTypeDiagnosticsLog, RequestID: int(v.Number),
		Retries: adapter.OptPointer(v.Retries), RetryInterval: adapter.OptPointer(v.RetryInterval),
		Log: ocpp16.LogParameters{RemoteLocation: v.Location, OldestTimestamp: adapter.At(v.From), LatestTimestamp: adapter.At(v.Until)},
	}
	if v.Log == fleet.LogSecurity {
		req.LogType = ocpp16.LogTypeSecurityLog
	}
	return req, nil
}

// askData makes a DataTransfer (1.6 5.6), whose data is a text.
func askData(v *fleet.DataTransferRequest) (adapter.Instruction, error) {
	req := &ocpp16.DataTransferRequest{VendorID: v.VendorID, MessageID: adapter.OptString(v.MessageID)}
	text, given := v.Text()
	if given {
		req.Data = ocpp.Some(text)
	}
	return req, nil
}
