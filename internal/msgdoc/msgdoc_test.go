package msgdoc_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/msgdoc"
)

func TestEveryActionIsDescribed(t *testing.T) {
	for version, want := range map[string]int{"1.6": 39, "2.0.1": 64, "2.1": 91, "3.0": 0} {
		if got := len(msgdoc.Actions(version)); got != want {
			t.Errorf("OCPP %s has %d actions, want %d", version, got, want)
		}
	}
}

func TestLookupFindsEveryActionAndNoOther(t *testing.T) {
	for _, v := range msgdoc.Versions() {
		for _, a := range msgdoc.Actions(v) {
			if got, ok := msgdoc.Lookup(v, a.Name); !ok || got != a {
				t.Errorf("Lookup(%s, %s) = %v, %v", v, a.Name, got, ok)
			}
			if a.Version != v || a.Doc == "" || a.Block == "" || a.Request == nil {
				t.Errorf("%s %s is not complete: %+v", v, a.Name, a)
			}
		}
	}
	for _, name := range []string{"heartbeat", "HeartbeatRequest", ""} {
		if _, ok := msgdoc.Lookup("1.6", name); ok {
			t.Errorf("Lookup finds %q", name)
		}
	}
}

func TestOnlyTheSendHasNoResponse(t *testing.T) {
	for _, v := range msgdoc.Versions() {
		for _, a := range msgdoc.Actions(v) {
			if (a.Response == nil) != (a.Name == "NotifyPeriodicEventStream") {
				t.Errorf("%s %s: response %v", v, a.Name, a.Response)
			}
		}
	}
}

func TestFieldsOfATypeAreComplete(t *testing.T) {
	var walk func(o *msgdoc.Object)
	walk = func(o *msgdoc.Object) {
		for _, f := range o.Fields {
			if f.Name == "" || (f.Type == msgdoc.Enumeration) != (f.Enum != nil) || (f.Type == msgdoc.Nested) != (f.Object != nil) {
				t.Errorf("%s.%s: %+v", o.Name, f.Name, f)
			}
			if f.Enum != nil && len(f.Enum.Values) == 0 {
				t.Errorf("%s has no values", f.Enum.Name)
			}
			if f.Object != nil {
				walk(f.Object)
			}
		}
	}
	for _, v := range msgdoc.Versions() {
		for _, a := range msgdoc.Actions(v) {
			walk(a.Request)
			if a.Response != nil {
				walk(a.Response)
			}
		}
	}
}

func TestATableIsServedAsJSON(t *testing.T) {
	a, _ := msgdoc.Lookup("1.6", "Reset")
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"name":"ResetRequest","fields":[{"name":"type","type":"enum","required":true,` +
		`"enum":{"name":"ResetType","values":["Hard","Soft"]}}]}`
	if !strings.Contains(string(b), want) {
		t.Errorf("got %s\nwant it to contain %s", b, want)
	}
}

func ExampleLookup() {
	a, _ := msgdoc.Lookup("2.0.1", "BootNotification")
	fmt.Println("BootNotification", a.Doc)
	station, _ := a.Request.Field("chargingStation")
	model, _ := station.Object.Field("model")
	fmt.Println(model.Name, model.Type, model.Required, model.MaxLength)
	// Output:
	// BootNotification tells the CSMS that the station (re)booted, what it is, and asks to be accepted
	// model string true 20
}
