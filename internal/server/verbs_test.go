package server

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/msgdoc"
)

// do asks for a verb while the station answers with f, and returns the API's answer.
func (r *rig) do(id, verb, body string, status int, f func()) map[string]any {
	r.t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	got := r.api(http.MethodPost, "/stations/"+id+"/"+verb, body, status)
	<-done
	return got
}

// verbTalk is one verb with what goes over the wire, and what the API makes of the answer.
type verbTalk struct{ verb, body, action, asked, answer, status string }

func TestVerbsInEveryVersion(t *testing.T) {
	r := serve(t, Config{})
	for subprotocol, talks := range map[string][]verbTalk{
		"ocpp1.6": {
			{"start", `{"evse":1,"idToken":{"value":"CAFE"}}`, "RemoteStartTransaction", `{"idTag":"CAFE","connectorId":1}`, `{"status":"Accepted"}`, "accepted"},
			{"start", `{"idToken":{"value":"CAFE"}}`, "RemoteStartTransaction", `{"idTag":"CAFE"}`, `{"status":"Rejected"}`, "rejected"},
			{"stop", `{"transaction":"42"}`, "RemoteStopTransaction", `{"transactionId":42}`, `{"status":"Accepted"}`, "accepted"},
			{"unlock", `{"evse":2}`, "UnlockConnector", `{"connectorId":2}`, `{"status":"UnlockFailed"}`, "failed"},
			{"reset", ``, "Reset", `{"type":"Soft"}`, `{"status":"Rejected"}`, "rejected"},
			{"availability", `{"operational":false}`, "ChangeAvailability", `{"connectorId":0,"type":"Inoperative"}`, `{"status":"Scheduled"}`, "scheduled"},
			{"trigger", `{"message":"boot"}`, "TriggerMessage", `{"requestedMessage":"BootNotification"}`, `{"status":"NotImplemented"}`, "notSupported"},
			{"clear-cache", ``, "ClearCache", `{}`, `{"status":"Accepted"}`, "accepted"},
		},
		"ocpp2.0.1": {
			{"stop", `{"transaction":"A:x"}`, "RequestStopTransaction", `{"transactionId":"x"}`, `{"status":"Rejected","statusInfo":{"reasonCode":"TxNotFound"}}`, "rejected"},
			{"get-transaction-status", `{"transaction":"x"}`, "GetTransactionStatus", `{"transactionId":"x"}`, `{"messagesInQueue":false}`, "answered"},
			{"unlock", `{"evse":1}`, "UnlockConnector", `{"evseId":1,"connectorId":1}`, `{"status":"UnknownConnector"}`, "notFound"},
			{"reset", `{"mode":"soft","evse":1}`, "Reset", `{"type":"OnIdle","evseId":1}`, `{"status":"Scheduled"}`, "scheduled"},
			{"availability", `{"operational":true,"evse":1}`, "ChangeAvailability", `{"operationalStatus":"Operative","evse":{"id":1}}`, `{"status":"Accepted"}`, "accepted"},
			{"trigger", `{"message":"status","evse":1}`, "TriggerMessage", `{"requestedMessage":"StatusNotification","evse":{"id":1,"connectorId":1}}`, `{"status":"Accepted"}`, "accepted"},
			{"clear-cache", `{}`, "ClearCache", `{}`, `{"status":"Rejected"}`, "rejected"},
		},
		"ocpp2.1": {
			{"reset", `{"mode":"resume"}`, "Reset", `{"type":"ImmediateAndResume"}`, `{"status":"Accepted"}`, "accepted"},
			{"trigger", `{"message":"custom","custom":"Fan"}`, "TriggerMessage", `{"requestedMessage":"CustomTrigger","customTrigger":"Fan"}`, `{"status":"NotImplemented"}`, "notSupported"},
		},
	} {
		p := r.connect("A", subprotocol, login{})
		for _, talk := range talks {
			var asked map[string]any
			got := r.do("A", talk.verb, talk.body, http.StatusOK, func() { asked = p.serveCall(talk.action, talk.answer) })
			want(t, got, map[string]any{"station": "A", "verb": talk.verb, "action": talk.action, "status": talk.status, "version": subprotocol[4:]})
			if !same(t, asked, talk.asked) || !same(t, got["payload"], talk.asked) || !same(t, got["response"], talk.answer) {
				t.Errorf("%s %s: asked %v, answered %v", subprotocol, talk.verb, asked, got)
			}
		}
	}
}

