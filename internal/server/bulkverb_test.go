package server

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// A verb for many stations is a request of the version of each, made when its turn comes; a station that cannot be asked for it
// says why in its result.
func TestAVerbForManyBecomesARequestOfEachVersion(t *testing.T) {
	r := serve(t, Config{})
	r.away("AWAY")
	r.create("NEW", 0)
	peers := map[string]*peer{}
	for id, subprotocol := range map[string]string{"A": "ocpp1.6", "B": "ocpp2.0.1", "C": "ocpp2.1"} {
		peers[id] = r.connect(id, subprotocol, login{})
	}
	id := r.bulk(`{"verb":"reset","arguments":{"mode":"hard"},"select":{"stations":["A","B","C","AWAY","NEW","NOBODY"]},"expires":600}`)
	if asked := peers["A"].serveCall("Reset", `{"status":"Accepted"}`); asked["type"] != "Hard" {
		t.Errorf("A was asked %v", asked)
	}
	for _, station := range []string{"B", "C"} {
		if asked := peers[station].serveCall("Reset", `{"status":"Scheduled"}`); asked["type"] != "Immediate" {
			t.Errorf("%s was asked %v", station, asked)
		}
	}
	r.eventually("those that are there have answered", func() bool { return strings.Count(fmt.Sprint(r.results(id)), "answered") == 3 })
	want := map[string]string{"A": "answered", "B": "answered", "C": "answered", "AWAY": "queued", "NEW": "queued", "NOBODY": "invalid"}
	if got := r.results(id); !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
	waiting := r.items("/bulks/" + id + "/commands?station=NEW")[0]
	if waiting["action"] != nil || waiting["payload"] != nil || waiting["verb"] != "reset" || !same(t, waiting["arguments"], `{"mode":"hard"}`) {
		t.Errorf("before its turn: %v", waiting)
	}
	p := r.connect("AWAY", "ocpp2.1", login{}) // which spoke 1.6 when the bulk command was made
	if asked := p.serveCall("Reset", `{"status":"Accepted"}`); asked["type"] != "Immediate" {
		t.Errorf("AWAY was asked %v", asked)
	}
	peers["NEW"] = r.connect("NEW", "ocpp2.0.1", login{})
	peers["NEW"].serveCall("Reset", `{"status":"Accepted"}`)
	got := r.bulkBecomes(id, fleet.BulkDone)
	if fmt.Sprint(got["counts"], got["statuses"]) != "map[answered:5 invalid:1] map[Accepted:3 Scheduled:2]" || got["verb"] != "reset" {
		t.Errorf("%v", got)
	}
	for _, c := range r.items("/commands?verb=reset&action=Reset") {
		if c["station"] == "AWAY" && (c["version"] != "2.1" || !same(t, c["payload"], `{"type":"Immediate"}`)) {
			t.Errorf("what AWAY was asked: %v", c)
		}
	}
}

func TestAStationThatCannotBeAskedForAVerbIsAResult(t *testing.T) {
	r := serve(t, Config{})
	old, p := r.connect("A", "ocpp1.6", login{}), r.connect("B", "ocpp2.1", login{})
	for body, want := range map[string]map[string]string{
		`{"verb":"report-base","arguments":{"base":"full"}`: {"A": "OCPP 1.6", "B": ""},
		`{"verb":"reset","arguments":{"mode":"resume"}`:     {"A": "/arguments/mode: OCPP 1.6 has only hard and soft", "B": ""},
		`{"verb":"stop"`:                        {"A": "no transaction goes on at the station", "B": "no transaction goes on at the station"},
		`{"verb":"stop","arguments":{"evse":3}`: {"A": "/arguments/evse: no transaction goes on there", "B": "/arguments/evse: no transaction goes on there"},
	} {
		var serving sync.WaitGroup
		if want["B"] == "" {
			serving.Go(func() { p.serveAll(2, `{"status":"Accepted"}`) })
		}
		id := r.api(http.MethodPost, "/bulks", body+`,"select":{"online":true},"wait":9}`, http.StatusOK)["id"].(string)
		quick := r.api(http.MethodPost, "/commands", body+`,"select":{"all":true}}`, http.StatusOK)
		serving.Wait()
		invalid := 0
		for station, why := range want {
			got := r.items("/bulks/" + id + "/commands?station=" + station)[0]
			if why == "" {
				if got["state"] != "answered" {
					t.Errorf("%s: %v", body, got)
				}
				continue
			}
			invalid++
			if got["state"] != "invalid" || !strings.Contains(got["detail"].(string), why) {
				t.Errorf("%s: %v", body, got)
			}
			if !strings.Contains(fmt.Sprint(quick["problems"], quick["failures"]), strings.TrimSpace(why[strings.LastIndex(why, ":")+1:])) {
				t.Errorf("%s: %v", body, quick)
			}
		}
		if quick["invalid"] != float64(invalid) || quick["selected"] != 2.0 || quick["sent"] != float64(2-invalid) {
			t.Errorf("%s: %v", body, quick)
		}
	}
	old.call("Heartbeat", `{}`) // nothing was sent
}

