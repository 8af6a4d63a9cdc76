package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestDeviceVerbsInEveryVersion(t *testing.T) {
	r := serve(t, Config{})
	const hash = `"hashAlgorithm":"SHA256","issuerNameHash":"aa","issuerKeyHash":"bb","serialNumber":"1"`
	const pem = `-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n`
	const heartbeat = `"component":{"name":"OCPPCommCtrlr"},"variable":{"name":"HeartbeatInterval"}`
	both := []verbTalk{
		{"get-variables", `{"variables":[{"component":"OCPPCommCtrlr","variable":"HeartbeatInterval"}]}`, "GetVariables", `{"getVariableData":[{` + heartbeat + `}]}`,
			`{"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"60",` + heartbeat + `}]}`, "accepted"},
		{"set-variables", `{"values":[{"component":"OCPPCommCtrlr","variable":"HeartbeatInterval","value":"300"},{"component":"C","componentInstance":"i","evse":1,"connector":2,"variable":"V","variableInstance":"j","attribute":"Target","value":"1"}]}`, "SetVariables",
			`{"setVariableData":[{"attributeValue":"300",` + heartbeat + `},{"attributeType":"Target","attributeValue":"1","component":{"name":"C","instance":"i","evse":{"id":1,"connectorId":2}},"variable":{"name":"V","instance":"j"}}]}`,
			`{"setVariableResult":[{"attributeStatus":"RebootRequired",` + heartbeat + `},{"attributeStatus":"UnknownComponent","component":{"name":"C"},"variable":{"name":"V"}}]}`, "mixed"},
		{"monitoring-base", `{"base":"HardWiredOnly"}`, "SetMonitoringBase", `{"monitoringBase":"HardWiredOnly"}`, `{"status":"NotSupported"}`, "notSupported"},
		{"monitoring-level", `{"severity":0}`, "SetMonitoringLevel", `{"severity":0}`, `{"status":"Accepted"}`, "accepted"},
		{"set-monitors", `{"monitors":[{"component":"EVSE","evse":1,"variable":"Power","type":"UpperThreshold","value":80.5,"severity":4,"transaction":true,"id":0}]}`, "SetVariableMonitoring",
			`{"setMonitoringData":[{"value":80.5,"type":"UpperThreshold","severity":4,"component":{"name":"EVSE","evse":{"id":1}},"variable":{"name":"Power"},"id":0,"transaction":true}]}`,
			`{"setMonitoringResult":[{"id":7,"status":"Accepted","type":"UpperThreshold","severity":4,"component":{"name":"EVSE","evse":{"id":1}},"variable":{"name":"Power"}}]}`, "accepted"},
		{"clear-monitors", `{"ids":[7,0]}`, "ClearVariableMonitoring", `{"id":[7,0]}`, `{"clearMonitoringResult":[{"status":"NotFound","id":7},{"status":"NotFound","id":0}]}`, "notFound"},
		{"set-display-message", `{"message":3,"priority":"InFront","state":"Idle","texts":[{"content":"x","language":"en"}],"endsAt":"2026-05-01T00:00:00Z","transaction":"T","display":{"component":"Display","evse":1}}`, "SetDisplayMessage",
			`{"message":{"id":3,"priority":"InFront","state":"Idle","message":{"format":"UTF8","language":"en","content":"x"},"endDateTime":"2026-05-01T00:00:00Z","transactionId":"T","display":{"name":"Display","evse":{"id":1}}}}`, `{"status":"UnknownTransaction"}`, "notFound"},
		{"clear-display-message", `{"message":0}`, "ClearDisplayMessage", `{"id":0}`, `{"status":"Unknown"}`, "notFound"},
		{"install-certificate", `{"use":"V2GRootCertificate","certificate":"` + pem + `"}`, "InstallCertificate", `{"certificateType":"V2GRootCertificate","certificate":"` + pem + `"}`, `{"status":"Failed"}`, "failed"},
		{"delete-certificate", `{` + hash + `}`, "DeleteCertificate", `{"certificateHashData":{` + hash + `}}`, `{"status":"NotFound"}`, "notFound"},
		{"list-certificates", ``, "GetInstalledCertificateIds", `{}`, `{"status":"NotFound"}`, "notFound"},
		{"list-certificates", `{"uses":["V2GCertificateChain"]}`, "GetInstalledCertificateIds", `{"certificateType":["V2GCertificateChain"]}`, `{"status":"Accepted","certificateHashDataChain":[{"certificateType":"V2GCertificateChain","certificateHashData":{` + hash + `}}]}`, "accepted"},
	}
	for subprotocol, talks := range map[string][]verbTalk{
		"ocpp1.6": {
			{"get-variables", ``, "GetConfiguration", `{}`, `{"unknownKey":["x"]}`, "answered"},
			{"get-variables", `{"variables":[{"variable":"HeartbeatInterval"}]}`, "GetConfiguration", `{"key":["HeartbeatInterval"]}`, `{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"1"}]}`, "answered"},
			{"set-variables", `{"values":[{"variable":"HeartbeatInterval","value":"300"}]}`, "ChangeConfiguration", `{"key":"HeartbeatInterval","value":"300"}`, `{"status":"RebootRequired"}`, "rebootRequired"},
			{"install-certificate", `{"use":"CSMSRootCertificate","certificate":"` + pem + `"}`, "InstallCertificate", `{"certificateType":"CentralSystemRootCertificate","certificate":"` + pem + `"}`, `{"status":"Accepted"}`, "accepted"},
			{"delete-certificate", `{` + hash + `}`, "DeleteCertificate", `{"certificateHashData":{` + hash + `}}`, `{"status":"Accepted"}`, "accepted"},
			{"list-certificates", `{"uses":["ManufacturerRootCertificate"]}`, "GetInstalledCertificateIds", `{"certificateType":"ManufacturerRootCertificate"}`, `{"status":"NotFound"}`, "notFound"},
		},
		"ocpp2.0.1": append(both, verbTalk{
			"set-network-profile", `{"slot":2,"url":"wss://x","securityProfile":2,"interface":"Wired0"}`, "SetNetworkProfile",
			`{"configurationSlot":2,"connectionData":{"ocppVersion":"OCPP20","ocppTransport":"JSON","ocppCsmsUrl":"wss://x","messageTimeout":30,"securityProfile":2,"ocppInterface":"Wired0"}}`, `{"status":"Rejected"}`, "rejected",
		}),
		"ocpp2.1": append(both, verbTalk{
			"set-network-profile", `{"slot":2,"url":"wss://x","securityProfile":2,"interface":"Any","messageTimeout":5,"identity":"me"}`, "SetNetworkProfile",
			`{"configurationSlot":2,"connectionData":{"ocppTransport":"JSON","ocppCsmsUrl":"wss://x","messageTimeout":5,"securityProfile":2,"ocppInterface":"Any","identity":"me"}}`, `{"status":"Accepted"}`, "accepted",
		}),
	} {
		p := r.connect("A", subprotocol, login{})
		for _, talk := range talks {
			var asked map[string]any
			got := r.do("A", talk.verb, talk.body, http.StatusOK, func() { asked = p.serveCall(talk.action, talk.answer) })
			want(t, got, map[string]any{"verb": talk.verb, "action": talk.action, "status": talk.status})
			if !same(t, asked, talk.asked) {
				t.Errorf("%s %s: asked %v, want %s", subprotocol, talk.verb, asked, talk.asked)
			}
		}
	}
}

