package server

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

// bulk posts a bulk command and returns its id.
func (r *rig) bulk(body string) string {
	r.t.Helper()
	return r.api(http.MethodPost, "/bulks", body, http.StatusAccepted)["id"].(string)
}

// bulkBecomes waits for a state of a bulk.
func (r *rig) bulkBecomes(id string, state fleet.BulkState) map[string]any {
	r.t.Helper()
	var got map[string]any
	r.eventually(fmt.Sprintf("%s is %s", id, state), func() bool {
		got = r.api(http.MethodGet, "/bulks/"+id, "", http.StatusOK)
		return got["state"] == string(state)
	})
	return got
}

// results are the states of the commands of a bulk by their stations.
func (r *rig) results(id string) map[string]string {
	r.t.Helper()
	states := map[string]string{}
	for _, c := range r.items("/bulks/" + id + "/commands?limit=1000") {
		states[c["station"].(string)] = c["state"].(string)
	}
	return states
}

// serveAll answers so many calls, whatever they are.
func (p *peer) serveAll(n int, answer string) {
	for range n {
		frame := p.read()
		if err := p.SendText(fmt.Sprintf(`[3,%q,%s]`, frame[1], answer)); err != nil {
			p.t.Error(err)
		}
	}
}

func TestABulkAsksEachStationAndKeepsWhatItSaid(t *testing.T) {
	r := serve(t, Config{})
	r.away("AWAY")
	r.create("NEW", 0)
	var serving sync.WaitGroup
	for id, answer := range map[string]string{"A": "Accepted", "B": "Rejected"} {
		p := r.connect(id, "ocpp1.6", login{})
		serving.Go(func() { p.serveAll(1, fmt.Sprintf(`{"status":%q}`, answer)) })
	}
	r.connect("OTHER", "ocpp2.0.1", login{}) // has no such request
	id := r.bulk(`{"action":"ChangeConfiguration","payload":{"key":"HeartbeatInterval","value":"60"},
		"select":{"stations":["B","A","AWAY","NOBODY","NEW","OTHER","A"]},"wait":0.1}`)
	serving.Wait()
	r.eventually("those that are there have answered", func() bool { return r.results(id)["A"]+r.results(id)["B"] == "answeredanswered" })
	want := map[string]string{"A": "answered", "B": "answered", "AWAY": "queued", "NOBODY": "invalid", "NEW": "invalid", "OTHER": "invalid"}
	if got := r.results(id); !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
	for station, why := range map[string]string{"NOBODY": "no such station", "NEW": "never been here", "OTHER": "no such request"} {
		if got := r.items("/bulks/" + id + "/commands?station=" + station); len(got) != 1 || !strings.Contains(got[0]["detail"].(string), why) {
			t.Errorf("%s: %v", station, got)
		}
	}
	p := r.connect("AWAY", "ocpp1.6", login{})
	p.serveAll(1, `{"status":"Accepted"}`)
	got := r.bulkBecomes(id, fleet.BulkDone)
	if fmt.Sprint(got["counts"]) != "map[answered:3 invalid:3]" || fmt.Sprint(got["statuses"]) != "map[Accepted:2 Rejected:1]" {
		t.Errorf("%v", got)
	}
	r.eventually("nothing is left in memory", func() bool {
		r.srv.queue.mu.Lock()
		defer r.srv.queue.mu.Unlock()
		return len(r.srv.queue.gates)+len(r.srv.queue.turns)+r.srv.queue.tickets+len(r.srv.queue.bulkWaiters) == 0
	})
}