// Verbs go on after a restart, as the requests that they are then.
func TestAVerbForManySurvivesARestart(t *testing.T) {
	cfg := Config{Data: t.TempDir()}
	r := serve(t, cfg)
	p := r.connect("B", "ocpp2.1", login{})
	p.call("BootNotification", boot2x)
	r.goes("B", p)
	p = r.connect("A", "ocpp2.1", login{})
	id := r.bulk(`{"verb":"report-base","arguments":{"base":"full"},"select":{"stations":["A","B"]},"expires":600}`)
	first := p.read()
	r.eventually("one is under way", func() bool { return r.results(id)["A"] == "sent" })
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	r = serve(t, cfg)
	p = r.connect("A", "ocpp2.1", login{})
	again := p.read() // it only asks for a report, which may be asked for again
	if first[2] != "GetBaseReport" || again[2] != "GetBaseReport" {
		t.Errorf("%v, then %v", first, again)
	}
	if err := p.SendText(fmt.Sprintf(`[3,%q,{"status":"Accepted"}]`, again[1])); err != nil {
		t.Fatal(err)
	}
	r.connect("B", "ocpp2.0.1", login{}).serveCall("GetBaseReport", `{"status":"Accepted"}`)
	if got := r.bulkBecomes(id, fleet.BulkDone); fmt.Sprint(got["counts"]) != "map[answered:2]" {
		t.Errorf("%v", got)
	}
}

