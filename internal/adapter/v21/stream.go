package v21

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// openStream accepts every stream: its values are kept (N11.FR.04, N11.FR.06).
func (h handlers) openStream(ctx context.Context, st *csms.Station, req *ocpp21.OpenPeriodicEventStreamRequest) (*ocpp21.OpenPeriodicEventStreamResponse, error) {
	if err := h.Told(ctx, st, openedStream(&req.ConstantStreamData)); err != nil {
		return nil, err
	}
	return &ocpp21.OpenPeriodicEventStreamResponse{Status: ocpp21.GenericStatusAccepted}, nil
}

// openedStream is a stream that is open.
func openedStream(c *ocpp21.ConstantStreamData) fleet.EventStream {
	monitor := int64(c.VariableMonitoringID)
	return fleet.EventStream{
		StreamID: int64(c.ID), Open: true, MonitorID: &monitor,
		Interval: adapter.Int64(c.Params.Interval), Values: adapter.Int64(c.Params.Values),
	}
}

func closedStream(req *ocpp21.ClosePeriodicEventStreamRequest) []fleet.Record {
	return []fleet.Record{fleet.EventStream{StreamID: int64(req.ID)}}
}

// streamValues keeps the values of a stream. Nobody answers (N15.FR.02), so that values of a stream that nobody opened are
// kept as well: they may have come before its OpenPeriodicEventStream could be stored.
func (h handlers) streamValues(ctx context.Context, st *csms.Station, msg *ocpp21.NotifyPeriodicEventStreamRequest) error {
	list := make([]fleet.Record, 0, len(msg.Data))
	for i := range msg.Data {
		list = append(list, fleet.StreamValue{
			StreamID: int64(msg.ID), Time: after(msg.Basetime.Time, msg.Data[i].T), Value: msg.Data[i].V, Pending: int64(msg.Pending),
		})
	}
	return h.Told(ctx, st, list...)
}

// after adds an offset in seconds, within the century that a stream can last.
func after(base time.Time, offset ocpp.Decimal) time.Time {
	const century = 100 * 365 * 24 * 3600.0
	seconds := min(max(offset.Float64(), -century), century)
	return base.Add(time.Duration(seconds * float64(time.Second))).Truncate(time.Millisecond)
}
