package ocppgen_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/chargeyard/chargeyard/internal/msgdoc"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
)

var protocols = []*ocpp.Protocol{ocpp16.Protocol, ocpp201.Protocol, ocpp21.Protocol}

// message is a request or response type with its description.
type message struct {
	name string
	make func() any
	doc  *msgdoc.Object
}

// messages lists all 387.
func messages(t *testing.T) []message {
	t.Helper()
	var out []message
	for _, p := range protocols {
		v := p.Version().String()
		for a := range p.Actions() {
			doc, ok := msgdoc.Lookup(v, a.Name)
			if !ok {
				t.Fatalf("OCPP %s %s has no description", v, a.Name)
			}
			out = append(out, message{v + " " + a.Name + "Request", a.NewRequest, doc.Request})
			if a.NewResponse != nil {
				out = append(out, message{v + " " + a.Name + "Response", a.NewResponse, doc.Response})
			}
		}
	}
	return out
}

func TestThereAre194ActionsAnd387Messages(t *testing.T) {
	n := 0
	for i, want := range []int{39, 64, 91} {
		for a := range protocols[i].Actions() {
			want--
			n++
			if (a.Kind == ocpp.KindSend) != (a.NewResponse == nil) {
				t.Errorf("%s: a SEND has no response and a CALL has one", a.Name)
			}
		}
		if want != 0 {
			t.Errorf("OCPP %s lacks %d actions", protocols[i].Version(), want)
		}
	}
	if n != 194 || len(messages(t)) != 387 {
		t.Errorf("%d actions and %d messages", n, len(messages(t)))
	}
}

func TestDirectionsAreInTheTypes(t *testing.T) {
	for _, p := range protocols {
		for a := range p.Actions() {
			req := a.NewRequest()
			_, station := req.(interface{ SentByStation() })
			_, csms := req.(interface{ SentByCSMS() })
			if station != (a.SentBy&ocpp.StationEnd != 0) || csms != (a.SentBy&ocpp.CSMSEnd != 0) {
				t.Errorf("%s %s: station %v, CSMS %v, but the table says %s", p.Version(), a.Name, station, csms, a.SentBy)
			}
			named := req.(interface{ OCPPAction() ocpp.Action }).OCPPAction()
			if named != (ocpp.Action{Version: p.Version(), Name: a.Name}) {
				t.Errorf("%s %s calls itself %s", p.Version(), a.Name, named)
			}
			if a.NewResponse == nil {
				continue
			}
			made := reflect.ValueOf(req).MethodByName("OCPPResponse").Call(nil)[0].Type()
			if made != reflect.TypeOf(a.NewResponse()) {
				t.Errorf("%s %s is answered by %s", p.Version(), a.Name, made)
			}
		}
	}
}

func TestEmptyMessagesAreEncodedAndDecodedAgain(t *testing.T) {
	for _, m := range messages(t) {
		empty := m.make()
		b, err := json.Marshal(empty)
		if err != nil || len(b) < 2 || b[0] != '{' {
			t.Fatalf("%s: %s, %v", m.name, b, err)
		}
		again := m.make()
		if err := json.Unmarshal(b, again); err != nil {
			t.Errorf("%s: %s: %v", m.name, b, err)
		}
		if back, err := json.Marshal(again); err != nil || !bytes.Equal(back, b) {
			t.Errorf("%s: %s became %s, %v", m.name, b, back, err)
		}
	}
}

func TestNullIsAnEmptyMessageToEncodingJSON(t *testing.T) {
	for _, m := range messages(t) {
		v := m.make()
		if err := json.Unmarshal([]byte(document(m.doc, func(msgdoc.Field) bool { return true })), v); err != nil {
			t.Fatal(m.name, err)
		}
		if err := v.(json.Unmarshaler).UnmarshalJSON([]byte("null")); err != nil || !reflect.DeepEqual(v, m.make()) {
			t.Errorf("%s: %+v, %v", m.name, v, err)
		}
	}
}

func TestEveryPropertyTravels(t *testing.T) {
	for _, m := range messages(t) {
		text := document(m.doc, func(msgdoc.Field) bool { return true })
		checkRoundTrip(t, m, text)
	}
}

func TestRequiredPropertiesAreEnough(t *testing.T) {
	for _, m := range messages(t) {
		checkRoundTrip(t, m, document(m.doc, func(f msgdoc.Field) bool { return f.Required }))
	}
}

