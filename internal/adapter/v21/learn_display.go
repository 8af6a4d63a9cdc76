package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// learnMessages takes what a station told of its display messages, beside its reports: which it took over (O01, O02, O06),
// removed (O05), and that it has none (O03, O04).
func learnMessages(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp21.SetDisplayMessageResponse:
		if req, ok := req.(*ocpp21.SetDisplayMessageRequest); ok {
			a := answer(string(resp.Status), resp.StatusInfo)
			a.Station, a.Action, a.Object, a.Value = station, "SetDisplayMessage", fleet.ObjectID(req.Message.ID), req.Message.Message.Content
			return adapter.Answered(a, adapter.When(a.Took(), fleet.MessageSet{Message: displayMessage(station, &req.Message)})...)
		}
	case *ocpp21.ClearDisplayMessageResponse:
		if req, ok := req.(*ocpp21.ClearDisplayMessageRequest); ok {
			a := answer(string(resp.Status), resp.StatusInfo)
			a.Station, a.Action, a.Object = station, "ClearDisplayMessage", fleet.ObjectID(req.ID)
			gone := a.Took() || resp.Status == ocpp21.ClearMessageStatusUnknown
			return adapter.Answered(a, adapter.When(gone, fleet.MessageCleared{ID: int64(req.ID)})...)
		}
	case *ocpp21.GetDisplayMessagesResponse:
		if req, ok := req.(*ocpp21.GetDisplayMessagesRequest); ok && resp.Status == ocpp21.GetDisplayMessagesStatusUnknown {
			return noMessages(station, req)
		}
	}
	return nil
}

// noMessages says which messages a station does not have that knows none of those it was asked for.
func noMessages(station string, req *ocpp21.GetDisplayMessagesRequest) []fleet.Event {
	e := adapter.Changed(station, req.OCPPAction().Name)
	switch {
	case req.Priority != "" || req.State != "":
		return nil
	case len(req.ID) == 0:
		e.Changes = []fleet.DeviceChange{fleet.MessagesCleared{}}
	}
	for _, id := range req.ID {
		e.Changes = append(e.Changes, fleet.MessageCleared{ID: int64(id)})
	}
	return []fleet.Event{e}
}
