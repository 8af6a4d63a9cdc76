package server

import (
	"net/http"
	"testing"
)

const (
	boot16  = `{"chargePointVendor":"Vendor","chargePointModel":"Model","chargePointSerialNumber":"S1","firmwareVersion":"1.2"}`
	boot2x  = `{"reason":"PowerUp","chargingStation":{"vendorName":"Vendor","model":"Model","serialNumber":"S1","firmwareVersion":"1.2"}}`
	t0, t1  = `"2026-05-01T10:00:00Z"`, `"2026-05-01T10:15:00Z"`
	t2      = `"2026-05-01T10:30:00.500Z"`
	token2x = `"idToken":{"idToken":"CAFE","type":"ISO14443"}`
)

func TestAWholeSessionOf16IsReadBack(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("CP-16", "ocpp1.6", login{})
	if got := p.call("BootNotification", boot16); got["status"] != "Accepted" || got["interval"] != 300.0 {
		t.Fatalf("boot: %v", got)
	}
	p.call("StatusNotification", `{"connectorId":1,"errorCode":"NoError","status":"Preparing","timestamp":`+t0+`}`)
	if got := p.call("Authorize", `{"idTag":"CAFE"}`); got["idTagInfo"].(map[string]any)["status"] != "Accepted" {
		t.Errorf("authorize: %v", got)
	}
	start := `{"connectorId":1,"idTag":"CAFE","meterStart":1000,"timestamp":` + t0 + `}`
	first := p.call("StartTransaction", start)
	if again := p.call("StartTransaction", start); again["transactionId"] != first["transactionId"] || first["transactionId"].(float64) < 1 {
		t.Errorf("ids: %v and %v", first, again)
	}
	p.call("MeterValues", `{"connectorId":1,"transactionId":1,"meterValue":[{"timestamp":`+t1+`,"sampledValue":[{"value":"1500.5"},{"value":"230","measurand":"Voltage","unit":"V","phase":"L1"}]}]}`)
	p.call("MeterValues", `{"connectorId":0,"meterValue":[{"timestamp":`+t1+`,"sampledValue":[{"value":"7"}]}]}`)
	p.call("StopTransaction", `{"transactionId":1,"idTag":"CAFE","meterStop":2000,"timestamp":`+t2+`,"transactionData":[{"timestamp":`+t2+`,"sampledValue":[{"value":"2000","context":"Transaction.End"}]}]}`)
	if got := p.call("DataTransfer", `{"vendorId":"org.example","data":"⚡"}`); got["status"] != "UnknownVendorId" {
		t.Errorf("data transfer: %v", got)
	}
	p.call("SecurityEventNotification", `{"type":"StartupOfTheDevice","timestamp":`+t0+`}`)
	if got := p.call("Heartbeat", `{}`); got["currentTime"] == nil {
		t.Errorf("heartbeat: %v", got)
	}
	checkReadBack(r, "CP-16", "1.6")
}

