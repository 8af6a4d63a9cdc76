package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// equalJSON compares what has pointers in it.
func equalJSON(f *fixture, what string, got, want any) {
	f.Helper()
	g, err := json.Marshal(got)
	f.ok(err)
	w, err := json.Marshal(want)
	f.ok(err)
	equal(f, what, string(g), string(w))
}

func (f *fixture) variables(q store.VariableQuery) []fleet.Variable {
	f.Helper()
	if q.Station == "" {
		q.Station = "A"
	}
	return all(f, q.Limit, func(ctx context.Context, cursor string) (store.Page[fleet.Variable], error) {
		q.Cursor = cursor
		return f.ListVariables(ctx, q)
	})
}

// fullVariable has every field.
func fullVariable() fleet.Variable {
	return fleet.Variable{
		Station:   "A",
		Setting:   fleet.Setting{Component: "EVSE", ComponentInstance: "i", EVSE: 1, Connector: 2, Variable: "Power", VariableInstance: "j"},
		Attribute: "MaxSet", Value: new("11000.0"), Mutability: fleet.ReadWrite, Persistent: new(true), Constant: new(false), DataType: "decimal",
		Unit: "W", MinLimit: "0", MaxLimit: "22000.0", MaxElements: new(int64(3)), ValuesList: "a,b", SupportsMonitoring: new(true),
		Source: "NotifyReport", Time: noon.Add(-time.Second), Received: noon,
	}
}

// told is a report of one part.
func told(part *fleet.ReportPart, list ...fleet.Variable) fleet.VariablesReported {
	return fleet.VariablesReported{Station: "A", Received: noon, Action: "NotifyReport", Part: part, List: list}
}

func testVariables(f *fixture) {
	v := fullVariable()
	key := fleet.Variable{Station: "A", Setting: fleet.Setting{Variable: "HeartbeatInterval"}, Attribute: fleet.AttributeActual, Value: new("300"), Received: noon}
	f.submit(told(nil, v, key))
	got := f.variables(store.VariableQuery{Limit: 1})
	equal(f, "variables", len(got), 2)
	equalJSON(f, "a key of 1.6", got[0], key)
	equalJSON(f, "variable", got[1], v)
	for i, q := range []store.VariableQuery{
		{SettingQuery: store.SettingQuery{Component: "evse"}}, {SettingQuery: store.SettingQuery{Variable: "heartbeatINTERVAL"}},
		{SettingQuery: store.SettingQuery{EVSE: new(1)}}, {Attribute: "Target"}, {Mutability: fleet.ReadWrite}, {Station: "B"},
	} {
		equal(f, fmt.Sprintf("%+v", q), len(f.variables(q)), []int{1, 1, 1, 0, 1, 0}[i])
	}
	equal(f, "notices", len(f.notices(fleet.NoticeVariables)), 1)
}

// testVariableNature: an answer tells a value; what a report told beside it stays. Names have no case.
func testVariableNature(f *fixture) {
	v := fullVariable()
	f.submit(told(nil, v))
	answer := fleet.Variable{
		Station: "A", Setting: v.Setting, Attribute: v.Attribute, Value: new("7"), Source: "GetVariables", Received: noon.Add(time.Minute),
	}
	answer.Setting.Variable = "POWER"
	f.submit(told(nil, answer))
	v.Value, v.Source, v.Time, v.Received = new("7"), "GetVariables", time.Time{}, noon.Add(time.Minute)
	equalJSON(f, "variable", f.variables(store.VariableQuery{})[0], v)
	v.Value, v.Mutability = nil, fleet.WriteOnly
	f.submit(told(nil, v))
	equalJSON(f, "a variable without a value", f.variables(store.VariableQuery{})[0], v)
}

// testWrittenVariables: a value that was written shows where one was read before. Anything else may be for writing only.
func testWrittenVariables(f *fixture) {
	value := func() string { return *f.variables(store.VariableQuery{})[0].Value }
	written, read := fullVariable(), fullVariable()
	written.Value, written.Written = new("new"), true
	f.submit(told(nil, written))
	equal(f, "written and never read", value(), fleet.Hidden)
	f.submit(told(nil, written))
	equal(f, "written again", value(), fleet.Hidden)
	f.submit(told(nil, read))
	f.submit(told(nil, written))
	equal(f, "written after it was read", value(), "new")
	read.Value = nil
	f.submit(told(nil, read))
	f.submit(told(nil, written))
	equal(f, "written after it was there without a value", value(), fleet.Hidden)
}

func testVariablePages(f *fixture) {
	var list []fleet.Variable
	for i := range 20 {
		list = append(list, fleet.Variable{
			Station: "A", Attribute: fleet.AttributeActual, Received: noon,
			Setting: fleet.Setting{Component: fmt.Sprint("c", i%3), EVSE: i % 12, Variable: fmt.Sprint("v", i)},
		})
	}
	f.submit(told(nil, list...))
	for _, limit := range []int{1, 7, 20} {
		got := f.variables(store.VariableQuery{Limit: limit})
		equal(f, "variables", len(got), 20)
		for i := range got[1:] {
			if got[i].Key() >= got[i+1].Key() {
				f.Errorf("%v comes before %v", got[i].Setting, got[i+1].Setting)
			}
		}
	}
}

