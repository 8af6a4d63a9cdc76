package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
)

// keep posts a command that is to be kept and returns its id.
func (r *rig) keep(station, body string) string {
	r.t.Helper()
	return r.api(http.MethodPost, "/stations/"+station+"/commands", body, http.StatusAccepted)["id"].(string)
}

// becomes waits for a state of a command.
func (r *rig) becomes(id string, state fleet.CommandState) map[string]any {
	r.t.Helper()
	var got map[string]any
	r.eventually(fmt.Sprintf("%s is %s", id, state), func() bool {
		got = r.api(http.MethodGet, "/commands/"+id, "", http.StatusOK)
		return got["state"] == string(state)
	})
	return got
}

// away makes a station that has been here and is gone.
func (r *rig) away(id string) {
	r.t.Helper()
	p := r.connect(id, "ocpp1.6", login{})
	p.call("BootNotification", boot16)
	r.goes(id, p)
}

// goes ends the connection of a station.
func (r *rig) goes(id string, p *peer) {
	r.t.Helper()
	p.Close()
	r.eventually(id+" is gone", func() bool { _, online := r.srv.csms.Station(id); return !online })
}

func TestAnOfflineStationGetsItsCommandsWhenItComes(t *testing.T) {
	r := serve(t, Config{})
	r.away("A")
	for _, lane := range []string{"bulk", "charging", "people", "bulk"} {
		r.keep("A", fmt.Sprintf(`{"action":"ChangeAvailability","payload":{"connectorId":%d,"type":"Operative"},"lane":%q,"expires":60}`, len(r.items("/commands")), lane))
	}
	p, err := r.dial("A", "ocpp1.6", login{})
	if err != nil {
		t.Fatal(err)
	}
	p.call("BootNotification", boot16) // nothing comes before its answer
	var order []any
	for range 4 {
		order = append(order, p.serveCall("ChangeAvailability", `{"status":"Accepted"}`)["connectorId"])
	}
	if fmt.Sprint(order) != "[2 1 0 3]" {
		t.Errorf("order: %v", order)
	}
	r.eventually("all are answered", func() bool { return len(r.items("/commands?state=answered")) == 4 })
	r.wantRecords(map[fleet.CommandOutcome]int{fleet.CommandAnswered: 4})
	r.eventually("nothing is left in memory", func() bool { return !r.srv.queue.has("A") })
}

