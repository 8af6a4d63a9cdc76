package decode

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// protocols are all versions, oldest first.
var protocols = []*ocpp.Protocol{ocpp16.Protocol, ocpp201.Protocol, ocpp21.Protocol}

// What a pointer points into.
const (
	inFrame   = "frame"
	inPayload = "payload"
	inSigned  = "signed payload"
)

// The message types (OCPP-J 2.1 Part 4, 4.1.3).
const (
	typeCall = iota + 2
	typeResult
	typeError
	typeResultError
	typeSend
)

var typeNames = [...]string{typeCall: "CALL", typeResult: "CALLRESULT", typeError: "CALLERROR", typeResultError: "CALLRESULTERROR", typeSend: "SEND"}

// shapes say of what the frames of a type are made.
var shapes = [...]string{
	typeCall: "[2, id, action, payload]", typeResult: "[3, id, payload]", typeError: "[4, id, code, description, details]",
	typeResultError: "[5, id, code, description, details]", typeSend: "[6, id, action, payload]",
}

var lengths = [...]int{typeCall: 4, typeResult: 3, typeError: 5, typeResultError: 5, typeSend: 4}

// maxID is the longest message id, in characters (rule R12).
const maxID = 36

// frame is a JSON array.
type frame struct {
	chunk

	elements []json.RawMessage
	typ      int // 0: cannot be told
}

func openFrame(c chunk) frame {
	f := frame{chunk: c}
	if json.Unmarshal(c.text, &f.elements) != nil || len(f.elements) == 0 {
		return f
	}
	var digits string
	if json.Unmarshal(f.elements[0], &digits) != nil { // not a string, which some send
		digits = string(f.elements[0])
	}
	if n, err := strconv.ParseFloat(digits, 64); err == nil && n >= typeCall && n <= typeSend && n == float64(int(n)) {
		f.typ = int(n)
	}
	return f
}

// lineOf returns the line on which an element, or a value inside it, is.
func (f *frame) lineOf(pointer string) int {
	start, _, ok := locate(f.text, pointer)
	if !ok {
		return f.line
	}
	return f.lineAt(start)
}

// attempt judges a frame as one of a version.
type attempt struct {
	frame

	protocol *ocpp.Protocol
	tried    []*ocpp.Protocol // all that are
	report   Report
	unknown  bool         // it has no such action
	foreign  bool         // the CALL that it answers is none of the version
	answered *pendingCall // what it answers
}

func (a *attempt) version() ocpp.Version { return a.protocol.Version() }

// fits reports whether nothing is wrong.
func (a *attempt) fits() bool { return !a.foreign && count(a.report.Findings, Wrong) == 0 }

func (a *attempt) add(f Finding) { a.report.Findings = append(a.report.Findings, f) }

// fault adds a finding about an element of the frame.
func (a *attempt) fault(s Severity, pointer, rule, detail, expected string) {
	f := Finding{Severity: s, Line: a.lineOf(pointer), In: inFrame, Pointer: pointer, Rule: rule, Detail: detail, Expected: expected}
	if start, end, ok := locate(a.text, pointer); ok && pointer != "" && s != Note {
		f.Found = shorten(a.text[start:end])
	}
	a.add(f)
}

// check judges the frame.
func (a *attempt) check(w *waiting) {
	a.report.Findings = []Finding{}
	if a.trailing {
		a.fault(Wrong, "", "R10", "something follows the frame on its line", "")
	}
	if !a.checkType() {
		return
	}
	a.report.Type = typeNames[a.typ]
	a.checkID()
	if !a.checkLength() {
		return
	}
	switch a.typ {
	case typeCall, typeSend:
		a.checkRequest(w)
	case typeResult:
		a.checkResult(w)
	default:
		a.checkError(w)
	}
}

// checkType reports whether the rest can be judged.
func (a *attempt) checkType() bool {
	expected := "2 (CALL), 3 (CALLRESULT) or 4 (CALLERROR)"
	last := typeError
	if a.version() == ocpp.V21 {
		expected, last = "2 (CALL), 3 (CALLRESULT), 4 (CALLERROR), 5 (CALLRESULTERROR) or 6 (SEND)", typeSend
	}
	switch {
	case len(a.elements) == 0:
		a.fault(Wrong, "", "R10", "is an empty list", shapes[typeCall]+" or the like")
		return false
	case a.typ == 0:
		a.fault(Wrong, "/0", "R10", "is no message type", expected)
		return false
	case a.typ > last:
		a.fault(Wrong, "/0", "R11", fmt.Sprintf("%s exists in OCPP 2.1 only", typeNames[a.typ]), expected)
	case string(a.elements[0]) != strconv.Itoa(a.typ):
		a.fault(Wrong, "/0", "R10", "is not written as an integer", strconv.Itoa(a.typ))
	}
	return true
}