func TestABulkThatIsOverInTimeIsTheAnswer(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	got := make(chan map[string]any, 1)
	go func() {
		defer close(got)
		got <- r.api(http.MethodPost, "/bulks", `{"action":"ClearCache","select":{"online":true},"wait":9,"key":"k"}`, http.StatusOK)
	}()
	p.serveAll(1, `{"status":"Accepted"}`)
	b := <-got
	if b["state"] != "done" || b["stations"] != 1.0 {
		t.Errorf("%v", b)
	}
	again := r.api(http.MethodPost, "/bulks", `{"action":"ClearCache","select":{"online":true},"key":"k"}`, http.StatusOK)
	if again["id"] != b["id"] {
		t.Errorf("%v, then %v", b, again)
	}
	r.api(http.MethodPost, "/bulks", `{"action":"ClearCache","select":{"all":true},"key":"k"}`, http.StatusConflict)
	if none := r.api(http.MethodPost, "/bulks", `{"action":"ClearCache","select":{"tag":"none"}}`, http.StatusOK); none["stations"] != 0.0 || none["state"] != "done" {
		t.Errorf("%v", none)
	}
}

func TestABulkSelectsByWhatStationsHaveInCommon(t *testing.T) {
	r := serve(t, Config{})
	for i, id := range []string{"A", "B", "C"} {
		p := r.connect(id, "ocpp1.6", login{})
		p.call("BootNotification", fmt.Sprintf(`{"chargePointVendor":"V%d","chargePointModel":"M","firmwareVersion":"1.%d"}`, i%2, i))
	}
	r.connect("D", "ocpp2.0.1", login{})
	r.away("E")
	r.api(http.MethodPut, "/stations/B/tags/pilot", "", http.StatusNoContent)
	r.api(http.MethodPut, "/stations/E/tags/pilot", "", http.StatusNoContent)
	for selection, want := range map[string]string{
		`{"all":true}`:                          "A B C D E",
		`{"online":true}`:                       "A B C D",
		`{"version":"1.6"}`:                     "A B C E",
		`{"version":"2.0.1"}`:                   "D",
		`{"vendor":"v0"}`:                       "A C",
		`{"vendor":"V0","firmware":"1.2"}`:      "C",
		`{"model":"m"}`:                         "A B C",
		`{"tag":"pilot"}`:                       "B E",
		`{"tag":"pilot","online":true}`:         "B",
		`{"tag":"pilot","all":true}`:            "B E",
		`{"stations":["E","A","E"]}`:            "A E",
		`{"version":"2.1"}`:                     "",
		`{"online":true,"vendor":"V1"}`:         "B",
		`{"version":"1.6","tag":"pilot"}`:       "B E",
		`{"firmware":"1.1","version":"2.0.1"}`:  "",
		`{"model":"M","firmware":"1.1"}`:        "B",
		`{"vendor":"V1","model":"M","tag":"x"}`: "",
	} {
		list, err := (&commands{csms: r.srv.csms, store: r.srv.store}).targets(t.Context(), selectionOf(t, selection))
		var got []string
		for _, s := range list {
			got = append(got, s.station)
		}
		if slices.Sort(got); err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %v %v", selection, got, err)
		}
	}
}

func TestABulkKeepsItsPaceAndItsConcurrency(t *testing.T) {
	r := serve(t, Config{})
	const stations = 6
	peers := make([]*peer, stations)
	for i := range peers {
		peers[i] = r.connect(fmt.Sprint("S", i), "ocpp1.6", login{})
	}
	id := r.bulk(`{"action":"ClearCache","select":{"online":true},"concurrency":2}`)
	counts := func(want string) {
		t.Helper()
		r.eventually(want, func() bool {
			return fmt.Sprint(r.api(http.MethodGet, "/bulks/"+id, "", http.StatusOK)["counts"]) == want
		})
	}
	counts("map[queued:4 sent:2]")
	peers[5].call("Heartbeat", `{}`) // a message of one that waits in line changes nothing: the answer is the next frame
	peers[5].call("Heartbeat", `{}`)
	peers[0].serveAll(1, `{"status":"Accepted"}`)
	counts("map[answered:1 queued:3 sent:2]")
	for _, p := range peers[1:] {
		p.serveAll(1, `{"status":"Accepted"}`)
	}
	r.bulkBecomes(id, fleet.BulkDone)
	begun := time.Now()
	id = r.bulk(`{"action":"ClearCache","select":{"online":true},"pace":20}`)
	for _, p := range peers {
		p.serveAll(1, `{"status":"Accepted"}`)
	}
	if took, least := time.Since(begun), (stations-1)*50*time.Millisecond-gateBurst; took < least {
		t.Errorf("%d stations at 20/s took %v, want %v at least", stations, took, least)
	}
	r.bulkBecomes(id, fleet.BulkDone)
}