func testSecrets(f *fixture) {
	secret := fleet.Variable{Station: "A", Setting: fleet.Setting{Component: "SecurityCtrlr", Variable: "BasicAuthPassword"}, Attribute: "Actual", Value: new("pw")}
	writeOnly := fleet.Variable{Station: "A", Setting: fleet.Setting{Variable: "x"}, Attribute: "Actual", Value: new("pw"), Mutability: fleet.WriteOnly}
	event := overheated(1, noon)
	event.Setting.Variable, event.Value = "ApnPassword", "pw"
	for _, e := range []fleet.Event{
		told(nil, secret), told(nil, writeOnly), fleet.EventsNotified{Station: "A", List: []fleet.MonitoringEvent{event}},
	} {
		if _, err := f.Submit(f.Context(), e); !errors.Is(err, fleet.ErrInvalidEvent) {
			f.Errorf("a secret in clear: %v", err)
		}
	}
	f.submit(told(nil, secret.Redacted(), writeOnly.Redacted()))
	for _, v := range f.variables(store.VariableQuery{}) {
		equal(f, "value", *v.Value, fleet.Hidden)
	}
}

// part is a part of a report.
func part(request, seq int64, more bool, at time.Time) *fleet.ReportPart {
	return &fleet.ReportPart{RequestID: request, Numbered: true, SeqNo: seq, More: more, GeneratedAt: at}
}

func (f *fixture) reports(q store.ReportQuery) []fleet.Report {
	f.Helper()
	q.Station = "A"
	return all(f, 1, func(ctx context.Context, cursor string) (store.Page[fleet.Report], error) {
		q.Cursor, q.Limit = cursor, 1
		return f.ListReports(ctx, q)
	})
}

// testReports: parts come twice, late, or not at all; a station begins again; ids come again.
func testReports(f *fixture) {
	send := func(p *fleet.ReportPart, value string) bool {
		v := fullVariable()
		v.Value = &value
		return f.submit(told(p, v)).Duplicate
	}
	later := noon.Add(time.Minute)
	equal(f, "part 0: duplicate", send(part(1, 0, true, noon), "a"), false)
	equal(f, "part 2: duplicate", send(part(1, 2, true, noon), "c"), false)
	r := f.reports(store.ReportQuery{})[0]
	equal(f, "report with a gap", r, fleet.Report{
		Number: r.Number, Station: "A", Kind: fleet.ReportVariables, RequestID: 1, BegunAt: noon, UpdatedAt: noon, Parts: 2, Missing: 1,
	})
	equal(f, "part 0 again: duplicate", send(part(1, 0, true, noon), "a"), true)
	equal(f, "value", *f.variables(store.VariableQuery{})[0].Value, "c")
	equal(f, "last part: duplicate", send(part(1, 3, false, noon), "d"), false)
	equal(f, "complete with a gap", f.reports(store.ReportQuery{})[0].Complete(), false)
	equal(f, "late part: duplicate", send(part(1, 1, true, noon), "b"), false)
	equal(f, "complete", f.reports(store.ReportQuery{})[0].Complete(), true)
	equal(f, "part 1 again: duplicate", send(part(1, 1, true, noon), "b"), true)

	equal(f, "from the beginning: duplicate", send(part(1, 0, true, later), "a"), false)
	equal(f, "another request: duplicate", send(part(2, 0, false, later), "a"), false)
	equal(f, "beyond the end: duplicate", send(part(2, 1, false, later), "e"), false)
	got := f.reports(store.ReportQuery{Kind: fleet.ReportVariables})
	equal(f, "reports", len(got), 4)
	for i, want := range []string{"1 of 2", "1 of 1", "1 of 1", "4 of 4"} { // the latest first
		equal(f, "parts", fmt.Sprintf("%d of %d", got[i].Parts, got[i].Parts+got[i].Missing), want)
	}
	equal(f, "of one request", len(f.reports(store.ReportQuery{RequestID: new(int64(2))})), 2)
	equal(f, "of another kind", len(f.reports(store.ReportQuery{Kind: fleet.ReportMonitors})), 0)
	equal(f, "notices", len(f.notices(fleet.NoticeReport)), 7)
	if _, err := f.Submit(f.Context(), told(part(1, -1, false, noon))); !errors.Is(err, fleet.ErrInvalidEvent) {
		f.Errorf("part -1: %v", err)
	}
}

// shown is a message on a display.
func shown(id int64, content string) fleet.DisplayMessage {
	return fleet.DisplayMessage{
		Station: "A", ID: id, Priority: "AlwaysFront", State: "Idle", Display: fleet.Setting{Component: "Display", EVSE: 1}, StartsAt: noon,
		EndsAt: noon.Add(time.Hour), TransactionID: "T", Received: noon,
		Texts: []fleet.DisplayText{{Format: "UTF8", Language: "en", Content: content}, {Format: "ASCII", Content: "x"}},
	}
}

