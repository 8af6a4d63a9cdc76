package server

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"slices"
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
	demandNone(t, dir, "TOPSECRET")
}

// demandNone looks for a secret in all that the store of a stopped server has written.
func demandNone(t *testing.T, dir, secret string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(filepath.Join(dir, sqlite.FileName+suffix))
		if os.IsNotExist(err) && suffix != "" {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if i := bytes.Index(content, []byte(secret)); i >= 0 {
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

// Which charging profiles a station has follows from its answers and reports, in all versions.
func TestChargingProfilesAreKnownFromAnswers(t *testing.T) {
	r := serve(t, Config{})
	have := func(id, query string, want ...float64) {
		t.Helper()
		list := r.items("/stations/" + id + "/installed-profiles" + query)
		var ids []float64
		for _, p := range list {
			ids = append(ids, p["profileId"].(float64))
		}
		if !slices.Equal(ids, want) {
			t.Errorf("%s%s: %v, want %v: %v", id, query, ids, want, list)
		}
	}
	old := r.connect("CP-16", "ocpp1.6", login{})
	old.call("BootNotification", boot16)
	set16 := func(id, connector, status string) {
		t.Helper()
		r.asked(old, "CP-16", "SetChargingProfile", `{"connectorId":`+connector+`,"csChargingProfiles":{"chargingProfileId":`+id+`,"stackLevel":0,"chargingProfilePurpose":"ChargePointMaxProfile",`+
			`"chargingProfileKind":"Absolute","chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16.0}]}}}`, `{"status":"`+status+`"}`)
	}
	set16("1", "0", "Accepted")
	set16("2", "0", "Rejected")
	have("CP-16", "", 1)
	set16("3", "0", "Accepted")
	have("CP-16", "?purpose=ChargingStationMaxProfile&evse=0&knownFrom=answer", 3)
	r.asked(old, "CP-16", "GetCompositeSchedule", `{"connectorId":0,"duration":60}`,
		`{"status":"Accepted","connectorId":0,"scheduleStart":"2026-05-01T00:00:00Z","chargingSchedule":{"duration":50,"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16.0}]}}`)
	checkComposite(r, "CP-16", 0, 50)
	r.asked(old, "CP-16", "ClearChargingProfile", `{"id":3}`, `{"status":"Unknown"}`)
	have("CP-16", "")

	for subprotocol, id := range map[string]string{"ocpp2.0.1": "CS-2", "ocpp2.1": "CS-3"} {
		p := r.connect(id, subprotocol, login{})
		p.call("BootNotification", boot2x)
		profile := func(id, purpose string) string {
			return `{"id":` + id + `,"stackLevel":` + id + `,"chargingProfilePurpose":"` + purpose + `","chargingProfileKind":"Relative","chargingSchedule":[{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}]}`
		}
		for _, n := range []string{"1", "2", "3"} {
			r.asked(p, id, "SetChargingProfile", `{"evseId":1,"chargingProfile":`+profile(n, "TxDefaultProfile")+`}`, `{"status":"Accepted"}`)
		}
		have(id, "", 1, 2, 3)
		have(id, "?stackLevel=2", 2)
		r.asked(p, id, "ClearChargingProfile", `{"chargingProfileCriteria":{"stackLevel":2,"evseId":1}}`, `{"status":"Accepted"}`)
		have(id, "", 1, 3)
		r.asked(p, id, "RequestStartTransaction", `{"idToken":{"idToken":"X","type":"Central"},"remoteStartId":1,"evseId":1,"chargingProfile":`+profile("5", "TxProfile")+`}`, `{"status":"Accepted"}`)
		have(id, "?purpose=TxProfile", 5)
		p.call("TransactionEvent", `{"eventType":"Ended","timestamp":`+t0+`,"triggerReason":"RemoteStop","seqNo":1,"transactionInfo":{"transactionId":"t1"},"evse":{"id":1}}`)
		have(id, "", 1, 3)
		r.asked(p, id, "GetChargingProfiles", `{"requestId":7,"evseId":1,"chargingProfile":{"chargingProfilePurpose":"TxDefaultProfile"}}`, `{"status":"Accepted"}`)
		p.call("ReportChargingProfiles", `{"requestId":7,"chargingLimitSource":"CSO","evseId":1,"tbc":true,"chargingProfile":[`+profile("4", "TxDefaultProfile")+`]}`)
		have(id, "", 1, 3, 4)
		p.call("ReportChargingProfiles", `{"requestId":7,"chargingLimitSource":"CSO","evseId":1,"chargingProfile":[`+profile("3", "TxDefaultProfile")+`]}`)
		have(id, "?knownFrom=report", 3, 4)
		have(id, "", 3, 4)
		r.asked(p, id, "GetChargingProfiles", `{"requestId":8,"chargingProfile":{"chargingProfileId":[4]}}`, `{"status":"NoProfiles"}`)
		have(id, "", 3)
		r.asked(p, id, "GetCompositeSchedule", `{"evseId":1,"duration":60}`,
			`{"status":"Accepted","schedule":{"evseId":1,"duration":60,"scheduleStart":"2026-05-01T00:00:00Z","chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16}]}}`)
		r.asked(p, id, "GetCompositeSchedule", `{"evseId":1,"duration":90}`, `{"status":"Rejected"}`)
		checkComposite(r, id, 1, 60)
		if subprotocol == "ocpp2.1" {
			r.asked(p, id, "UpdateDynamicSchedule", `{"chargingProfileId":3,"scheduleUpdate":{"limit":7}}`, `{"status":"Accepted"}`)
			schedules := r.items("/installed-profiles?station=" + id)[0]["schedules"].([]any)
			if limit := schedules[0].(map[string]any)["periods"].([]any)[0].(map[string]any)["limit"]; limit != 7.0 {
				t.Errorf("the limit of a dynamic profile is %v", limit)
			}
		}
	}
	if list := r.items("/device-answers?action=SetChargingProfile&took=false"); len(list) != 1 || list[0]["object"] != "2" || list[0]["status"] != "Rejected" {
		t.Errorf("profiles that were refused: %v", list)
	}
	r.api(http.MethodGet, "/stations/nobody/installed-profiles", "", http.StatusNotFound)
	r.api(http.MethodGet, "/stations/nobody/composite-schedules", "", http.StatusNotFound)
}

// checkComposite demands one composite schedule with one period of 16 A.
func checkComposite(r *rig, station string, evse, seconds float64) {
	r.t.Helper()
	list := r.items("/stations/" + station + "/composite-schedules")
	if len(list) != 1 || list[0]["evse"] != evse || list[0]["seconds"] != seconds || list[0]["unit"] != "A" || list[0]["start"] != "2026-05-01T00:00:00Z" {
		r.t.Fatalf("%s: %v", station, list)
	}
	if periods := list[0]["periods"].([]any); len(periods) != 1 || periods[0].(map[string]any)["limit"] != 16.0 {
		r.t.Errorf("%s: %v", station, periods)
	}
}