func TestWholeSessionsOf2xAreReadBack(t *testing.T) {
	r := serve(t, Config{})
	for version, subprotocol := range map[string]string{"2.0.1": "ocpp2.0.1", "2.1": "ocpp2.1"} {
		id := "CS-" + version
		p := r.connect(id, subprotocol, login{})
		if got := p.call("BootNotification", boot2x); got["status"] != "Accepted" || got["interval"] != 300.0 {
			t.Fatalf("boot: %v", got)
		}
		p.call("StatusNotification", `{"evseId":1,"connectorId":1,"connectorStatus":"Occupied","timestamp":`+t0+`}`)
		if got := p.call("Authorize", `{`+token2x+`}`); got["idTokenInfo"].(map[string]any)["status"] != "Accepted" {
			t.Errorf("authorize: %v", got)
		}
		tx := `"transactionInfo":{"transactionId":"TX-1","chargingState":"Charging"},"evse":{"id":1,"connectorId":1}`
		started := p.call("TransactionEvent", `{"eventType":"Started","timestamp":`+t0+`,"triggerReason":"Authorized","seqNo":0,`+tx+`,`+token2x+
			`,"meterValue":[{"timestamp":`+t0+`,"sampledValue":[{"value":1000,"context":"Transaction.Begin"}]}]}`)
		if started["idTokenInfo"].(map[string]any)["status"] != "Accepted" {
			t.Errorf("started: %v", started)
		}
		update := `{"eventType":"Updated","timestamp":` + t1 + `,"triggerReason":"MeterValuePeriodic","seqNo":1,` + tx +
			`,"meterValue":[{"timestamp":` + t1 + `,"sampledValue":[{"value":1.5005,"unitOfMeasure":{"unit":"kWh"}},{"value":230,"measurand":"Voltage","phase":"L1"}]}]}`
		for range 2 { // a replay changes nothing
			if got := p.call("TransactionEvent", update); len(got) != 0 {
				t.Errorf("updated: %v", got)
			}
		}
		p.call("TransactionEvent", `{"eventType":"Ended","timestamp":`+t2+`,"triggerReason":"StopAuthorized","seqNo":2,`+tx+`,`+token2x+
			`,"meterValue":[{"timestamp":`+t2+`,"sampledValue":[{"value":2000,"context":"Transaction.End"}]}]}`)
		p.call("MeterValues", `{"evseId":0,"meterValue":[{"timestamp":`+t1+`,"sampledValue":[{"value":7}]}]}`)
		if got := p.call("DataTransfer", `{"vendorId":"org.example","data":{"a":"⚡"}}`); got["status"] != "UnknownVendorId" {
			t.Errorf("data transfer: %v", got)
		}
		p.call("NotifyEvent", `{"generatedAt":`+t1+`,"seqNo":0,"eventData":[{"eventId":1,"timestamp":`+t1+`,"trigger":"Delta","actualValue":"Faulted",`+
			`"eventNotificationType":"HardWiredNotification","component":{"name":"Connector","evse":{"id":2,"connectorId":1}},"variable":{"name":"AvailabilityState"}}]}`)
		p.call("Heartbeat", `{}`)
		checkReadBack(r, id, version)
		evses := r.api(http.MethodGet, "/stations/"+id, "", http.StatusOK)["evses"].([]any)
		last := evses[len(evses)-1].(map[string]any)["connectors"].([]any)[0].(map[string]any)
		if last["status"] != "Faulted" {
			t.Errorf("the event did not become a status: %v", evses)
		}
	}
}

// checkReadBack demands that the API tells the session that the tests above send.
func checkReadBack(r *rig, id, version string) {
	r.t.Helper()
	st := r.api(http.MethodGet, "/stations/"+id, "", http.StatusOK)
	want(r.t, st, map[string]any{
		"id": id, "version": version, "online": true, "vendor": "Vendor", "model": "Model", "serialNumber": "S1",
		"firmwareVersion": "1.2", "bootStatus": "Accepted", "known": false,
	})
	if st["connectedAt"] == nil || st["lastMessageAt"] == nil {
		r.t.Errorf("station: %v", st)
	}
	list := r.items("/transactions?station=" + id)
	if len(list) != 1 {
		r.t.Fatalf("%d transactions: %v", len(list), list)
	}
	want(r.t, list[0], map[string]any{
		"station": id, "evse": 1.0, "connector": 1.0, "idToken": "CAFE", "active": false, "stopReason": "Local",
		"startedAt": "2026-05-01T10:00:00Z", "endedAt": "2026-05-01T10:30:00.5Z", "meterStart": 1000.0, "meterStop": 2000.0,
		"conflicts": 0.0, "missingEvents": 0.0,
	})
	samples := r.items("/transactions/" + list[0]["id"].(string) + "/samples")
	if n := len(samples); n < 3 {
		r.t.Errorf("%d samples: %v", n, samples)
	}
	if n := len(r.items("/transactions?active=true&station=" + id)); n != 0 {
		r.t.Errorf("%d transactions are active", n)
	}
}

// want compares some fields of an object.
func want(t *testing.T, got map[string]any, fields map[string]any) {
	t.Helper()
	for name, v := range fields {
		if got[name] != v {
			t.Errorf("%s is %v, want %v", name, got[name], v)
		}
	}
}