// testUnnumberedParts: the parts of a report on display messages have no number.
func testUnnumberedParts(f *fixture) {
	send := func(id int64, more bool) bool {
		return f.submit(fleet.MessagesReported{
			Station: "A", Received: noon, Part: fleet.ReportPart{RequestID: 1, More: more}, List: []fleet.DisplayMessage{shown(id, "a")},
		}).Duplicate
	}
	equal(f, "duplicate", send(1, true), false)
	equal(f, "duplicate", send(1, true), true)
	equal(f, "duplicate", send(2, true), false)
	equal(f, "duplicate", send(3, false), false)
	equal(f, "duplicate", send(2, true), true)
	equal(f, "complete", f.reports(store.ReportQuery{})[0].Complete(), true)
	equal(f, "duplicate", send(4, false), false)
	equal(f, "reports", len(f.reports(store.ReportQuery{Kind: fleet.ReportMessages})), 2)
}

func testDisplayMessages(f *fixture) {
	list := func(q store.DisplayMessageQuery) []fleet.DisplayMessage {
		return all(f, 1, func(ctx context.Context, cursor string) (store.Page[fleet.DisplayMessage], error) {
			q.Station, q.Cursor, q.Limit = "A", cursor, 1
			return f.ListDisplayMessages(ctx, q)
		})
	}
	second := shown(2, "b")
	second.TransactionID, second.StartsAt, second.EndsAt = "", time.Time{}, time.Time{}
	f.submit(fleet.MessagesReported{Station: "A", Received: noon, List: []fleet.DisplayMessage{second, shown(1, "old")}})
	f.submit(fleet.MessagesReported{Station: "A", Received: noon, Part: fleet.ReportPart{RequestID: 2}, List: []fleet.DisplayMessage{shown(1, "a")}})
	got := list(store.DisplayMessageQuery{})
	equal(f, "messages", len(got), 2)
	equalJSON(f, "message", got[0], shown(1, "a"))
	equalJSON(f, "message", got[1], second)
	equal(f, "of a transaction", len(list(store.DisplayMessageQuery{TransactionID: "T"})), 1)
}

func (f *fixture) customers() []fleet.CustomerInformation {
	f.Helper()
	return all(f, 1, func(ctx context.Context, cursor string) (store.Page[fleet.CustomerInformation], error) {
		return f.ListCustomerInformation(ctx, store.CustomerQuery{Station: "A", Cursor: cursor, Limit: 1})
	})
}

func customer(p *fleet.ReportPart, text string) fleet.CustomerReported {
	return fleet.CustomerReported{Station: "A", Received: time.Now(), Part: *p, Text: text}
}

func testCustomerInformation(f *fixture) {
	f.restart(store.Options{Devices: store.DeviceLimits{CustomerTexts: 2}})
	for i := range int64(3) {
		e := customer(part(1, 2-i, i > 0, noon), fmt.Sprint("SECRET", 2-i, "."))
		equal(f, "duplicate", f.submit(e).Duplicate, false)
		equal(f, "duplicate", f.submit(e).Duplicate, true)
	}
	f.submit(customer(part(2, 0, false, noon), ""))
	got := f.customers()
	equal(f, "reports", len(got), 2)
	equal(f, "nothing to tell", got[0].Text, "")
	equal(f, "text", got[1].Text, "SECRET0.SECRET1.")
	equal(f, "complete", got[1].Complete(), true)
	all, err := f.ListNotices(f.Context(), store.NoticeQuery{})
	f.ok(err)
	for _, n := range all {
		if strings.Contains(string(n.Data), "SECRET") {
			f.Errorf("a notice has personal data: %s", n.Data)
		}
	}
	if err := f.DeleteCustomerInformation(f.Context(), "B", got[1].Number); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("of another station: %v", err)
	}
	f.ok(f.DeleteCustomerInformation(f.Context(), "A", got[1].Number))
	got = f.customers()
	equal(f, "reports after one was deleted", len(got), 2)
	equal(f, "text after it was deleted", got[1].Text, "")
	equal(f, "parts", got[1].Parts, 3)
}

// testCustomerGoes: personal data is not kept for ever.
func testCustomerGoes(f *fixture) {
	old := customer(part(1, 0, false, noon), "old")
	old.Received = time.Now().Add(-time.Hour)
	f.submit(old)
	f.submit(customer(part(2, 0, false, noon), "new"))
	texts := func() (s string) {
		for _, c := range f.customers() {
			s += c.Text
		}
		return s
	}
	equal(f, "texts", texts(), "newold")
	f.restart(store.Options{Devices: store.DeviceLimits{CustomerFor: time.Minute}})
	equal(f, "texts that are shown", texts(), "new")
	f.submit(fleet.Refused{Received: noon}) // any commit deletes
	f.restart(store.Options{})
	equal(f, "texts that are there", texts(), "new")
}
