package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Why a remote start was not sent is told in the same words whichever way it was asked for, and it is invalid, not canceled.
func TestARefusedTokenIsToldTheSameEverywhere(t *testing.T) {
	const why = "this token may not start a transaction there now (Blocked): "
	r := serve(t, Config{})
	r.api(http.MethodPost, "/tokens", `{"value":"BAD","status":"Blocked"}`, http.StatusCreated)
	for id, subprotocol := range map[string]string{"OLD": "ocpp1.6", "MID": "ocpp2.0.1", "NEW": "ocpp2.1"} {
		p := r.connect(id, subprotocol, login{})
		p.call("BootNotification", bootPayload[subprotocol])
		const start = `"idToken":{"value":"BAD"},"evse":1`
		alone := r.api(http.MethodPost, "/stations/"+id+"/start", `{`+start+`}`, http.StatusConflict)
		fault := firstError(alone)
		if alone["reason"] != "token" || fault["pointer"] != "/idToken" || !strings.HasPrefix(fault["detail"].(string), why) {
			t.Fatalf("%s: alone: %v", id, alone)
		}
		said := fault["detail"].(string)
		waited := r.api(http.MethodPost, "/stations/"+id+"/start", `{`+start+`,"wait":9}`, http.StatusConflict)
		if waited["reason"] != "invalid" || !strings.HasPrefix(waited["detail"].(string), "/arguments/idToken: "+said) {
			t.Errorf("%s: kept: %v", id, waited)
		}
		selected := `"verb":"start","arguments":{` + start + `},"select":{"stations":["` + id + `"]}`
		bulk := r.api(http.MethodPost, "/bulks", `{`+selected+`,"wait":9}`, http.StatusOK)
		got := r.items(fmt.Sprint("/bulks/", bulk["id"], "/commands"))[0]
		if fmt.Sprint(bulk["counts"]) != "map[invalid:1]" || got["state"] != "invalid" || got["detail"] != "/arguments/idToken: "+said {
			t.Errorf("%s: bulk: %v %v", id, bulk["counts"], got)
		}
		quick := r.api(http.MethodPost, "/commands", `{`+selected+`}`, http.StatusOK)
		if quick["invalid"] != 1.0 || quick["sent"] != 0.0 || !strings.Contains(fmt.Sprint(quick["failures"]), said) {
			t.Errorf("%s: at once: %v", id, quick)
		}
		p.call("Heartbeat", `{}`) // nothing was sent
	}
	raw := r.api(http.MethodPost, "/stations/OLD/commands", `{"action":"RemoteStartTransaction","payload":{"idTag":"BAD"},"wait":9}`, http.StatusConflict)
	if !strings.HasPrefix(raw["detail"].(string), "/payload/idTag: "+why) {
		t.Errorf("as a request: %v", raw)
	}
}

// firstError is the first place that is wrong.
func firstError(problem map[string]any) map[string]any {
	list, _ := problem["errors"].([]any)
	if len(list) == 0 {
		return nil
	}
	first, _ := list[0].(map[string]any)
	return first
}

// What the version that a station spoke last does not have is a result at once, as it is for one station and for requests. What
// has to be found out at the station waits for it.
func TestAVersionWithoutTheVerbIsAResultAtOnce(t *testing.T) {
	r := serve(t, Config{})
	r.away("A")
	const rest = `,"select":{"stations":["A"]},"expires":600}`
	for verb, why := range map[string]string{
		`{"verb":"report-base","arguments":{"base":"full"}`: "OCPP 1.6 has nothing like report-base",
		`{"verb":"reset","arguments":{"mode":"resume"}`:     "/arguments/mode: OCPP 1.6 has only hard and soft",
	} {
		bulk := r.api(http.MethodPost, "/bulks", verb+rest, http.StatusOK)
		got := r.items(fmt.Sprint("/bulks/", bulk["id"], "/commands"))[0]
		detail, _ := got["detail"].(string)
		if bulk["state"] != "done" || got["state"] != "invalid" || !strings.HasPrefix(detail, why) || !strings.HasSuffix(detail, "that is the version which it spoke last") {
			t.Errorf("%s: %v %v", verb, bulk, got)
		}
	}
	for _, verb := range []string{`{"verb":"stop","arguments":{"transaction":"t-1"}`, `{"verb":"reset","arguments":{"mode":"hard"}`} {
		id := r.bulk(verb + rest)
		if got := r.results(id)["A"]; got != "queued" {
			t.Errorf("%s: %s", verb, got)
		}
		r.api(http.MethodDelete, "/bulks/"+id, "", http.StatusOK)
		r.bulkBecomes(id, fleet.BulkStopped)
	}
}