// Requests for reports get their number here, and the report is found by it.
func TestReportsAreFoundByTheNumberOfTheirRequest(t *testing.T) {
	r := serve(t, Config{})
	for _, subprotocol := range []string{"ocpp2.0.1", "ocpp2.1"} {
		p := r.connect("A", subprotocol, login{})
		p.call("BootNotification", boot2x)
		seen := map[any]bool{}
		for _, talk := range []verbTalk{
			{"report-base", ``, "GetBaseReport", `{"reportBase":"FullInventory"}`, `{"status":"Accepted"}`, "accepted"},
			{"report-base", `{"base":"summary"}`, "GetBaseReport", `{"reportBase":"SummaryInventory"}`, `{"status":"Accepted"}`, "accepted"},
			{"report-custom", `{"criteria":["Problem"],"components":[{"component":"EVSE","evse":1,"variable":"Power"}]}`, "GetReport",
				`{"componentCriteria":["Problem"],"componentVariable":[{"component":{"name":"EVSE","evse":{"id":1}},"variable":{"name":"Power"}}]}`, `{"status":"EmptyResultSet"}`, "notFound"},
			{"report-monitors", `{"criteria":["DeltaMonitoring"]}`, "GetMonitoringReport", `{"monitoringCriteria":["DeltaMonitoring"]}`, `{"status":"Accepted"}`, "accepted"},
			{"get-display-messages", `{"messages":[0],"priority":"InFront"}`, "GetDisplayMessages", `{"id":[0],"priority":"InFront"}`, `{"status":"Unknown"}`, "notFound"},
			{"customer-information", `{"report":true,"idToken":{"value":"CAFE"}}`, "CustomerInformation", `{"report":true,"clear":false,"idToken":{"idToken":"CAFE","type":"Central"}}`, `{"status":"Accepted"}`, "accepted"},
			{"customer-information", `{"clear":true,"customerIdentifier":"4711"}`, "CustomerInformation", `{"report":false,"clear":true,"customerIdentifier":"4711"}`, `{"status":"Invalid"}`, "rejected"},
		} {
			var asked map[string]any
			got := r.do("A", talk.verb, talk.body, http.StatusOK, func() { asked = p.serveCall(talk.action, talk.answer) })
			want(t, got, map[string]any{"status": talk.status})
			id := asked["requestId"]
			if seen[id] || id == nil || got["payload"].(map[string]any)["requestId"] != id {
				t.Errorf("%s: requestId %v, seen %v", talk.verb, id, seen)
			}
			seen[id] = true
			if delete(asked, "requestId"); !same(t, asked, talk.asked) {
				t.Errorf("%s: asked %v, want %s", talk.verb, asked, talk.asked)
			}
		}
		var asked map[string]any
		r.do("A", "report-base", ``, http.StatusOK, func() { asked = p.serveCall("GetBaseReport", `{"status":"Accepted"}`) })
		id := fmt.Sprintf("%.0f", asked["requestId"])
		if n := len(r.items("/stations/A/reports?requestId=" + id)); n != 0 {
			t.Errorf("%d reports before it came", n)
		}
		p.call("NotifyReport", `{"requestId":`+id+`,"generatedAt":`+t0+`,"seqNo":0}`)
		if reports := r.items("/stations/A/reports?requestId=" + id); len(reports) != 1 || reports[0]["complete"] != true {
			t.Errorf("reports: %v", reports)
		}
	}
}

