package simulator

import (
	"context"
	"slices"
	"sync"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// maxMonitors bounds the monitors of a station.
const maxMonitors = 100

// monitors are what the CSMS wants to be told of variables (2.x N). They are safe for concurrent use.
type monitors struct {
	mu     sync.Mutex
	lastID int
	hush   int // severities above 9 - hush are not told
	list   []ocpp21.SetMonitoringData
	told   int // events
}

func (s *Station) setMonitoring2(_ context.Context, req *ocpp21.SetVariableMonitoringRequest) (*ocpp21.SetVariableMonitoringResponse, error) {
	resp := &ocpp21.SetVariableMonitoringResponse{}
	for _, d := range req.SetMonitoringData {
		r := ocpp21.SetMonitoringResult{Type: d.Type, Component: d.Component, Variable: d.Variable, Severity: d.Severity}
		r.Status, r.ID = s.setMonitor(d)
		resp.SetMonitoringResult = append(resp.SetMonitoringResult, r)
	}
	return resp, nil
}

func (s *Station) setMonitor(d ocpp21.SetMonitoringData) (ocpp21.SetMonitoringStatus, ocpp.Opt[int]) {
	var none ocpp.Opt[int]
	if _, known := s.vars.get(key21(d.Component, d.Variable)); !known {
		return word[ocpp21.SetMonitoringStatus](s.vars.hasComponent(d.Component.Name), "UnknownVariable", "UnknownComponent"), none
	}
	if d.Severity < 0 || d.Severity > 9 || d.Type == ocpp21.MonitorTypeDelta && d.Value.Coef < 0 { // N04.FR.14
		return "Rejected", none
	}
	return s.monitors.set(d)
}

// set adds a monitor, or replaces the one whose id is given (N04.FR.11).
func (m *monitors) set(d ocpp21.SetMonitoringData) (ocpp21.SetMonitoringStatus, ocpp.Opt[int]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var none ocpp.Opt[int]
	if id, given := d.ID.Get(); given {
		i := slices.IndexFunc(m.list, func(o ocpp21.SetMonitoringData) bool { return o.ID.Or(0) == id })
		if i < 0 || key21(m.list[i].Component, m.list[i].Variable) != key21(d.Component, d.Variable) {
			return "Rejected", none
		}
		m.list[i] = d
		return "Accepted", d.ID
	}
	for _, o := range m.list {
		if o.Type == d.Type && o.Severity == d.Severity && key21(o.Component, o.Variable) == key21(d.Component, d.Variable) {
			return "Duplicate", none
		}
	}
	if len(m.list) >= maxMonitors {
		return "Rejected", none
	}
	m.lastID++
	d.ID = ocpp.Some(m.lastID)
	m.list = append(m.list, d)
	return "Accepted", d.ID
}

func (s *Station) clearMonitoring2(_ context.Context, req *ocpp21.ClearVariableMonitoringRequest) (*ocpp21.ClearVariableMonitoringResponse, error) {
	resp := &ocpp21.ClearVariableMonitoringResponse{}
	for _, id := range req.ID {
		status := word[ocpp21.ClearMonitoringStatus](s.monitors.clear(id), "Accepted", "NotFound")
		resp.ClearMonitoringResult = append(resp.ClearMonitoringResult, ocpp21.ClearMonitoringResult{ID: id, Status: status})
	}
	return resp, nil
}

// clear removes a monitor, all for 0; it reports false when there is none.
func (m *monitors) clear(id int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := len(m.list)
	m.list = slices.DeleteFunc(m.list, func(o ocpp21.SetMonitoringData) bool { return id == 0 || o.ID.Or(0) == id })
	return len(m.list) < before
}

func (s *Station) getMonitoringReport2(_ context.Context, req *ocpp21.GetMonitoringReportRequest) (*ocpp21.GetMonitoringReportResponse, error) {
	var data []any
	for _, m := range s.monitors.all() {
		if named(req.ComponentVariable, key21(m.Component, m.Variable)) {
			data = append(data, monitoringData(m, s.version()))
		}
	}
	if len(data) == 0 {
		return &ocpp21.GetMonitoringReportResponse{Status: "EmptyResultSet"}, nil // N02.FR.10
	}
	s.after(func(ctx context.Context) { s.inParts(ctx, "NotifyMonitoringReport", "monitor", req.RequestID, data) })
	return &ocpp21.GetMonitoringReportResponse{Status: "Accepted"}, nil
}

func monitoringData(m ocpp21.SetMonitoringData, v ocpp.Version) any {
	monitor := map[string]any{"id": m.ID, "transaction": m.Transaction.Or(false), "value": m.Value, "type": m.Type, "severity": m.Severity}
	if v == ocpp.V21 {
		monitor["eventNotificationType"] = "CustomMonitor"
	}
	return map[string]any{"component": m.Component, "variable": m.Variable, "variableMonitoring": []any{monitor}}
}

func (m *monitors) all() []ocpp21.SetMonitoringData {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.list)
}

func (s *Station) setMonitoringBase2(_ context.Context, req *ocpp21.SetMonitoringBaseRequest) (*ocpp21.SetMonitoringBaseResponse, error) {
	if req.MonitoringBase != ocpp21.MonitoringBaseAll { // the others have no custom monitors (N03.FR.04)
		s.monitors.clear(0)
	}
	return &ocpp21.SetMonitoringBaseResponse{Status: "Accepted"}, nil
}

func (s *Station) setMonitoringLevel2(_ context.Context, req *ocpp21.SetMonitoringLevelRequest) (*ocpp21.SetMonitoringLevelResponse, error) {
	ok := req.Severity >= 0 && req.Severity <= 9
	if ok {
		s.monitors.mu.Lock()
		s.monitors.hush = 9 - req.Severity
		s.monitors.mu.Unlock()
	}
	return &ocpp21.SetMonitoringLevelResponse{Status: word[ocpp21.GenericStatus](ok, "Accepted", "Rejected")}, nil
}

// nextEvent numbers a device event; told is false when the CSMS does not want this severity (N07.FR.15).
func (m *monitors) nextEvent(severity int) (id int, told bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.told++
	return m.told, severity <= 9-m.hush
}

// getStreams21 and adjustStream21: monitors that ask for a stream have one, of their own id.
func (s *Station) getStreams21(context.Context, *ocpp21.GetPeriodicEventStreamRequest) (*ocpp21.GetPeriodicEventStreamResponse, error) {
	resp := &ocpp21.GetPeriodicEventStreamResponse{}
	for _, m := range s.monitors.all() {
		if p := m.PeriodicEventStream; p != nil {
			id := m.ID.Or(0)
			resp.ConstantStreamData = append(resp.ConstantStreamData, ocpp21.ConstantStreamData{ID: id, Params: *p, VariableMonitoringID: id})
		}
	}
	return resp, nil
}

func (s *Station) adjustStream21(_ context.Context, req *ocpp21.AdjustPeriodicEventStreamRequest) (*ocpp21.AdjustPeriodicEventStreamResponse, error) {
	s.monitors.mu.Lock()
	defer s.monitors.mu.Unlock()
	for i, m := range s.monitors.list {
		if m.ID.Or(0) == req.ID && m.PeriodicEventStream != nil {
			s.monitors.list[i].PeriodicEventStream = &req.Params
			return &ocpp21.AdjustPeriodicEventStreamResponse{Status: "Accepted"}, nil
		}
	}
	return &ocpp21.AdjustPeriodicEventStreamResponse{Status: "Rejected"}, nil
}
