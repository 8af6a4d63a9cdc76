package server

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/store/sqlite"
)

// What a station answers about its settings is kept, in all versions, and no secret comes near the disk.
func TestSettingsAreKeptWithoutSecrets(t *testing.T) {
	dir := t.TempDir()
	r := serve(t, Config{Data: dir})
	old := r.connect("CP-16", "ocpp1.6", login{})
	old.call("BootNotification", boot16)
	ask := func(id string, p *peer, action, payload, response string) {
		t.Helper()
		done := make(chan struct{})
		go func() {
			defer close(done)
			p.serveCall(action, response)
		}()
		r.api(http.MethodPost, "/stations/"+id+"/commands", `{"action":"`+action+`","payload":`+payload+`}`, http.StatusOK)
		<-done
	}
	ask("CP-16", old, "GetConfiguration", `{}`, `{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"300"},{"key":"AuthorizationKey","readonly":false,"value":"TOPSECRET"}]}`)
	ask("CP-16", old, "ChangeConfiguration", `{"key":"heartbeatinterval","value":"600"}`, `{"status":"Accepted"}`)
	ask("CP-16", old, "ChangeConfiguration", `{"key":"AuthorizationKey","value":"TOPSECRET-0123456789"}`, `{"status":"Accepted"}`)
	ask("CP-16", old, "ChangeConfiguration", `{"key":"HeartbeatInterval","value":"900"}`, `{"status":"Rejected"}`)
	checkVariable(r, "CP-16", "HeartbeatInterval", "600")
	checkVariable(r, "CP-16", "AuthorizationKey", nil)

	for subprotocol, id := range map[string]string{"ocpp2.0.1": "CS-2", "ocpp2.1": "CS-3"} {
		p := r.connect(id, subprotocol, login{})
		p.call("BootNotification", boot2x)
		const about = `"component":{"name":"C","evse":{"id":1}},"variable":{"name":`
		p.call("NotifyReport", `{"requestId":1,"generatedAt":`+t0+`,"seqNo":0,"reportData":[{`+about+`"BasicAuthPassword"},"variableAttribute":[{"value":"TOPSECRET"}]}]}`)
		ask(id, p, "GetVariables", `{"getVariableData":[{`+about+`"Name"}}]}`,
			`{"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"a",`+about+`"Name"}},{"attributeStatus":"Rejected",`+about+`"Other"}}]}`)
		ask(id, p, "SetVariables", `{"setVariableData":[{"attributeValue":"b",`+about+`"Name"}},{"attributeValue":"c",`+about+`"Other"}},{"attributeValue":"d",`+about+`"Unread"}}]}`,
			`{"setVariableResult":[{"attributeStatus":"Accepted",`+about+`"Unread"}},{"attributeStatus":"Rejected",`+about+`"Other"}},{"attributeStatus":"RebootRequired",`+about+`"name"}}]}`)
		checkVariable(r, id, "Name", "b")
		checkVariable(r, id, "Unread", nil)
		checkVariable(r, id, "BasicAuthPassword", nil)
		if n := len(r.api(http.MethodGet, "/stations/"+id+"/variables?variable=Other", "", http.StatusOK)["items"].([]any)); n != 0 {
			t.Errorf("%s: %d variables that were refused", id, n)
		}
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	demandNoSecret(t, dir)
	if strings.Contains(r.log.String(), "TOPSECRET") {
		t.Error("the log has a secret")
	}
}

// checkVariable demands a value; nil demands one that is hidden.
func checkVariable(r *rig, station, name string, want any) {
	r.t.Helper()
	items := r.api(http.MethodGet, "/stations/"+station+"/variables?variable="+name, "", http.StatusOK)["items"].([]any)
	if len(items) != 1 {
		r.t.Fatalf("%s of %s: %v", name, station, items)
	}
	if v := items[0].(map[string]any); v["value"] != want || v["hidden"] != (want == nil) {
		r.t.Errorf("%s of %s: %v, want %v", name, station, v, want)
	}
}

// demandNoSecret looks into the files themselves.
func demandNoSecret(t *testing.T, dir string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(filepath.Join(dir, sqlite.FileName+suffix))
		if os.IsNotExist(err) && suffix != "" {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if i := bytes.Index(content, []byte("TOPSECRET")); i >= 0 {
			t.Errorf("there is a secret in %s: %q", suffix, content[max(0, i-100):i+20])
		}
	}
}

// What a station answered to a request that changes something at it is state from then on, without secrets.
func TestAnswersAreKeptAsState(t *testing.T) {
	dir := t.TempDir()
	r := serve(t, Config{Data: dir})
	for subprotocol, id := range map[string]string{"ocpp2.0.1": "CS-2", "ocpp2.1": "CS-3"} {
		p := r.connect(id, subprotocol, login{})
		p.call("BootNotification", boot2x)
		const about = `"component":{"name":"C","evse":{"id":1}},"variable":{"name":"Power"}`
		for _, c := range []struct{ action, payload, response, path string }{
			{
				"SetVariableMonitoring", `{"setMonitoringData":[{"value":80.5,"type":"UpperThreshold","severity":2,` + about + `},{"value":1,"type":"Delta","severity":3,` + about + `}]}`,
				`{"setMonitoringResult":[{"status":"Duplicate","type":"Delta","severity":3,` + about + `},{"id":7,"status":"Accepted","type":"UpperThreshold","severity":2,` + about + `}]}`,
				"/stations/" + id + "/monitors?severity=2",
			},
			{
				"SetDisplayMessage", `{"message":{"id":3,"priority":"AlwaysFront","message":{"format":"UTF8","content":"hello"}}}`, `{"status":"Accepted"}`,
				"/stations/" + id + "/display-messages",
			},
			{
				"InstallCertificate", `{"certificateType":"CSMSRootCertificate","certificate":"none"}`, `{"status":"Accepted"}`, "/certificates?station=" + id,
			},
			{
				"SetNetworkProfile", `{"configurationSlot":1,"connectionData":{"ocppVersion":"OCPP20","ocppTransport":"JSON","ocppCsmsUrl":"wss://me:TOPSECRET@x","messageTimeout":30,"securityProfile":2,"ocppInterface":"Wired0",` +
					`"apn":{"apn":"n","apnAuthentication":"PAP","apnUserName":"u","apnPassword":"TOPSECRET"},"vpn":{"server":"s","user":"w","password":"TOPSECRET","key":"TOPSECRET","type":"IKEv2"}}}`,
				`{"status":"Accepted"}`, "/stations/" + id + "/network-profiles",
			},
			{"SetMonitoringLevel", `{"severity":4}`, `{"status":"Rejected","statusInfo":{"reasonCode":"No"}}`, "/device-answers?took=false&action=SetMonitoringLevel&station=" + id},
		} {
			r.asked(p, id, c.action, c.payload, c.response)
			if n := len(r.items(c.path)); n != 1 {
				t.Errorf("%s of %s: %d items of %s", c.action, id, n, c.path)
			}
		}
		r.asked(p, id, "ClearVariableMonitoring", `{"id":[7]}`, `{"clearMonitoringResult":[{"status":"Accepted","id":7}]}`)
		r.asked(p, id, "ClearDisplayMessage", `{"id":3}`, `{"status":"Unknown"}`)
		r.asked(p, id, "GetInstalledCertificateIds", `{}`, `{"status":"NotFound"}`)
		for _, path := range []string{"/stations/" + id + "/monitors", "/stations/" + id + "/display-messages", "/certificates?station=" + id} {
			if n := len(r.items(path)); n != 0 {
				t.Errorf("%d items of %s, after they were removed", n, path)
			}
		}
		r.asked(p, id, "SetMonitoringBase", `{"monitoringBase":"All"}`, `{"status":"Accepted"}`)
		want(t, r.api(http.MethodGet, "/stations/"+id+"/monitoring", "", http.StatusOK), map[string]any{"base": "All", "level": nil})
		if n := len(r.items("/device-answers?station=" + id)); n != 9 {
			t.Errorf("%d answers", n)
		}
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	demandNoSecret(t, dir)
}

// asked has the API ask a station, which gives this answer.
func (r *rig) asked(p *peer, id, action, payload, response string) {
	r.t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.serveCall(action, response)
	}()
	r.api(http.MethodPost, "/stations/"+id+"/commands", `{"action":"`+action+`","payload":`+payload+`}`, http.StatusOK)
	<-done
}
