package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// A station's list follows the tokens on record: the whole list first, then what has changed since it accepted that, and the whole again
// when it did not take the change.
func TestLocalListsFollowTheRecord(t *testing.T) {
	r := serve(t, Config{})
	r.addTokens("AA", "BB", "CC")
	for subprotocol, id := range map[string]string{"ocpp1.6": "CP-16", "ocpp2.0.1": "CS-2", "ocpp2.1": "CS-3"} {
		p := r.connect(id, subprotocol, login{})
		boot, number, key, info := boot2x, "versionNumber", "idToken", "idTokenInfo"
		if subprotocol == "ocpp1.6" {
			boot, number, key, info = boot16, "listVersion", "idTag", "idTagInfo"
		}
		p.call("BootNotification", boot)
		r.api(http.MethodPatch, "/tokens/CC", `{"status":"Accepted"}`, http.StatusOK)
		send := func(update, answer string) (version, put, removed float64) {
			t.Helper()
			var asked map[string]any
			r.do(id, "send-local-list", `{"update":"`+update+`"}`, http.StatusOK, func() { asked = p.serveCall("SendLocalList", `{"status":"`+answer+`"}`) })
			list, _ := asked["localAuthorizationList"].([]any)
			for _, entry := range list {
				if _, has := entry.(map[string]any)[info]; has {
					put++
				} else {
					removed++
				}
				if entry.(map[string]any)[key] == nil {
					t.Errorf("an entry without a token: %v", entry)
				}
			}
			return asked[number].(float64), put, removed
		}
		counts := func(what string, version, put, removed, wantVersion, wantPut, wantRemoved float64) {
			t.Helper()
			if version != wantVersion || put != wantPut || removed != wantRemoved {
				t.Errorf("%s: %s: version %v with %v and without %v, want %v, %v, %v", id, what, version, put, removed, wantVersion, wantPut, wantRemoved)
			}
		}
		state := func(version, entries any, upToDate bool, answer any) {
			t.Helper()
			want(t, r.api(http.MethodGet, "/stations/"+id+"/local-list", "", http.StatusOK), map[string]any{
				"station": id, "version": version, "entries": entries, "upToDate": upToDate, "lastAnswer": answer,
			})
			r.listHas("/local-lists?upToDate=true&station="+id, upToDate)
			r.listHas("/local-lists?upToDate=false&station="+id, !upToDate)
		}
		r.api(http.MethodGet, "/stations/"+id+"/local-list", "", http.StatusNotFound)
		r.api(http.MethodPost, "/stations/"+id+"/send-local-list", `{"update":"differential"}`, http.StatusConflict)
		v, put, removed := send("full", "Accepted")
		counts("a full list", v, put, removed, 1, 3, 0)
		state(1.0, 3.0, true, "Accepted")
		r.api(http.MethodPost, "/stations/"+id+"/send-local-list", `{"update":"differential"}`, http.StatusConflict)
		r.api(http.MethodDelete, "/tokens/BB", "", http.StatusNoContent)
		r.api(http.MethodPatch, "/tokens/CC", `{"status":"Blocked"}`, http.StatusOK)
		state(1.0, 3.0, false, "Accepted")
		v, put, removed = send("differential", "Failed")
		counts("a change", v, put, removed, 2, 1, 1)
		p.serveCall("SendLocalList", `{"status":"Failed"}`) // the full list that takes its place
		r.eventually("the refused list is on record", func() bool { return len(r.items("/local-lists?lastAnswer=Failed&station="+id)) == 1 })
		state(1.0, 3.0, false, "Failed")
		v, put, removed = send("differential", "Accepted")
		counts("the change again", v, put, removed, 2, 1, 1)
		state(2.0, 2.0, true, "Accepted")
		r.addTokens("BB")
		v, put, removed = send("differential", "VersionMismatch")
		counts("a change of another list", v, put, removed, 3, 1, 0)
		asked := p.serveCall("SendLocalList", `{"status":"Accepted"}`)
		if list := asked["localAuthorizationList"].([]any); len(list) != 3 || asked["updateType"] != "Full" {
			t.Errorf("%s: after a mismatch: %v", id, asked)
		}
		r.eventually("the full list is on record", func() bool { return len(r.items("/local-lists?version=3&lastAnswer=Accepted&station="+id)) == 1 })
		state(3.0, 3.0, true, "Accepted")
		r.do(id, "get-local-list-version", `{}`, http.StatusOK, func() { p.serveCall("GetLocalListVersion", `{"`+number+`":9}`) })
		state(9.0, nil, false, "Accepted")
		r.api(http.MethodPost, "/stations/"+id+"/send-local-list", `{"update":"differential"}`, http.StatusConflict)
		r.api(http.MethodPost, "/stations/"+id+"/send-local-list", `{"update":"differential","listVersion":9,"tokens":[{"value":"X","type":"ISO14443"}]}`, http.StatusConflict)
	}
}

