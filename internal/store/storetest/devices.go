package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// deviceTests are about what stations say about themselves.
func deviceTests() []test {
	return []test{
		{"SecurityEvents", testSecurityEvents},
		{"MonitoringEvents", testMonitoringEvents},
		{"MonitoringEventsTellStatuses", testEventStatuses},
		{"SeverityOfTheMonitor", testKnownSeverity},
		{"Monitors", testMonitors},
		{"Jobs", testJobs},
		{"AskedJobs", testAskedJobs},
		{"JobsWithoutRequests", testNamelessJobs},
		{"JobHistoryIsBounded", testJobHistory},
		{"Variables", testVariables},
		{"VariablesKeepTheirNature", testVariableNature},
		{"WrittenVariables", testWrittenVariables},
		{"VariablesAreListedInPages", testVariablePages},
		{"SecretsAreRefused", testSecrets},
		{"Reports", testReports},
		{"ReportsOfUnnumberedParts", testUnnumberedParts},
		{"DisplayMessages", testDisplayMessages},
		{"CustomerInformation", testCustomerInformation},
		{"CustomerInformationGoes", testCustomerGoes},
		{"CertificateRequests", testCertificateRequests},
		{"DeviceAnswers", testDeviceAnswers},
		{"DeviceAnswersHideWhatWasNeverRead", testHiddenAnswers},
		{"DeviceChanges", testDeviceChanges},
		{"DERControlsAreCleared", testDERControls},
		{"StreamsAreListed", testStreamsListed},
		{"WhatWaitsAtAStation", testQueueTold},
		{"InstalledTariffs", testInstalledTariffs},
		{"InstalledCertificates", testInstalledCertificates},
		{"NetworkProfiles", testNetworkProfiles},
		{"DeviceAnswersAreBounded", testAnswerBounds},
		{"DesiredValues", testDesiredValues},
		{"DesiredValuesFollowWhatIsTold", testDesiredStates},
		{"DesiredValuesOfOtherVariables", testDesiredOfOthers},
		{"DesiredValuesAreBounded", testDesiredBounds},
		{"DeviceListsAreBounded", testDeviceBounds},
		{"DeviceMessagesRepeated", testDeviceReplays},
		{"DeviceTextsAreBounded", testDeviceTexts},
		{"DeviceCursors", testDeviceCursors},
	}
}

// notices returns the notices of a kind.
func (f *fixture) notices(kind fleet.NoticeKind) []fleet.Notice {
	f.Helper()
	all, err := f.ListNotices(f.Context(), store.NoticeQuery{Limit: store.MaxLimit})
	f.ok(err)
	var some []fleet.Notice
	for _, n := range all {
		if n.Kind == kind {
			some = append(some, n)
		}
	}
	return some
}

func (f *fixture) securityEvents(q store.SecurityEventQuery) []fleet.SecurityEvent {
	f.Helper()
	return all(f, q.Limit, func(ctx context.Context, cursor string) (store.Page[fleet.SecurityEvent], error) {
		q.Cursor = cursor
		return f.ListSecurityEvents(ctx, q)
	})
}

func testSecurityEvents(f *fixture) {
	e := fleet.SecurityReported{Station: "A", Received: noon, Time: noon.Add(-time.Minute), Type: "MemoryExhaustion", TechInfo: "i", Critical: true}
	equal(f, "duplicate", f.submit(e).Duplicate, false)
	again := e
	again.Received = noon.Add(time.Hour)
	equal(f, "duplicate", f.submit(again).Duplicate, true)
	e.Time = noon
	f.submit(e)
	f.submit(fleet.SecurityReported{Station: "A", Received: noon.Add(time.Minute), Type: "x"})
	f.submit(fleet.SecurityReported{Station: "A", Received: noon.Add(2 * time.Minute), Type: "x"}) // no time: an event of its own
	f.submit(fleet.SecurityReported{Station: "B", Received: noon, Time: noon, Type: "x"})

	got := f.securityEvents(store.SecurityEventQuery{Arrival: store.Arrival{Station: "A", Limit: 2}})
	equal(f, "events", len(got), 4)
	equal(f, "the first one", got[3].SecurityReported, fleet.SecurityReported{
		Station: "A", Received: noon, Time: noon.Add(-time.Minute), Type: "MemoryExhaustion", TechInfo: "i", Critical: true,
	})
	for i, q := range []store.SecurityEventQuery{
		{}, {Critical: new(true)}, {Critical: new(false)}, {Type: "x"}, {Arrival: store.Arrival{Since: noon.Add(time.Minute)}},
		{Arrival: store.Arrival{Until: noon.Add(time.Minute)}}, {Arrival: store.Arrival{Station: "C"}},
	} {
		equal(f, fmt.Sprintf("%+v", q), len(f.securityEvents(q)), []int{5, 2, 3, 3, 2, 3, 0}[i])
	}
	equal(f, "notices", len(f.notices(fleet.NoticeSecurityEvent)), 5)
	if n := f.notices(fleet.NoticeSecurityEvent)[0]; !strings.Contains(string(n.Data), `"critical":true`) {
		f.Errorf("notice: %s", n.Data)
	}
	if _, err := f.Submit(f.Context(), fleet.SecurityReported{Station: "A"}); !errors.Is(err, fleet.ErrInvalidEvent) {
		f.Errorf("without a type: %v", err)
	}
}

