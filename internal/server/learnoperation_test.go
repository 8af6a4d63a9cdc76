package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// What stations answer when they are told to do something is found afterwards by what it was about, in all versions.
func TestAnswersOfOperationsAreKept(t *testing.T) {
	const (
		token    = `{"idToken":"CARD","type":"Central"}`
		accepted = `{"status":"Accepted"}`
		no       = `{"status":"Rejected","statusInfo":{"reasonCode":"Busy","additionalInfo":"later"}}`
	)
	type answer struct{ action, payload, response, about, value, status string } // about: EVSE/connector, and what else
	of2x := []answer{
		{"ChangeAvailability", `{"operationalStatus":"Inoperative"}`, `{"status":"Scheduled"}`, "", "Inoperative", "Scheduled"},
		{"ChangeAvailability", `{"operationalStatus":"Operative","evse":{"id":2,"connectorId":1}}`, no, "2/1", "Operative", "Rejected"},
		{"CertificateSigned", `{"certificateChain":"none","certificateType":"V2GCertificate"}`, no, "V2GCertificate", "", "Rejected"},
		{"CustomerInformation", `{"requestId":1,"report":true,"clear":true,"customerIdentifier":"Jane"}`, accepted, "", "report, clear", "Accepted"},
		{"DataTransfer", `{"vendorId":"org.example","messageId":"mode","data":{"secret":1}}`, `{"status":"UnknownMessageId"}`, "org.example/mode", "", "UnknownMessageId"},
		{"RequestStartTransaction", `{"remoteStartId":5,"evseId":2,"idToken":` + token + `}`, no, "2", "5", "Rejected"},
		{"RequestStopTransaction", `{"transactionId":"t1"}`, accepted, "", "t1", "Accepted"},
		{"Reset", `{"type":"OnIdle","evseId":1}`, `{"status":"Scheduled"}`, "1", "OnIdle", "Scheduled"},
		{"TriggerMessage", `{"requestedMessage":"Heartbeat"}`, `{"status":"NotImplemented"}`, "Heartbeat", "", "NotImplemented"},
		{"UnlockConnector", `{"evseId":1,"connectorId":2}`, `{"status":"UnlockFailed"}`, "1/2", "", "UnlockFailed"},
		{"UnlockConnector", `{"evseId":1,"connectorId":1}`, `{"status":"Unlocked"}`, "1/1", "", "Unlocked"},
		{"UnpublishFirmware", `{"checksum":"c0ffee"}`, `{"status":"Unpublished"}`, "c0ffee", "", "Unpublished"},
	}
	of := map[string][]answer{
		"ocpp1.6": {
			{"CertificateSigned", `{"certificateChain":"none"}`, accepted, "", "", "Accepted"},
			{"ChangeAvailability", `{"connectorId":2,"type":"Inoperative"}`, `{"status":"Scheduled"}`, "2", "Inoperative", "Scheduled"},
			{"DataTransfer", `{"vendorId":"org.example"}`, `{"status":"UnknownVendorId"}`, "org.example", "", "UnknownVendorId"},
			{"ExtendedTriggerMessage", `{"requestedMessage":"SignChargePointCertificate"}`, accepted, "SignChargePointCertificate", "", "Accepted"},
			{"RemoteStartTransaction", `{"idTag":"CARD","connectorId":2}`, `{"status":"Rejected"}`, "2", "", "Rejected"},
			{"RemoteStopTransaction", `{"transactionId":7}`, accepted, "", "7", "Accepted"},
			{"Reset", `{"type":"Hard"}`, accepted, "", "Hard", "Accepted"},
			{"TriggerMessage", `{"requestedMessage":"StatusNotification","connectorId":1}`, accepted, "1 StatusNotification", "", "Accepted"},
			{"UnlockConnector", `{"connectorId":1}`, `{"status":"Unlocked"}`, "1", "", "Unlocked"},
		},
		"ocpp2.0.1": of2x,
		"ocpp2.1": append([]answer{
			{"AFRRSignal", `{"timestamp":"2030-01-01T00:00:00Z","signal":-3}`, accepted, "", "-3", "Accepted"},
			{"AdjustPeriodicEventStream", `{"id":4,"params":{"interval":60}}`, no, "4", "", "Rejected"},
			{"ChangeTransactionTariff", `{"transactionId":"t1","tariff":{"tariffId":"T-1","currency":"EUR"}}`, `{"status":"TxNotFound"}`, "t1", "T-1", "TxNotFound"},
			{"ClearDERControl", `{"isDefault":true,"controlType":"FreqDroop"}`, `{"status":"NotFound"}`, "default FreqDroop", "", "NotFound"},
			{"ClearTariffs", `{"tariffIds":["T-9"]}`, `{"clearTariffsResult":[{"tariffId":"T-9","status":"Rejected"}]}`, "T-9", "", "Rejected"},
			{"NotifyAllowedEnergyTransfer", `{"transactionId":"t1","allowedEnergyTransfer":["DC","AC_BPT"]}`, accepted, "t1", "DC, AC_BPT", "Accepted"},
			{"RequestBatterySwap", `{"requestId":9,"idToken":` + token + `}`, no, "", "9", "Rejected"},
			{"SetDERControl", `{"isDefault":true,"controlId":"C-1","controlType":"Gradients","gradient":{"priority":1,"gradient":0.5,"softGradient":0.1}}`, accepted, "C-1", "Gradients", "Accepted"},
			{"SetDefaultTariff", `{"evseId":2,"tariff":{"tariffId":"T-1","currency":"EUR"}}`, accepted, "2", "T-1", "Accepted"},
			{"TriggerMessage", `{"requestedMessage":"CustomTrigger","customTrigger":"fan","evse":{"id":1}}`, accepted, "1 fan", "", "Accepted"},
			{"UsePriorityCharging", `{"transactionId":"t1","activate":false}`, `{"status":"NoProfile"}`, "t1", "false", "NoProfile"},
		}, of2x...),
	}
	r := serve(t, Config{UnknownTokens: "accept"})
	for subprotocol, answers := range of {
		id, boot := "CS-"+subprotocol, boot2x
		if subprotocol == "ocpp1.6" {
			boot = boot16
		}
		p := r.connect(id, subprotocol, login{})
		p.call("BootNotification", boot)
		for _, a := range answers {
			r.asked(p, id, a.action, a.payload, a.response)
			list := r.items("/device-answers?station=" + id + "&action=" + a.action + "&status=" + a.status)
			if len(list) != 1 {
				t.Errorf("%s: %d answers to %s with the status %s", subprotocol, len(list), a.action, a.status)
				continue
			}
			took := a.status == "Accepted" || a.status == "Scheduled" || a.status == "Unlocked" || a.status == "Unpublished"
			want(t, list[0], map[string]any{"value": orNil(a.value), "took": took})
			if got := aboutOf(list[0]); got != a.about {
				t.Errorf("%s: the answer to %s is about %q, want %q", subprotocol, a.action, got, a.about)
			}
			if a.response == no {
				want(t, list[0], map[string]any{"reason": "Busy", "info": "later"})
			}
		}
	}
	checkWhatFollows(t, r)
}