// addTokens creates accepted cards.
func (r *rig) addTokens(values ...string) {
	r.t.Helper()
	for _, value := range values {
		r.api(http.MethodPost, "/tokens", `{"value":"`+value+`","type":"ISO14443"}`, http.StatusCreated)
	}
}

// listHas demands one item, or none.
func (r *rig) listHas(path string, one bool) {
	r.t.Helper()
	if got := len(r.items(path)); (got == 1) != one {
		r.t.Errorf("%s has %d items", path, got)
	}
}

// What a station has said of the sizes that it takes bounds one request by name, and its list at all.
func TestALocalListIsNoLargerThanTheStationTakes(t *testing.T) {
	r := serve(t, Config{})
	r.addTokens("AA", "BB", "CC")
	old := r.connect("CP-16", "ocpp1.6", login{})
	old.call("BootNotification", boot16)
	refused := func(id, path, body, limit string) {
		t.Helper()
		if got := r.api(http.MethodPost, "/stations/"+id+path, body, http.StatusUnprocessableEntity); !strings.Contains(fmt.Sprint(got), limit) {
			t.Errorf("%s: %v, want %s", id, got, limit)
		}
	}
	keys := func(send, list string) {
		t.Helper()
		r.asked(old, "CP-16", "GetConfiguration", `{}`, `{"configurationKey":[{"key":"SendLocalListMaxLength","readonly":true,"value":"`+send+`"},{"key":"LocalAuthListMaxLength","readonly":true,"value":"`+list+`"}]}`)
	}
	const raw16 = `{"action":"SendLocalList","payload":{"listVersion":1,"updateType":"Full","localAuthorizationList":[{"idTag":"A","idTagInfo":{"status":"Accepted"}},{"idTag":"B","idTagInfo":{"status":"Accepted"}},{"idTag":"C","idTagInfo":{"status":"Accepted"}}]}}`
	keys("2", "9")
	refused("CP-16", "/commands", raw16, "SendLocalListMaxLength")
	keys("9", "2")
	refused("CP-16", "/commands", raw16, "LocalAuthListMaxLength")
	refused("CP-16", "/send-local-list", `{"update":"full"}`, "LocalAuthListMaxLength")
	keys("3", "3")
	r.do("CP-16", "send-local-list", `{"update":"full"}`, http.StatusOK, func() { old.serveCall("SendLocalList", `{"status":"Accepted"}`) })

	p := r.come("CS-2", "ocpp2.0.1", "1")
	const raw2x = `{"action":"SendLocalList","payload":{"versionNumber":1,"updateType":"Differential","localAuthorizationList":[{"idToken":{"idToken":"A","type":"Local"}},{"idToken":{"idToken":"B","type":"Local"}}]}}`
	refused("CS-2", "/commands", raw2x, "ItemsPerMessage")
	p.reports("ItemsPerMessage", `"variableAttribute":[{"value":"2"}]`)
	p.reports("BytesPerMessage", `"variableAttribute":[{"value":"100"}]`)
	refused("CS-2", "/commands", raw2x, "BytesPerMessage")
	p.reports("BytesPerMessage", `"variableAttribute":[{"value":"1000"}]`)
	r.asked(p, "CS-2", "SendLocalList", raw2x[len(`{"action":"SendLocalList","payload":`):len(raw2x)-1], `{"status":"Accepted"}`)
}