func TestVerbsForManyThatAreNotKept(t *testing.T) {
	dir := t.TempDir()
	r := serve(t, Config{Data: dir})
	r.away("A")
	for body, pointer := range map[string]string{
		`{"verb":"set-variables","arguments":{"values":[{"variable":"AuthorizationKey","value":"TOPSECRET-0123456"}]}`:                                 "/payload",
		`{"verb":"set-variables","arguments":{"values":[{"component":"SecurityCtrlr","variable":"BasicAuthPassword","value":"TOPSECRET-0123456"}]}`:    "/payload",
		`{"verb":"set-network-profile","arguments":{"slot":1,"url":"wss://x","securityProfile":1,"interface":"Wired0","password":"TOPSECRET-0123456"}`: "/payload",
		`{"verb":"update-firmware","arguments":{"location":"ftp://u:TOPSECRET@h/f"}`:                                                                   "/payload",
		`{"verb":"get-log","arguments":{"location":"ftp://u:TOPSECRET@h/f"}`:                                                                           "/payload",
	} {
		got := r.api(http.MethodPost, "/bulks", body+`,"select":{"all":true}}`, http.StatusUnprocessableEntity)
		if faults, _ := got["errors"].([]any); len(faults) != 1 || faults[0].(map[string]any)["pointer"] != pointer {
			t.Errorf("%s: %v", body, got)
		}
	}
	if got := append(r.items("/bulks"), r.items("/commands")...); len(got) != 0 {
		t.Errorf("kept: %v", got)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	demandNoSecret(t, dir)
}

// A verb that no station is known for yet is possible or not, and nothing else.
func TestEveryVerbIsPossibleWithoutAStation(t *testing.T) {
	for _, kind := range fleet.VerbKinds() {
		v := kind.New()
		if err := json.Unmarshal([]byte(kind.Example), v); err != nil {
			t.Fatal(err)
		}
		if err := possibleVerb(v); err != nil {
			t.Errorf("%s: %v", kind.Name, err)
		}
	}
	if err := possibleVerb(noVerb{}); err == nil || !strings.Contains(err.Error(), "nothing like dance") {
		t.Errorf("a verb of no version: %v", err)
	}
}

type noVerb struct{}

func (noVerb) VerbName() string { return "dance" }

func (noVerb) Check() error { return nil }

// The same verb under the same key is the same command, though it makes new numbers and times each time.
func TestTheKeyOfAVerb(t *testing.T) {
	r := serve(t, Config{})
	gone := r.connect("A", "ocpp2.0.1", login{})
	gone.call("StatusNotification", `{"timestamp":`+t0+`,"connectorStatus":"Available","evseId":1,"connectorId":1}`)
	gone.Close()
	r.eventually("A is gone, and its version is written", func() bool {
		_, online := r.srv.csms.Station("A")
		st, err := r.srv.store.Station(t.Context(), "A")
		return !online && err == nil && st.Version != ""
	})
	for verb, arguments := range map[string][2]string{
		"start":           {`"evse":1,"idToken":{"value":"CAFE"}`, `"evse":2,"idToken":{"value":"CAFE"}`},
		"update-firmware": {`"location":"https://f.example/1"`, `"location":"https://f.example/2"`},
		"report-base":     {`"base":"full"`, `"base":"summary"`},
	} {
		body := func(arguments string) string { return fmt.Sprintf(`{%s,"expires":600,"key":%q}`, arguments, verb) }
		first := r.api(http.MethodPost, "/stations/A/"+verb, body(arguments[0]), http.StatusAccepted)
		again := r.api(http.MethodPost, "/stations/A/"+verb, body(arguments[0]), http.StatusAccepted)
		if first["id"] != again["id"] || first["verb"] != verb || !same(t, again["payload"], marshal(t, first["payload"])) {
			t.Errorf("%s: %v, then %v", verb, first, again)
		}
		r.api(http.MethodPost, "/stations/A/"+verb, body(arguments[1]), http.StatusConflict)
		call := fmt.Sprintf(`{"action":%q,"payload":%s,"expires":600,"key":%q}`, first["action"], marshal(t, first["payload"]), verb)
		r.api(http.MethodPost, "/stations/A/commands", call, http.StatusConflict)
	}
	key := `"select":{"stations":["A"]},"expires":600,"key":"many"}`
	first := r.api(http.MethodPost, "/bulks", `{"verb":"clear-cache",`+key, http.StatusAccepted)
	again := r.api(http.MethodPost, "/bulks", `{"verb":"clear-cache","arguments":{},`+key, http.StatusAccepted)
	if first["id"] != again["id"] {
		t.Errorf("%v, then %v", first, again)
	}
	r.api(http.MethodPost, "/bulks", `{"verb":"reset",`+key, http.StatusConflict)
	r.api(http.MethodPost, "/bulks", `{"action":"ClearCache",`+key, http.StatusConflict)
}

// A verb that was kept for a station which speaks another version when it comes is a request of that one.
func TestAVerbThatWaitsFollowsTheVersion(t *testing.T) {
	r := serve(t, Config{})
	r.away("A")
	kept := r.api(http.MethodPost, "/stations/A/reset", `{"mode":"hard","expires":600}`, http.StatusAccepted)
	want(t, kept, map[string]any{"version": "1.6", "verb": "reset"})
	lost := r.api(http.MethodPost, "/stations/A/set-variables", `{"values":[{"variable":"MyKey","value":"1"}],"expires":600}`, http.StatusAccepted)
	p := r.connect("A", "ocpp2.1", login{})
	if asked := p.serveCall("Reset", `{"status":"Accepted"}`); asked["type"] != "Immediate" {
		t.Errorf("asked %v", asked)
	}
	r.becomes(kept["id"].(string), fleet.StateAnswered)
	if got := r.becomes(lost["id"].(string), fleet.StateInvalid); !strings.Contains(got["detail"].(string), "/arguments/values/0/component") {
		t.Errorf("%v", got)
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