// checkWhatFollows looks at what a station of OCPP 2.1 has since it answered.
func checkWhatFollows(t *testing.T, r *rig) {
	t.Helper()
	const station = "/stations/CS-ocpp2.1"
	want(t, r.items(station + "/der-controls?latest=true")[0], map[string]any{"controlId": "C-1", "controlType": "Gradients", "priority": 1.0, "knownFrom": "answer"})
	want(t, r.items(station + "/installed-tariffs?latest=true")[0], map[string]any{"tariffId": "T-1", "evse": 2.0, "default": true, "knownFrom": "answer"})
	p := r.connect("CS-other", "ocpp2.1", login{})
	p.call("BootNotification", boot2x)
	p.call("TransactionEvent", `{"eventType":"Started","timestamp":`+t0+`,"triggerReason":"CablePluggedIn","seqNo":0,"transactionInfo":{"transactionId":"t1"},"evse":{"id":1}}`)
	ask := func(action, payload, response string) { t.Helper(); r.asked(p, "CS-other", action, payload, response) }
	ask("GetTransactionStatus", `{"transactionId":"t1"}`, `{"ongoingIndicator":true,"messagesInQueue":true}`)
	want(t, r.api(http.MethodGet, "/transactions/CS-other:t1", "", http.StatusOK), map[string]any{"messagesWaiting": true, "ongoing": true})
	ask("GetTransactionStatus", `{}`, `{"messagesInQueue":false}`)
	want(t, r.api(http.MethodGet, "/stations/CS-other", "", http.StatusOK), map[string]any{"messagesWaiting": false})
	ask("GetPeriodicEventStream", `{}`, `{"constantStreamData":[{"id":4,"params":{"interval":30,"values":2},"variableMonitoringId":7}]}`)
	ask("AdjustPeriodicEventStream", `{"id":4,"params":{"interval":60}}`, `{"status":"Accepted"}`)
	want(t, r.items("/stations/CS-other/event-streams?latest=true")[0], map[string]any{"streamId": 4.0, "open": true, "monitorId": 7.0, "interval": 60.0, "values": 2.0})
	ask("GetTariffs", `{"evseId":0}`, `{"status":"Accepted","tariffAssignments":[{"tariffId":"A","tariffKind":"DefaultTariff","evseIds":[1,2]},{"tariffId":"B","tariffKind":"DriverTariff","evseIds":[1],"idTokens":["SECRETCARD"]}]}`)
	if n := len(r.items("/stations/CS-other/installed-tariffs?latest=true&evse=1")); n != 2 {
		t.Errorf("%d tariffs at EVSE 1", n)
	}
	ask("ClearTariffs", `{}`, `{"clearTariffsResult":[{"tariffId":"A","status":"Accepted"},{"tariffId":"B","status":"Rejected"}]}`)
	list := r.items("/stations/CS-other/installed-tariffs?latest=true")
	if len(list) != 1 || list[0]["tariffId"] != "B" || list[0]["default"] != false || list[0]["knownFrom"] != "report" {
		t.Errorf("tariffs after one was cleared: %v", list)
	}
	ask("GetTariffs", `{"evseId":1}`, `{"status":"NoTariff"}`)
	if n := len(r.items("/stations/CS-other/installed-tariffs?latest=true")); n != 0 {
		t.Errorf("%d tariffs of a station that has none", n)
	}
}

// aboutOf names the place and the object of an answer.
func aboutOf(v map[string]any) string {
	var place, about []string
	for _, name := range []string{"evse", "connector"} {
		if n, ok := v[name].(float64); ok {
			place = append(place, fmt.Sprint(n))
		}
	}
	if len(place) > 0 {
		about = append(about, strings.Join(place, "/"))
	}
	if object, ok := v["object"].(string); ok {
		about = append(about, object)
	}
	return strings.Join(about, " ")
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}
