package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

func TestVerbsFromTheCommandLine(t *testing.T) {
	a := ask(t)
	cp := a.connect("CP-1", "ocpp1.6")
	cp.says("BootNotification", boot16)
	call := cp.answers(`[3,"%s",{"status":"Accepted"}]`)
	out := a.want(0, "accepted", "do", "CP-1", "start", "evse=2", "idToken=CAFE")
	if got := <-call; !strings.Contains(got, `"RemoteStartTransaction",{"idTag":"CAFE","connectorId":2}`) || !strings.Contains(out, "RemoteStartTransaction") {
		t.Errorf("%s\n%s", got, out)
	}
	call = cp.answers(`[3,"%s",{"status":"Rejected"}]`)
	a.want(exitStatus, "the station does not do it", "do", "CP-1", "reset", "mode=hard")
	cp.answers(`[3,"%s",{"status":"Unknown"}]`)
	a.want(exitStatus, "the station does not have it", "do", "CP-1", "clear-profiles", "id=5")
	<-call
	call = cp.answers(`[3,"%s",{"status":"Scheduled"}]`)
	a.want(exitStatus, "not with status Accepted", "do", "CP-1", "availability", `{"operational":false}`, "evse=1", "--expect", "Accepted")
	<-call
	call = cp.answers(`[3,"%s",{"status":"Scheduled"}]`)
	a.want(0, `"verb":"availability"`, "do", "CP-1", "availability", "operational=true", "--expect", "scheduled", "-o", "json")
	<-call
	call = cp.answers(`[4,"%s","NotSupported","",{}]`)
	a.want(exitRefused, "NotSupported", "do", "CP-1", "clear-cache")
	<-call
	a.want(exitInvalid, "OCPP 1.6 has only hard and soft", "do", "CP-1", "reset", "mode=resume")
	a.want(exitInvalid, "there is no argument colour", "do", "CP-1", "reset", "colour=red")
	a.want(exitInvalid, `there is no verb "dance"`, "do", "CP-1", "dance")
	a.want(exitNotFound, "no such station", "do", "CP-9", "clear-cache")
	cp.Close()
	a.eventually("CP-1", "stations", "--offline")
	a.want(exitOffline, "not connected", "do", "CP-1", "clear-cache")
	out = a.want(0, "queued", "do", "CP-1", "clear-cache", "--expires", "1h", "--key", "k")
	if !strings.Contains(out, "/api/v1/commands/") || !strings.Contains(out, "expires") {
		t.Errorf("a command that waits:\n%s", out)
	}
	_, _, errOut := try(t, "do", "CP-1", "stop", "evse=1", "--key", "stop-1", "--expires", "1h")
	if strings.Count(errOut, "no transaction goes on there") != 1 || !strings.Contains(errOut, "(/evse)") {
		t.Errorf("a refusal: %s", errOut)
	}
	a.want(exitNotNow, "no transaction goes on there", "do", "CP-1", "stop", "evse=1", "--expires", "1h")
	a.want(2, "--pace and --concurrency are for many stations", "do", "CP-1", "clear-cache", "--pace", "1")
	a.want(2, "give STATION VERB", "do", "CP-1")
}

func TestVerbsForManyStations(t *testing.T) {
	a := ask(t)
	cp, two := a.connect("CP-1", "ocpp1.6"), a.connect("CP-2", "ocpp2.0.1")
	cp.says("BootNotification", boot16)
	two.says("BootNotification", `{"reason":"PowerUp","chargingStation":{"vendorName":"V","model":"M"}}`)
	a.want(0, "", "stations", "tag", "CP-1", "pilot")
	a.want(0, "", "stations", "tag", "CP-2", "pilot")
	call, other := cp.answers(`[3,%q,{"status":"Accepted"}]`), two.answers(`[3,%q,{"status":"Accepted"}]`)
	out := a.want(0, "2 Accepted", "do", "--tag", "pilot", "reset", "mode=hard", "--wait", "9s")
	if got := <-call + <-other; !strings.Contains(got, `"Reset",{"type":"Hard"}`) || !strings.Contains(got, `"Reset",{"type":"Immediate"}`) || !strings.Contains(out, `reset {"mode":"hard"}`) {
		t.Errorf("%s\n%s", got, out)
	}
	call, other = cp.answers(`[3,%q,{"status":"Rejected"}]`), two.answers(`[3,%q,{"status":"Accepted"}]`)
	a.want(1, "1 of 2 stations do not do it", "do", "--all", "clear-cache")
	<-call
	<-other
	other = two.answers(`[3,%q,{"status":"Accepted"}]`)
	out = a.want(1, "1 of 2 stations gave no answer; which ones: chargeyard bulks results", "do", "--tag", "pilot", "report-base", "base=full", "--expect", "accepted")
	<-other
	_, id, _ := strings.Cut(out, "bulk command  ")
	id, _, _ = strings.Cut(id, "\n")
	a.want(0, "OCPP 1.6", "bulks", "results", strings.TrimSpace(id), "--state", "invalid")
	a.want(0, "report-base", "bulks", "--verb", "report-base")
	a.want(0, "GetBaseReport", "commands", "--verb", "report-base", "--state", "answered")
	a.want(2, "give VERB [NAME=VALUE ...] with", "do", "--all")
	a.want(exitInvalid, "/arguments/mode", "do", "--all", "reset", "mode=warm")
	a.want(exitInvalid, "there is no argument colour", "do", "--all", "reset", "colour=red")
}

