package decode

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/chargeyard/chargeyard/internal/msgdoc"
	"github.com/chargeyard/chargeyard/ocpp"
)

// everything is a policy that goes on after each violation but one of the syntax.
const everything = ocpp.Strict | 1<<ocpp.RuleDuplicateKey | 1<<ocpp.RuleUnknownProperty | 1<<ocpp.RuleTimeForm | 1<<ocpp.RuleMissing | 1<<ocpp.RuleNull |
	1<<ocpp.RuleType | 1<<ocpp.RuleIntegerForm | 1<<ocpp.RuleLength | 1<<ocpp.RuleEnum | 1<<ocpp.RuleRange | 1<<ocpp.RuleEmptyList | 1<<ocpp.RuleItems

// maxViolations is how many the codec reports of one message.
const maxViolations = 100

// checkPayload holds a payload against its schema. element is where it is in the frame.
func (a *attempt) checkPayload(element string, signed bool, message func() any, doc *msgdoc.Object) {
	raw, in := a.elements[element[1]-'0'], inPayload
	line := func(pointer string) int { return a.lineOf(element + pointer) }
	if signed {
		payload, ok := a.unsign(element, raw)
		if !ok {
			return
		}
		raw, in = payload, inSigned
		line = func(string) int { return a.lineOf(element + "/payload") } // it is one string
	}
	a.report.Payload = raw
	switch trimmed := bytes.TrimSpace(raw); {
	case string(trimmed) == "null":
		a.fault(Odd, element, "R15", "null stands for an empty payload", "{}")
		raw = json.RawMessage("{}")
	case len(trimmed) == 0 || trimmed[0] != '{':
		a.notAnObject(element, raw, in)
		return
	}
	v := violations{raw: raw, doc: doc, version: a.version(), seen: map[string]bool{}}
	v.collect(message)
	for _, f := range v.found {
		f.In, f.Line = in, line(f.Pointer)
		a.add(f)
	}
}

func (a *attempt) notAnObject(element string, raw json.RawMessage, in string) {
	a.add(Finding{
		Severity: Wrong, Line: a.lineOf(element), In: in, Rule: "R15", Detail: "the payload is not an object", Expected: "an object, {} for none",
		Found: shorten(raw), Code: ocpp.RuleType.Code().For(a.version()),
	})
}

// violations collects what the codec reports of a payload.
type violations struct {
	raw     json.RawMessage
	doc     *msgdoc.Object
	version ocpp.Version
	seen    map[string]bool // rule and pointer
	found   []Finding
}

// collect decodes the payload until nothing is left that stops the codec. A date-time that cannot be understood does; it
// is replaced by another for the next look.
func (v *violations) collect(message func() any) {
	patched := v.raw
	for range maxViolations {
		err := ocpp.Unmarshal(patched, message(), ocpp.DecodeOptions{Policy: everything, OnViolation: v.add})
		if err == nil {
			return
		}
		stop, ok := ocppViolation(err)
		if !ok {
			v.found = append(v.found, Finding{Severity: Wrong, Rule: ocpp.RuleSyntax.String(), Detail: err.Error()})
			return
		}
		v.tell(stop, Wrong)
		start, end, there := locate(patched, stop.Pointer)
		if stop.Rule != ocpp.RuleTimeForm || !there {
			v.found = append(v.found, Finding{Severity: Note, Detail: "what follows it in the payload was not checked"})
			return
		}
		patched = slices.Concat(patched[:start], []byte(`"2026-01-01T00:00:00Z"`), patched[end:])
	}
}

// add takes what the codec goes on after.
func (v *violations) add(violation ocpp.Violation) { v.tell(violation, severity(violation.Rule)) }

func (v *violations) tell(violation ocpp.Violation, s Severity) {
	key := violation.Rule.String() + violation.Pointer
	if v.seen[key] {
		return
	}
	v.seen[key] = true
	start, end, there := locate(v.raw, violation.Pointer)
	if violation.Rule == ocpp.RuleMissing && there && v.worsen(violation.Pointer) {
		return
	}
	f := Finding{
		Severity: s, Pointer: violation.Pointer, Rule: violation.Rule.String(), Detail: violation.Detail,
		Expected: expected(v.doc, violation), Code: violation.Rule.Code().For(v.version),
	}
	if there && violation.Pointer != "" {
		f.Found = shorten(v.raw[start:end])
	}
	v.found = append(v.found, f)
	if len(v.found) == maxViolations {
		v.found = append(v.found, Finding{Severity: Note, Detail: "there may be more: the first 100 are told"})
	}
}

// worsen is told that a property which is there counts as absent, but is required: what was said of it is an error.
func (v *violations) worsen(pointer string) bool {
	for i := range v.found {
		if v.found[i].Pointer == pointer {
			v.found[i].Severity = Wrong
			return true
		}
	}
	return false
}

// severity is how a CSMS of this module takes a violation.
func severity(r ocpp.Rule) Severity {
	if ocpp.Tolerant.Tolerates(r) {
		return Odd
	}
	return Wrong
}

// expected says what the schema has at a place.
func expected(doc *msgdoc.Object, v ocpp.Violation) string {
	owner, field := walk(doc, v.Pointer)
	if v.Rule == ocpp.RuleUnknownProperty && owner != nil {
		var names []string
		for _, f := range owner.Fields {
			names = append(names, f.Name)
		}
		name := v.Pointer[strings.LastIndexByte(v.Pointer, '/')+1:]
		if like := nearest(unescape(name), names); like != "" {
			return like
		}
		return oneOf(names)
	}
	if field == nil {
		return ""
	}
	last := v.Pointer[strings.LastIndexByte(v.Pointer, '/')+1:]
	return describe(field, field.List && isIndex(last))
}
