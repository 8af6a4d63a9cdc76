package v21

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// notifyEvent keeps monitoring events (N07, N08). Those that tell of the availability of a connector or an EVSE are
// statuses, too: a station may send them in place of a StatusNotification (G01).
func (h handlers) notifyEvent(ctx context.Context, st *csms.Station, req *ocpp21.NotifyEventRequest) (*ocpp21.NotifyEventResponse, error) {
	events := fleet.EventsNotified{Station: st.Identity(), Received: time.Now()}
	for i := range req.EventData {
		event := monitoringEvent(events.Station, &req.EventData[i])
		if status, ok := availability(events.Station, &req.EventData[i]); ok {
			event.Status = &status
		}
		events.List = append(events.List, event)
	}
	if _, err := h.Submit(ctx, events); err != nil {
		return nil, err
	}
	return &ocpp21.NotifyEventResponse{}, nil
}

func monitoringEvent(station string, e *ocpp21.EventData) fleet.MonitoringEvent {
	about := setting(&e.Component, &e.Variable)
	return fleet.MonitoringEvent{
		Station: station, Received: time.Now(), EventID: int64(e.EventID), Time: e.Timestamp.Time, Setting: about,
		Trigger: string(e.Trigger), Kind: string(e.EventNotificationType), Value: adapter.SecretFree(about, e.ActualValue),
		Cleared: adapter.Ref(e.Cleared), Cause: adapter.Int64(e.Cause), MonitorID: adapter.Int64(e.VariableMonitoringID),
		Severity:      adapter.Ref(e.Severity),
		TransactionID: e.TransactionID.Or(""), TechCode: e.TechCode.Or(""), TechInfo: e.TechInfo.Or(""),
	}
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

// notifyMonitoringReport keeps a part of the monitors that are set (N02).
func (h handlers) notifyMonitoringReport(ctx context.Context, st *csms.Station, req *ocpp21.NotifyMonitoringReportRequest) (*ocpp21.NotifyMonitoringReportResponse, error) {
	report := fleet.MonitorsReported{
		Station: st.Identity(), Received: time.Now(), Part: adapter.Part(req.RequestID, req.SeqNo, req.TBC, req.GeneratedAt),
	}
	for i := range req.Monitor {
		about := setting(&req.Monitor[i].Component, &req.Monitor[i].Variable)
		for j := range req.Monitor[i].VariableMonitoring {
			report.List = append(report.List, monitor(report.Station, about, &req.Monitor[i].VariableMonitoring[j]))
		}
	}
	if _, err := h.Submit(ctx, report); err != nil {
		return nil, err
	}
	return &ocpp21.NotifyMonitoringReportResponse{}, nil
}

func monitor(station string, about fleet.Setting, m *ocpp21.VariableMonitoring) fleet.Monitor {
	return fleet.Monitor{
		Station: station, Received: time.Now(), ID: int64(m.ID), Setting: about, Type: string(m.Type),
		Value: fleet.Decimal(m.Value.String()), Severity: m.Severity, Transaction: m.Transaction,
		Kind: string(m.EventNotificationType),
	}
}
