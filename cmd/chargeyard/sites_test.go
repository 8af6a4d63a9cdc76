package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSitesFromTheCommandLine(t *testing.T) {
	a := ask(t)
	a.want(0, "There is no site.", "sites")
	a.want(2, "missing flags", "sites", "set", "garage", "--unit", "A")
	out := a.want(0, "It has no members.", "sites", "set", "garage", "--unit", "A", "--limit", "40", "--minimum", "6", "--fallback", "1.5", "--fallback-after", "15m", "--note", "Hof")
	for _, want := range []string{"40 A", "at least 6 A", "1.5 A after 900s", "equally", "Hof"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing:\n%s", want, out)
		}
	}
	a.want(exitInvalid, "/fallbackAfter", "sites", "set", "garage", "--unit", "A", "--limit", "40", "--fallback-after", "1m")
	a.want(exitNotFound, "no such station", "sites", "join", "garage", "CP-1", "--max", "32")
	a.want(0, "", "stations", "add", "CP-1")
	a.want(0, "is a member of the site garage", "sites", "join", "garage", "CP-1", "--max", "32")
	a.want(0, "first come, first served", "sites", "set", "garage", "--unit", "A", "--limit", "16", "--policy", "first")
	a.want(0, "CP-1", "sites", "show", "garage")
	a.want(0, `"members":[{"station":"CP-1"`, "sites", "show", "garage", "-o", "json")
	a.want(0, "16 A", "sites", "--station", "CP-1")
	a.want(0, "No site matches.", "sites", "--station", "CP-2")
	a.eventually("CP-1", "sites", "log", "garage", "--limit", "1")
	a.want(0, "left the site garage", "sites", "leave", "garage", "CP-1")
	a.want(exitNotFound, "no member", "sites", "leave", "garage", "CP-1")
	a.want(0, "was deleted", "sites", "delete", "garage")
	a.want(exitNotFound, "no such", "sites", "show", "garage")
	a.want(exitNotFound, "no such", "sites", "log", "garage")
}

func TestProfilesAndCertificatesFromTheCommandLine(t *testing.T) {
	a := ask(t)
	const profile = `{"purpose":"TxDefaultProfile","kind":"Recurring","recurrency":"Daily","stackLevel":3,"note":"cheap",
		"schedules":[{"unit":"A","start":"2026-05-01T22:00:00Z","periods":[{"start":0,"limit":16},{"start":3600,"limit":8}]}]}`
	file := filepath.Join(t.TempDir(), "night.json")
	if err := os.WriteFile(file, []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	a.want(0, "There is no charging profile.", "profiles")
	a.want(0, "is in the library", "profiles", "add", "night", "@"+file)
	a.want(1, "PUT replaces it", "profiles", "add", "night", profile)
	a.want(0, `"stackLevel":3`, "profiles", "add", "night", profile, "--replace", "-o", "json")
	a.want(exitNotFound, "", "profiles", "add", "day", profile, "--replace")
	a.want(exitInvalid, "/schedules", "profiles", "add", "day", `{"purpose":"TxDefaultProfile","kind":"Relative","stackLevel":0}`)
	a.want(exitInvalid, "is not JSON", "profiles", "add", "day", `{`)
	list := a.want(0, "night", "profiles")
	for _, want := range []string{"Recurring, Daily", "cheap", "3"} {
		if !strings.Contains(list, want) {
			t.Errorf("%q is missing:\n%s", want, list)
		}
	}
	a.want(0, "No charging profile matches.", "profiles", "--purpose", "txprofile")
	a.want(0, `"id":"night"`, "profiles", "show", "night")

	cp := a.connect("CP-1", "ocpp1.6")
	cp.says("BootNotification", boot16)
	call := cp.answers(`[3,%q,{"status":"Accepted"}]`)
	a.want(0, "accepted", "do", "CP-1", "set-profile", "library=night", "evse=1")
	<-call
	if out := a.want(0, "16 A, 8 A after 3600s", "profiles", "installed", "--station", "CP-1"); !strings.Contains(out, "TxDefaultProfile") {
		t.Errorf("installed:\n%s", out)
	}
	a.want(0, "No installed charging profile matches.", "profiles", "installed", "--station", "CP-2")
	a.want(0, "There is no vehicle with a promised profile.", "profiles", "vehicles")
	cs := a.connect("CS-2", "ocpp2.0.1")
	cs.says("TransactionEvent", `{"eventType":"Started","timestamp":"2026-05-01T10:00:00Z","triggerReason":"CablePluggedIn","seqNo":0,"transactionInfo":{"transactionId":"t1"},"evse":{"id":1}}`)
	cs.says("NotifyEVChargingNeeds", `{"evseId":1,"chargingNeeds":{"requestedEnergyTransfer":"DC","dcChargingParameters":{"evMaxCurrent":200,"evMaxVoltage":500}}}`)
	if out := a.want(0, "waiting", "profiles", "vehicles", "--station", "CS-2"); !strings.Contains(out, "t1") || !strings.Contains(out, "needs") {
		t.Errorf("vehicles:\n%s", out)
	}
	a.want(0, `"profileId":1900030001`, "profiles", "vehicles", "-o", "json")
	a.want(0, "was deleted", "profiles", "delete", "night")
	a.want(exitNotFound, "no such", "profiles", "show", "night")

	a.want(0, "There is no installed certificate.", "certificates")
	call = cp.answers(`[3,%q,{"status":"Accepted","certificateHashData":[{"hashAlgorithm":"SHA256","issuerNameHash":"1a","issuerKeyHash":"2b","serialNumber":"4f2a"}]}]`)
	a.want(0, "accepted", "do", "CP-1", "list-certificates")
	<-call
	a.want(0, "4f2a", "certificates", "--station", "CP-1")
	a.want(0, "No installed certificate matches.", "certificates", "--serial", "4f2b")
	a.want(exitInvalid, "serial", "certificates", "--serial", "x")
}
