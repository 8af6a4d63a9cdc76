package v16

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// learnOperations keeps what a station answered last when it was told to do something (1.6 5.2, 5.6, 5.14, 5.17, 5.18). What comes of a yes is
// told by messages of their own; of a no, this is all there is.
func learnOperations(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp16.ChangeAvailabilityResponse:
		if req, ok := req.(*ocpp16.ChangeAvailabilityRequest); ok {
			return adapter.SaidAt(station, req, adapter.Place(req.ConnectorID, 0), "", string(req.Type), fleet.DeviceAnswer{Status: string(resp.Status)})
		}
	case *ocpp16.DataTransferResponse:
		if req, ok := req.(*ocpp16.DataTransferRequest); ok {
			return adapter.Said(station, req, adapter.VendorMessage(req.VendorID, req.MessageID.Or("")), "", fleet.DeviceAnswer{Status: string(resp.Status)})
		}
	case *ocpp16.ExtendedTriggerMessageResponse:
		if req, ok := req.(*ocpp16.ExtendedTriggerMessageRequest); ok {
			return adapter.SaidAt(station, req, adapter.Place(req.ConnectorID.Or(0), 0), string(req.RequestedMessage), "", fleet.DeviceAnswer{Status: string(resp.Status)})
		}
	case *ocpp16.ResetResponse:
		if req, ok := req.(*ocpp16.ResetRequest); ok {
			return adapter.Said(station, req, "", string(req.Type), fleet.DeviceAnswer{Status: string(resp.Status)})
		}
	case *ocpp16.TriggerMessageResponse:
		if req, ok := req.(*ocpp16.TriggerMessageRequest); ok {
			return adapter.SaidAt(station, req, adapter.Place(req.ConnectorID.Or(0), 0), string(req.RequestedMessage), "", fleet.DeviceAnswer{Status: string(resp.Status)})
		}
	case *ocpp16.UnlockConnectorResponse:
		if req, ok := req.(*ocpp16.UnlockConnectorRequest); ok {
			return adapter.SaidAt(station, req, adapter.Place(req.ConnectorID, 0), "", "", fleet.DeviceAnswer{Status: string(resp.Status)})
		}
	}
	return nil
}

// learnRemote keeps what a station answered last to a remote start, by connector, and to a remote stop (1.6 5.11, 5.12). The
// transaction is told by its messages.
func learnRemote(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp16.RemoteStartTransactionResponse:
		if req, ok := req.(*ocpp16.RemoteStartTransactionRequest); ok {
			return adapter.SaidAt(station, req, adapter.Place(req.ConnectorID.Or(0), 0), "", "", fleet.DeviceAnswer{Status: string(resp.Status)})
		}
	case *ocpp16.RemoteStopTransactionResponse:
		if req, ok := req.(*ocpp16.RemoteStopTransactionRequest); ok {
			return adapter.Said(station, req, "", fleet.ObjectID(req.TransactionID), fleet.DeviceAnswer{Status: string(resp.Status)})
		}
	}
	return nil
}