// What a station is asked about its running transaction is in its own words, and what is not known is said.
func TestStopFindsTheTransaction(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	p.call("BootNotification", boot16)
	r.api(http.MethodPost, "/stations/A/stop", `{}`, http.StatusConflict)
	r.api(http.MethodPost, "/stations/A/stop", `{"evse":1}`, http.StatusConflict)
	tx := p.call("StartTransaction", `{"connectorId":1,"idTag":"CAFE","meterStart":0,"timestamp":`+t0+`}`)["transactionId"].(float64)
	for _, body := range []string{`{}`, ``, `{"evse":1}`, fmt.Sprintf(`{"transaction":"A:%v"}`, tx), fmt.Sprintf(`{"transaction":"%v"}`, tx)} {
		var asked map[string]any
		r.do("A", "stop", body, http.StatusOK, func() { asked = p.serveCall("RemoteStopTransaction", `{"status":"Accepted"}`) })
		want(t, asked, map[string]any{"transactionId": tx})
	}
	r.api(http.MethodPost, "/stations/A/stop", `{"evse":2}`, http.StatusConflict)
	r.api(http.MethodPost, "/stations/A/stop", `{"transaction":"no number"}`, http.StatusUnprocessableEntity)
	p.call("StartTransaction", `{"connectorId":2,"idTag":"CAFE","meterStart":0,"timestamp":`+t0+`}`)
	r.api(http.MethodPost, "/stations/A/stop", `{}`, http.StatusConflict)
	p.call("Heartbeat", `{}`) // nothing more was sent
}

func TestATransactionIsStoppedByItsID(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	p.call("BootNotification", boot16)
	tx := p.call("StartTransaction", `{"connectorId":1,"idTag":"CAFE","meterStart":0,"timestamp":`+t0+`}`)["transactionId"].(float64)
	stop := func(id string, status int, f func()) map[string]any {
		done := make(chan struct{})
		go func() {
			defer close(done)
			f()
		}()
		got := r.api(http.MethodPost, "/transactions/"+id+"/stop", "", status)
		<-done
		return got
	}
	for _, id := range []string{fmt.Sprintf("A:%v", tx), fmt.Sprint(tx)} {
		var asked map[string]any
		got := stop(id, http.StatusOK, func() { asked = p.serveCall("RemoteStopTransaction", `{"status":"Accepted"}`) })
		want(t, asked, map[string]any{"transactionId": tx})
		want(t, got, map[string]any{"station": "A", "verb": "stop", "status": "accepted", "action": "RemoteStopTransaction"})
	}
	p.call("StopTransaction", fmt.Sprintf(`{"transactionId":%v,"meterStop":1,"timestamp":%s}`, tx, t0))
	want(t, stop(fmt.Sprintf("A:%v", tx), http.StatusConflict, func() {}), map[string]any{"reason": "over"})
	stop("A:99", http.StatusNotFound, func() {})
	p2 := r.connect("B", "ocpp2.0.1", login{})
	p2.call("TransactionEvent", `{"eventType":"Started","timestamp":`+t0+`,"triggerReason":"Authorized","seqNo":0,"transactionInfo":{"transactionId":"x:y"},"evse":{"id":1}}`)
	var asked map[string]any
	stop("B:x:y", http.StatusOK, func() { asked = p2.serveCall("RequestStopTransaction", `{"status":"Accepted"}`) })
	want(t, asked, map[string]any{"transactionId": "x:y"})
	p2.Close()
	r.eventually("B is gone", func() bool { _, online := r.srv.csms.Station("B"); return !online })
	want(t, stop("B:x:y", http.StatusConflict, func() {}), map[string]any{"reason": "offline"})
}

