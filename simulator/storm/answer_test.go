package storm

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/ocpp"
)

var questions = map[string]string{
	"GetVariables":            `{"getVariableData":[{"component":{"name":"EVSE"},"variable":{"name":"Power"}},{"component":{"name":"C"},"variable":{"name":"V"}}]}`,
	"SetVariables":            `{"setVariableData":[{"attributeValue":"1","component":{"name":"EVSE"},"variable":{"name":"Power"}}]}`,
	"SetVariableMonitoring":   `{"setMonitoringData":[{"value":1,"type":"Delta","severity":3,"component":{"name":"EVSE"},"variable":{"name":"Power"}}]}`,
	"ClearVariableMonitoring": `{"id":[7,8]}`,
}

func TestAnswersOfEveryVersionAreStrictlyValid(t *testing.T) {
	for _, v := range []ocpp.Version{ocpp.V16, ocpp.V201, ocpp.V21} {
		d, ok := dialectOf(v)
		if !ok {
			t.Fatalf("no dialect of %s", v)
		}
		check(t, d, "BootNotification request", d.boot, func(i ocpp.ActionInfo) any { return i.NewRequest() })
		for a := range d.protocol.Actions() {
			if a.SentBy&ocpp.CSMSEnd == 0 || a.Kind != ocpp.KindCall {
				continue
			}
			question := questions[a.Name]
			if question == "" {
				question = "{}"
			}
			text, ok := d.answer(a.Name, json.RawMessage(question))
			if !ok {
				t.Errorf("%s %s: no answer", v, a.Name)
				continue
			}
			check(t, d, a.Name, text, func(i ocpp.ActionInfo) any { return i.NewResponse() })
		}
	}
	d, _ := dialectOf(ocpp.V16)
	if _, ok := d.answer("GetVariables", nil); ok {
		t.Error("1.6 answers GetVariables")
	}
}

func check(t *testing.T, d dialect, what, text string, of func(ocpp.ActionInfo) any) {
	t.Helper()
	name, _, _ := strings.Cut(what, " ")
	info, _ := d.protocol.Action(name)
	if err := ocpp.Unmarshal([]byte(text), of(info), ocpp.DecodeOptions{Policy: ocpp.Strict}); err != nil {
		t.Errorf("%s %s: %s: %v", d.protocol.Version(), what, text, err)
	}
}
