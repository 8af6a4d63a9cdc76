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

func (f *fixture) answers(q store.DeviceAnswerQuery) []fleet.DeviceAnswer {
	f.Helper()
	return all(f, q.Limit, func(ctx context.Context, cursor string) (store.Page[fleet.DeviceAnswer], error) {
		q.Cursor = cursor
		return f.ListDeviceAnswers(ctx, q)
	})
}

// answered is an event with these answers of station A.
func answered(list ...fleet.DeviceAnswer) fleet.DeviceAnswered {
	e := fleet.DeviceAnswered{Station: "A", Received: noon, Action: "SetVariables"}
	for _, a := range list {
		a.Station, a.Action, a.Received = e.Station, e.Action, noon
		e.Answers = append(e.Answers, a)
	}
	return e
}

// changed is an event with these changes at station A.
func changed(list ...fleet.DeviceChange) fleet.DeviceAnswered {
	return fleet.DeviceAnswered{Station: "A", Received: noon, Action: "X", Changes: list}
}

// testDeviceAnswers: the latest answer about each thing is kept.
func testDeviceAnswers(f *fixture) {
	v := fullVariable()
	f.submit(told(nil, v))
	a := fleet.DeviceAnswer{
		Station: "A", Action: "SetVariables", Setting: v.Setting, Attribute: v.Attribute, Value: "7", Status: "Rejected", Reason: "r", Info: "i", Received: noon,
	}
	f.submit(answered(a))
	monitor := fleet.DeviceAnswer{Setting: v.Setting, Object: "Delta/3", Value: "1", Status: "Accepted"}
	f.submit(answered(monitor, fleet.DeviceAnswer{Object: "4", Status: fleet.StatusRebootRequired}))
	got := f.answers(store.DeviceAnswerQuery{Arrival: store.Arrival{Limit: 2}})
	equal(f, "answers", len(got), 3)
	a.Number = got[2].Number
	equal(f, "answer", got[2], a)
	again := a
	again.Status, again.Setting.Variable = "Accepted", strings.ToUpper(v.Setting.Variable)
	f.submit(answered(again))
	got = f.answers(store.DeviceAnswerQuery{})
	equal(f, "answers", len(got), 3)
	equal(f, "the latest", got[0].Status, "Accepted")
	for i, q := range []store.DeviceAnswerQuery{
		{Action: "SetVariables"}, {Action: "X"}, {Status: "Accepted"}, {Took: new(true)}, {Took: new(false)}, {Arrival: store.Arrival{Station: "B"}},
		{SettingQuery: store.SettingQuery{Variable: "power"}},
	} {
		equal(f, fmt.Sprintf("%+v", q), len(f.answers(q)), []int{3, 0, 2, 3, 0, 0, 2}[i])
	}
	equal(f, "notices", len(f.notices(fleet.NoticeAnswered)), 3)
	for what, bad := range map[string]fleet.Event{
		"of another station": fleet.DeviceAnswered{Station: "B", Answers: []fleet.DeviceAnswer{a}},
		"of no place":        answered(fleet.DeviceAnswer{Setting: fleet.Setting{Variable: "v", EVSE: -1}}),
		"a secret":           answered(fleet.DeviceAnswer{Setting: fleet.Setting{Variable: "AuthorizationKey"}, Value: "x"}),
		"no station":         fleet.DeviceAnswered{},
	} {
		if _, err := f.Submit(f.Context(), bad); !errors.Is(err, fleet.ErrInvalidEvent) {
			f.Errorf("%s: %v", what, err)
		}
	}
}

// testHiddenAnswers: of a variable that has shown no value nobody knows whether it is for writing only.
func testHiddenAnswers(f *fixture) {
	a := fleet.DeviceAnswer{Setting: fleet.Setting{Component: "C", Variable: "V"}, Attribute: "Actual", Value: "x", Status: "Accepted"}
	value := func() string {
		f.submit(answered(a))
		return f.answers(store.DeviceAnswerQuery{})[0].Value
	}
	equal(f, "never read", value(), fleet.Hidden)
	read := fleet.Variable{Station: "A", Setting: a.Setting, Attribute: "Actual", Received: noon}
	f.submit(told(nil, read))
	equal(f, "without a value", value(), fleet.Hidden)
	read.Value = new("y")
	f.submit(told(nil, read))
	equal(f, "read", value(), "x")
}