// The id of the list has escapes where the station or its transaction has an unusual name, and the station hears its own.
func TestATransactionOfAnUnusualStationIsNamedAsInTheList(t *testing.T) {
	r := serve(t, Config{})
	stop := func(p *peer, station, transaction string) any {
		var asked map[string]any
		r.do(url.PathEscape(station), "stop", fmt.Sprintf(`{"transaction":%q}`, transaction), http.StatusOK, func() {
			asked = p.serveCall("RequestStopTransaction", `{"status":"Accepted"}`)
		})
		return asked["transactionId"]
	}
	for _, c := range []struct{ station, own, listed string }{
		{"a|b", "x", "a%7Cb:x"},
		{"a|c", "x:y", "a%7Cc:x%3Ay"},
		{"C", "C:5", "C:C%3A5"}, // what "C:5" means, too, is the id of the station
		{"E", "x@y", "E:x@y"},
	} {
		p := r.connect(c.station, "ocpp2.0.1", login{})
		p.call("TransactionEvent", `{"eventType":"Started","timestamp":`+t0+`,"triggerReason":"Authorized","seqNo":0,"transactionInfo":{"transactionId":"`+c.own+`"},"evse":{"id":1}}`)
		items := r.api(http.MethodGet, "/transactions?station="+url.QueryEscape(c.station), "", http.StatusOK)["items"].([]any)
		want(t, items[0].(map[string]any), map[string]any{"id": c.listed})
		for _, id := range []string{c.listed, c.own, c.station + ":" + c.own} {
			if got := stop(p, c.station, id); got != c.own {
				t.Errorf("%s: %q was stopped as %q, want %q", c.station, id, got, c.own)
			}
		}
		if got := stop(p, c.station, c.station+":elsewhere"); got != "elsewhere" {
			t.Errorf("%s: one that is not known was stopped as %q", c.station, got)
		}
	}
}

// A transaction is started with a profile of the library, or one that is given, if it is a TxProfile that the station takes.
func TestStartWithAChargingProfile(t *testing.T) {
	r := serve(t, Config{})
	schedules := `"kind":"Relative","stackLevel":1,"schedules":[{"unit":"A","periods":[{"start":0,"limit":8}]}]`
	r.api(http.MethodPost, "/profiles", `{"id":"tx","purpose":"TxProfile",`+schedules+`}`, http.StatusCreated)
	r.api(http.MethodPost, "/profiles", `{"id":"default","purpose":"TxDefaultProfile",`+schedules+`}`, http.StatusCreated)
	for subprotocol, action := range map[string]string{"ocpp1.6": "RemoteStartTransaction", "ocpp2.0.1": "RequestStartTransaction", "ocpp2.1": "RequestStartTransaction"} {
		p := r.connect("A", subprotocol, login{})
		for _, profile := range []string{`"library":"tx"`, `"profileId":7,"profile":{"purpose":"TxProfile",` + schedules + `}`} {
			var asked map[string]any
			r.do("A", "start", `{"evse":1,"idToken":{"value":"CAFE"},`+profile+`}`, http.StatusOK, func() { asked = p.serveCall(action, `{"status":"Accepted"}`) })
			got, _ := asked["chargingProfile"].(map[string]any)
			if got["chargingProfilePurpose"] != "TxProfile" || got["transactionId"] != nil {
				t.Errorf("%s was asked %v", subprotocol, asked)
			}
		}
		for body, pointer := range map[string]string{
			`"library":"default"`: "/library",
			`"profileId":7,"profile":{"purpose":"TxDefaultProfile",` + schedules + `}`: "/profile/purpose",
			`"profile":{"purpose":"TxProfile",` + schedules + `}`:                      "/profileId",
		} {
			got := r.api(http.MethodPost, "/stations/A/start", `{"evse":1,"idToken":{"value":"CAFE"},`+body+`}`, http.StatusUnprocessableEntity)
			if got["errors"].([]any)[0].(map[string]any)["pointer"] != pointer {
				t.Errorf("%s: %v", body, got)
			}
		}
		r.api(http.MethodPost, "/stations/A/start", `{"evse":1,"idToken":{"value":"CAFE"},"library":"nothing"}`, http.StatusConflict)
		p.call("Heartbeat", `{}`) // nothing was sent
	}
}

