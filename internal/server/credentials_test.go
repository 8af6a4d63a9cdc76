package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
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

func TestR61KeysOfManyStations(t *testing.T) {
	r := serve(t, Config{})
	p := rotatable{r.connect("A", "ocpp1.6", login{password: []byte(r.create("A", 1))}), "ocpp1.6"}
	r.create("B", 1)
	r.connect("C", "ocpp2.1", login{}).call("BootNotification", boot2x)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.serveCall("ChangeConfiguration", `{"status":"Accepted"}`)
	}()
	got := r.api(http.MethodPost, "/credentials/rotate", `{"select":{"stations":["A","B","C","D","A"]}}`, http.StatusOK)
	<-done
	want(t, got, map[string]any{"selected": 4.0, "changed": 1.0, "offline": 1.0, "keyless": 1.0, "unknown": 1.0, "failed": 0.0})
	r.api(http.MethodPost, "/credentials/rotate", `{"select":{}}`, http.StatusUnprocessableEntity)
	r.api(http.MethodPost, "/stations/B/credential/rotate", ``, http.StatusConflict)
	r.api(http.MethodPost, "/stations/C/credential/rotate", `{}`, http.StatusConflict)
	r.api(http.MethodPost, "/stations/D/credential/rotate", `{}`, http.StatusNotFound)
	r.api(http.MethodGet, "/stations/C/credential", "", http.StatusNotFound)
}
