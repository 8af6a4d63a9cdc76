package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// askEventStreams makes a GetPeriodicEventStream (N12).
func askEventStreams() (adapter.Instruction, error) {
	return &ocpp21.GetPeriodicEventStreamRequest{}, nil
}

// askAdjustEventStream makes an AdjustPeriodicEventStream (N14).
func askAdjustEventStream(v *fleet.AdjustEventStreamRequest) (adapter.Instruction, error) {
	return &ocpp21.AdjustPeriodicEventStreamRequest{
		ID:     v.Stream,
		Params: ocpp21.PeriodicEventStreamParams{Interval: adapter.OptPointer(v.Interval), Values: adapter.OptPointer(v.Values)},
	}, nil
}
