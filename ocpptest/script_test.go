package ocpptest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// parrot is an end that says what it was taught.
type parrot struct {
	heard []string
	says  []string
}

func (p *parrot) SendText(text string) error { p.heard = append(p.heard, text); return nil }

func (p *parrot) ReadText() (string, error) {
	if len(p.says) == 0 {
		return "", errors.New("it says nothing")
	}
	text := p.says[0]
	p.says = p.says[1:]
	return text, nil
}

func parse(t *testing.T, text string) *ocpptest.Script {
	t.Helper()
	s, err := ocpptest.ParseScript("test.txt", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestScriptPlaysEitherEnd(t *testing.T) {
	s := parse(t, "version 1.6\n# Hello\n\nstation [2,\"$id\",\n  \"Heartbeat\",{}]\ncsms [3,\"$id\",{\"currentTime\":\"$time\"}]\n")
	csms := &parrot{says: []string{` [ 3, "x", {"currentTime":"2026-01-02T03:04:05Z"} ]`}}
	err := s.Run(ocpp.StationEnd, csms, nil)
	var heard []any
	if len(csms.heard) != 1 || json.Unmarshal([]byte(csms.heard[0]), &heard) != nil || len(heard[1].(string)) != 20 {
		t.Fatalf("%q", csms.heard)
	}
	if want := `/1: got "x", want "` + heard[1].(string) + `" ($id)`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	station := &parrot{says: []string{`[2,"y","Heartbeat",{}]`}}
	var prompted []ocpptest.Message
	if err := s.Run(ocpp.CSMSEnd, station, func(m ocpptest.Message) { prompted = append(prompted, m) }); err != nil {
		t.Error(err)
	}
	if len(prompted) != 1 || prompted[0].Action != "Heartbeat" || string(prompted[0].Payload) != "{}" {
		t.Errorf("%+v", prompted)
	}
	if len(station.heard) != 1 || !strings.HasPrefix(station.heard[0], `[3,"y",{"currentTime":"20`) {
		t.Errorf("%q", station.heard)
	}
}

func TestScriptShowsAllDifferences(t *testing.T) {
	s := parse(t, `version 2.1
csms [3,"1",{"a":1,"b":[1,2],"c":"$any","d":"$int","e":"$time","f":2.50,"g":{},"h":null}]
`)
	err := s.Run(ocpp.StationEnd, &parrot{says: []string{
		`[3,"1",{"b":[1,3,4],"c":{},"d":"x","e":"y","f":2.5,"g":[],"h":null,"i":0}]`,
	}}, nil)
	const want = `ocpptest: test.txt:2: the CSMS said
	[3,"1",{"b":[1,3,4],"c":{},"d":"x","e":"y","f":2.5,"g":[],"h":null,"i":0}]
instead of
	[3,"1",{"a":1,"b":[1,2],"c":"$any","d":"$int","e":"$time","f":2.50,"g":{},"h":null}]
differences:
	/2/a: is missing, want 1
	/2/b/1: got 3, want 2
	/2/b: got 3 elements, want 2
	/2/d: got "x", want an integer
	/2/e: got "y", want a date-time
	/2/f: got 2.5, want 2.50
	/2/g: got [], want {}
	/2/i: got 0, want nothing`
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}

func TestScriptNamesKeepTheirValues(t *testing.T) {
	s := parse(t, `version 1.6
csms [3,"$a",{"transactionId":"$int1"}]
station [2,"b","StopTransaction",{"transactionId":"$int1"}]
csms [3,"b",{"again":"$int1","other":"$a"}]
`)
	csms := &parrot{says: []string{`[3,"a",{"transactionId":9223372036854775807}]`,
		`[3,"b",{"again":9223372036854775807,"other":"a"}]`}}
	if err := s.Run(ocpp.StationEnd, csms, nil); err != nil {
		t.Error(err)
	}
	if csms.heard[0] != `[2,"b","StopTransaction",{"transactionId":9223372036854775807}]` {
		t.Errorf("%q", csms.heard)
	}
}

func TestScriptSendsWhatIsNoMessage(t *testing.T) {
	s := parse(t, "version 1.6\ntests csms\nstation [2,\"$a\",{\nstation garbage\n")
	csms := &parrot{}
	if err := s.Run(ocpp.StationEnd, csms, nil); err != nil || len(csms.heard) != 2 || s.Tests != ocpp.CSMSEnd {
		t.Errorf("%q, %v, %v", csms.heard, err, s.Tests)
	}
	if err := s.Run(ocpp.CSMSEnd, &parrot{says: []string{"garbage"}}, nil); err == nil {
		t.Error("what is no JSON was expected")
	}
	if err := s.Run(ocpp.CSMSEnd, &parrot{}, nil); err == nil || !strings.Contains(err.Error(), "it says nothing") {
		t.Error(err)
	}
}

func TestScriptWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if err := parse(t, "version 1.6\nwait 30s\n").Run(ocpp.CSMSEnd, &parrot{}, nil); err != nil || time.Since(start) != 30*time.Second {
			t.Error(err, time.Since(start))
		}
	})
}

func TestScriptAnswers(t *testing.T) {
	s := parse(t, `version 1.6
station [2,"$a","Heartbeat",{}]
csms [3,"$a",{"n":1}]
csms [2,"$c","Reset",{}]
station [2,"$b","Heartbeat",{}]
csms [3,"$b",{"n":2}]
station [3,"$c",{"n":3}]
`)
	if got := fmt.Sprintf("%s", s.Answers(ocpp.CSMSEnd)); got != `map[Heartbeat:[{"n":1} {"n":2}]]` {
		t.Error(got)
	}
	if got := fmt.Sprintf("%s", s.Answers(ocpp.StationEnd)); got != `map[Reset:[{"n":3}]]` {
		t.Error(got)
	}
}

func TestParseScriptRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "test.txt: there is no version",
		"version 3":             `test.txt:1: unknown version "3"`,
		"version 1.6\n  [2]":    "test.txt:2: there is no message to continue",
		"version 1.6\nsays x":   `test.txt:2: unknown verb "says"`,
		"version 1.6\ntests x":  `test.txt:2: unknown end "x"`,
		"version 1.6\nwait now": `test.txt:2: time: invalid duration "now"`,
	} {
		if _, err := ocpptest.ParseScript("test.txt", []byte(text)); err == nil || err.Error() != "ocpptest: "+want {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := ocpptest.ReadScript("testdata/none.txt"); err == nil {
		t.Error("a file that does not exist was read")
	}
}

func ExampleScript_Run() {
	script, err := ocpptest.ParseScript("heartbeat.txt", []byte(`
version 1.6
station [2,"1","Heartbeat",{}]
csms    [3,"1",{"currentTime":"$time"}]
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	csms := &parrot{says: []string{`[4,"1","NotSupported","",{}]`}} // usually a *ocpptest.Peer of a real CSMS
	fmt.Println(script.Run(ocpp.StationEnd, csms, nil))
	// Output:
	// ocpptest: heartbeat.txt:4: the CSMS said
	// 	[4,"1","NotSupported","",{}]
	// instead of
	// 	[3,"1",{"currentTime":"$time"}]
	// differences:
	// 	/0: got 4, want 3
	// 	/2: got "NotSupported", want {"currentTime":"$time"}
	// 	: got 5 elements, want 3
}
