package server

import (
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/ocpp"
)

func TestRecordsOfCommandsHoldNoSecrets(t *testing.T) {
	for _, payload := range []string{
		`{"key":"AuthorizationKey","value":"SECRET"}`,
		`{"setVariableData":[{"attributeValue":"SECRET","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}`,
		`{"configurationSlot":1,"connectionData":{"ocppCsmsUrl":"wss://a","basicAuthPassword":"SECRET","apn":{"apn":"x","apnPassword":"SECRET"},` +
			`"vpn":{"server":"s","user":"u","password":"SECRET","key":"SECRET","type":"IKEv2"}}}`,
		`{"connectionData":{"apn":{"simPin":5377377,"apnPassword":5377377}}}`,
		`{"location":"ftp://user:SECRET@host/path","retrieveDate":"2026-05-01T10:00:00Z"}`,
		`{"log":{"remoteLocation":"sftp://SECRET:SECRET@[::1]:22/SECRET@"},"firmware":{"location":"HTTPS://us%zzer:SEC@RET:SECRET@host"}}`,
		`["see ftp://a:SECRET@b and ftp://c:SECRET@d"]`,
		`{"configurationKey":[{"key":"AuthorizationKey","readonly":false,"value":"SECRET"}],"unknownKey":[]}`,
		`{"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"SECRET","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}`,
		`{"idToken":{"idToken":"SECRET","type":"KeyCode"}}`,
		`{"localAuthorizationList":[{"idToken":{"idToken":"SECRET","type":"keycode"}}]}`,
		`SECRET`,
	} {
		if got := string(redact([]byte(payload))); strings.Contains(strings.ReplaceAll(got, "/SECRET@", ""), "SECRET") || strings.Contains(got, "5377377") {
			t.Errorf("%s became %s", payload, got)
		}
	}
	if got := string(redact([]byte(`{"key":"HeartbeatInterval","value":"300"}`))); got != `{"key":"HeartbeatInterval","value":"300"}` {
		t.Errorf("too much is hidden: %s", got)
	}
	if holdsSecret([]byte(`{"idToken":{"idToken":"1234","type":"KeyCode"}}`)) {
		t.Error("what is for a driver with a code cannot be kept")
	}
	for _, payload := range []string{
		`{"id":9007199254740993,"simPin":null,"url":"https://host/a@b?c=d@e"}`,
		`{"mail":"a@b","text":"ftp://"}`,
	} {
		if got := string(redact([]byte(payload))); got != payload {
			t.Errorf("too much is hidden: %s became %s", payload, got)
		}
	}
	if got := string(redact([]byte(`{"location":"ftp://user:SECRET@host:21/path"}`))); got != `{"location":"ftp://***@host:21/path"}` {
		t.Errorf("the place is of use: %s", got)
	}
}

func TestRecordsOfAnswersHoldNoSecrets(t *testing.T) {
	answer := `{"configurationKey":[{"key":"AuthorizationKey","readonly":false,"value":"SECRET"}]}`
	e := commanded(httpapi.Command{Station: "A", Action: "GetConfiguration"}, time.Now(), []byte(answer), nil)
	if got := string(e.Response); got != strings.Replace(answer, "SECRET", hidden, 1) {
		t.Errorf("on record: %s", got)
	}
}

func TestOnlyAnAcceptedKeyChangeCounts(t *testing.T) {
	set := `{"setVariableData":[{"attributeValue":"x","component":{"name":"A"},"variable":{"name":"B"}},` +
		`{"attributeValue":"k","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}`
	result := func(status string) string {
		return `{"setVariableResult":[{"attributeStatus":"Accepted","component":{"name":"A"},"variable":{"name":"B"}},` +
			`{"attributeStatus":"` + status + `","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}`
	}
	for _, c := range []struct {
		version                         ocpp.Version
		action, payload, response, want string
	}{
		{ocpp.V16, "ChangeConfiguration", `{"key":"AuthorizationKey","value":"k"}`, `{"status":"Accepted"}`, "k"},
		{ocpp.V16, "ChangeConfiguration", `{"key":"AuthorizationKey","value":"k"}`, `{"status":"RebootRequired"}`, ""},
		{ocpp.V16, "ChangeConfiguration", `{"key":"AuthorizationKey","value":"k"}`, `{"status":"Rejected"}`, ""},
		{ocpp.V16, "ChangeConfiguration", `{"key":"HeartbeatInterval","value":"k"}`, `{"status":"Accepted"}`, ""},
		{ocpp.V201, "SetVariables", set, result("Accepted"), "k"},
		{ocpp.V21, "SetVariables", set, result("Rejected"), ""},
		{ocpp.V201, "ChangeConfiguration", `{"key":"AuthorizationKey","value":"k"}`, `{"status":"Accepted"}`, ""},
	} {
		cmd := httpapi.Command{Action: c.action, Payload: []byte(c.payload)}
		got := keyIn(c.version, cmd)
		if got != "" && keyAnswer(cmd, []byte(c.response)) != "Accepted" {
			got = ""
		}
		if got != c.want {
			t.Errorf("%v %s %s: %q, want %q", c.version, c.payload, c.response, got, c.want)
		}
	}
}
