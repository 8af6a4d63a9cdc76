package v201

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// learnMonitoring takes what a station told of its monitors, beside its reports: which it set (N04), cleared (N06), which
// are active as a whole (N03, N05), and that it has none (N02).
func learnMonitoring(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp201.SetVariableMonitoringResponse:
		if req, ok := req.(*ocpp201.SetVariableMonitoringRequest); ok {
			return monitorsSet(station, req, resp)
		}
	case *ocpp201.ClearVariableMonitoringResponse:
		return monitorsCleared(station, resp)
	case *ocpp201.SetMonitoringBaseResponse:
		if req, ok := req.(*ocpp201.SetMonitoringBaseRequest); ok {
			a := answer(string(resp.Status), resp.StatusInfo)
			a.Station, a.Action, a.Value = station, "SetMonitoringBase", string(req.MonitoringBase)
			return adapter.Answered(a, adapter.When(a.Took(), fleet.MonitoringBaseSet{Base: a.Value})...)
		}
	case *ocpp201.SetMonitoringLevelResponse:
		if req, ok := req.(*ocpp201.SetMonitoringLevelRequest); ok {
			a := answer(string(resp.Status), resp.StatusInfo)
			a.Station, a.Action, a.Value = station, "SetMonitoringLevel", fleet.ObjectID(req.Severity)
			return adapter.Answered(a, adapter.When(a.Took(), fleet.MonitoringLevelSet{Severity: req.Severity})...)
		}
	case *ocpp201.GetMonitoringReportResponse:
		req, ok := req.(*ocpp201.GetMonitoringReportRequest)
		if ok && resp.Status == ocpp201.GenericDeviceModelStatusEmptyResultSet && len(req.MonitoringCriteria) == 0 && len(req.ComponentVariable) == 0 {
			e := adapter.Changed(station, req.OCPPAction().Name)
			e.Changes = []fleet.DeviceChange{fleet.MonitorsCleared{}}
			return []fleet.Event{e}
		}
	}
	return nil
}

// monitorsSet pairs results with what was sent, by what they are about: a station may answer in another order.
func monitorsSet(station string, req *ocpp201.SetVariableMonitoringRequest, resp *ocpp201.SetVariableMonitoringResponse) []fleet.Event {
	asked := map[string]*ocpp201.SetMonitoringData{}
	for i := range req.SetMonitoringData {
		d := &req.SetMonitoringData[i]
		asked[setting(&d.Component, &d.Variable).Key()+monitorObject(d.Type, d.Severity)] = d
	}
	e := adapter.Changed(station, req.OCPPAction().Name)
	for i := range resp.SetMonitoringResult {
		r := &resp.SetMonitoringResult[i]
		a := answer(string(r.Status), r.StatusInfo)
		a.Station, a.Action, a.Received = station, e.Action, e.Received
		a.Setting, a.Object = setting(&r.Component, &r.Variable), monitorObject(r.Type, r.Severity)
		d := asked[a.Setting.Key()+a.Object]
		if d == nil {
			continue
		}
		a.Value = d.Value.String()
		e.Answers = append(e.Answers, a)
		if id, ok := r.ID.Get(); ok && a.Took() {
			e.Changes = append(e.Changes, fleet.MonitorSet{Monitor: monitorOf(station, int64(id), a.Setting, d)})
		}
	}
	return []fleet.Event{e}
}

// monitorObject says which of the monitors of a variable one is: a variable has one of each type and severity (N04.FR.10).
func monitorObject(t ocpp201.MonitorType, severity int) string {
	return string(t) + "/" + fleet.ObjectID(severity)
}

func monitorOf(station string, id int64, about fleet.Setting, d *ocpp201.SetMonitoringData) fleet.Monitor {
	return fleet.Monitor{
		Station: station, ID: id, Setting: about, Type: string(d.Type), Value: fleet.Decimal(d.Value.String()), Severity: d.Severity,
		Transaction: d.Transaction.Or(false), Kind: fleet.CustomMonitor, Received: time.Now(),
	}
}

func monitorsCleared(station string, resp *ocpp201.ClearVariableMonitoringResponse) []fleet.Event {
	e := adapter.Changed(station, "ClearVariableMonitoring")
	for i := range resp.ClearMonitoringResult {
		r := &resp.ClearMonitoringResult[i]
		a := answer(string(r.Status), r.StatusInfo)
		a.Station, a.Action, a.Received, a.Object = station, e.Action, e.Received, fleet.ObjectID(r.ID)
		e.Answers = append(e.Answers, a)
		if a.Took() || r.Status == ocpp201.ClearMonitoringStatusNotFound {
			e.Changes = append(e.Changes, fleet.MonitorCleared{ID: int64(r.ID)})
		}
	}
	return []fleet.Event{e}
}