func (a *attempt) checkID() {
	const expected = "a string of 1 to 36 characters"
	if len(a.elements) < 2 {
		return // checkLength says so
	}
	id, ok := text(a.elements[1])
	switch {
	case !ok:
		a.fault(Wrong, "/1", "R12", "the message id is not a string", expected)
	case id == "":
		a.fault(Wrong, "/1", "R12", "the message id is empty", expected)
	case utf8.RuneCountInString(id) > maxID:
		a.fault(Wrong, "/1", "R12", fmt.Sprintf("the message id has %d characters", utf8.RuneCountInString(id)), expected)
	}
	a.report.ID = id
}

// checkLength reports whether the rest can be judged.
func (a *attempt) checkLength() bool {
	n, want := len(a.elements), lengths[a.typ]
	isError := a.typ == typeError || a.typ == typeResultError
	detail := fmt.Sprintf("a %s has %d elements, and this one %d", typeNames[a.typ], want, n)
	switch {
	case n == want:
	case n < want && n >= 3 && isError:
		a.fault(Odd, "", "R18", detail, shapes[a.typ])
	case n > want:
		a.fault(Wrong, "", "R10", detail, shapes[a.typ])
	default:
		a.fault(Wrong, "", "R10", detail, shapes[a.typ])
		return false
	}
	return true
}

// checkError judges a CALLERROR or CALLRESULTERROR.
func (a *attempt) checkError(w *waiting) {
	a.checkCode()
	if len(a.elements) > 3 {
		description, ok := text(a.elements[3])
		switch {
		case !ok:
			a.fault(Wrong, "/3", "R18", "the error description is not a string", `a string, "" for none`)
		case utf8.RuneCountInString(description) > 255:
			a.fault(Odd, "/3", "R18", "the error description is too long", "at most 255 characters")
		}
	}
	if len(a.elements) > 4 && a.elements[4][0] != '{' {
		a.fault(Odd, "/4", "R18", "the error details are not an object", "an object, {} for none")
	}
	if a.typ == typeResultError {
		return // it answers an answer
	}
	calls := w.calls(a.report.ID)
	if len(calls) == 0 {
		if a.report.ID != "-1" { // what answers a message without a readable id (rule R17)
			a.noCall()
		}
		return
	}
	a.answer(calls[0])
	if _, ok := a.protocol.Action(calls[0].action); !ok && len(calls[0].fits) > 0 {
		a.foreign = true
	}
}

func (a *attempt) checkCode() {
	spelt, ok := text(a.elements[2])
	if !ok {
		a.fault(Wrong, "/2", "R19", "the error code is not a string", "an error code such as "+string(ocpp.NotImplemented))
		return
	}
	code, known := ocpp.ParseCode(spelt)
	switch {
	case !known:
		a.fault(Wrong, "/2", "R19", "is no error code of OCPP "+a.version().String(), "an error code such as "+ocpp.FormatViolation.For(a.version()))
	case code.For(a.version()) != spelt:
		a.fault(Odd, "/2", "R19", "OCPP "+a.version().String()+" spells it otherwise", code.For(a.version()))
	}
}

// answer says what the frame answers.
func (a *attempt) answer(c *pendingCall) {
	a.answered = c
	a.report.Action, a.report.Answers, a.report.SentBy = c.action, c.line, other(c.sentBy)
}

func (a *attempt) noCall() {
	a.fault(Note, "/1", "R14", "no CALL of this id comes before it: what it answers is not known", "")
}

// other returns the opposite end.
func other(end string) string {
	switch end {
	case "station":
		return "CSMS"
	case "CSMS":
		return "station"
	}
	return end
}

// text reads a JSON string.
func text(raw json.RawMessage) (string, bool) {
	var s string
	if !strings.HasPrefix(string(raw), `"`) || json.Unmarshal(raw, &s) != nil {
		return "", false
	}
	return s, true
}