func TestStartTakesTheTypeOfTheTokenOnRecord(t *testing.T) {
	r := serve(t, Config{})
	r.api(http.MethodPost, "/tokens", `{"value":"CARD","type":"ISO14443"}`, http.StatusCreated)
	p := r.connect("A", "ocpp2.0.1", login{})
	ids := map[any]bool{}
	for value, kind := range map[string]string{"card": "ISO14443", "NOBODY": "Central"} {
		var asked map[string]any
		r.do("A", "start", `{"idToken":{"value":"`+value+`"}}`, http.StatusOK, func() {
			asked = p.serveCall("RequestStartTransaction", `{"status":"Accepted"}`)
		})
		want(t, asked["idToken"].(map[string]any), map[string]any{"idToken": value, "type": kind})
		ids[asked["remoteStartId"]] = true
	}
	if len(ids) != 2 {
		t.Errorf("remoteStartIds: %v", ids)
	}
}

func TestUnlockNeedsTheConnectorWhereThereAreSeveral(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp2.0.1", login{})
	for connector := 1; connector <= 2; connector++ {
		p.call("StatusNotification", fmt.Sprintf(`{"timestamp":%s,"connectorStatus":"Available","evseId":1,"connectorId":%d}`, t0, connector))
	}
	p.call("StatusNotification", `{"timestamp":`+t0+`,"connectorStatus":"Available","evseId":2,"connectorId":3}`)
	got := r.api(http.MethodPost, "/stations/A/unlock", `{"evse":1}`, http.StatusConflict)
	want(t, got["errors"].([]any)[0].(map[string]any), map[string]any{"pointer": "/connector"})
	var asked map[string]any
	r.do("A", "unlock", `{"evse":2}`, http.StatusOK, func() { asked = p.serveCall("UnlockConnector", `{"status":"Unlocked"}`) })
	want(t, asked, map[string]any{"connectorId": 3.0})
}

func TestVerbsThatAreNotSent(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	gone := r.connect("B", "ocpp2.0.1", login{})
	gone.call("StatusNotification", `{"timestamp":`+t0+`,"connectorStatus":"Available","evseId":1,"connectorId":1}`)
	gone.Close()
	r.eventually("B is gone", func() bool { _, online := r.srv.csms.Station("B"); return !online })
	for _, c := range []struct {
		id, verb, body string
		status         int
		pointer        string
	}{
		{"A", "reset", `{"mode":"resume"}`, 422, "/mode"},
		{"A", "reset", `{"evse":1}`, 422, "/evse"},
		{"A", "reset", `{"mode":"warm"}`, 422, "/mode"},
		{"A", "reset", `{"more":1}`, 422, "/more"},
		{"A", "get-transaction-status", ``, 422, ""},
		{"A", "start", `{}`, 422, "/idToken"},
		{"A", "start", `{"idToken":{"value":"123456789012345678901"}}`, 422, "/idToken/value"},
		{"A", "trigger", `{"message":"custom"}`, 422, "/custom"},
		{"B", "clear-cache", ``, 409, ""},
		{"B", "reset", `{"expires":60,"version":"1.6","mode":"resume"}`, 422, "/mode"},
		{"C", "clear-cache", ``, 404, ""},
		{"C", "clear-cache", `{"expires":60}`, 404, ""},
	} {
		got := r.api(http.MethodPost, "/stations/"+c.id+"/"+c.verb, c.body, c.status)
		faults, _ := got["errors"].([]any)
		switch {
		case c.pointer == "" && len(faults) == 0:
		case len(faults) != 1 || faults[0].(map[string]any)["pointer"] != c.pointer:
			t.Errorf("%s %s: %v, want the pointer %q", c.verb, c.body, got, c.pointer)
		}
	}
	p.call("Heartbeat", `{}`) // nothing was sent: this is the next frame
}

func TestVerbsWithoutAnAnswer(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	refused := r.do("A", "clear-cache", ``, http.StatusBadGateway, func() {
		if err := p.SendText(refuse(p.read()[1])); err != nil {
			t.Error(err)
		}
	})
	want(t, refused, map[string]any{"code": "NotSupported"})
	r.do("A", "clear-cache", `{"timeout":0.1}`, http.StatusGatewayTimeout, func() { p.read() })
	r.api(http.MethodPost, "/stations/A/clear-cache", `{"timeout":0.1}`, http.StatusServiceUnavailable)
}

