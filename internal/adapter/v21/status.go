package v21

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

func (h handlers) status(ctx context.Context, st *csms.Station, req *ocpp21.StatusNotificationRequest) (*ocpp21.StatusNotificationResponse, error) {
	_, err := h.Submit(ctx, fleet.StatusReported{
		Station: st.Identity(), Received: time.Now(), Time: req.Timestamp.Time,
		EVSE: req.EVSEID, Connector: req.ConnectorID, Status: string(req.ConnectorStatus),
	})
	if err != nil {
		return nil, err
	}
	return &ocpp21.StatusNotificationResponse{}, nil
}

// notifyEvent keeps the events as they are. Those that tell of the availability of a connector or an EVSE are statuses,
// too: a station may send them in place of a StatusNotification (G01).
func (h handlers) notifyEvent(ctx context.Context, st *csms.Station, req *ocpp21.NotifyEventRequest) (*ocpp21.NotifyEventResponse, error) {
	statuses := fleet.StatusesReported{Station: st.Identity()}
	for i := range req.EventData {
		if status, ok := availability(st.Identity(), &req.EventData[i]); ok {
			statuses.List = append(statuses.List, status)
		}
	}
	if len(statuses.List) > 0 {
		if _, err := h.Submit(ctx, statuses); err != nil {
			return nil, err
		}
	}
	if err := h.Keep(ctx, st, req.OCPPAction().Name, req); err != nil {
		return nil, err
	}
	return &ocpp21.NotifyEventResponse{}, nil
}

// availability reads the status of a place out of an event.
func availability(station string, e *ocpp21.EventData) (fleet.StatusReported, bool) {
	connector := e.Component.Name == "Connector"
	if e.Variable.Name != "AvailabilityState" || e.Component.EVSE == nil || !connector && e.Component.Name != "EVSE" {
		return fleet.StatusReported{}, false
	}
	s := fleet.StatusReported{
		Station: station, Received: time.Now(), Time: e.Timestamp.Time,
		EVSE: e.Component.EVSE.ID, Status: e.ActualValue,
	}
	if connector {
		s.Connector = e.Component.EVSE.ConnectorID.Or(1)
	}
	return s, true
}
