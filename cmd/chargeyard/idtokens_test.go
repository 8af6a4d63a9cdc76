package main

import (
	"strings"
	"testing"
)

func TestIDTokensAreListedAddedAndDeleted(t *testing.T) {
	a := ask(t)
	a.want(0, "There is no id token.", "id-tokens")
	a.want(0, "ISO14443:04E91C5A", "id-tokens", "add", "04E91C5A", "--type", "ISO14443", "--group", "family", "--note", "Änn", "--expiry", "2099-05-01T12:00:00Z")
	a.want(0, `"status":"Blocked"`, "id-tokens", "add", "CAFE", "--status", "Blocked", "-o", "json")
	list := a.want(0, "2099-05-01", "id-tokens")
	for _, want := range []string{"CAFE", "Blocked", "never", "family", "Änn"} {
		if !strings.Contains(list, want) {
			t.Errorf("%q is missing:\n%s", want, list)
		}
	}
	a.want(1, "", "id-tokens", "add", "CAFE")
	a.want(0, `"timeZone":"Europe/Berlin"`, "id-tokens", "add", "DAY", "--at", "CP-1/2", "--at", "CP-2", "--at-tag", "depot", "--hours", "Mon,Tue 08:00-18:00", "--hours", "22:00-06:00",
		"--time-zone", "Europe/Berlin", "--concurrent", "2", "--from", "2020-01-01T00:00:00Z", "--message", "Moin", "--language", "de", "-o", "json")
	a.want(0, "2 at once, 3 places, hours", "id-tokens")
	a.want(0, "Accepted: it is on record", "id-tokens", "check", "DAY", "--station", "CP-2", "--time", "2026-05-04T07:00:00Z")
	a.want(1, "NotAtThisTime", "id-tokens", "check", "DAY", "--station", "CP-2", "--time", "2026-05-06T12:00:00Z")
	a.want(1, "NotAllowedTypeEVSE: it may not charge at EVSE 1", "id-tokens", "check", "DAY", "--station", "CP-1", "--evse", "1", "--time", "2026-05-04T07:00:00Z")
	a.want(exitInvalid, "", "id-tokens", "add", "BAD", "--hours", "always")
	a.want(exitInvalid, "", "id-tokens", "add", "BAD", "--time-zone", "Nowhere")
	a.want(0, "was deleted", "id-tokens", "delete", "DAY")
	a.want(0, "was deleted", "id-tokens", "delete", "ISO14443:04E91C5A")
	a.want(exitNotFound, "", "id-tokens", "delete", "ISO14443:04E91C5A")
	a.want(0, `"value":"CAFE"`, "id-tokens", "-o", "json")
}

func TestIDTokensAreAcceptedAndBlocked(t *testing.T) {
	a := ask(t)
	cp := a.connect("CP-1", "ocpp1.6")
	cp.says("BootNotification", boot16)
	charges := func(status string) {
		t.Helper()
		if answer := cp.says("Authorize", `{"idTag":"CAFE"}`); !strings.Contains(answer, `"status":"`+status+`"`) {
			t.Errorf("it was answered %s, want %s", answer, status)
		}
	}
	charges("Accepted") // the server is open to all
	a.eventually("CAFE", "id-tokens", "--status", "UNKNOWN")
	a.want(0, "No id token matches.", "id-tokens", "--status", "accepted")
	a.want(0, "is now: Accepted.", "id-tokens", "accept", "CAFE")
	charges("Accepted")
	a.want(0, `"status":"Blocked"`, "id-tokens", "block", "cafe", "-o", "json")
	charges("Blocked")
	a.want(0, "is now: Accepted.", "id-tokens", "accept", "CAFE")
	charges("Accepted")
	a.want(exitNotFound, "", "id-tokens", "accept", "NOBODY")
	a.want(0, "was added", "id-tokens", "add", "..")
	a.want(0, "is now: Blocked.", "id-tokens", "block", "..")
	a.want(0, "OLD", "id-tokens", "add", "OLD", "--status", "blocked", "--expiry", "2020-01-01T00:00:00Z")
	a.want(0, "is now: Accepted, but Expired.", "id-tokens", "accept", "OLD")
}

func TestGroupsOfTokensAreSetListedAndDeleted(t *testing.T) {
	a := ask(t)
	a.want(0, "No group has a record.", "token-groups")
	a.want(0, "was set", "token-groups", "set", "fleet", "--concurrent", "10", "--note", "Änn")
	a.want(0, `"masterPass":true`, "token-groups", "set", "police", "--master-pass", "-o", "json")
	a.want(0, "fleet", "token-groups")
	a.want(0, `"concurrent":10`, "token-groups", "-o", "json")
	a.want(0, "was deleted", "token-groups", "delete", "FLEET")
	a.want(exitNotFound, "", "token-groups", "delete", "fleet")
}