// A verb for a station that is not there is kept in the version that it last spoke, and its end is told as that of a verb.
func TestVerbsWaitForTheStation(t *testing.T) {
	r := serve(t, Config{})
	gone := r.connect("A", "ocpp2.0.1", login{})
	gone.call("StatusNotification", `{"timestamp":`+t0+`,"connectorStatus":"Available","evseId":1,"connectorId":1}`)
	gone.Close()
	r.eventually("A is gone, and its version is written", func() bool {
		_, online := r.srv.csms.Station("A")
		st, err := r.srv.store.Station(t.Context(), "A")
		return !online && err == nil && st.Version != ""
	})
	kept := r.api(http.MethodPost, "/stations/A/reset", `{"mode":"hard","expires":60}`, http.StatusAccepted)
	want(t, kept, map[string]any{"state": "queued", "version": "2.0.1", "action": "Reset"})
	p := r.connect("A", "ocpp2.0.1", login{})
	p.serveCall("Reset", `{"status":"Accepted"}`)
	got := r.do("A", "availability", `{"operational":true,"wait":5}`, http.StatusOK, func() {
		p.serveCall("ChangeAvailability", `{"status":"Scheduled"}`)
	})
	want(t, got, map[string]any{"verb": "availability", "status": "scheduled", "said": "Scheduled", "action": "ChangeAvailability"})
}

// An update that the station has said yes to is a job before its first status, and its statuses join it.
func TestAJobThatWasAskedForIsThereWithTheAnswer(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp2.0.1", login{})
	p.call("StatusNotification", `{"timestamp":`+t0+`,"connectorStatus":"Available","evseId":1,"connectorId":1}`)
	var asked map[string]any
	r.do("A", "update-firmware", `{"location":"https://me:secret@f.example/1.bin"}`, http.StatusOK, func() {
		asked = p.serveCall("UpdateFirmware", `{"status":"Accepted"}`)
	})
	r.do("A", "get-log", `{"location":"https://f.example/"}`, http.StatusOK, func() { p.serveCall("GetLog", `{"status":"Rejected"}`) })
	jobs := r.items("/jobs?station=A")
	if len(jobs) != 1 {
		t.Fatalf("%v", jobs)
	}
	want(t, jobs[0], map[string]any{"requestId": asked["requestId"], "status": "Accepted", "outcome": "running", "location": "https://***@f.example/1.bin", "kind": "firmware"})
	p.call("FirmwareStatusNotification", fmt.Sprintf(`{"status":"Installed","requestId":%v}`, int64(asked["requestId"].(float64))))
	want(t, r.items("/jobs?station=A")[0], map[string]any{"status": "Installed", "outcome": "done", "steps": 2.0})
}

// Every status of every answer is known for a yes or a no; only one that is new may be taken for a no unseen.
func TestEveryStatusHasItsVerdict(t *testing.T) {
	rejected := []string{
		"Rejected", "Occupied", "Faulted", "Unavailable", "OngoingAuthorizedTransaction", "VersionMismatch", "InvalidCertificate", "RevokedCertificate",
		"Duplicate", "DuplicateTariffId", "TooManyElements", "NoCurrencyChange", "Invalid", "DownloadOngoing",
	}
	for _, version := range msgdoc.Versions() {
		for _, a := range msgdoc.Actions(version) {
			if a.SentBy == "station" || a.Response == nil {
				continue
			}
			for _, word := range statuses(a.Response) {
				if fleet.VerdictOfWord(word) == fleet.VerdictRejected && !slices.Contains(rejected, word) {
					t.Errorf("OCPP %s, %s: nobody has decided what %s means", version, a.Name, word)
				}
			}
		}
	}
}

// statuses are the values of the statuses of an answer.
func statuses(o *msgdoc.Object) (words []string) {
	for _, f := range o.Fields {
		switch {
		case f.Enum != nil && (f.Name == "status" || f.Name == "attributeStatus"):
			words = append(words, f.Enum.Values...)
		case f.Object != nil:
			words = append(words, statuses(f.Object)...)
		}
	}
	return words
}
