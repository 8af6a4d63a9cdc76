package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/ocpptest"
)

// asked is a server that these tests ask, by the command line.
type asked struct {
	t        *testing.T
	stations string // URL without the identity
	data     string
}

// ask starts a server. The commands find it, and a token for it, in the environment.
func ask(t *testing.T) *asked {
	t.Helper()
	a := &asked{t: t, data: t.TempDir()}
	t.Setenv("CHARGEYARD_API_TOKEN", "token-of-the-commands")
	ctx, cancel := context.WithCancel(context.Background())
	banner, out := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--ocpp", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data", a.data}, out, io.Discard)
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-ended; code != 0 {
			t.Errorf("the server ended with %d", code)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	p := readBanner(t, banner)
	a.stations = p.stations
	t.Setenv("CHARGEYARD_SERVER", strings.TrimSuffix(p.api, "/api/v1"))
	return a
}

// want runs a command that must end with a code and say something, on standard output or error.
func (a *asked) want(code int, said string, args ...string) (out string) {
	a.t.Helper()
	got, out, errOut := try(a.t, args...)
	if got != code || !strings.Contains(out+errOut, said) {
		a.t.Errorf("%q: code %d, want %d and %q in:\n%s%s", args, got, code, said, out, errOut)
	}
	return out
}

// eventually repeats a command until it says something.
func (a *asked) eventually(said string, args ...string) {
	a.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; {
		_, out, errOut := try(a.t, args...)
		if strings.Contains(out, said) {
			return
		}
		if time.Now().After(end) {
			a.t.Fatalf("%q does not say %q:\n%s%s", args, said, out, errOut)
		}
	}
}

// answerer is a raw station that answers what it is asked.
type answerer struct {
	*ocpptest.Peer
	t *testing.T
}

func (a *asked) connect(id, subprotocol string) *answerer {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), 10*time.Second)
	defer cancel()
	p, err := ocpptest.DialPeer(ctx, a.stations+"/"+id, ocpptest.PeerOptions{Subprotocols: []string{subprotocol}})
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { p.Close() })
	if err := p.Conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		a.t.Fatal(err)
	}
	return &answerer{p, a.t}
}

// says sends a CALL and reads the answer.
func (s *answerer) says(action, payload string) string {
	s.t.Helper()
	if err := s.SendText(fmt.Sprintf(`[2,%q,%q,%s]`, action, action, payload)); err != nil {
		s.t.Fatal(err)
	}
	answer, err := s.ReadText()
	if err != nil || !strings.HasPrefix(answer, `[3,"`+action) {
		s.t.Fatalf("%s was answered %s %v", action, answer, err)
	}
	return answer
}

// answers reads a CALL in the background and answers it; %s in answer is its id. The channel then has the CALL.
func (s *answerer) answers(answer string) <-chan string {
	got := make(chan string, 1)
	go func() {
		call, err := s.ReadText()
		if err != nil {
			got <- err.Error()
			return
		}
		var frame []any
		if json.Unmarshal([]byte(call), &frame) == nil && answer != "" {
			err = s.SendText(fmt.Sprintf(answer, frame[1]))
		}
		got <- fmt.Sprint(call, err)
	}()
	return got
}

const boot16 = `{"chargePointVendor":"Müller\u001b[31m","chargePointModel":"充電器 One","firmwareVersion":"1.2"}`

func TestStationsAreListedShownAddedAndDeleted(t *testing.T) {
	a := ask(t)
	a.want(0, "There is no such station.", "stations")
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
	a.want(0, "There is no such station.", "stations", "--version", "2.1")
	a.want(0, "There is no such station.", "stations", "--boot", "pending")
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

func TestTransactionsAreListedAndShown(t *testing.T) {
	a := ask(t)
	cp := a.connect("CP-1", "ocpp1.6")
	now := time.Now().UTC()
	at := func(d time.Duration) string { return now.Add(d).Format(time.RFC3339) }
	cp.says("StartTransaction", fmt.Sprintf(`{"connectorId":1,"idTag":"OLD","meterStart":0,"timestamp":%q}`, at(-30*24*time.Hour)))
	cp.says("StopTransaction", fmt.Sprintf(`{"transactionId":1,"meterStop":1500,"timestamp":%q,"reason":"EVDisconnected"}`, at(-29*24*time.Hour)))
	cp.says("StartTransaction", fmt.Sprintf(`{"connectorId":2,"idTag":"CAFE","meterStart":1000,"timestamp":%q}`, at(-time.Hour)))
	for i, wh := range []string{"1500", "2250"} {
		cp.says("MeterValues", fmt.Sprintf(`{"connectorId":2,"transactionId":2,"meterValue":[{"timestamp":%q,"sampledValue":[{"value":%q},{"value":"11.5","measurand":"Power.Active.Import","unit":"kW","phase":"L1"}]}]}`,
			at(time.Duration(i-30)*time.Minute), wh))
	}
	a.want(0, "ended, EVDisconnected", "transactions")
	for args, want := range map[string]string{
		"--active": "CAFE", "--ended": "OLD", "--since 2h": "CAFE", "--limit 1": "CAFE", "--token cafe": "CAFE",
	} {
		out := a.want(0, want, append([]string{"transactions", "--station", "CP-1"}, strings.Fields(args)...)...)
		if strings.Count(out, "\n") != 2 {
			t.Errorf("%s:\n%s", args, out)
		}
	}
	a.want(0, "1.250", "transactions", "--active")
	a.want(0, "There is no such transaction.", "transactions", "--station", "CP-2")
	a.want(0, "There is no such transaction.", "transactions", "--trouble")
	a.want(0, `"id":"CP-1:2"`, "transactions", "-o", "json")
	shown := a.want(0, "1000 Wh to 2250 Wh", "transactions", "show", "CP-1:2")
	for _, want := range []string{"1.250 kWh", "none missing", "CAFE", "Power.Active.Import", "11.5", "L1"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is missing:\n%s", want, shown)
		}
	}
	if out := a.want(0, "Energy.Active.Import.Register", "transactions", "show", "CP-1:2", "--samples"); strings.Count(out, "\n") != 5 {
		t.Errorf("the samples:\n%s", out)
	}
	a.want(0, `"value":2250`, "transactions", "show", "CP-1:2", "--samples", "-o", "json")
	a.want(0, `"meterStart":1000`, "transactions", "show", "2", "-o", "json")
	a.want(exitNotFound, "no such transaction", "transactions", "show", "CP-1:99")
}

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
	a.want(1, "NotAtThisLocation: it may not charge at EVSE 1", "id-tokens", "check", "DAY", "--station", "CP-1", "--evse", "1", "--time", "2026-05-04T07:00:00Z")
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
	a.want(0, "There is no id token.", "id-tokens", "--status", "accepted")
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

