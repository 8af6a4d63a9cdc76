package v201

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// learnOperations keeps what a station answered last when it was told to do something (F05, F06, G03, G04, B11, L04, N09, N10, P01). What comes of a yes is
// told by messages of their own; of a no, this is all there is.
func learnOperations(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp201.ChangeAvailabilityResponse:
		if req, ok := req.(*ocpp201.ChangeAvailabilityRequest); ok {
			return adapter.SaidAt(station, req, placeNamed(req.EVSE), "", string(req.OperationalStatus), answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp201.CustomerInformationResponse:
		if req, ok := req.(*ocpp201.CustomerInformationRequest); ok {
			return adapter.Said(station, req, "", adapter.CustomerWish(req.Report, req.Clear), answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp201.DataTransferResponse:
		if req, ok := req.(*ocpp201.DataTransferRequest); ok {
			return adapter.Said(station, req, adapter.VendorMessage(req.VendorID, req.MessageID.Or("")), "", answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp201.ResetResponse:
		if req, ok := req.(*ocpp201.ResetRequest); ok {
			return adapter.SaidAt(station, req, adapter.Place(req.EVSEID.Or(0), 0), "", string(req.Type), answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp201.TriggerMessageResponse:
		if req, ok := req.(*ocpp201.TriggerMessageRequest); ok {
			return adapter.SaidAt(station, req, placeNamed(req.EVSE), string(req.RequestedMessage), "", answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp201.UnlockConnectorResponse:
		if req, ok := req.(*ocpp201.UnlockConnectorRequest); ok {
			return adapter.SaidAt(station, req, adapter.Place(req.EVSEID, req.ConnectorID), "", "", answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp201.UnpublishFirmwareResponse:
		if req, ok := req.(*ocpp201.UnpublishFirmwareRequest); ok {
			return adapter.Said(station, req, req.Checksum, "", answer(string(resp.Status), nil))
		}
	}
	return nil
}

// learnRemote keeps what a station answered last to a remote start, by EVSE, and to a remote stop (F01 to F03): the transaction
// is told by its events. And whether events are still to come (E14).
func learnRemote(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp201.RequestStartTransactionResponse:
		if req, ok := req.(*ocpp201.RequestStartTransactionRequest); ok {
			return adapter.SaidAt(station, req, adapter.Place(req.EVSEID.Or(0), 0), "", fleet.ObjectID(req.RemoteStartID), answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp201.GetTransactionStatusResponse:
		if req, ok := req.(*ocpp201.GetTransactionStatusRequest); ok {
			return adapter.Learned(station, req, fleet.QueueTold{
				Transaction: req.TransactionID.Or(""), Waiting: resp.MessagesInQueue, Ongoing: adapter.Bool(resp.OngoingIndicator),
			})
		}
	case *ocpp201.RequestStopTransactionResponse:
		if req, ok := req.(*ocpp201.RequestStopTransactionRequest); ok {
			return adapter.Said(station, req, "", req.TransactionID, answer(string(resp.Status), resp.StatusInfo))
		}
	}
	return nil
}

// placeNamed is an EVSE or a connector; nil is the whole station.
func placeNamed(e *ocpp201.EVSE) fleet.Setting {
	if e == nil {
		return fleet.Setting{}
	}
	return adapter.Place(e.ID, e.ConnectorID.Or(0))
}
