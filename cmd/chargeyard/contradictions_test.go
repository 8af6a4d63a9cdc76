package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestConflictsAndAnomaliesAreShownInWords(t *testing.T) {
	a := ask(t)
	cs := a.connect("CS-1", "ocpp2.0.1")
	cs.says("BootNotification", `{"reason":"PowerUp","chargingStation":{"vendorName":"V","model":"M"}}`)
	event := func(kind string, seq, wh int) {
		cs.says("TransactionEvent", fmt.Sprintf(`{"eventType":%q,"timestamp":"2026-11-01T10:0%d:00Z","triggerReason":"MeterValuePeriodic","seqNo":%d,"transactionInfo":{"transactionId":"T"},`+
			`"evse":{"id":1},"meterValue":[{"timestamp":"2026-11-01T10:00:00Z","sampledValue":[{"value":%d}]}]}`, kind, seq, seq, wh))
	}
	event("Started", 0, 1000)
	event("Updated", 1, 2000)
	event("Updated", 1, 2500)
	event("Updated", 2, 1500)
	shown := a.want(0, "1 conflict, 1 anomaly", "transactions", "show", "CS-1:T")
	for _, want := range []string{
		"conflict, message 1", "samples.0.value was 2000 and is 2500; the first one counts", "anomaly, message 2", "meter-backwards: the energy register falls from 2000 Wh to 1500 Wh",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is missing:\n%s", want, shown)
		}
	}
}

func TestAConflictNamesWhatDiffers(t *testing.T) {
	for _, c := range [][3]string{
		{`{"a":1,"b":"x"}`, `{"a":2,"b":"x"}`, "a was 1 and is 2; the first"},
		{`{"a":1}`, `{"b":{"c":[true]}}`, "a was 1 and is not there, b.c.0 was not there and is true;"},
		{`{"a":1}`, `{"a":1}`, "differs in what is not shown"},
		{`[1,2,3,4,5,6,7]`, `[]`, "4 was 5 and is not there, and 2 more;"},
	} {
		v := conflictView{First: json.RawMessage(c[0]), Second: json.RawMessage(c[1])}
		if got := v.words(); !strings.Contains(got, c[2]) {
			t.Errorf("%s %s: %s", c[0], c[1], got)
		}
	}
}
