package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestACallPrintsTheAnswerAndItsExitCodeSaysWhatHappened(t *testing.T) {
	a := ask(t)
	cp := a.connect("CP-1", "ocpp1.6")
	cp.says("BootNotification", boot16)
	const accepted, rejected = `[3,%q,{"status":"Accepted"}]`, `[3,%q,{"status":"Rejected"}]`

	call := cp.answers(accepted)
	if out := a.want(0, "", "call", "CP-1", "Reset", `{"type":"Soft"}`); out != "{\"status\":\"Accepted\"}\n" {
		t.Errorf("the answer is %q", out)
	}
	if got := <-call; !strings.Contains(got, `"Reset",{"type":"Soft"}`) {
		t.Errorf("the station was asked %s", got)
	}
	for _, c := range []struct {
		answer string
		code   int
		said   string
		args   []string
	}{
		{rejected, 0, "Rejected", []string{"ClearCache"}},
		{accepted, 0, `"station":"CP-1"`, []string{"ClearCache", "{}", "-o", "json"}},
		{accepted, 0, "Accepted", []string{"ClearCache", "--expect", "Accepted"}},
		{rejected, exitStatus, "not with status Accepted", []string{"ClearCache", "--expect", "Accepted"}},
		{`[4,%q,"NotSupported","not here",{}]`, exitRefused, "NotSupported", []string{"ClearCache"}},
		{`[3,%q,{"status":"Perhaps"}]`, exitLost, "", []string{"ClearCache"}},
		{"", exitTimeout, "", []string{"ClearCache", "--timeout", "100ms"}},
	} {
		call := cp.answers(c.answer)
		a.want(c.code, c.said, append([]string{"call", "CP-1"}, c.args...)...)
		<-call
	}
	a.want(exitBusy, "", "call", "CP-1", "ClearCache", "--timeout", "100ms") // the last one is not answered yet
}

func TestACallThatIsNotSentSaysWhy(t *testing.T) {
	a := ask(t)
	a.connect("CP-1", "ocpp1.6").says("BootNotification", boot16)
	a.want(0, "", "stations", "add", "CP-2")
	file := filepath.Join(t.TempDir(), "payload.json")
	if err := os.WriteFile(file, []byte(`{"type":"Later"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	a.want(exitInvalid, "/payload/type: is not a value of the enumeration; expected one of Hard, Soft", "call", "CP-1", "Reset", `{"type":"Later"}`)
	a.want(exitInvalid, "/payload/type", "call", "CP-1", "Reset", "@"+file)
	a.want(exitInvalid, "no such file", "call", "CP-1", "Reset", "@nowhere.json")
	a.want(exitInvalid, "/payload/type: is missing; expected one of Hard, Soft", "call", "CP-1", "Reset")
	a.want(exitInvalid, "has no such request of the CSMS (/action)", "call", "CP-1", "Rest")
	a.want(exitInvalid, "is not JSON", "call", "CP-1", "Reset", `{"type":`)
	a.want(exitInvalid, "is not a JSON object", "call", "CP-1", "Reset", `["Soft"]`)
	a.want(exitInvalid, "timeout", "call", "CP-1", "ClearCache", "--timeout", "2m")
	a.want(exitOffline, "not connected", "call", "CP-2", "Reset", `{"type":"Soft"}`)
	a.want(exitNotFound, "no such station", "call", "CP-3", "ClearCache")

	var out, errOut bytes.Buffer
	code := runWith(t.Context(), []string{"call", "CP-1", "Reset", "-"}, streams{strings.NewReader(`{"type":1}`), &out, &errOut})
	if code != exitInvalid || !strings.Contains(errOut.String(), "/payload/type") {
		t.Errorf("from standard input: %d %s", code, &errOut)
	}
	big := io.LimitReader(endless{}, 2*maxPayload)
	code = runWith(t.Context(), []string{"call", "CP-1", "Reset", "-"}, streams{big, &out, &errOut})
	if code != exitInvalid || !strings.Contains(errOut.String(), "larger than 1 MiB") {
		t.Errorf("too much: %d %s", code, &errOut)
	}
}

// endless is text without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte("x"), len(p))), nil }

func TestACallToManyStationsIsCounted(t *testing.T) {
	a := ask(t)
	one, two := a.connect("CP-1", "ocpp1.6"), a.connect("CP-2", "ocpp2.0.1")
	one.says("Heartbeat", `{}`)
	two.says("Heartbeat", `{}`)
	a.want(0, "", "stations", "add", "CP-3")
	answers := func() { one.answers(`[3,%q,{"status":"Accepted"}]`); two.answers(`[4,%q,"NotSupported","",{}]`) }

	answers()
	out := a.want(1, "2 of 3 stations gave no answer", "call", "--all", "ClearCache")
	for _, want := range []string{"1: 1 Accepted", "refused", "offline", "CP-3", "NotSupported"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing:\n%s", want, out)
		}
	}
	a.eventually("CP-2", "stations", "--online")
	answers()
	a.want(1, `"selected":2`, "call", "--online", "ClearCache", "{}", "-o", "json")
	one.answers(`[3,%q,{"status":"Accepted"}]`)
	a.want(0, "1: 1 Accepted", "call", "--version", "1.6", "ClearCache", "--expect", "Accepted")
	one.answers(`[3,%q,{"status":"Rejected"}]`)
	a.want(1, "not with status Accepted", "call", "--select", "CP-1", "ClearCache", "--expect", "Accepted")
	a.want(1, "/payload/type", "call", "--select", "CP-1,CP-2", "Reset", `{"type":"No"}`)
	a.want(exitNotFound, "no station was selected", "call", "--version", "2.1", "ClearCache")
}
