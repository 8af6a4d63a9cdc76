package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// learnStreams takes which event streams a station says that it has (N12), and how often one sends from now on (N14).
func learnStreams(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp21.GetPeriodicEventStreamResponse:
		if req, ok := req.(*ocpp21.GetPeriodicEventStreamRequest); ok {
			return adapter.Learned(station, req, fleet.StreamsListed{Open: openStreams(resp)})
		}
	case *ocpp21.AdjustPeriodicEventStreamResponse:
		if req, ok := req.(*ocpp21.AdjustPeriodicEventStreamRequest); ok {
			a := answer(string(resp.Status), resp.StatusInfo)
			a.Station, a.Action, a.Object = station, req.OCPPAction().Name, fleet.ObjectID(req.ID)
			return adapter.Answered(a, adapter.When(a.Took(), fleet.StreamAdjusted{
				ID: int64(req.ID), Interval: adapter.Int64(req.Params.Interval), Values: adapter.Int64(req.Params.Values),
			})...)
		}
	}
	return nil
}

func openStreams(resp *ocpp21.GetPeriodicEventStreamResponse) (open []fleet.EventStream) {
	for i := range resp.ConstantStreamData {
		open = append(open, openedStream(&resp.ConstantStreamData[i]))
	}
	return open
}
