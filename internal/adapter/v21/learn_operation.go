package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// learnOperations keeps what a station answered last when it was told to do something (F05, F06, G03, G04, B11, L04, N09, N10, P01). What comes of a yes is
// told by messages of their own; of a no, this is all there is.
func learnOperations(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp21.ChangeAvailabilityResponse:
		if req, ok := req.(*ocpp21.ChangeAvailabilityRequest); ok {
			return adapter.SaidAt(station, req, placeNamed(req.EVSE), "", string(req.OperationalStatus), answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp21.CustomerInformationResponse:
		if req, ok := req.(*ocpp21.CustomerInformationRequest); ok {
			return adapter.Said(station, req, "", adapter.CustomerWish(req.Report, req.Clear), answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp21.DataTransferResponse:
		if req, ok := req.(*ocpp21.DataTransferRequest); ok {
			return adapter.Said(station, req, adapter.VendorMessage(req.VendorID, req.MessageID.Or("")), "", answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp21.ResetResponse:
		if req, ok := req.(*ocpp21.ResetRequest); ok {
			return adapter.SaidAt(station, req, adapter.Place(req.EVSEID.Or(0), 0), "", string(req.Type), answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp21.TriggerMessageResponse:
		if req, ok := req.(*ocpp21.TriggerMessageRequest); ok {
			return adapter.SaidAt(station, req, placeNamed(req.EVSE), triggered(req), "", answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp21.UnlockConnectorResponse:
		if req, ok := req.(*ocpp21.UnlockConnectorRequest); ok {
			return adapter.SaidAt(station, req, adapter.Place(req.EVSEID, req.ConnectorID), "", "", answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp21.UnpublishFirmwareResponse:
		if req, ok := req.(*ocpp21.UnpublishFirmwareRequest); ok {
			return adapter.Said(station, req, req.Checksum, "", answer(string(resp.Status), nil))
		}
	}
	return nil
}

// learnRemote keeps what a station answered last to a remote start, by EVSE, and to a remote stop (F01 to F03): the transaction
// is told by its events. And whether events are still to come (E14).
func learnRemote(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp21.RequestStartTransactionResponse:
		if req, ok := req.(*ocpp21.RequestStartTransactionRequest); ok {
			return adapter.SaidAt(station, req, adapter.Place(req.EVSEID.Or(0), 0), "", fleet.ObjectID(req.RemoteStartID), answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp21.GetTransactionStatusResponse:
		if req, ok := req.(*ocpp21.GetTransactionStatusRequest); ok {
			return adapter.Learned(station, req, fleet.QueueTold{
				Transaction: req.TransactionID.Or(""), Waiting: resp.MessagesInQueue, Ongoing: adapter.Bool(resp.OngoingIndicator),
			})
		}
	case *ocpp21.RequestStopTransactionResponse:
		if req, ok := req.(*ocpp21.RequestStopTransactionRequest); ok {
			return adapter.Said(station, req, "", req.TransactionID, answer(string(resp.Status), resp.StatusInfo))
		}
	}
	return nil
}

// placeNamed is an EVSE or a connector; nil is the whole station.
func placeNamed(e *ocpp21.EVSE) fleet.Setting {
	if e == nil {
		return fleet.Setting{}
	}
	return adapter.Place(e.ID, e.ConnectorID.Or(0))
}

// triggered names the message that is asked for.
func triggered(req *ocpp21.TriggerMessageRequest) string {
	return req.CustomTrigger.Or(string(req.RequestedMessage))
}
