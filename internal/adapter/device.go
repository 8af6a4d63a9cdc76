package adapter

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
)

// Ref returns the value of an optional scalar, nil when it is absent.
func Ref[T any](o ocpp.Opt[T]) *T {
	v, ok := o.Get()
	if !ok {
		return nil
	}
	return &v
}

// SecretFree returns the value of a setting as it may be kept: Hidden for a secret, and URLs without user and password.
func SecretFree(s fleet.Setting, value string) string {
	if s.Secret() && value != "" {
		return fleet.Hidden
	}
	return fleet.HideUser(value)
}

// Part describes a numbered part of a report. tbc says whether another one follows.
func Part(requestID, seqNo int, tbc ocpp.Opt[bool], generatedAt ocpp.Time) fleet.ReportPart {
	return fleet.ReportPart{
		RequestID: int64(requestID), Numbered: true, SeqNo: int64(seqNo), More: tbc.Or(false), GeneratedAt: generatedAt.Time,
	}
}

// Job describes a message about a job. The caller adds what its version sends beside.
func Job(station string, kind fleet.JobKind, action, status string, requestID *int64) fleet.JobReported {
	return fleet.JobReported{Station: station, Received: time.Now(), Kind: kind, Action: action, RequestID: requestID, Status: status}
}

// CriticalEvent reports whether the list of security events of OCPP 2.0.1 and 2.1 says that one of this type is critical
// (Part 2 appendix 1). What is not on the list is not.
func CriticalEvent(kind string) bool {
	switch kind {
	case "FirmwareUpdated", "SettingSystemTime", "StartupOfTheDevice", "ResetOrReboot", "SecurityLogWasCleared", "MemoryExhaustion",
		"TamperDetectionActivated", "InvalidFirmwareSignature", "InvalidFirmwareSigningCertificate", "InvalidCsmsCertificate",
		"InvalidChargingStationCertificate", "DiscardedRenewedClientCertificate", "InvalidTLSVersion", "InvalidTLSCipherSuite",
		"MaintenanceLoginAccepted", "MaintenanceLoginFailed":
		return true
	}
	return false
}