// overheated is a monitoring event.
func overheated(id int64, at time.Time) fleet.MonitoringEvent {
	return fleet.MonitoringEvent{
		Station: "A", Received: at, Time: at, EventID: id, Trigger: "Alerting", Kind: "CustomMonitor", Value: "80.5",
		Setting: fleet.Setting{Component: "Connector", EVSE: 1, Connector: 2, Variable: "Temperature", VariableInstance: "i"},
		Cleared: new(false), Cause: new(int64(3)), MonitorID: new(int64(9)), Severity: new(2),
		TransactionID: "T", TechCode: "c", TechInfo: "t",
	}
}

func (f *fixture) monitoringEvents(q store.MonitoringEventQuery) []fleet.MonitoringEvent {
	f.Helper()
	return all(f, q.Limit, func(ctx context.Context, cursor string) (store.Page[fleet.MonitoringEvent], error) {
		q.Cursor = cursor
		return f.ListMonitoringEvents(ctx, q)
	})
}

func testMonitoringEvents(f *fixture) {
	first := overheated(1, noon)
	plain := fleet.MonitoringEvent{
		Station: "A", Received: noon, EventID: 2, Setting: fleet.Setting{Component: "Other", Variable: "Problem"}, Trigger: "Delta", Value: "true",
	}
	e := fleet.EventsNotified{Station: "A", Received: noon, List: []fleet.MonitoringEvent{first, plain}}
	equal(f, "duplicate", f.submit(e).Duplicate, false)
	e.List[1].EventID = 3 // one of the two is new
	equal(f, "duplicate", f.submit(e).Duplicate, false)
	equal(f, "duplicate", f.submit(e).Duplicate, true)
	equal(f, "notices", len(f.notices(fleet.NoticeMonitoringEvents)), 2)

	got := f.monitoringEvents(store.MonitoringEventQuery{Arrival: store.Arrival{Limit: 1}})
	equal(f, "events", len(got), 3)
	first.Number = got[2].Number
	equalJSON(f, "event", got[2], first)
	plain.Number = got[1].Number
	equalJSON(f, "plain event", got[1], plain)
	for i, q := range []store.MonitoringEventQuery{
		{SettingQuery: store.SettingQuery{Component: "CONNECTOR", Variable: "temperature"}}, {SettingQuery: store.SettingQuery{EVSE: new(0)}},
		{SettingQuery: store.SettingQuery{Variable: "nothing"}}, {Trigger: "Delta"}, {Severity: new(2)}, {Severity: new(1)},
		{TransactionID: "T"}, {Arrival: store.Arrival{Station: "B"}},
	} {
		equal(f, fmt.Sprintf("%+v", q), len(f.monitoringEvents(q)), []int{1, 2, 0, 2, 1, 0, 1, 0}[i])
	}
}

// testEventStatuses: an event may tell of a connector's status. A late repetition does not bring an old one back.
func testEventStatuses(f *fixture) {
	event := func(id int64, status string) fleet.EventsNotified {
		x := overheated(id, noon.Add(time.Duration(id)*time.Minute))
		x.Status = &fleet.StatusReported{Station: "A", Received: x.Received, Time: x.Time, EVSE: 1, Connector: 2, Status: status}
		return fleet.EventsNotified{Station: "A", Received: x.Received, List: []fleet.MonitoringEvent{x}}
	}
	f.submit(event(1, "Occupied"))
	f.submit(event(2, "Available"))
	f.submit(event(1, "Occupied"))
	equal(f, "status", f.detail("A").EVSEs[0].Connectors[0].Status, "Available")
	equal(f, "notices of statuses", len(f.notices(fleet.NoticeStatus)), 2)
	bad := event(3, "Available")
	bad.List[0].Status.EVSE = -1
	if _, err := f.Submit(f.Context(), bad); !errors.Is(err, fleet.ErrInvalidEvent) {
		f.Errorf("a place that cannot be: %v", err)
	}
}

