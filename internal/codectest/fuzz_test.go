package codectest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/ocpp"
)

// tolerant tolerates every rule.
var tolerant = ocpp.Strict.Tolerating(ocpp.RuleDuplicateKey, ocpp.RuleUnknownProperty, ocpp.RuleTimeForm, ocpp.RuleMissing,
	ocpp.RuleNull, ocpp.RuleType, ocpp.RuleIntegerForm, ocpp.RuleLength, ocpp.RuleEnum, ocpp.RuleRange, ocpp.RuleEmptyList,
	ocpp.RuleItems)

// FuzzPayload decodes payloads of any action: the number chooses it. What is accepted is JSON; copying and owning give
// the same; what is sent is accepted again and means the same; a stricter policy accepts no more.
func FuzzPayload(f *testing.F) {
	all := messages()
	for i, m := range all {
		switch m.String() {
		case "1.6 BootNotificationRequest":
			f.Add(uint16(i), []byte(`{"chargePointVendor":"ACME","chargePointModel":"AC\u002d22","iccid":"","imsi":null,"x":[1]}`))
		case "1.6 MeterValuesRequest":
			f.Add(uint16(i), []byte(`{"connectorId":1.0,"transactionId":9223372036854775807,"meterValue":[{"timestamp":`+
				`"2026-11-22 10:15:30","sampledValue":[{"value":"1","unit":"Celcius","phase":"L1-N"},{"value":"2"}]}]}`)) //nolint:misspell // the schema's word
		case "1.6 SetChargingProfileRequest":
			f.Add(uint16(i), []byte(`{"connectorId":1,"csChargingProfiles":{"chargingProfileId":1,"stackLevel":0,`+
				`"chargingProfilePurpose":"TxProfile","chargingProfileKind":"Absolute","chargingSchedule":{"chargingRateUnit":"A",`+
				`"chargingSchedulePeriod":[{"startPeriod":0,"limit":6.70,"numberPhases":3},{"startPeriod":60,"limit":1.6e1}]}}}`))
		case "2.0.1 TransactionEventRequest":
			f.Add(uint16(i), []byte(`{"eventType":"Ended","timestamp":"2026-11-22T10:15:30.123Z","triggerReason":"EVDeparted",`+
				`"seqNo":3,"transactionInfo":{"transactionId":"t"},"evse":{"id":1},"customData":{"vendorId":"v", "a" : [1.0]}}`))
		case "2.1 NotifyReportRequest":
			f.Add(uint16(i), []byte(`{"requestId":1,"generatedAt":"2026-11-22T10:15Z","seqNo":0,"reportData":[{"component":`+
				`{"name":"EVSE"},"variable":{"name":"Power"},"variableAttribute":[{"value":"\ud83d\ude00"}]}],"reportData":[]}`))
		}
	}
	f.Fuzz(func(t *testing.T, which uint16, data []byte) {
		m := all[int(which)%len(all)]
		strict := ocpp.Unmarshal(data, m.make(), ocpp.DecodeOptions{}) == nil
		byDefault := ocpp.Unmarshal(data, m.make(), ocpp.DecodeOptions{Policy: ocpp.Tolerant}) == nil
		v := m.new()
		told := 0
		accepted := ocpp.Unmarshal(bytes.Clone(data), v, ocpp.DecodeOptions{
			Policy: tolerant, OnViolation: func(ocpp.Violation) { told++ }}) == nil
		switch {
		case strict && !byDefault || byDefault && !accepted:
			t.Fatalf("%s: strict %v, tolerant %v, most tolerant %v: %s", m, strict, byDefault, accepted, data)
		case !accepted:
			return
		case !json.Valid(data) || !utf8.Valid(data):
			t.Fatalf("%s: accepted what is no JSON: %q", m, data)
		}
		checkRoundTrip(t, m, v, data)
	})
}

func checkRoundTrip(t *testing.T, m message, v any, data []byte) {
	owned := m.new()
	if err := ocpp.Unmarshal(data, owned, ocpp.DecodeOptions{Policy: tolerant, Owned: true}); err != nil || !reflect.DeepEqual(v, owned) {
		t.Fatalf("%s: owned %+v, copied %+v: %v", m, owned, v, err)
	}
	sent := owned.AppendOCPP(nil)
	if !json.Valid(sent) {
		t.Fatalf("%s: sends what is no JSON: %q", m, sent)
	}
	second, third := m.new(), m.new()
	if err := ocpp.Unmarshal(sent, second, ocpp.DecodeOptions{Policy: tolerant}); err != nil {
		t.Fatalf("%s: what was sent is refused: %v: %s", m, err, sent)
	}
	again := second.AppendOCPP(nil)
	if err := ocpp.Unmarshal(again, third, ocpp.DecodeOptions{Policy: tolerant}); err != nil || !reflect.DeepEqual(second, third) {
		t.Fatalf("%s: %+v became %+v: %v", m, second, third, err)
	}
	if !bytes.Equal(sent, again) {
		t.Fatalf("%s: sent %s, then %s", m, sent, again)
	}
	if err := json.Unmarshal(sent, third); err != nil || !reflect.DeepEqual(second, third) {
		t.Fatalf("%s: through encoding/json %+v became %+v: %v", m, second, third, err)
	}
}