func TestR40WhatAStationSaysIsAnsweredBeforeItGetsQueuedCommands(t *testing.T) {
	r := serve(t, Config{})
	r.away("A")
	r.keep("A", `{"action":"ClearCache","expires":60}`)
	p, err := r.dial("A", "ocpp1.6", login{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.SendText(`[3,"nobody","asked"]`); err != nil {
		t.Fatal(err)
	}
	var st *csms.Station
	r.eventually("the station is heard", func() bool {
		found, online := r.srv.csms.Station("A")
		st = found
		return online && !st.LastMessageAt().IsZero()
	})
	if r.srv.queue.settled(st) {
		t.Error("a station that was heard, and answered nothing yet, gets commands")
	}
	p.call("BootNotification", boot16)
	p.serveCall("ClearCache", `{"status":"Accepted"}`)
}

func TestARejectedStationGetsNothingAndAPendingOneDoes(t *testing.T) {
	r := serve(t, Config{Boot: BootRejected})
	p := r.connect("A", "ocpp1.6", login{})
	p.call("BootNotification", boot16)
	id := r.keep("A", `{"action":"ClearCache","expires":60}`)
	p.call("BootNotification", boot16) // the answer is the next frame: nothing was sent
	if got := r.api(http.MethodGet, "/commands/"+id, "", http.StatusOK); got["state"] != "queued" || got["attempts"] != 0.0 {
		t.Errorf("%v", got)
	}
	r.api(http.MethodPatch, "/stations/A", `{"boot":"Pending"}`, http.StatusOK)
	p.call("BootNotification", boot16)
	p.serveCall("ClearCache", `{"status":"Accepted"}`)
	r.becomes(id, fleet.StateAnswered)
}

// Who forgets to say how long a station has is not who wants it to have no time at all.
func TestACommandWithoutATimeoutIsWaitedFor(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	kept, err := r.srv.commands().Queue(t.Context(), httpapi.QueuedCommand{Station: "A", Action: "ClearCache", Payload: []byte(`{}`), Lane: fleet.LanePeople})
	if err != nil || kept.Timeout != defaultAnswerTime {
		t.Fatalf("%v %v", kept.Timeout, err)
	}
	p.serveCall("ClearCache", `{"status":"Accepted"}`)
	r.becomes(kept.ID, fleet.StateAnswered)
}

func TestAKeptCommandAnswersInTime(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	got := r.command(p, "A", `{"action":"ClearCache","wait":9}`, http.StatusOK, func() { p.serveCall("ClearCache", `{"status":"Rejected"}`) })
	want(t, got, map[string]any{"station": "A", "version": "1.6", "action": "ClearCache"})
	refused := r.command(p, "A", `{"action":"ClearCache","wait":9}`, http.StatusBadGateway, func() {
		if err := p.SendText(fmt.Sprintf(`[4,%q,"NotSupported","no",{}]`, p.read()[1])); err != nil {
			t.Error(err)
		}
	})
	want(t, refused, map[string]any{"code": "NotSupported"})
	garbled := r.command(p, "A", `{"action":"ClearCache","wait":9}`, http.StatusBadGateway, func() {
		if err := p.SendText(fmt.Sprintf(`[3,%q,{"status":17}]`, p.read()[1])); err != nil {
			t.Error(err)
		}
	})
	if !strings.Contains(fmt.Sprint(garbled["detail"]), "understood") {
		t.Errorf("%v", garbled)
	}
	late := r.keep("A", `{"action":"ClearCache","wait":0.01}`)
	p.serveCall("ClearCache", `{"status":"Accepted"}`)
	r.becomes(late, fleet.StateAnswered)
}

func TestWhatWasLostIsUnknownAndWhatReadsIsRepeated(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	reset := r.keep("A", `{"action":"Reset","payload":{"type":"Hard"},"expires":60}`)
	p.read()
	if got := r.becomes(reset, fleet.StateSent); got["messageId"] == nil || got["attempts"] != 1.0 {
		t.Errorf("while it is under way: %v", got)
	}
	p.Close()
	r.becomes(reset, fleet.StateUnknown)
	p = r.connect("A", "ocpp1.6", login{})
	read := r.keep("A", `{"action":"GetConfiguration","expires":60}`)
	first := p.read()
	p.Close()
	r.becomes(read, fleet.StateQueued)
	p = r.connect("A", "ocpp1.6", login{})
	p.call("Heartbeat", `{}`)
	second := p.read()
	if first[2] != "GetConfiguration" || second[2] != "GetConfiguration" || first[1] == second[1] {
		t.Errorf("%v, then %v", first, second)
	}
	if err := p.SendText(fmt.Sprintf(`[3,%q,{}]`, second[1])); err != nil {
		t.Fatal(err)
	}
	if got := r.becomes(read, fleet.StateAnswered); got["attempts"] != 2.0 {
		t.Errorf("%v", got)
	}
}

func TestOneCommandOfAKeyWhateverComesBetween(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	body := `{"action":"Reset","payload":{"type":"Soft"},"key":"k-1"}`
	id := r.keep("A", body)
	p.serveCall("Reset", `{"status":"Accepted"}`)
	r.becomes(id, fleet.StateAnswered)
	p.Close()
	r.eventually("A is gone", func() bool { _, online := r.srv.csms.Station("A"); return !online })
	r.api(http.MethodPost, "/stations/A/commands", body, http.StatusOK) // what was answered, though the station is gone
	r.api(http.MethodPost, "/stations/A/commands", strings.Replace(body, "Soft", "Hard", 1), http.StatusConflict)
	if got := r.items("/commands?key=k-1"); len(got) != 1 || got[0]["id"] != id {
		t.Errorf("%v", got)
	}
}

func TestCommandsAreCanceledWhileTheyWait(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	first := r.keep("A", `{"action":"ClearCache","wait":0}`)
	call := p.read()
	second := r.keep("A", `{"action":"Reset","payload":{"type":"Hard"},"wait":0}`)
	r.api(http.MethodDelete, "/commands/"+first, "", http.StatusConflict)
	want(t, r.api(http.MethodDelete, "/commands/"+second, "", http.StatusOK), map[string]any{"state": "canceled"})
	r.api(http.MethodDelete, "/commands/"+second, "", http.StatusConflict)
	r.api(http.MethodDelete, "/commands/none", "", http.StatusNotFound)
	if err := p.SendText(fmt.Sprintf(`[3,%q,{"status":"Accepted"}]`, call[1])); err != nil {
		t.Fatal(err)
	}
	r.becomes(first, fleet.StateAnswered)
	p.call("Heartbeat", `{}`) // the answer is the next frame: the second one was not sent
}

func TestWhatIsOverIsNotSent(t *testing.T) {
	r := serve(t, Config{})
	r.away("A")
	id := r.keep("A", `{"action":"ClearCache","expires":1}`)
	r.becomes(id, fleet.StateExpired)
	p := r.connect("A", "ocpp1.6", login{})
	p.call("Heartbeat", `{}`)
	p.call("Heartbeat", `{}`)
	waited := r.api(http.MethodPost, "/stations/B/commands", `{"action":"ClearCache","expires":60}`, http.StatusNotFound)
	if waited["detail"] == "" {
		t.Error(waited)
	}
}

func TestCommandsThatAreNotKept(t *testing.T) {
	r := serve(t, Config{})
	r.away("A")
	r.create("NEW", 0)
	r.connect("ON", "ocpp2.0.1", login{})
	for _, c := range []struct {
		station, body string
		status        int
		pointer       string
	}{
		{"A", `{"action":"ClearCache","wait":1}`, 409, ""},
		{"A", `{"action":"Reset","payload":{"type":"Warm"},"expires":60}`, 422, "/payload/type"},
		{"A", `{"action":"GetVariables","expires":60}`, 422, "/action"},
		{"A", `{"action":"Heartbeat","expires":60}`, 422, "/action"},
		{"A", `{"action":"ChangeConfiguration","payload":{"key":"AuthorizationKey","value":"00112233445566778899aabbccddeeff"},"expires":60}`, 422, "/payload"},
		{"A", `{"action":"UpdateFirmware","payload":{"location":"ftp://u:p@h/f","retrieveDate":"2026-01-01T00:00:00Z"},"expires":60}`, 422, "/payload"},
		{"NEW", `{"action":"ClearCache","expires":60}`, 422, "/version"},
		{"ON", `{"action":"ClearCache","expires":60,"version":"1.6"}`, 422, "/version"},
		{"NOBODY", `{"action":"ClearCache","expires":60}`, 404, ""},
	} {
		got := r.api(http.MethodPost, "/stations/"+c.station+"/commands", c.body, c.status)
		if faults, _ := got["errors"].([]any); c.pointer != "" && (len(faults) != 1 || faults[0].(map[string]any)["pointer"] != c.pointer) {
			t.Errorf("%s: %v", c.body, got)
		}
	}
	if got := r.items("/commands"); len(got) != 0 {
		t.Errorf("kept: %v", got)
	}
	r.keep("NEW", `{"action":"ClearCache","expires":60,"version":"2.1"}`)
}

// A station that comes back with another version gets nothing that is wrong there.
func TestACommandOfAnotherVersionIsNotSent(t *testing.T) {
	r := serve(t, Config{})
	r.away("A")
	wrong := r.keep("A", `{"action":"Reset","payload":{"type":"Soft"},"expires":60}`)
	right := r.keep("A", `{"action":"ClearCache","expires":60}`)
	p := r.connect("A", "ocpp2.0.1", login{})
	p.serveCall("ClearCache", `{"status":"Accepted"}`)
	r.becomes(right, fleet.StateAnswered)
	if got := r.becomes(wrong, fleet.StateInvalid); !strings.Contains(got["detail"].(string), "2.0.1") {
		t.Errorf("%v", got)
	}
}

// What is queued survives the server; what was under way when it stopped is told as it is.
func TestQueuedCommandsSurviveARestart(t *testing.T) {
	cfg := Config{Data: t.TempDir()}
	r := serve(t, cfg)
	p := r.connect("A", "ocpp1.6", login{})
	p.call("BootNotification", boot16)
	under := r.keep("A", `{"action":"Reset","payload":{"type":"Hard"},"expires":600}`)
	p.read()
	waits := r.keep("A", `{"action":"ClearCache","expires":600}`)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	r = serve(t, cfg)
	r.becomes(under, fleet.StateUnknown)
	q := r.connect("A", "ocpp1.6", login{})
	q.serveCall("ClearCache", `{"status":"Accepted"}`)
	r.becomes(waits, fleet.StateAnswered)
}

// A command waits for its answer as long as it says, and no longer. What comes then waits for the station, and by its lane.
func TestAKeptCommandHasItsOwnTimeout(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	got := r.command(p, "A", `{"action":"ClearCache","timeout":0.1,"wait":9}`, http.StatusGatewayTimeout, func() {})
	if !strings.Contains(fmt.Sprint(got["detail"]), "did not answer in time") {
		t.Errorf("%v", got)
	}
	silent := p.read()
	r.keep("A", `{"action":"GetConfiguration","lane":"bulk"}`)
	begun := time.Now()
	r.eventually("it has waited for its turn for a while", func() bool { return time.Since(begun) > 2*shortWait })
	r.keep("A", `{"action":"Reset","payload":{"type":"Soft"},"wait":0}`)
	if err := p.SendText(fmt.Sprintf(`[3,%q,{"status":"Accepted"}]`, silent[1])); err != nil { // too late
		t.Fatal(err)
	}
	p.serveCall("Reset", `{"status":"Accepted"}`)
	p.serveCall("GetConfiguration", `{}`)
	r.eventually("both are answered", func() bool { return len(r.items("/commands?state=answered")) == 2 })
	if got := r.items("/commands?state=timeout"); len(got) != 1 || got[0]["timeout"] != 0.1 {
		t.Errorf("%v", got)
	}
}

// A look at a station that found nothing, and ends when a bulk command has put something there, does not end with that: the station
// would not be looked at again, whatever it says.
func TestABulkThatStartsWhileALookEndsIsNotForgotten(t *testing.T) {
	r := serve(t, Config{})
	first, second := r.connect("A", "ocpp1.6", login{}), r.connect("B", "ocpp1.6", login{})
	q := r.srv.queue
	heard := q.speaks("B")
	q.mu.Lock() // somebody looks at B, and has read that there is nothing
	q.turns["B"] = &turn{running: true, heard: heard}
	q.waiting.Add(1)
	q.active++
	q.mu.Unlock()
	id := r.api(http.MethodPost, "/bulks", `{"action":"ClearCache","select":{"stations":["A","B"]},"pace":5}`, http.StatusAccepted)["id"].(string)
	if next := q.looked("B", foundNothing); next != "" {
		q.running.Go(func() { q.deliverAll(next) })
	}
	first.serveCall("ClearCache", `{"status":"Accepted"}`)
	second.serveCall("ClearCache", `{"status":"Accepted"}`)
	r.eventually("both have answered", func() bool { return r.api(http.MethodGet, "/bulks/"+id, "", http.StatusOK)["state"] == "done" })
}

// Of a station whose commands all wait for the pace of their bulks, and which is away when another bulk starts, the next message counts.
func TestAStationThatWaitsForAPaceIsHeardWhenThereIsMore(t *testing.T) {
	q := newQueue(nil, nil)
	q.turns["A"] = &turn{parked: true}
	q.waiting.Add(1)
	if q.has("A") {
		t.Error("what waits for a pace is not for messages to wake")
	}
	q.mu.Lock()
	q.expect("A", 0)
	q.mu.Unlock()
	if !q.has("A") {
		t.Error("a new command waits for a pace that does not know of it")
	}
}
