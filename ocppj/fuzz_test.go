package ocppj_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// FuzzReceive gives a session one frame. It must not panic, and must answer every CALL whose id can be read exactly
// once, under that id, with a frame that is JSON; no answer and no SEND is ever answered.
func FuzzReceive(f *testing.F) {
	for _, frame := range []string{
		`[2,"1","Heartbeat",{}]`, `[2,"1","Heartbeat",null]`, `[2,"1","StatusNotification",` + status(ocpp.V16, 1) + `]`,
		`[2,"1","StatusNotification",` + status(ocpp.V21, 1) + `]`, `[2,"1","StatusNotification-Signed",{"payload":"e30"}]`,
		`[3,"x",{"status":"Accepted"}]`, `[4,"x","InternalError","",{}]`, `[5,"x","InternalError","",{}]`,
		`[6,"1","NotifyPeriodicEventStream",{}]`, `[7,"1"]`, `[2,17,"Heartbeat",{}]`, `[2,"","Heartbeat",{}]`, `[2,"\u00e9","a",{`,
		`[2,"1","BootNotification",{"chargePointVendor":"a","chargePointModel":"b"}]`, `[`, `[2`, `["2","1","Heartbeat",{}]`,
		`[2,"\ud800","Heartbeat",{}]`, `[2,"a\u0000b\ud83d\ude00","Heartbeat",{}]`, `[2.0,"1","Heartbeat",{}]`, `[2e0,"1","a",{}]`,
		`[02,"1","Heartbeat",{}]`, `[2,"1","Heartbeat",{"a":1,"a":2}]`, `[2,"1","Heartbeat",{"a":[[[[[]]]]]}]`,
	} {
		for v := range byte(3) {
			f.Add(v, []byte(frame))
		}
	}
	f.Fuzz(func(t *testing.T, v byte, frame []byte) {
		version := ocpp.V16 + ocpp.Version(v%3)
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, version, func(o *ocppj.Options) {
				o.Route = func(string) (ocppj.Route, bool) {
					return ocppj.Route{
						New:    func() any { return new(map[string]any) },
						Handle: func(context.Context, any) (any, error) { return statusResponse(version), nil },
					}, len(frame)%2 == 0
				}
			})
			r.receive(string(frame))
			checkAnswers(t, version, string(frame), r.take())
		})
	})
}

// checkAnswers judges the answers to a frame with encoding/json.
func checkAnswers(t *testing.T, v ocpp.Version, frame string, answers []string) {
	for _, a := range answers {
		if !json.Valid([]byte(a)) {
			t.Errorf("sent %q", a)
		}
	}
	var elements []json.RawMessage
	if !utf8.ValidString(frame) || json.Unmarshal([]byte(frame), &elements) != nil || len(elements) < 2 {
		return // the tests of R17 have the answers to these
	}
	var number int
	var id string
	if json.Unmarshal(elements[0], &number) != nil || json.Unmarshal(elements[1], &id) != nil || elements[1][0] != '"' {
		return
	}
	switch {
	case number >= 3 && number <= 6 && len(answers) != 0:
		t.Errorf("%q was answered %q", frame, answers)
	case number == 2 && id != "" && utf8.RuneCountInString(id) <= 255:
		quoted := answered(t, answers)
		if quoted != id {
			t.Errorf("%q was answered %q", frame, answers)
		}
	case number == 2 && v != ocpp.V16 && answered(t, answers) != "-1":
		t.Errorf("%q was answered %q", frame, answers)
	}
}

// answered returns the id of the one answer.
func answered(t *testing.T, answers []string) string {
	if len(answers) != 1 || !strings.HasPrefix(answers[0], "[3,") && !strings.HasPrefix(answers[0], "[4,") {
		t.Fatalf("answers: %q", answers)
	}
	var elements []any
	if err := json.Unmarshal([]byte(answers[0]), &elements); err != nil {
		t.Fatal(err)
	}
	return elements[1].(string)
}