// Reservations are listed; what a station that is not there cannot do says why.
func TestReservationsAreListedAndRefused(t *testing.T) {
	a := ask(t)
	a.want(0, "There is no reservation.", "reservations")
	a.want(0, "[]", "reservations", "--open", "--station", "CP-1", "--state", "used", "--token", "x", "-o", "json")
	a.want(exitNotFound, "", "reservations", "add", "NOBODY", "ISO14443:CARD", "--evse", "1", "--minutes", "5", "--group", "G")
	a.want(exitNotFound, "", "reservations", "cancel", "12")
	a.want(exitInvalid, "", "reservations", "add", "NOBODY", "CARD", "--evse", "1", "--connector-type", "cCCS2")
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

func TestRefusalsAreListed(t *testing.T) {
	a := ask(t)
	a.want(0, "No station was turned away.", "refusals")
	a.want(0, "", "stations", "add", "CP-1")
	_, err := ocpptest.DialPeer(t.Context(), a.stations+"/CP-1", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
	if err == nil {
		t.Fatal("a station without its key came in")
	}
	a.eventually("credential", "refusals", "--station", "CP-1", "--since", "1h")
	a.want(0, "No station was turned away.", "refusals", "--station", "CP-2")
	a.want(0, `"reason":"credential"`, "refusals", "-o", "json")
}

func TestAWrongTokenAndAServerThatIsDownAreNamed(t *testing.T) {
	a := ask(t)
	a.want(exitUnauthorized, "chargeyard token new --save", "stations", "--api-token", "wrong")
	t.Setenv("CHARGEYARD_API_TOKEN", "")
	a.want(exitUnauthorized, "Authorization", "call", "CP-1", "ClearCache", "--data", t.TempDir())
	a.want(0, "cy_", "token", "new", "--data", a.data, "--save")
	a.want(0, "no such station", "stations", "--data", a.data)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	a.want(exitNoServer, "Is it running?", "stations", "--server", "http://"+l.Addr().String())
	a.want(1, "is not the URL of a server", "stations", "--server", "localhost:8080")
}

// A saved token is for servers on this machine.
func TestASavedTokenStaysOnThisMachine(t *testing.T) {
	data := t.TempDir()
	if code, _, errOut := try(t, "token", "new", "--data", data, "--save"); code != 0 {
		t.Fatal(errOut)
	}
	info, err := os.Stat(savedToken(data))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	for server, sent := range map[string]bool{
		"http://127.0.0.1:8080": true, "http://localhost:1": true, "http://[::1]:1": true, "http://example.org": false, "http://127.0.0.1.example.org": false, ":": false,
	} {
		token, err := apiFlags{Server: server, Data: data}.token()
		if err != nil || (token != "") != sent {
			t.Errorf("%s: %q %v", server, token, err)
		}
	}
	if token, err := (apiFlags{Server: "http://127.0.0.1", Data: data, APIToken: "mine"}).token(); token != "mine" || err != nil {
		t.Errorf("%q %v", token, err)
	}
}

// What the README shows of the command line is a command line.
func TestTheCommandsOfTheReadmeAreUnderstood(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "## The command line")
	section, _, _ = strings.Cut(section, "\n## ")
	a := ask(t)
	key := strings.TrimSpace(a.want(0, "", "stations", "add", "CS-0002"))
	if key == "" {
		t.Error("no key")
	}
	codes := map[string]int{"stations": 0, "transactions": 0, "refusals": 0, "call": exitOffline}
	n := 0
	for line := range strings.Lines(section) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "  #")
		words, ok := strings.CutPrefix(line, "chargeyard ")
		if !ok {
			continue
		}
		n++
		args := strings.Fields(words)
		if before, payload, ok := strings.Cut(words, "'"); ok {
			args = append(strings.Fields(before), strings.TrimSuffix(strings.TrimSpace(payload), "'"))
		}
		want := codes[args[0]]
		if args[0] == "call" && strings.HasPrefix(args[1], "--") {
			want = exitNotFound // nobody fits
		}
		if code, out, errOut := try(t, args...); code != want {
			t.Errorf("%q: code %d, want %d\n%s%s", args, code, want, out, errOut)
		}
	}
	if n != 8 {
		t.Errorf("%d commands were tried", n)
	}
	if code, out, _ := decoding(t, `[2,"1","Reset",{"type":"Later"}]`, "--version", "1.6"); code != 1 || !strings.Contains(out, "Hard, Soft") {
		t.Errorf("%d %s", code, out)
	}
}
