package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestCommandsAreKeptListedAndCanceled(t *testing.T) {
	a := ask(t)
	cp := a.connect("CP-1", "ocpp1.6")
	cp.says("BootNotification", boot16)
	call := cp.answers(`[3,%q,{"status":"Accepted"}]`)
	a.want(0, `{"status":"Accepted"}`, "call", "CP-1", "Reset", `{"type":"Soft"}`, "--wait", "9s", "--expect", "Accepted")
	<-call
	a.want(0, "Accepted", "commands", "--state", "answered", "--station", "CP-1")
	a.want(0, "No command matches.", "commands", "--action", "Nothing")
	cp.Close()
	a.eventually("CP-1", "stations", "--offline")
	out := a.want(13, "the request is queued; what becomes of it: chargeyard commands show", "call", "CP-1", "ClearCache", "--expires", "1h", "--key", "k-1")
	var kept commandView
	if err := json.Unmarshal([]byte(out), &kept); err != nil || kept.State != "queued" {
		t.Fatalf("%v %s", err, out)
	}
	if again := a.want(13, "queued", "call", "CP-1", "ClearCache", "--expires", "1h", "--key", "k-1"); !strings.Contains(again, kept.ID) {
		t.Errorf("again: %s", again)
	}
	a.want(14, "another request was made under this key", "call", "CP-1", "Reset", `{"type":"Soft"}`, "--key", "k-1")
	a.want(0, "k-1", "commands", "show", kept.ID)
	a.want(0, `"state":"queued"`, "commands", "show", kept.ID, "--output", "json")
	a.want(0, "canceled", "commands", "cancel", kept.ID)
	a.want(1, "only commands that are queued", "commands", "cancel", kept.ID)
	a.want(8, "there is no such command", "commands", "show", "none")
	a.want(6, "secrets are not kept", "call", "CP-1", "ChangeConfiguration", `{"key":"AuthorizationKey","value":"0011223344556677"}`, "--expires", "1h")
}

func TestBulkCommandsAreMadeShownAndStopped(t *testing.T) {
	a := ask(t)
	cp := a.connect("CP-1", "ocpp1.6")
	cp.says("BootNotification", boot16)
	a.connect("CP-2", "ocpp1.6").Close()
	a.eventually("CP-2", "stations", "--offline")
	a.want(0, "", "stations", "tag", "CP-1", "pilot", "north")
	a.want(0, "", "stations", "untag", "CP-1", "north")
	a.want(0, "CP-1", "stations", "--tag", "pilot")
	call := cp.answers(`[3,%q,{"status":"Rejected"}]`)
	out := a.want(0, "1 Rejected", "call", "--tag", "pilot", "--pace", "10", "ClearCache")
	if got := <-call; !strings.Contains(got, "ClearCache") || !strings.Contains(out, "10 stations per second") {
		t.Errorf("%s, then\n%s", got, out)
	}
	call = cp.answers(`[3,%q,{"status":"Rejected"}]`)
	a.want(1, "1 of 1 stations answered, but not with status Accepted", "call", "--tag", "pilot", "--wait", "9s", "ClearCache", "--expect", "Accepted")
	<-call
	a.want(8, "no station was selected", "call", "--firmware", "9.9", "ClearCache")
	call = cp.answers(`[3,%q,{"status":"Accepted"}]`)
	out = a.want(13, "it goes on; how far it is: chargeyard bulks show", "call", "--select", "CP-1,CP-2,CP-3", "--wait", "2s", "--concurrency", "1", "ClearCache", "--output", "json")
	<-call
	var b keptBulkView
	if err := json.Unmarshal([]byte(out), &b); err != nil || b.State != "running" || b.Counts["queued"] != 1 || b.Counts["invalid"] != 1 {
		t.Fatalf("%v %s", err, out)
	}
	a.want(0, "1 answered, 1 invalid, 1 queued", "bulks", "--state", "running")
	a.want(0, b.ID, "bulks", "--output", "json", "--limit", "1")
	a.want(0, "there is no such station", "bulks", "results", b.ID, "--state", "invalid")
	a.want(0, "CP-1", "bulks", "results", b.ID, "--status", "Accepted")
	a.want(0, "No result matches.", "bulks", "results", b.ID, "--state", "refused")
	a.want(0, "stopped", "bulks", "stop", b.ID)
	a.want(0, "1 answered, 1 canceled, 1 invalid", "bulks", "show", b.ID)
	a.want(1, "it is over already", "bulks", "stop", b.ID)
	a.want(8, "there is no such bulk", "bulks", "show", "none")
	a.want(2, "--pace and --concurrency are for many stations", "call", "CP-1", "ClearCache", "--pace", "1")
	a.want(2, "--select names stations", "call", "--select", "CP-1", "--tag", "pilot", "ClearCache")
	a.want(2, "--pace takes a value above zero", "call", "--all", "ClearCache", "--pace", "0")
	a.want(6, "/pace", "call", "--all", "ClearCache", "--pace", "0.01", "--expires", "1s")
}
