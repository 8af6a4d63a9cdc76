package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// testDeviceBounds: a station says how much it says. Of what grows with time the oldest goes, of what is the newest is
// left out, and both are counted.
func testDeviceBounds(f *fixture) {
	f.restart(store.Options{Devices: store.DeviceLimits{
		Variables: 2, Monitors: 2, DisplayMessages: 2, MonitoringEvents: 2, SecurityEvents: 2, Jobs: 2, Reports: 2, Certificates: 2,
	}})
	for i := range int64(5) {
		at := noon.Add(time.Duration(i) * time.Minute)
		v := fullVariable()
		v.Setting.Variable, v.Value = fmt.Sprint("v", i), new(fmt.Sprint(i))
		f.submit(told(part(i, 0, false, noon), v))
		f.submit(fleet.MonitorsReported{Station: "A", Received: at, List: []fleet.Monitor{{Station: "A", ID: i, Setting: v.Setting}}})
		f.submit(fleet.MessagesReported{Station: "A", Received: at, List: []fleet.DisplayMessage{shown(i, "x")}})
		f.submit(fleet.EventsNotified{Station: "A", Received: at, List: []fleet.MonitoringEvent{overheated(i, at)}})
		f.submit(fleet.SecurityReported{Station: "A", Received: at, Time: at, Type: fmt.Sprint("t", i)})
		f.submit(job(&i, "Downloading", 0))
		f.submit(fleet.CertificateAsked{Station: "A", Received: at, List: []fleet.CertificateRequest{
			{Station: "A", Wish: fleet.WishSign, Status: "Rejected", Fingerprint: fmt.Sprint(i)},
		}})
	}
	v := fullVariable() // what is known stays current
	v.Setting.Variable, v.Value = "v1", new("new")
	f.submit(told(nil, v))
	var values []string
	for _, v := range f.variables(store.VariableQuery{}) {
		values = append(values, *v.Value)
	}
	equal(f, "values", strings.Join(values, " "), "0 new")
	equal(f, "the latest event", f.monitoringEvents(store.MonitoringEventQuery{})[0].EventID, 4)
	equal(f, "the latest security event", f.securityEvents(store.SecurityEventQuery{})[1].Type, "t3")
	want := map[fleet.KeptList]int64{
		fleet.KeptVariables: 3, fleet.KeptMonitors: 3, fleet.KeptDisplayMessages: 3, fleet.KeptMonitoringEvents: 3,
		fleet.KeptSecurityEvents: 3, fleet.KeptJobs: 3, fleet.KeptReports: 13, fleet.KeptCertificates: 3,
	}
	kept := f.kept("A")
	equal(f, "lists", len(kept), len(want))
	for _, k := range kept {
		equal(f, string(k.List), k, fleet.Kept{List: k.List, Kept: 2, Limit: 2, Dropped: want[k.List]})
	}
	equal(f, "lists of a station that said nothing", len(f.kept("B")), 0)
}

// testDeviceReplays: the same message again changes nothing, whenever it comes.
func testDeviceReplays(f *fixture) {
	events := []fleet.Event{
		fleet.SecurityReported{Station: "A", Received: noon, Time: noon, Type: "x"},
		job(new(int64(1)), "Downloading", 0),
		fleet.EventsNotified{Station: "A", Received: noon, List: []fleet.MonitoringEvent{overheated(1, noon)}},
		fleet.MonitorsReported{Station: "A", Received: noon, List: []fleet.Monitor{{Station: "A", ID: 1, Setting: fleet.Setting{Variable: "v"}}}},
		told(part(1, 0, false, noon), fullVariable()),
		fleet.MessagesReported{Station: "A", Received: noon, List: []fleet.DisplayMessage{shown(1, "x")}},
		customer(part(1, 0, false, noon), "x"),
	}
	for _, e := range events {
		equal(f, fmt.Sprintf("%T: duplicate", e), f.submit(e).Duplicate, false)
	}
	before, err := f.ListNotices(f.Context(), store.NoticeQuery{})
	f.ok(err)
	kept := f.kept("A")
	f.restart(store.Options{}) // nothing of it is in memory only
	for _, e := range events {
		equal(f, fmt.Sprintf("%T again: duplicate", e), f.submit(e).Duplicate, true)
	}
	after, err := f.ListNotices(f.Context(), store.NoticeQuery{})
	f.ok(err)
	equal(f, "notices", len(after), len(before))
	equalJSON(f, "kept", f.kept("A"), kept)
}