// People do not wait for a bulk, nor for the pace of one.
func TestOthersGoBeforeABulk(t *testing.T) {
	r := serve(t, Config{})
	a, b := r.connect("A", "ocpp1.6", login{}), r.connect("B", "ocpp1.6", login{})
	slow := r.bulk(`{"action":"ClearCache","select":{"stations":["A","B"]},"pace":0.01}`)
	r.eventually("the first is asked", func() bool { return r.results(slow)["A"] == "sent" })
	fast := r.bulk(`{"action":"GetConfiguration","select":{"stations":["B"]}}`)
	b.serveCall("GetConfiguration", `{}`) // though the slow one is older
	r.bulkBecomes(fast, fleet.BulkDone)
	r.command(b, "B", `{"action":"Reset","payload":{"type":"Soft"},"wait":9}`, http.StatusOK, func() { b.serveCall("Reset", `{"status":"Accepted"}`) })
	a.serveAll(1, `{"status":"Accepted"}`)
	got := r.api(http.MethodDelete, "/bulks/"+slow, "", http.StatusOK)
	if got["stopped"] == nil {
		t.Errorf("%v", got)
	}
	got = r.bulkBecomes(slow, fleet.BulkStopped)
	if fmt.Sprint(got["counts"]) != "map[answered:1 canceled:1]" {
		t.Errorf("%v", got)
	}
	r.api(http.MethodDelete, "/bulks/"+slow, "", http.StatusConflict)
	r.api(http.MethodDelete, "/bulks/none", "", http.StatusNotFound)
	b.call("Heartbeat", `{}`) // nothing was sent
}

