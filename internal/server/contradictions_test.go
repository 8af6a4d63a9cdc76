package server

import (
	"fmt"
	"slices"
	"testing"
)

// kinds returns one field of all items of a list.
func (r *rig) kinds(path, field string) (list []string) {
	r.t.Helper()
	for _, item := range r.items(path) {
		list = append(list, fmt.Sprint(item[field]))
	}
	slices.Sort(list)
	return list
}

func (r *rig) wantKinds(path, field string, want ...string) {
	r.t.Helper()
	if got := r.kinds(path, field); !slices.Equal(got, want) {
		r.t.Errorf("%s: %v, want %v", path, got, want)
	}
}

const (
	past   = `"1970-01-01T00:00:00Z"`
	future = `"2399-01-01T00:00:00Z"`
)

// Whatever contradicts the state is answered, kept, and visible; another station's transaction stays as it is.
func TestContradictionsOf16AreVisible(t *testing.T) {
	r := serve(t, Config{})
	owner, p := r.connect("OWNER", "ocpp1.6", login{}), r.connect("CP", "ocpp1.6", login{})
	p.call("StatusNotification", `{"connectorId":1,"errorCode":"NoError","status":"Available"}`)
	own := owner.call("StartTransaction", `{"connectorId":1,"idTag":"CAFE","meterStart":5,"timestamp":`+t0+`}`)["transactionId"]
	p.call("StopTransaction", fmt.Sprintf(`{"transactionId":%v,"meterStop":7,"timestamp":%s}`, own, t1)) // of another station
	want(t, r.items("/transactions?station=OWNER")[0], map[string]any{"active": true, "conflicts": 0.0, "meterStop": nil})
	r.wantKinds(fmt.Sprintf("/transactions/CP:%v/anomalies", own), "anomaly", "unknown")

	id := p.call("StartTransaction", `{"connectorId":1,"idTag":"CAFE","meterStart":1000,"timestamp":`+t1+`}`)["transactionId"]
	p.call("StopTransaction", fmt.Sprintf(`{"transactionId":%v,"meterStop":900,"timestamp":%s}`, id, t0))
	p.call("StopTransaction", fmt.Sprintf(`{"transactionId":%v,"meterStop":901,"timestamp":%s}`, id, t0))
	p.call("MeterValues", fmt.Sprintf(`{"connectorId":2,"transactionId":%v,"meterValue":[{"timestamp":%s,"sampledValue":[{"value":"-5"}]}]}`, id, t2))
	r.wantKinds(fmt.Sprintf("/transactions/CP:%v/anomalies", id), "anomaly", "after-end", "meter-backwards", "meter-negative", "place", "stop-before-start")
	r.wantKinds(fmt.Sprintf("/transactions/CP:%v/conflicts", id), "key", "stop")

	p.call("StartTransaction", `{"connectorId":9,"idTag":"CAFE","meterStart":0,"timestamp":`+past+`}`)
	p.call("MeterValues", `{"connectorId":1,"meterValue":[{"timestamp":`+t1+`,"sampledValue":[{"value":"5"}]}]}`)
	p.call("MeterValues", `{"connectorId":1,"meterValue":[{"timestamp":`+t2+`,"sampledValue":[{"value":"4"}]}]}`)
	p.call("StatusNotification", `{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":`+future+`}`)
	if got := p.call("Authorize", `{"idTag":""}`)["idTagInfo"].(map[string]any)["status"]; got != "Invalid" {
		t.Errorf("nobody was authorized: %v", got)
	}
	p.refusedCall("StatusNotification", `{"connectorId":-1,"errorCode":"NoError","status":"Available"}`, "PropertyConstraintViolation")
	r.wantKinds("/stations/CP/contradictions", "contradiction", "empty-token", "impossible", "meter-backwards", "place", "time")
	r.wantKinds("/stations/OWNER/contradictions", "contradiction")
}

func TestContradictionsOf2xAreVisible(t *testing.T) {
	for _, subprotocol := range []string{"ocpp2.0.1", "ocpp2.1"} {
		r := serve(t, Config{})
		p := r.connect("CS", subprotocol, login{})
		p.call("StatusNotification", `{"evseId":1,"connectorId":1,"connectorStatus":"Available","timestamp":`+t0+`}`)
		event := func(kind string, seq int, at, evse, more string) {
			p.call("TransactionEvent", fmt.Sprintf(`{"eventType":%q,"timestamp":%s,"triggerReason":"MeterValuePeriodic","seqNo":%d,"transactionInfo":{"transactionId":"TX"},"evse":{"id":%s}%s}`,
				kind, at, seq, evse, more))
		}
		value := func(wh string) string {
			return `,"meterValue":[{"timestamp":` + t1 + `,"sampledValue":[{"value":` + wh + `}]}]`
		}
		event("Started", 0, t1, "7", value("1000"))
		event("Updated", 1, past, "7", value("999"))
		event("Ended", 2, t0, "8", value("-1"))
		event("Ended", 2, t2, "8", "")
		event("Updated", 3, t2, "7", "")
		want := []string{"after-end", "meter-backwards", "meter-negative", "place", "stop-before-start", "time"}
		if subprotocol == "ocpp2.0.1" { // the schema of 2.1 refuses such a number
			event("Updated", -5, t1, "7", "")
			want = []string{"after-end", "meter-backwards", "meter-negative", "place", "sequence", "stop-before-start", "time"}
		}
		r.wantKinds("/transactions/CS:TX/anomalies", "anomaly", want...)
		r.wantKinds("/transactions/CS:TX/conflicts", "key", "2")
		p.call("MeterValues", `{"evseId":1,"meterValue":[{"timestamp":`+past+`,"sampledValue":[{"value":-5}]}]}`)
		if got := p.call("Authorize", `{"idToken":{"idToken":"","type":"ISO14443"}}`)["idTokenInfo"].(map[string]any)["status"]; got != "Invalid" {
			t.Errorf("nobody was authorized: %v", got)
		}
		r.wantKinds("/stations/CS/contradictions", "contradiction", "empty-token", "meter-negative", "place", "time")
	}
}
