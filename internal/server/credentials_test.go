package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// rotatable is a station that takes keys.
type rotatable struct {
	*peer
	version string
}

// rotate has the API rotate the key of a station that answers so, and returns the key that it was sent.
func (r *rig) rotate(p rotatable, id, body, response string) (got map[string]any, key string) {
	r.t.Helper()
	got = r.do(id, "credential/rotate", body, http.StatusOK, func() {
		if p.version == "ocpp1.6" {
			key, _ = p.serveCall("ChangeConfiguration", fmt.Sprintf(`{"status":%q}`, response))["value"].(string)
			return
		}
		const about = `"component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}`
		asked := p.serveCall("SetVariables", fmt.Sprintf(`{"setVariableResult":[{"attributeStatus":%q,%s}]}`, response, about))
		key, _ = asked["setVariableData"].([]any)[0].(map[string]any)["attributeValue"].(string)
	})
	return got, key
}

func TestR61KeysAreRotated(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	for _, version := range []string{"ocpp1.6", "ocpp2.0.1", "ocpp2.1"} {
		id := "CP-" + version
		first := r.create(id, 1)
		p := rotatable{r.connect(id, version, login{password: []byte(first)}), version}
		got, key := r.rotate(p, id, "", "Rejected")
		want(t, got, map[string]any{"status": "refused", "said": "Rejected", "key": nil})
		r.refused(id, login{password: []byte(key)}, http.StatusUnauthorized)

		got, second := r.rotate(p, id, `{"show":true}`, "Accepted")
		want(t, got, map[string]any{"status": "changed", "key": second})
		want(t, r.api(http.MethodGet, "/stations/"+id+"/credential", "", http.StatusOK), map[string]any{"offered": false, "seenAt": nil})
		r.refused(id, login{password: []byte(first)}, http.StatusUnauthorized)
		p = rotatable{r.connect(id, version, login{password: []byte(second)}), version}
		if state := r.api(http.MethodGet, "/stations/"+id+"/credential", "", http.StatusOK); state["seenAt"] == nil || state["since"] == nil {
			t.Errorf("state: %v", state)
		}

		got, third := r.rotate(p, id, "", "RebootRequired")
		want(t, got, map[string]any{"status": "waiting", "key": nil})
		want(t, r.api(http.MethodGet, "/stations/"+id+"/credential", "", http.StatusOK), map[string]any{"offered": true})
		r.connect(id, version, login{password: []byte(second)}) // it has not started again yet
		r.connect(id, version, login{password: []byte(third)})
		r.refused(id, login{password: []byte(second)}, http.StatusUnauthorized)
		want(t, r.api(http.MethodGet, "/stations/"+id+"/credential", "", http.StatusOK), map[string]any{"offered": false})
		for _, secret := range []string{first, second, third} {
			if strings.Contains(r.log.String(), secret) {
				t.Error("a key is in the log")
			}
		}
	}
}