// A bulk goes on after a restart: what was under way is told as it is, what was not sent is sent.
func TestABulkSurvivesARestart(t *testing.T) {
	cfg := Config{Data: t.TempDir()}
	r := serve(t, cfg)
	r.away("C")
	p := r.connect("A", "ocpp1.6", login{})
	r.connect("B", "ocpp1.6", login{})
	running := r.bulk(`{"action":"ClearCache","select":{"stations":["A","B","C"]},"concurrency":1}`)
	stopping := r.bulk(`{"action":"Reset","payload":{"type":"Soft"},"select":{"stations":["C"]}}`)
	p.read()
	r.eventually("one is under way", func() bool { return r.results(running)["A"] == "sent" })
	if _, err := r.srv.store.StopBulk(t.Context(), stopping, time.Now()); err != nil { // and then the server ends
		t.Fatal(err)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	r = serve(t, cfg)
	if got := r.bulkBecomes(stopping, fleet.BulkStopped); fmt.Sprint(got["counts"]) != "map[canceled:1]" {
		t.Errorf("%v", got)
	}
	if got := r.results(running); !maps.Equal(got, map[string]string{"A": "unknown", "B": "queued", "C": "queued"}) {
		t.Errorf("%v", got)
	}
	for _, id := range []string{"A", "B", "C"} {
		q := r.connect(id, "ocpp1.6", login{})
		if id == "A" {
			q.call("Heartbeat", `{}`) // gets nothing
			continue
		}
		q.serveAll(1, `{"status":"Accepted"}`)
	}
	if got := r.bulkBecomes(running, fleet.BulkDone); fmt.Sprint(got["counts"]) != "map[answered:2 unknown:1]" {
		t.Errorf("%v", got)
	}
}

func TestBulksThatAreNotKept(t *testing.T) {
	r := serve(t, Config{})
	r.away("A")
	r.away("B")
	for body, want := range map[string]string{
		`{"action":"Reset","payload":{"type":"Warm"},"select":{"all":true}}`:                                                                            "/payload/type",
		`{"action":"Heartbeat","select":{"all":true}}`:                                                                                                  "/action",
		`{"action":"Nothing","select":{"all":true}}`:                                                                                                    "/action",
		`{"action":"ChangeConfiguration","payload":{"key":"AuthorizationKey","value":"00112233445566778899aabb"},"select":{"all":true}}`:                "/payload",
		`{"action":"ClearCache","select":{"all":true},"pace":0.01,"expires":100}`:                                                                       "/pace",
		`{"action":"UpdateFirmware","payload":{"location":"ftp://u:p@h/f","retrieveDate":"2026-01-01T00:00:00Z"},"select":{"all":true}}`:                "/payload",
		`{"action":"SetVariables","payload":{"setVariableData":[{"attributeValue":"s","component":{"name":"x"},"variable":{}}]},"select":{"all":true}}`: "/payload/setVariableData/0/variable/name",
	} {
		got := r.api(http.MethodPost, "/bulks", body, http.StatusUnprocessableEntity)
		if faults, _ := got["errors"].([]any); len(faults) != 1 || faults[0].(map[string]any)["pointer"] != want {
			t.Errorf("%s: %v", body, got)
		}
	}
	if got := r.items("/bulks"); len(got) != 0 {
		t.Errorf("kept: %v", got)
	}
	if got := r.items("/commands"); len(got) != 0 {
		t.Errorf("kept: %v", got)
	}
}

// selectionOf reads a selection as the API has it.
func selectionOf(t *testing.T, text string) fleet.BulkSelection {
	t.Helper()
	var s httpapi.BulkSelection
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	return s.Selection()
}

// latestBulk is a store that lets something happen after it has read a bulk.
type latestBulk struct {
	store.Commands
	store.Bulks
	read atomic.Pointer[func()]
}

func (s *latestBulk) Bulk(ctx context.Context, id string) (fleet.Bulk, error) {
	b, err := s.Bulks.Bulk(ctx, id)
	if read := s.read.Swap(nil); read != nil {
		(*read)()
	}
	return b, err
}

// A count that was read before a command ended does not hide that end: who waits for the bulk command hears of the last one.
func TestEndsDuringACountAreNotForgotten(t *testing.T) {
	r := serve(t, Config{})
	q := r.srv.queue
	s := &latestBulk{Commands: q.store, Bulks: q.store}
	q.store = s
	first, second := r.connect("A", "ocpp1.6", login{}), r.connect("B", "ocpp1.6", login{})
	id := r.api(http.MethodPost, "/bulks", `{"action":"ClearCache","select":{"stations":["A","B"]}}`, http.StatusAccepted)["id"].(string)
	over := q.awaitBulk(id)
	left := func() int {
		q.mu.Lock()
		defer q.mu.Unlock()
		return q.gates[id].left
	}
	during := func() {
		first.serveCall("ClearCache", `{"status":"Accepted"}`)
		r.eventually("the end is counted", func() bool { return left() == 1 })
	}
	s.read.Store(&during)
	q.recount(id)
	second.serveCall("ClearCache", `{"status":"Accepted"}`)
	<-over
}

// What is counted may be less than there is, when an end was read before it was told: the gate stays until all have ended.
func TestABulkIsOverWhenTheStoreSaysSo(t *testing.T) {
	r := serve(t, Config{})
	first, second := r.connect("A", "ocpp1.6", login{}), r.connect("B", "ocpp1.6", login{})
	id := r.api(http.MethodPost, "/bulks", `{"action":"ClearCache","select":{"stations":["A","B"]},"pace":2}`, http.StatusAccepted)["id"].(string)
	q := r.srv.queue
	q.mu.Lock()
	q.gates[id].left = 1
	q.mu.Unlock()
	first.serveCall("ClearCache", `{"status":"Accepted"}`)
	second.serveCall("ClearCache", `{"status":"Accepted"}`)
	r.eventually("both have answered", func() bool { return r.api(http.MethodGet, "/bulks/"+id, "", http.StatusOK)["state"] == "done" })
}