// testDeviceChanges: what answers change is in the lists that reports fill, and makes room in them.
func testDeviceChanges(f *fixture) {
	monitor := func(id int64, kind string) fleet.DeviceChange {
		return fleet.MonitorSet{Monitor: fleet.Monitor{Station: "A", ID: id, Setting: fleet.Setting{Component: "C", Variable: "V"}, Kind: kind, Received: noon}}
	}
	monitors := func() (ids []int64) {
		p, err := f.ListMonitors(f.Context(), store.MonitorQuery{Station: "A"})
		f.ok(err)
		for _, m := range p.Items {
			ids = append(ids, m.ID)
		}
		return ids
	}
	messages := func() int {
		p, err := f.ListDisplayMessages(f.Context(), store.DisplayMessageQuery{Station: "A"})
		f.ok(err)
		return len(p.Items)
	}
	f.submit(changed(monitor(1, fleet.CustomMonitor), monitor(2, fleet.CustomMonitor), monitor(3, "HardWiredMonitor"), monitor(2, fleet.CustomMonitor)))
	equal(f, "monitors", fmt.Sprint(monitors()), "[1 2 3]")
	f.submit(changed(fleet.MonitorCleared{ID: 1}, fleet.MonitorCleared{ID: 9}))
	equal(f, "monitors", fmt.Sprint(monitors()), "[2 3]")
	f.submit(changed(fleet.MonitoringBaseSet{Base: "All"}, fleet.MonitoringLevelSet{Severity: 0}))
	equal(f, "monitors", fmt.Sprint(monitors()), "[2 3]")
	f.submit(changed(fleet.MonitoringBaseSet{Base: "FactoryDefault"}))
	equal(f, "monitors", fmt.Sprint(monitors()), "[3]")
	m, err := f.Monitoring(f.Context(), "A")
	f.ok(err)
	equalJSON(f, "monitoring", m, fleet.Monitoring{Base: "FactoryDefault", BaseAt: noon, Level: new(0), LevelAt: noon})
	m, err = f.Monitoring(f.Context(), "B")
	f.ok(err)
	equalJSON(f, "monitoring of another", m, fleet.Monitoring{})

	f.submit(changed(fleet.MessageSet{Message: shown(1, "a")}, fleet.MessageSet{Message: shown(2, "b")}, fleet.MessageSet{Message: shown(3, "c")}))
	f.submit(changed(fleet.MessageCleared{ID: 2}))
	equal(f, "messages", messages(), 2)
	equalJSON(f, "kept", f.kept("A"), []fleet.Kept{
		{List: fleet.KeptDisplayMessages, Kept: 2, Limit: 500}, {List: fleet.KeptMonitors, Kept: 1, Limit: 2000},
	})
	f.submit(changed(fleet.MessagesCleared{}, fleet.MonitorsCleared{}))
	equal(f, "messages", messages(), 0)
	equal(f, "monitors", len(monitors()), 0)
	for _, bad := range []fleet.DeviceChange{
		fleet.MonitorSet{}, fleet.MessageSet{}, fleet.CertificateInstalled{}, fleet.NetworkProfileSet{},
		fleet.CertificatesListed{List: []fleet.InstalledCertificate{{Station: "B"}}},
	} {
		if _, err := f.Submit(f.Context(), changed(bad)); !errors.Is(err, fleet.ErrInvalidEvent) {
			f.Errorf("%T of nobody: %v", bad, err)
		}
	}
}

func (f *fixture) installed(q store.InstalledCertificateQuery) (list []fleet.InstalledCertificate) {
	f.Helper()
	list = all(f, q.Limit, func(ctx context.Context, cursor string) (store.Page[fleet.InstalledCertificate], error) {
		q.Cursor = cursor
		return f.ListInstalledCertificates(ctx, q)
	})
	for i := range list {
		list[i].Number = 0
	}
	return list
}