// testDeviceTexts: overlong and broken text is cut, not refused.
func testDeviceTexts(f *fixture) {
	long := strings.Repeat("ü\xff", 50_000)
	name := fleet.Setting{Component: long, ComponentInstance: long, Variable: long, VariableInstance: long}
	event := overheated(1, noon)
	event.Setting, event.Value, event.TechInfo, event.TransactionID, event.TechCode = name, long, long, long, long
	v := fullVariable()
	v.Setting, v.Value, v.ValuesList, v.Unit, v.DataType, v.Attribute = name, &long, long, long, long, long
	report := job(nil, long, 0)
	report.Info, report.Locations = long, []string{long}
	message := shown(1, long)
	message.Display, message.Priority = name, long
	for _, e := range []fleet.Event{
		fleet.SecurityReported{Station: "A", Received: noon, Type: long, TechInfo: long}, report,
		fleet.EventsNotified{Station: "A", Received: noon, List: []fleet.MonitoringEvent{event}},
		fleet.MonitorsReported{Station: "A", Received: noon, List: []fleet.Monitor{{Station: "A", Setting: name, Type: long, Kind: long}}},
		told(nil, v), fleet.MessagesReported{Station: "A", Received: noon, List: []fleet.DisplayMessage{message}},
		customer(part(1, 0, false, noon), long),
		fleet.CertificateAsked{Station: "A", Received: noon, List: []fleet.CertificateRequest{
			{Station: "A", Wish: fleet.WishSign, Status: "Rejected", Subject: long, SerialNumber: long, URL: long},
		}},
	} {
		f.submit(e)
	}
	got := f.monitoringEvents(store.MonitoringEventQuery{SettingQuery: store.SettingQuery{Variable: fleet.Clip(long, 255)}})
	if len(got) != 1 || len(got[0].Value) > 4<<10 || !strings.HasPrefix(got[0].Value, "üü") {
		f.Errorf("an event of %d bytes", len(got[0].Value))
	}
	equal(f, "variables", len(f.variables(store.VariableQuery{})), 1)
	equal(f, "steps", f.jobs(store.JobQuery{})[0].Steps, 1)
}

func testDeviceCursors(f *fixture) {
	ctx, bad := f.Context(), "nonsense"
	for name, list := range map[string]func() error{
		"variables": func() error { _, err := f.ListVariables(ctx, store.VariableQuery{Cursor: bad}); return err },
		"monitors":  func() error { _, err := f.ListMonitors(ctx, store.MonitorQuery{Cursor: bad}); return err },
		"monitoring events": func() error {
			_, err := f.ListMonitoringEvents(ctx, store.MonitoringEventQuery{Arrival: store.Arrival{Cursor: bad}})
			return err
		},
		"security events": func() error {
			_, err := f.ListSecurityEvents(ctx, store.SecurityEventQuery{Arrival: store.Arrival{Cursor: bad}})
			return err
		},
		"jobs": func() error { _, err := f.ListJobs(ctx, store.JobQuery{Cursor: bad}); return err },
		"answers": func() error {
			_, err := f.ListDeviceAnswers(ctx, store.DeviceAnswerQuery{Arrival: store.Arrival{Cursor: bad}})
			return err
		},
		"installed": func() error {
			_, err := f.ListInstalledCertificates(ctx, store.InstalledCertificateQuery{Cursor: bad})
			return err
		},
		"reports": func() error { _, err := f.ListReports(ctx, store.ReportQuery{Cursor: bad}); return err },
		"certificates": func() error {
			_, err := f.ListCertificateRequests(ctx, store.CertificateQuery{Cursor: bad})
			return err
		},
		"messages":  func() error { _, err := f.ListDisplayMessages(ctx, store.DisplayMessageQuery{Cursor: bad}); return err },
		"customers": func() error { _, err := f.ListCustomerInformation(ctx, store.CustomerQuery{Cursor: bad}); return err },
	} {
		if err := list(); !errors.Is(err, store.ErrCursor) {
			f.Errorf("%s: %v", name, err)
		}
	}
}
