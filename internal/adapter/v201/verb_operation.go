package v201

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// askReset makes a Reset (B11, B12).
func askReset(v *fleet.ResetRequest) (adapter.Instruction, error) {
	req := &ocpp201.ResetRequest{Type: ocpp201.ResetTypeOnIdle, EVSEID: adapter.OptInt(v.EVSE)}
	switch v.Mode {
	case fleet.ResetHard:
		req.Type = ocpp201.ResetTypeImmediate
	case fleet.ResetResume:
		return nil, fleet.NotInVersion("/mode", "OCPP 2.0.1 cannot go on with transactions after a restart, 2.1 can: hard ends them, soft waits until none goes on")
	}
	return req, nil
}

// askAvailability makes a ChangeAvailability (G03, G04).
func askAvailability(v *fleet.AvailabilityRequest) (adapter.Instruction, error) {
	req := &ocpp201.ChangeAvailabilityRequest{OperationalStatus: ocpp201.OperationalStatusInoperative, EVSE: place(v.EVSE, v.Connector)}
	if v.Operational {
		req.OperationalStatus = ocpp201.OperationalStatusOperative
	}
	return req, nil
}

// askTrigger makes a TriggerMessage (F06).
func askTrigger(v *fleet.TriggerRequest) (adapter.Instruction, error) {
	message, ok := triggers[v.Message]
	switch {
	case v.Message == fleet.TriggerDiagnosticsStatus:
		return nil, fleet.NotInVersion("/message", "diagnostics are a log in OCPP 2.0.1: ask for logStatus")
	case !ok:
		return nil, fleet.NotInVersion("/message", "stations of OCPP 2.0.1 cannot be asked for this message")
	}
	evse, err := placeOf(v)
	return &ocpp201.TriggerMessageRequest{RequestedMessage: message, EVSE: evse}, err
}

// placeOf returns the place that a triggered message is about. A status is that of a connector (F06.FR.13).
func placeOf(v *fleet.TriggerRequest) (*ocpp201.EVSE, error) {
	switch {
	case v.Message == fleet.TriggerStatus && v.EVSE == 0:
		return nil, fleet.NotInVersion("/evse", "in OCPP 2.0.1 a status is that of one connector: say of which")
	case v.Message == fleet.TriggerStatus:
		return place(v.EVSE, max(v.Connector, 1)), nil
	}
	return place(v.EVSE, v.Connector), nil
}

var triggers = map[fleet.TriggeredMessage]ocpp201.MessageTrigger{
	fleet.TriggerBoot:               ocpp201.MessageTriggerBootNotification,
	fleet.TriggerHeartbeat:          ocpp201.MessageTriggerHeartbeat,
	fleet.TriggerStatus:             ocpp201.MessageTriggerStatusNotification,
	fleet.TriggerMeterValues:        ocpp201.MessageTriggerMeterValues,
	fleet.TriggerTransaction:        ocpp201.MessageTriggerTransactionEvent,
	fleet.TriggerFirmwareStatus:     ocpp201.MessageTriggerFirmwareStatusNotification,
	fleet.TriggerLogStatus:          ocpp201.MessageTriggerLogStatusNotification,
	fleet.TriggerPublishStatus:      ocpp201.MessageTriggerPublishFirmwareStatusNotification,
	fleet.TriggerSignCertificate:    ocpp201.MessageTriggerSignChargingStationCertificate,
	fleet.TriggerSignV2GCertificate: ocpp201.MessageTriggerSignV2GCertificate,
	fleet.TriggerSignCombined:       ocpp201.MessageTriggerSignCombinedCertificate,
}

// askClearCache makes a ClearCache (C11).
func askClearCache() (adapter.Instruction, error) { return &ocpp201.ClearCacheRequest{}, nil }