// The keys of many stations are changed by a bulk command: each is made when it is sent, also to a station that comes later, and is
// kept nowhere.
func TestR61KeysOfManyStations(t *testing.T) {
	dir := t.TempDir()
	r := serve(t, Config{Data: dir})
	first := r.create("A", 1)
	p := rotatable{r.connect("A", "ocpp1.6", login{password: []byte(first)}), "ocpp1.6"}
	away := r.create("B", 1)
	r.connect("C", "ocpp2.1", login{}).call("BootNotification", boot2x)
	id := r.bulk(`{"verb":"rotate-key","select":{"stations":["A","B","C","D","A"]},"expires":600,"pace":100}`)
	second, _ := p.serveCall("ChangeConfiguration", `{"status":"Accepted"}`)["value"].(string)
	r.eventually("A has answered", func() bool { return r.results(id)["A"] == "answered" })
	if got := r.results(id); got["B"] != "queued" || got["C"] != "invalid" || got["D"] != "invalid" {
		t.Errorf("%v", got)
	}
	r.refused("A", login{password: []byte(first)}, http.StatusUnauthorized)
	r.connect("A", "ocpp1.6", login{password: []byte(second)})
	if got := r.items("/bulks/" + id + "/commands?station=C")[0]; !strings.Contains(got["detail"].(string), "no key here") {
		t.Errorf("%v", got)
	}
	if err := r.stop(); err != nil { // and it goes on afterwards
		t.Fatal(err)
	}
	r = serve(t, Config{Data: dir})
	b := r.connect("B", "ocpp2.0.1", login{password: []byte(away)})
	b.call("BootNotification", boot2x)
	asked := b.serveCall("SetVariables", `{"setVariableResult":[{"attributeStatus":"RebootRequired","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}`)
	third, _ := asked["setVariableData"].([]any)[0].(map[string]any)["attributeValue"].(string)
	got := r.bulkBecomes(id, fleet.BulkDone)
	if fmt.Sprint(got["counts"], got["statuses"]) != "map[answered:2 invalid:2] map[Accepted:1 RebootRequired:1]" {
		t.Errorf("%v", got)
	}
	r.connect("B", "ocpp2.0.1", login{password: []byte(away)}) // it has not started again yet
	r.connect("B", "ocpp2.0.1", login{password: []byte(third)})
	r.refused("B", login{password: []byte(away)}, http.StatusUnauthorized)
	for _, c := range r.items("/bulks/" + id + "/commands?state=answered") {
		if text := fmt.Sprint(c["payload"]); !strings.Contains(text, hidden) {
			t.Errorf("%v", c)
		}
	}
	r.api(http.MethodPost, "/stations/C/rotate-key", ``, http.StatusConflict)
	r.api(http.MethodPost, "/stations/C/credential/rotate", `{}`, http.StatusConflict)
	r.api(http.MethodPost, "/stations/D/credential/rotate", `{}`, http.StatusNotFound)
	r.api(http.MethodGet, "/stations/C/credential", "", http.StatusNotFound)
	log := r.log.String()
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{first, second, away, third} {
		if demandNone(t, dir, key); len(key) < 20 || strings.Contains(log, key) {
			t.Errorf("the key %q is in the log", key)
		}
	}
}

// A key for one station that is away is made when it comes, and once: what was sent may have been taken over.
func TestR61AKeyWaitsForItsStation(t *testing.T) {
	r := serve(t, Config{})
	first := r.create("A", 1)
	r.connect("A", "ocpp1.6", login{password: []byte(first)}).Close()
	r.eventually("A is gone", func() bool { _, online := r.srv.csms.Station("A"); return !online })
	kept := r.api(http.MethodPost, "/stations/A/rotate-key", `{"expires":600,"key":"k","version":"1.6"}`, http.StatusAccepted)
	if again := r.api(http.MethodPost, "/stations/A/rotate-key", `{"expires":600,"key":"k","version":"1.6"}`, http.StatusAccepted); again["id"] != kept["id"] || kept["payload"] != nil {
		t.Errorf("%v, then %v", kept, again)
	}
	_, err := r.srv.store.ChangeCommand(t.Context(), kept["id"].(string), func(c fleet.Command) (fleet.Command, error) { // it could not be sent once
		c, err := c.Become("1.6", "ChangeConfiguration", []byte(`{"key":"AuthorizationKey","value":"***"}`)).Send(1, "m", time.Now())
		if err != nil {
			return c, err
		}
		return c.Unsend("m", "it could not be sent")
	})
	if err != nil {
		t.Fatal(err)
	}
	p := r.connect("A", "ocpp1.6", login{password: []byte(first)})
	frame := p.read()
	key, _ := frame[3].(map[string]any)["value"].(string)
	if len(key) != len(first) {
		t.Errorf("the station is to have the key %q", key)
	}
	p.Close() // before the answer
	got := r.becomes(kept["id"].(string), fleet.StateUnknown)
	want(t, got, map[string]any{"action": "ChangeConfiguration", "attempts": 1.0})
	r.connect("A", "ocpp1.6", login{password: []byte(first)}) // either may be right
	r.connect("A", "ocpp1.6", login{password: []byte(key)})
	r.refused("A", login{password: []byte(first)}, http.StatusUnauthorized)
}