func TestDeviceVerbsThatAreNotSent(t *testing.T) {
	r := serve(t, Config{})
	peers := map[string]*peer{}
	for id, subprotocol := range map[string]string{"A": "ocpp1.6", "B": "ocpp2.0.1", "C": "ocpp2.1"} {
		peers[id] = r.connect(id, subprotocol, login{})
	}
	const key = `{"variable":"HeartbeatInterval","value":"1"}`
	for _, c := range []struct{ id, verb, body, pointer string }{
		{"A", "set-variables", `{"values":[` + key + `,{"variable":"X","value":"1"}]}`, "/values/1"},
		{"A", "set-variables", `{"values":[` + key + `,` + key + `]}`, "/values/1"},
		{"A", "set-variables", `{"values":[{"component":"C","variable":"X","value":"1"}]}`, "/values/0/component"},
		{"A", "set-variables", `{"values":[{"variable":"X","attribute":"Target","value":"1"}]}`, "/values/0/attribute"},
		{"A", "set-variables", `{"values":[]}`, "/values"},
		{"A", "get-variables", `{"variables":[{"component":"C","variable":"X"}]}`, "/variables/0/component"},
		{"A", "report-base", ``, ""},
		{"A", "set-monitors", `{"monitors":[{"component":"C","variable":"X","type":"Delta","value":1,"severity":1}]}`, ""},
		{"A", "install-certificate", `{"use":"MORootCertificate","certificate":"-----BEGIN CERTIFICATE-----"}`, "/use"},
		{"A", "install-certificate", `{"use":"CSMSRootCertificate","certificate":"x"}`, "/certificate"},
		{"A", "install-certificate", `{"use":"CSMSRootCertificate","certificate":"-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----"}`, "/certificate"},
		{"A", "list-certificates", `{"uses":["CSMSRootCertificate","ManufacturerRootCertificate"]}`, "/uses/1"},
		{"A", "customer-information", `{"report":true,"customerIdentifier":"1"}`, ""},
		{"B", "get-variables", ``, "/variables"},
		{"B", "get-variables", `{"variables":[{"variable":"X"}]}`, "/variables/0/component"},
		{"B", "report-custom", `{}`, "/components"},
		{"B", "set-monitors", `{"monitors":[{"component":"C","variable":"X","type":"Delta","value":-1,"severity":1}]}`, "/monitors/0/value"},
		{"B", "set-monitors", `{"monitors":[{"component":"C","variable":"X","type":"TargetDelta","value":1,"severity":1}]}`, "/monitors/0/type"},
		{"B", "set-monitors", `{"monitors":[{"component":"C","variable":"X","type":"Delta","value":1,"severity":10}]}`, "/monitors/0/severity"},
		{"B", "set-display-message", `{"texts":[{"content":"x"},{"content":"y"}]}`, "/texts/1"},
		{"B", "set-display-message", `{"texts":[{"content":"x"}],"state":"Suspended"}`, "/state"},
		{"B", "set-display-message", `{"texts":[{"content":"x"}],"startsAt":"2026-05-01T00:00:00Z","endsAt":"2026-05-01T00:00:00Z"}`, "/endsAt"},
		{"B", "customer-information", `{"customerIdentifier":"1"}`, "/report"},
		{"B", "customer-information", `{"report":true,"customerIdentifier":"1","idToken":{"value":"x"}}`, "/customerIdentifier"},
		{"B", "set-network-profile", `{"slot":1,"url":"wss://x","securityProfile":1,"interface":"Wired0","password":"0123456789abcdef"}`, "/password"},
		{"C", "set-network-profile", `{"slot":1,"url":"wss://a:b@x","securityProfile":1,"interface":"Wired0"}`, "/url"},
		{"C", "set-network-profile", `{"slot":1,"url":"https://x","securityProfile":1,"interface":"Wired0"}`, "/url"},
	} {
		got := r.api(http.MethodPost, "/stations/"+c.id+"/"+c.verb, c.body, http.StatusUnprocessableEntity)
		faults, _ := got["errors"].([]any)
		switch {
		case c.pointer == "" && len(faults) == 0:
		case len(faults) != 1 || faults[0].(map[string]any)["pointer"] != c.pointer:
			t.Errorf("%s %s: %v, want the pointer %q", c.verb, c.body, got, c.pointer)
		}
	}
	for _, p := range peers {
		p.call("BootNotification", map[bool]string{true: boot16, false: boot2x}[p == peers["A"]]) // nothing was sent: this is the next frame
	}
}

