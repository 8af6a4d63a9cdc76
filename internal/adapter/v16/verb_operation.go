package v16

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// askReset makes a Reset (1.6 5.14).
func askReset(v *fleet.ResetRequest) (adapter.Instruction, error) {
	if v.EVSE != 0 {
		return nil, fleet.NotInVersion("/evse", "OCPP 1.6 restarts whole stations only: leave evse out")
	}
	switch v.Mode {
	case fleet.ResetHard:
		return &ocpp16.ResetRequest{Type: ocpp16.ResetTypeHard}, nil
	case fleet.ResetSoft, "":
		return &ocpp16.ResetRequest{Type: ocpp16.ResetTypeSoft}, nil
	case fleet.ResetOnIdle:
		return nil, fleet.NotInVersion("/mode", "OCPP 1.6 cannot wait until no transaction goes on: soft ends them first, hard does not")
	}
	return nil, fleet.NotInVersion("/mode", "OCPP 1.6 has only hard and soft")
}

// askAvailability makes a ChangeAvailability (1.6 5.2).
func askAvailability(v *fleet.AvailabilityRequest) (adapter.Instruction, error) {
	connector, err := connectorOf(v.EVSE, v.Connector)
	if err != nil {
		return nil, err
	}
	req := &ocpp16.ChangeAvailabilityRequest{ConnectorID: connector, Type: ocpp16.AvailabilityTypeInoperative}
	if v.Operational {
		req.Type = ocpp16.AvailabilityTypeOperative
	}
	return req, nil
}

// askTrigger makes a TriggerMessage (1.6 5.17), or an ExtendedTriggerMessage of the security extension.
func askTrigger(v *fleet.TriggerRequest) (adapter.Instruction, error) {
	connector, err := connectorOf(v.EVSE, v.Connector)
	if err != nil {
		return nil, err
	}
	extended, inExtension := extendedTriggers[v.Message]
	plain, inCore := triggers[v.Message]
	switch {
	case inCore && (!v.Extended || !inExtension):
		if v.Extended {
			return nil, fleet.NotInVersion("/extended", "ExtendedTriggerMessage does not have this message: leave extended out")
		}
		return &ocpp16.TriggerMessageRequest{RequestedMessage: plain, ConnectorID: adapter.OptInt(connector)}, nil
	case inExtension:
		return &ocpp16.ExtendedTriggerMessageRequest{RequestedMessage: extended, ConnectorID: adapter.OptInt(connector)}, nil
	}
	return nil, fleet.NotInVersion("/message", "stations of OCPP 1.6 cannot be asked for this message")
}

var triggers = map[fleet.TriggeredMessage]ocpp16.MessageTrigger{
	fleet.TriggerBoot:              ocpp16.MessageTriggerBootNotification,
	fleet.TriggerHeartbeat:         ocpp16.MessageTriggerHeartbeat,
	fleet.TriggerStatus:            ocpp16.MessageTriggerStatusNotification,
	fleet.TriggerMeterValues:       ocpp16.MessageTriggerMeterValues,
	fleet.TriggerFirmwareStatus:    ocpp16.MessageTriggerFirmwareStatusNotification,
	fleet.TriggerDiagnosticsStatus: ocpp16.MessageTriggerDiagnosticsStatusNotification,
}

var extendedTriggers = map[fleet.TriggeredMessage]ocpp16.ExtendedMessageTrigger{
	fleet.TriggerBoot:            ocpp16.ExtendedMessageTriggerBootNotification,
	fleet.TriggerHeartbeat:       ocpp16.ExtendedMessageTriggerHeartbeat,
	fleet.TriggerStatus:          ocpp16.ExtendedMessageTriggerStatusNotification,
	fleet.TriggerMeterValues:     ocpp16.ExtendedMessageTriggerMeterValues,
	fleet.TriggerFirmwareStatus:  ocpp16.ExtendedMessageTriggerFirmwareStatusNotification,
	fleet.TriggerLogStatus:       ocpp16.ExtendedMessageTriggerLogStatusNotification,
	fleet.TriggerSignCertificate: ocpp16.ExtendedMessageTriggerSignChargePointCertificate,
}

// askClearCache makes a ClearCache (1.6 5.4).
func askClearCache() (adapter.Instruction, error) { return &ocpp16.ClearCacheRequest{}, nil }
