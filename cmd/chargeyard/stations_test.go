package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestStationsAreListedShownAddedAndDeleted(t *testing.T) {
	a := ask(t)
	a.want(0, "There is no station.", "stations")
	a.want(0, "[]\n", "stations", "--output", "json")
	cp := a.connect("CP-1", "ocpp1.6")
	cp.says("BootNotification", boot16)
	cp.says("StatusNotification", `{"connectorId":1,"errorCode":"NoError","status":"Available"}`)
	cp.says("StatusNotification", `{"connectorId":2,"errorCode":"GroundFailure","status":"Faulted"}`)
	key := strings.TrimSpace(a.want(0, "shown this once", "stations", "add", "A/B?ü", "--profile", "2"))
	if len(key) != 40 {
		t.Errorf("the key is %q", key)
	}
	list := a.want(0, "1 Available, 1 Faulted", "stations")
	if strings.Contains(list, "\x1b") || !strings.Contains(list, "充電器 One") || !strings.Contains(list, "A/B?ü") {
		t.Errorf("the list:\n%s", list)
	}
	a.eventually("CP-1", "stations", "--online") // presence is written a moment later
	for args, want := range map[string]string{
		"--online": "CP-1", "--version 1.6": "CP-1", "--find müll": "CP-1", "--find cp-": "CP-1", "--boot accepted": "CP-1", "--offline": "A/B?ü", "--limit 1": "A/B?ü",
	} {
		out := a.want(0, want, append([]string{"stations"}, strings.Fields(args)...)...)
		if strings.Count(out, "\n") != 2 {
			t.Errorf("%s:\n%s", args, out)
		}
	}
	a.want(0, "No station matches.", "stations", "--version", "2.1")
	a.want(0, "No station matches.", "stations", "--boot", "pending")
	a.want(0, "CP-1", "stations", "--model", "充電器 one")
	a.want(0, "GroundFailure", "stations", "show", "CP-1")
	a.want(0, "no, never", "stations", "show", "A/B?ü")
	a.want(0, `"id":"A/B?ü"`, "stations", "show", "A/B?ü", "-o", "json")
	if again := strings.TrimSpace(a.want(0, "has a new key", "stations", "key", "A/B?ü")); len(again) != 40 || again == key {
		t.Errorf("the new key is %q", again)
	}
	a.want(0, "needs none", "stations", "add", "CP-0", "--profile", "0")
	a.want(0, `"password":`, "stations", "add", "CP-2", "-o", "json")
	a.want(1, "known already", "stations", "add", "CP-2")
	a.want(exitInvalid, "/securityProfile", "stations", "add", "CP-3", "--profile", "7")
	a.want(0, "was deleted", "stations", "delete", "A/B?ü")
	a.want(exitNotFound, "", "stations", "delete", "A/B?ü")
	a.want(exitNotFound, "no such station", "stations", "show", "CP-9")
	a.want(exitNotFound, "no such station", "stations", "show", "..")
	a.want(exitInvalid, "names a directory in a URL", "stations", "add", ".")
}

func TestTheJSONOfAListIsOneArrayOfWhatTheAPISays(t *testing.T) {
	a := ask(t)
	for i := range 3 {
		a.want(0, "", "stations", "add", fmt.Sprint("CP-", i))
	}
	var list []struct{ ID string }
	out := a.want(0, `{"id":"CP-0","known":true,`, "stations", "-o", "json")
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != 3 || list[2].ID != "CP-2" {
		t.Errorf("%v in %s", err, out)
	}
}

func TestBootsAreAnsweredAsTheCommandSays(t *testing.T) {
	a := ask(t)
	a.want(0, "", "stations", "add", "CP-1", "--profile", "0")
	a.want(0, "will be answered: pending", "stations", "boot", "CP-1", "pending")
	if answer := a.connect("CP-1", "ocpp1.6").says("BootNotification", boot16); !strings.Contains(answer, "Pending") {
		t.Errorf("the boot was answered %s", answer)
	}
	a.want(exitNotFound, "", "stations", "boot", "CP-2", "accepted")
	for _, word := range []string{"Accepted", "ACCEPTED", "accepted"} {
		a.want(0, "will be answered: accepted", "stations", "boot", "CP-1", word)
		a.want(0, "CP-1", "stations", "--boot", "Pending")
	}
	a.want(2, "must be one of", "stations", "boot", "CP-1", "perhaps")
}

// Keys are changed over the connection, and the station shows how it stands with its key.
func TestKeysAreRotatedFromTheCommandLine(t *testing.T) {
	a := ask(t)
	a.want(2, "say which stations", "stations", "rotate")
	a.want(2, "--show is for one station", "stations", "rotate", "--all", "--show")
	a.want(2, "give a station, or flags", "stations", "rotate", "CP-1", "--all")
	a.want(exitNotFound, "no station was selected", "stations", "rotate", "--all")
	key := strings.TrimSpace(a.want(0, "", "stations", "add", "CP-1"))
	a.want(exitOffline, "not connected", "stations", "rotate", "CP-1")
	a.want(0, "has not come with it yet", "stations", "show", "CP-1")
	cp := a.connectWith("CP-1", "ocpp1.6", key)
	cp.says("BootNotification", boot16)
	a.eventually("first came with it", "stations", "show", "CP-1")
	for _, c := range []struct {
		status string
		code   int
		said   string
		args   []string
	}{
		{"Rejected", exitStatus, "goes on with the old one: it answered Rejected", []string{"CP-1"}},
		{"Rejected", 1, "1 of 1 stations do not do it", []string{"--all"}},
		{"RebootRequired", 0, "takes its new key over when it starts again", []string{"CP-1"}},
		{"Accepted", 0, "Its key is shown this once", []string{"CP-1", "--show"}},
		{"Accepted", 0, "1 Accepted", []string{"--select", "CP-1"}},
		{"Accepted", 0, `"status":"changed"`, []string{"CP-1", "-o", "json"}},
	} {
		call := cp.answers(`[3,%q,{"status":"` + c.status + `"}]`)
		a.want(c.code, c.said, append([]string{"stations", "rotate"}, c.args...)...)
		<-call
		if c.status == "RebootRequired" {
			a.want(0, "a new one was sent to it", "stations", "show", "CP-1")
		}
	}
	a.want(exitNotFound, "no such station", "stations", "rotate", "CP-9")
}