// checkRoundTrip decodes a document under the strictest policy and expects its encoding to be the same text.
func checkRoundTrip(t *testing.T, m message, text string) {
	t.Helper()
	v := m.make()
	err := ocpp.Unmarshal([]byte(text), v, ocpp.DecodeOptions{Policy: ocpp.Spec})
	if err != nil {
		t.Errorf("%s: %.200s: %v", m.name, text, err)
		return
	}
	b, err := ocpp.Append(nil, v, ocpp.Spec)
	if err != nil || string(b) != text {
		t.Errorf("%s: sent\n%.400s\ngot back\n%.400s\n%v", m.name, text, b, err)
	}
	viaJSON := m.make()
	if err := json.Unmarshal([]byte(text), viaJSON); err != nil || !reflect.DeepEqual(v, viaJSON) {
		t.Errorf("%s: encoding/json reads something else: %v", m.name, err)
	}
}

func TestEveryRuleOfEveryPropertyIsChecked(t *testing.T) {
	checked := 0
	for _, m := range messages(t) {
		for _, broken := range breakages(m.doc, "") {
			checked++
			err := ocpp.Unmarshal([]byte(broken.text), m.make(), ocpp.DecodeOptions{Policy: ocpp.Spec})
			var v *ocpp.ValidationError
			if !errors.As(err, &v) || v.Rule != broken.rule || v.Pointer != broken.pointer {
				t.Errorf("%s: want %s at %s, got %v in %.200s", m.name, broken.rule, broken.pointer, err, broken.text)
			}
		}
	}
	if checked < 5000 {
		t.Errorf("only %d breakages were made", checked)
	}
}

func TestTheTextGoesBeyondTheSchemaOnlyWhenAsked(t *testing.T) {
	checked := 0
	for _, m := range messages(t) {
		for _, broken := range breakages(m.doc, "") {
			if broken.rule != ocpp.RuleSpec {
				continue
			}
			checked++
			v := m.make()
			if err := ocpp.Unmarshal([]byte(broken.text), v, ocpp.DecodeOptions{}); err != nil {
				t.Errorf("%s: %v by default in %.200s", m.name, err, broken.text)
			} else if _, err := ocpp.Append(nil, v, ocpp.Spec); err == nil {
				t.Errorf("%s: sent under the policy Spec: %.200s", m.name, broken.text)
			}
		}
	}
	if checked < 200 {
		t.Errorf("only %d rules of the text were broken", checked)
	}
}

func TestWhatIsSentIsCheckedLikeWhatIsReceived(t *testing.T) {
	for _, m := range messages(t) {
		for _, broken := range breakages(m.doc, "") {
			v := m.make()
			if !survives(broken.rule) || json.Unmarshal([]byte(broken.text), v) != nil {
				continue
			}
			_, err := ocpp.Append(nil, v, ocpp.Strict)
			var found *ocpp.ValidationError
			if !errors.As(err, &found) || found.Pointer != broken.pointer || found.Rule != broken.rule {
				t.Errorf("%s: want %s at %s, got %v for %.300s", m.name, broken.rule, broken.pointer, err, broken.text)
			}
		}
	}
}

// survives reports whether a Go value can break the rule: what decoding drops, such as unknown properties and
// values of another type, cannot be sent.
func survives(r ocpp.Rule) bool {
	return r == ocpp.RuleLength || r == ocpp.RuleEnum || r == ocpp.RuleRange || r == ocpp.RuleItems
}

func TestMissingEnumerationsTimesAndListsAreNotSent(t *testing.T) {
	for _, m := range messages(t) {
		for _, f := range m.doc.Fields {
			if !f.Required || f.Type != msgdoc.Enumeration && f.Type != msgdoc.DateTime && !f.List {
				continue
			}
			v := m.make()
			if err := json.Unmarshal([]byte(around(m.doc, f.Name, "", "")), v); err != nil {
				t.Fatal(m.name, err)
			}
			_, err := ocpp.Append(nil, v, ocpp.Strict)
			var found *ocpp.ValidationError
			if !errors.As(err, &found) || found.Pointer != "/"+f.Name || found.Rule != ocpp.RuleMissing {
				t.Errorf("%s without %s: %v", m.name, f.Name, err)
			}
		}
	}
}
