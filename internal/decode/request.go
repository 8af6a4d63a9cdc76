package decode

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chargeyard/chargeyard/internal/msgdoc"
	"github.com/chargeyard/chargeyard/ocpp"
)

// signedSuffix marks the action of a signed message (OCPP-J 2.1 Part 4, 7.1).
const signedSuffix = "-Signed"

// checkRequest judges a CALL or SEND.
func (a *attempt) checkRequest(w *waiting) {
	name, ok := text(a.elements[2])
	if !ok || name == "" {
		a.unknown = true
		a.fault(Wrong, "/2", "R16", "the action is not a string", "the name of an action, such as Heartbeat")
		return
	}
	if base, cut := strings.CutSuffix(name, signedSuffix); cut && a.version() != ocpp.V16 {
		name, a.report.Signed = base, true
	}
	a.report.Action = name
	info, ok := a.protocol.Action(name)
	if !ok {
		a.unknownAction(name)
		return
	}
	a.report.SentBy = info.SentBy.String()
	a.checkKind(info)
	a.checkReuse(w)
	doc, _ := msgdoc.Lookup(a.report.Version, name)
	a.checkPayload("/3", a.report.Signed, info.NewRequest, doc.Request)
}

// checkKind tells CALL from SEND.
func (a *attempt) checkKind(info ocpp.ActionInfo) {
	switch {
	case info.Kind == ocpp.KindSend && a.typ == typeCall:
		a.fault(Wrong, "/0", "R21", info.Name+" is never answered: it is a SEND", "6")
	case info.Kind == ocpp.KindCall && a.typ == typeSend:
		a.fault(Wrong, "/0", "R21", info.Name+" wants an answer: it is a CALL", "2")
	}
}

// checkReuse compares with a CALL of the same end that has the same id and no answer.
func (a *attempt) checkReuse(w *waiting) {
	for _, before := range w.calls(a.report.ID) {
		switch {
		case a.typ != typeCall || before.sentBy != a.report.SentBy:
		case before.sum == sha256.Sum256(a.text):
			a.fault(Note, "/1", "R12", fmt.Sprintf("repeats the CALL of line %d", before.line), "")
		default:
			a.fault(Odd, "/1", "R12", fmt.Sprintf("the CALL of line %d has the same id and no answer", before.line), "an id of its own")
		}
	}
}

func (a *attempt) unknownAction(name string) {
	a.unknown = true
	f := Finding{
		Severity: Wrong, Line: a.lineOf("/2"), In: inFrame, Pointer: "/2", Rule: "R17", Found: shorten(a.elements[2]),
		Detail: "is no action of OCPP " + a.report.Version, Code: ocpp.NotImplemented.For(a.version()),
	}
	var others, tried, names []string
	for _, p := range protocols {
		if _, ok := p.Action(name); ok {
			others = append(others, p.Version().String())
		}
	}
	for _, p := range a.tried {
		tried = append(tried, p.Version().String())
		for info := range p.Actions() {
			names = append(names, info.Name)
		}
	}
	if len(others) > 0 {
		f.Detail += ", but of " + strings.Join(others, " and ")
	} else {
		f.Detail, f.Expected = "is no action of OCPP "+strings.Join(tried, ", "), nearest(name, names)
	}
	a.add(f)
}

// checkResult judges a CALLRESULT by the CALL that it answers.
func (a *attempt) checkResult(w *waiting) {
	calls := w.calls(a.report.ID)
	if len(calls) == 0 {
		a.noCall()
		if a.elements[2][0] != '{' {
			a.notAnObject("/2", a.elements[2], inPayload)
		}
		return
	}
	var best *attempt
	for _, c := range calls { // of both ends, when their ids are the same
		if try := a.asAnswerTo(c); best == nil || !best.fits() && try.fits() {
			best = try
		}
	}
	*a = *best
}

// asAnswerTo judges a CALLRESULT as the answer to a CALL.
func (a *attempt) asAnswerTo(c *pendingCall) *attempt {
	try := *a
	try.report.Findings = slices.Clone(a.report.Findings)
	try.answer(c)
	info, ok := a.protocol.Action(c.action)
	if !ok || !c.in(a.report.Version) || info.NewResponse == nil {
		try.foreign = true
		return &try
	}
	doc, _ := msgdoc.Lookup(a.report.Version, c.action)
	try.report.Signed = a.version() != ocpp.V16 && looksSigned(a.elements[2])
	try.checkPayload("/2", try.report.Signed, info.NewResponse, doc.Response)
	return &try
}

// flattened is a JWS in the flattened JSON serialization (RFC 7515, 7.2.2).
type flattened struct {
	Payload   *string `json:"payload"`
	Protected *string `json:"protected"`
	Signature *string `json:"signature"`
}

func looksSigned(raw json.RawMessage) bool {
	var f flattened
	return json.Unmarshal(raw, &f) == nil && f.Payload != nil && f.Protected != nil && f.Signature != nil
}

// unsign returns what a signed message says. Its signature is not checked: there is no key to check it with.
func (a *attempt) unsign(element string, raw json.RawMessage) (json.RawMessage, bool) {
	var f flattened
	if json.Unmarshal(raw, &f) != nil || f.Payload == nil || f.Protected == nil || f.Signature == nil {
		a.fault(Wrong, element, "R22", "is not a flattened JWS", "an object with payload, protected and signature")
		return nil, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(*f.Payload)
	if err != nil {
		a.fault(Wrong, element+"/payload", "R22", "is not base64url", "base64url without padding")
		return nil, false
	}
	a.checkHeader(element, *f.Protected)
	line := a.lineOf(element + "/payload")
	if bad, broken := syntax(chunk{line: line, text: payload}); broken {
		bad.In, bad.Line = inSigned, line
		a.add(bad)
		return nil, false
	}
	return payload, true
}

func (a *attempt) checkHeader(element, protected string) {
	var header struct{ Alg string }
	raw, err := base64.RawURLEncoding.DecodeString(protected)
	if err != nil || json.Unmarshal(raw, &header) != nil {
		a.fault(Wrong, element+"/protected", "R22", "is not the header of a JWS", "a JSON object in base64url")
		return
	}
	detail := "is signed with " + printable(header.Alg) + "; the signature was not checked"
	if !slices.Contains([]string{"ES256", "RS256", "RS384"}, header.Alg) {
		a.fault(Odd, element+"/protected", "R22", detail, "ES256, RS256 or RS384")
		return
	}
	a.fault(Note, element, "R22", detail, "")
}
