package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// askReset makes a Reset (B11, B12).
func askReset(v *fleet.ResetRequest) (adapter.Instruction, error) {
	req := &ocpp21.ResetRequest{Type: ocpp21.ResetTypeOnIdle, EVSEID: adapter.OptInt(v.EVSE)}
	switch v.Mode {
	case fleet.ResetHard:
		req.Type = ocpp21.ResetTypeImmediate
	case fleet.ResetResume:
		req.Type = ocpp21.ResetTypeImmediateAndResume
	}
	return req, nil
}

// askAvailability makes a ChangeAvailability (G03, G04).
func askAvailability(v *fleet.AvailabilityRequest) (adapter.Instruction, error) {
	req := &ocpp21.ChangeAvailabilityRequest{OperationalStatus: ocpp21.OperationalStatusInoperative, EVSE: place(v.EVSE, v.Connector)}
	if v.Operational {
		req.OperationalStatus = ocpp21.OperationalStatusOperative
	}
	return req, nil
}

// askTrigger makes a TriggerMessage (F06).
func askTrigger(v *fleet.TriggerRequest) (adapter.Instruction, error) {
	message, ok := triggers[v.Message]
	switch {
	case v.Message == fleet.TriggerDiagnosticsStatus:
		return nil, fleet.NotInVersion("/message", "diagnostics are a log in OCPP 2.1: ask for logStatus")
	case !ok:
		return nil, fleet.NotInVersion("/message", "stations of OCPP 2.1 cannot be asked for this message")
	}
	evse, err := placeOf(v)
	return &ocpp21.TriggerMessageRequest{RequestedMessage: message, EVSE: evse, CustomTrigger: adapter.OptString(v.Custom)}, err
}

// placeOf returns the place that a triggered message is about. A status is that of a connector (F06.FR.13).
func placeOf(v *fleet.TriggerRequest) (*ocpp21.EVSE, error) {
	switch {
	case v.Message == fleet.TriggerStatus && v.EVSE == 0:
		return nil, fleet.NotInVersion("/evse", "in OCPP 2.1 a status is that of one connector: say of which")
	case v.Message == fleet.TriggerStatus:
		return place(v.EVSE, max(v.Connector, 1)), nil
	}
	return place(v.EVSE, v.Connector), nil
}

var triggers = map[fleet.TriggeredMessage]ocpp21.MessageTrigger{
	fleet.TriggerBoot:               ocpp21.MessageTriggerBootNotification,
	fleet.TriggerHeartbeat:          ocpp21.MessageTriggerHeartbeat,
	fleet.TriggerStatus:             ocpp21.MessageTriggerStatusNotification,
	fleet.TriggerMeterValues:        ocpp21.MessageTriggerMeterValues,
	fleet.TriggerTransaction:        ocpp21.MessageTriggerTransactionEvent,
	fleet.TriggerFirmwareStatus:     ocpp21.MessageTriggerFirmwareStatusNotification,
	fleet.TriggerLogStatus:          ocpp21.MessageTriggerLogStatusNotification,
	fleet.TriggerPublishStatus:      ocpp21.MessageTriggerPublishFirmwareStatusNotification,
	fleet.TriggerSignCertificate:    ocpp21.MessageTriggerSignChargingStationCertificate,
	fleet.TriggerSignV2GCertificate: ocpp21.MessageTriggerSignV2GCertificate,
	fleet.TriggerSignV2G20:          ocpp21.MessageTriggerSignV2G20Certificate,
	fleet.TriggerSignCombined:       ocpp21.MessageTriggerSignCombinedCertificate,
	fleet.TriggerCustom:             ocpp21.MessageTriggerCustomTrigger,
}

// askClearCache makes a ClearCache (C11).
func askClearCache() (adapter.Instruction, error) { return &ocpp21.ClearCacheRequest{}, nil }