// testInstalledCertificates: a certificate that was installed from here and that the station lists is one.
func testInstalledCertificates(f *fixture) {
	root := fleet.InstalledCertificate{
		Station: "A", Use: "CSMSRootCertificate", CertificateHash: fleet.CertificateHash{SerialNumber: "0A1"}, Subject: "CN=x", Fingerprint: "ff",
		NotAfter: noon.Add(time.Hour), InstalledAt: noon,
	}
	f.submit(changed(fleet.CertificateInstalled{Certificate: root}, fleet.CertificateInstalled{Certificate: root}))
	equal(f, "installed", len(f.installed(store.InstalledCertificateQuery{})), 1)
	equal(f, "certificate", f.installed(store.InstalledCertificateQuery{})[0], root)

	hash := fleet.CertificateHash{Algorithm: "SHA256", IssuerNameHash: "n", IssuerKeyHash: "k", SerialNumber: "a1"}
	listed := fleet.InstalledCertificate{Station: "A", Use: root.Use, CertificateHash: hash, Listed: noon}
	chain := fleet.InstalledCertificate{
		Station: "A", Use: "V2GCertificateChain", CertificateHash: fleet.CertificateHash{Algorithm: "SHA512", SerialNumber: "b"}, Listed: noon,
	}
	child := chain
	child.ParentSerial, child.SerialNumber = "b", "c"
	f.submit(changed(fleet.CertificatesListed{List: []fleet.InstalledCertificate{listed, chain, child}}))
	root.CertificateHash, root.Listed = hash, noon
	got := f.installed(store.InstalledCertificateQuery{Limit: 1})
	equal(f, "installed", len(got), 3)
	equal(f, "the one from here", got[0], root)
	equal(f, "another", got[2], child)
	f.submit(fleet.DeviceAnswered{Station: "B", Received: noon, Changes: []fleet.DeviceChange{fleet.CertificateInstalled{
		Certificate: fleet.InstalledCertificate{Station: "B", Use: root.Use, Fingerprint: "ff"},
	}}})
	for i, q := range []store.InstalledCertificateQuery{
		{}, {Station: "A"}, {Use: root.Use}, {Serial: "00A1"}, {Fingerprint: "FF"}, {Serial: "d"},
	} {
		equal(f, fmt.Sprintf("%+v", q), len(f.installed(q)), []int{4, 3, 2, 1, 2, 0}[i])
	}

	f.submit(changed(fleet.CertificatesListed{Uses: []string{"V2GRootCertificate"}}))
	equal(f, "after a list of another use", len(f.installed(store.InstalledCertificateQuery{Station: "A"})), 3)
	f.submit(changed(fleet.CertificateDeleted{Hash: chain.CertificateHash}))
	equal(f, "after a chain was deleted", len(f.installed(store.InstalledCertificateQuery{Station: "A"})), 1)
	f.submit(changed(fleet.CertificatesListed{Uses: []string{root.Use}}))
	equal(f, "after an empty list", len(f.installed(store.InstalledCertificateQuery{Station: "A"})), 0)
	equal(f, "kept", f.kept("A")[0], fleet.Kept{List: fleet.KeptInstalled, Limit: 500})
}

func testNetworkProfiles(f *fixture) {
	p := fleet.NetworkProfile{
		Station: "A", Slot: 2, Version: "OCPP20", Transport: "JSON", URL: "wss://x", MessageTimeout: 30, SecurityProfile: 2, Interface: "Wired0",
		Identity: "i", Password: true, APN: "a", APNUser: "u", VPN: "v", VPNType: "IPSec", VPNUser: "w", Set: noon,
	}
	other := fleet.NetworkProfile{Station: "A", Slot: 1, URL: "wss://" + "user:x" + "@y", Set: noon}
	f.submit(changed(fleet.NetworkProfileSet{Profile: p}, fleet.NetworkProfileSet{Profile: other}, fleet.NetworkProfileSet{Profile: p}))
	got, err := f.NetworkProfiles(f.Context(), "A")
	f.ok(err)
	equal(f, "profiles", len(got), 2)
	equal(f, "profile", got[1], p)
	equal(f, "URL", got[0].URL, "wss://***@y")
	p.URL, p.Password, p.APN = "wss://z", false, ""
	f.submit(changed(fleet.NetworkProfileSet{Profile: p}))
	got, err = f.NetworkProfiles(f.Context(), "A")
	f.ok(err)
	equal(f, "profile that was set anew", got[1], p)
}

// testAnswerBounds: of answers the oldest goes, of what is the newest is left out.
func testAnswerBounds(f *fixture) {
	f.restart(store.Options{Devices: store.DeviceLimits{Answers: 2, Installed: 2, NetworkProfiles: 2}})
	for i := range int64(4) {
		f.submit(answered(fleet.DeviceAnswer{Object: fleet.ObjectID(i), Status: "Accepted"}))
		f.submit(changed(
			fleet.NetworkProfileSet{Profile: fleet.NetworkProfile{Station: "A", Slot: i}},
			fleet.CertificateInstalled{Certificate: fleet.InstalledCertificate{Station: "A", CertificateHash: fleet.CertificateHash{SerialNumber: fmt.Sprint(i + 1)}}},
		))
	}
	f.submit(answered(fleet.DeviceAnswer{Object: "2", Status: "Rejected"}))
	var objects []string
	for _, a := range f.answers(store.DeviceAnswerQuery{}) {
		objects = append(objects, a.Object+a.Status)
	}
	equal(f, "answers", strings.Join(objects, " "), "2Rejected 3Accepted")
	for _, k := range f.kept("A") {
		equal(f, string(k.List), k, fleet.Kept{List: k.List, Kept: 2, Limit: 2, Dropped: 2})
	}
	equal(f, "lists", len(f.kept("A")), 3)
}
