package codectest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// What is absent is left out in all 387 messages: an empty message has its required properties and no others.
func TestR15AbsentFieldsAreOmitted(t *testing.T) {
	for _, m := range withSchemas(t) {
		sent := m.new().AppendOCPP(nil)
		var doc any
		if err := json.Unmarshal(sent, &doc); err != nil {
			t.Fatalf("%s: %v: %s", m, err, sent)
		}
		g := &generator{root: m.node}
		onlyRequired(t, m, g, doc, m.node)
	}
}

func onlyRequired(t *testing.T, m message, g *generator, v any, n *node) {
	object, ok := v.(map[string]any)
	if !ok {
		return
	}
	n = g.resolve(n)
	for name, value := range object {
		if value == nil && n.Properties[name].Type != "" || !slices.Contains(n.Required, name) {
			t.Errorf("%s: an empty message has %s: %v", m, name, value)
			continue
		}
		onlyRequired(t, m, g, value, n.Properties[name])
	}
	if len(object) != len(n.Required) {
		t.Errorf("%s: %d of the required properties %v are sent", m, len(object), n.Required)
	}
}

func TestR15NullAndEmptyListsAreNotSentOn(t *testing.T) {
	var v ocpp201.TransactionEventRequest
	text := `{"eventType":"Updated","timestamp":"2026-11-22T10:15:30Z","triggerReason":"Trigger","seqNo":0,` +
		`"transactionInfo":{"transactionId":"t","remoteStartId":null},"meterValue":[],"offline":null,"evse":null,"customData":null}`
	if err := ocpp.Unmarshal([]byte(text), &v, ocpp.DecodeOptions{Policy: ocpp.Tolerant}); err != nil {
		t.Fatal(err)
	}
	want := `{"eventType":"Updated","timestamp":"2026-11-22T10:15:30Z","triggerReason":"Trigger","seqNo":0,` +
		`"transactionInfo":{"transactionId":"t"}}`
	if b, err := ocpp.Append(nil, &v, ocpp.Strict); err != nil || string(b) != want {
		t.Errorf("%s\nwant %s\n%v", b, want, err)
	}
}

func TestR15AListOfOneStaysAList(t *testing.T) {
	v := ocpp16.GetConfigurationRequest{Key: []string{"HeartbeatInterval"}}
	if b, err := ocpp.Append(nil, &v, ocpp.Strict); err != nil || string(b) != `{"key":["HeartbeatInterval"]}` {
		t.Errorf("%s, %v", b, err)
	}
	err := ocpp.Unmarshal([]byte(`{"key":"HeartbeatInterval"}`), &v, ocpp.DecodeOptions{Policy: ocpp.Tolerant})
	if err == nil {
		t.Error("a value that should be a list was accepted")
	}
}

func TestR15EmptyMessagesAreEmptyObjects(t *testing.T) {
	for _, m := range messages() {
		if m.version == ocpp.V16 && strings.HasSuffix(m.name, "Response") && ocpp.Unmarshal([]byte("{}"), m.make(), ocpp.DecodeOptions{}) == nil {
			if b := string(m.new().AppendOCPP(nil)); b != "{}" {
				t.Errorf("%s: %s", m, b)
			}
		}
	}
}

func TestR23CustomDataOfNestedObjectsIsKept(t *testing.T) {
	const text = `{"requestId":1,"generatedAt":"2026-11-22T10:15:30Z","seqNo":0,"reportData":[{"component":{"name":"EVSE",` +
		`"evse":{"id":1,"customData":{"vendorId":"a","x":1.50}}},"variable":{"name":"Power","customData":{ "y":[ ] , "vendorId":"b"}},` +
		`"variableAttribute":[{"value":"1"}]}],"customData":{"vendorId":"c","\u007a":"\ud83d\ude00"}}`
	var v ocpp201.NotifyReportRequest
	if err := ocpp.Unmarshal([]byte(text), &v, ocpp.DecodeOptions{}); err != nil {
		t.Fatal(err)
	}
	b, err := ocpp.Append(nil, &v, ocpp.Strict)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"customData":{"vendorId":"a","x":1.50}`, `"customData":{ "y":[ ] , "vendorId":"b"}`,
		`"customData":{"vendorId":"c","\u007a":"\ud83d\ude00"}`,
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s is not in %s", want, b)
		}
	}
}