// Passwords reach the station and nothing else, and are not kept for later.
func TestSecretsOfVerbs(t *testing.T) {
	dir := t.TempDir()
	r := serve(t, Config{Data: dir})
	p := r.connect("C", "ocpp2.1", login{})
	p.call("BootNotification", boot2x)
	const profile = `{"slot":1,"url":"wss://x","securityProfile":1,"interface":"Wired0","password":"TOPSECRET-0123456","vpn":{"server":"s","user":"u","password":"TOPSECRET","key":"TOPSECRET","type":"IKEv2"}`
	var asked map[string]any
	got := r.do("C", "set-network-profile", profile+`}`, http.StatusOK, func() { asked = p.serveCall("SetNetworkProfile", `{"status":"Accepted"}`) })
	if asked["connectionData"].(map[string]any)["basicAuthPassword"] != "TOPSECRET-0123456" {
		t.Errorf("asked %v", asked)
	}
	if shown := got["payload"].(map[string]any)["connectionData"].(map[string]any); shown["basicAuthPassword"] != hidden {
		t.Errorf("answered %v", got)
	}
	r.api(http.MethodPost, "/stations/C/set-network-profile", profile+`,"expires":60}`, http.StatusUnprocessableEntity)
	if profiles := r.items("/stations/C/network-profiles"); len(profiles) != 1 || profiles[0]["password"] != true || profiles[0]["vpnUser"] != "u" {
		t.Errorf("profiles %v", profiles)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	demandNoSecret(t, dir)
	if strings.Contains(r.log.String(), "TOPSECRET") {
		t.Error("the log has a secret")
	}
}