func TestTransactionsAreStopped(t *testing.T) {
	a := ask(t)
	cp := a.connect("CP-1", "ocpp1.6")
	cp.says("StartTransaction", `{"connectorId":1,"idTag":"CAFE","meterStart":0,"timestamp":"2026-05-04T12:00:00Z"}`)
	call := cp.answers(`[3,"%s",{"status":"Accepted"}]`)
	a.want(0, "accepted", "transactions", "stop", "CP-1:1")
	if got := <-call; !strings.Contains(got, `"RemoteStopTransaction",{"transactionId":1}`) {
		t.Errorf("asked %s", got)
	}
	call = cp.answers(`[3,"%s",{"status":"Rejected"}]`)
	a.want(exitStatus, "the station does not do it", "transactions", "stop", "1", "--wait", "9s")
	<-call
	cp.says("StopTransaction", `{"transactionId":1,"meterStop":1,"timestamp":"2026-05-04T12:30:00Z"}`)
	a.want(exitNotNow, "has ended already", "transactions", "stop", "CP-1:1")
	a.want(exitNotFound, "no such transaction", "transactions", "stop", "CP-1:2")
}

func TestVerbsExplainThemselves(t *testing.T) {
	for _, kind := range fleet.VerbKinds() {
		code, out, errOut := try(t, "verbs", kind.Name)
		if code != 0 || !strings.Contains(out, kind.Summary) || strings.Contains(out, "=\n") || strings.Contains(out, "        .") {
			t.Errorf("%s: %d\n%s%s", kind.Name, code, out, errOut)
		}
	}
	if _, out, _ := try(t, "verbs"); strings.Count(out, "\n") != len(fleet.VerbKinds())+1 {
		t.Errorf("the list:\n%s", out)
	}
	if code, _, errOut := try(t, "verbs", "dance"); code != exitNotFound || !strings.Contains(errOut, "dance") {
		t.Errorf("%d %s", code, errOut)
	}
}

func TestArgumentsAreReadAsTheirVerbWantsThem(t *testing.T) {
	for _, c := range []struct{ verb, words, want string }{
		{"start", "evse=1 idToken=123", `{"evse":1,"idToken":{"value":"123"}}`},
		{"start", "idToken.value=A idToken.type=Local groupIdToken=G", `{"groupIdToken":{"value":"G"},"idToken":{"type":"Local","value":"A"}}`},
		{"start", `idToken={"value":"A"}`, `{"idToken":{"value":"A"}}`},
		{"start", `{"evse":1,"idToken":{"value":"A"}} EVSE=2`, `{"evse":2,"idToken":{"value":"A"}}`},
		{"update-firmware", "location=https://f/?a=b retries=0 retrieveAt=2026-05-04T12:00:00Z", `{"location":"https://f/?a=b","retries":0,"retrieveAt":"2026-05-04T12:00:00Z"}`},
		{"clear-tariffs", "tariffs=A,B evse=0", `{"evse":0,"tariffs":["A","B"]}`},
		{"show-cost", "transaction=A:1 totalCost=7.50", `{"totalCost":7.50,"transaction":"A:1"}`},
		{"data-transfer", `vendorId=x data={"on":true}`, `{"data":{"on":true},"vendorId":"x"}`},
		{"data-transfer", `vendorId=x data=on`, `{"data":"on","vendorId":"x"}`},
		{"reset", "evse=one", "evse=one: this is no number"},
		{"availability", "operational=yes", "operational=yes: say true or false"},
		{"send-local-list", "tokens=A", "tokens=A: this is no JSON"},
		{"start", "evse.number=1", "evse has no parts"},
		{"start", "remoteStartId=1", "there is no argument remoteStartId"},
		{"start", "hard", "is not JSON"},
	} {
		kind, _ := fleet.VerbKindOf(c.verb)
		got, err := readArguments(kind, strings.Fields(c.words), strings.NewReader(""))
		text := ""
		if err != nil {
			text = err.Error()
		} else if b, err := json.Marshal(got); err == nil {
			text = string(b)
		}
		if text != c.want && (err == nil || !strings.Contains(text, c.want)) {
			t.Errorf("%s %s: %s, want %s", c.verb, c.words, text, c.want)
		}
	}
}