// testKnownSeverity: OCPP 2.0.1 sends no severity with an event, but with the monitors.
func testKnownSeverity(f *fixture) {
	x := overheated(1, noon)
	x.Severity = nil
	send := func() *int {
		x.EventID++
		f.submit(fleet.EventsNotified{Station: "A", Received: noon, List: []fleet.MonitoringEvent{x}})
		return f.monitoringEvents(store.MonitoringEventQuery{})[0].Severity
	}
	if s := send(); s != nil {
		f.Errorf("severity %d of a monitor that nobody knows", *s)
	}
	f.submit(fleet.MonitorsReported{Station: "A", Received: noon, List: []fleet.Monitor{{Station: "A", ID: 9, Setting: x.Setting, Severity: 4}}})
	if s := send(); s == nil || *s != 4 {
		f.Errorf("severity %v, want that of the monitor", s)
	}
}

func testMonitors(f *fixture) {
	list := func(q store.MonitorQuery) []fleet.Monitor {
		q.Station = "A"
		return all(f, q.Limit, func(ctx context.Context, cursor string) (store.Page[fleet.Monitor], error) {
			q.Cursor = cursor
			return f.ListMonitors(ctx, q)
		})
	}
	monitor := func(id int64, severity int) fleet.Monitor {
		return fleet.Monitor{
			Station: "A", ID: id, Setting: fleet.Setting{Component: "EVSE", EVSE: 1, Variable: "Power"}, Type: "UpperThreshold", Value: "12.50",
			Severity: severity, Transaction: true, Kind: "CustomMonitor", Received: noon,
		}
	}
	e := fleet.MonitorsReported{
		Station: "A", Received: noon, Part: fleet.ReportPart{RequestID: 1, Numbered: true, GeneratedAt: noon}, List: []fleet.Monitor{monitor(7, 3), monitor(5, 9)},
	}
	equal(f, "duplicate", f.submit(e).Duplicate, false)
	e.Received, e.List[0].Received, e.List[1].Received = noon.Add(time.Hour), noon.Add(time.Hour), noon.Add(time.Hour)
	equal(f, "duplicate", f.submit(e).Duplicate, true)
	got := list(store.MonitorQuery{Limit: 1})
	equal(f, "monitors", len(got), 2)
	equal(f, "monitor", got[1], monitor(7, 3))
	e.Part.RequestID, e.List = 2, []fleet.Monitor{monitor(7, 1)}
	f.submit(e)
	equal(f, "severity of a monitor that was told again", list(store.MonitorQuery{})[1].Severity, 1)
	equal(f, "grave ones", len(list(store.MonitorQuery{Severity: new(3)})), 1)
	equal(f, "of another variable", len(list(store.MonitorQuery{SettingQuery: store.SettingQuery{Variable: "x"}})), 0)
}

func testCertificateRequests(f *fixture) {
	csr := fleet.CertificateRequest{
		Station: "A", Wish: fleet.WishSign, Status: "Rejected", Reason: "no PKI", RequestID: new(int64(3)), Use: "V2GCertificate",
		Subject: "CN=A,O=x", KeyAlgorithm: "ECDSA", KeyBits: 256, Fingerprint: "ab", Fault: "f",
	}
	ocsp := fleet.CertificateRequest{
		Station: "A", Wish: fleet.WishStatus, Status: "Failed", HashAlgorithm: "SHA256", IssuerNameHash: "n", IssuerKeyHash: "k",
		SerialNumber: "s", Source: "OCSP", URL: "http://user@ocsp.example", Schema: "v", Action: "Install",
	}
	equal(f, "duplicate", f.submit(fleet.CertificateAsked{Station: "A", Received: noon, List: []fleet.CertificateRequest{csr, ocsp}}).Duplicate, false)
	later := noon.Add(time.Hour)
	equal(f, "duplicate", f.submit(fleet.CertificateAsked{Station: "A", Received: later, List: []fleet.CertificateRequest{csr}}).Duplicate, true)
	list := func(q store.CertificateQuery) []fleet.CertificateRequest {
		return all(f, 1, func(ctx context.Context, cursor string) (store.Page[fleet.CertificateRequest], error) {
			q.Cursor, q.Limit = cursor, 1
			return f.ListCertificateRequests(ctx, q)
		})
	}
	got := list(store.CertificateQuery{})
	equal(f, "requests", len(got), 2)
	csr.Number, csr.FirstAsked, csr.LastAsked, csr.Times = got[1].Number, noon, later, 2
	equalJSON(f, "request", got[1], csr)
	ocsp.Number, ocsp.FirstAsked, ocsp.LastAsked, ocsp.Times, ocsp.URL = got[0].Number, noon, noon, 1, "http://***@ocsp.example"
	equalJSON(f, "request", got[0], ocsp)
	equal(f, "of one kind", len(list(store.CertificateQuery{Wish: fleet.WishSign})), 1)
	equal(f, "of another station", len(list(store.CertificateQuery{Station: "B"})), 0)
	equal(f, "notices", len(f.notices(fleet.NoticeCertificateAsked)), 2)
}
