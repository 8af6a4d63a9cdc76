package jsonwire

import "strings"

// place tells what the offset of a finding means.
type place uint8

const (
	placeAt     place = iota // a token begins at the offset
	placeBehind              // the value ends before the offset
	placeAround              // the list or object around the offset
	placeMember              // a member, by name, of the object around the offset
)

// finding is one violation, not yet located.
type finding struct {
	rule   Rule
	place  place
	offset int
	name   string // of placeMember
	detail string
}

// violate records a violation of any rule but RuleSyntax, which refuse is for. It returns true when the policy tolerates it, and false when the message
// is refused. The first refusal counts.
func (d *Decoder) violate(f finding) bool {
	if d.failed {
		return false
	}
	if d.opts.Policy&(1<<f.rule) == 0 {
		d.failed = true
		d.bad = f
		return false
	}
	if d.opts.OnViolation != nil && len(d.found) < MaxViolations {
		d.found = append(d.found, f)
	}
	return true
}

// refuse ends decoding with a violation that no policy can tolerate, because no value could be kept.
func (d *Decoder) refuse(rule Rule, detail string) bool {
	if !d.failed {
		d.failed = true
		d.bad = finding{rule: rule, place: placeAt, offset: d.p, detail: detail}
	}
	return false
}

func (d *Decoder) syntax(detail string) bool { return d.refuse(RuleSyntax, detail) }

// at is violate for the value that begins at the cursor.
func (d *Decoder) at(rule Rule, detail string) bool {
	return d.violate(finding{rule: rule, place: placeAt, offset: d.p, detail: detail})
}

// behind is violate for the value that ends at the cursor.
func (d *Decoder) behind(rule Rule, detail string) bool {
	return d.violate(finding{rule: rule, place: placeBehind, offset: d.p, detail: detail})
}

// wrongType is called with the cursor on something else than was wanted. A tolerated value is skipped. It always
// returns false: there is no value.
func (d *Decoder) wrongType(detail string) bool {
	switch {
	case d.Kind() == 0:
		return d.syntax(d.noValue())
	case strings.HasPrefix(d.s[d.p:], "null"):
		if d.at(RuleNull, "is null") {
			d.p += len("null")
		}
	case d.at(RuleType, detail):
		d.Skip()
	}
	return false
}

func (d *Decoder) noValue() string {
	if d.p >= len(d.s) {
		return "the text ends too early"
	}
	return "there is no JSON value"
}

// Violation returns why the message was refused; the pointer (RFC 6901) counts from the payload.
func (d *Decoder) Violation() (rule Rule, pointer, detail string) {
	w := walker{s: d.s, p: d.base}
	return d.bad.rule, w.pointer(d.bad), d.bad.detail
}

// Report tells OnViolation what was tolerated so far and forgets it.
func (d *Decoder) Report() {
	if len(d.found) == 0 {
		return
	}
	w := walker{s: d.s, p: d.base}
	for _, f := range d.found {
		d.opts.OnViolation(f.rule, w.pointer(f), f.detail)
	}
	clear(d.found)
	d.found = d.found[:0]
}

// Spec reports that the value just read breaks a rule of the text that the schema leaves out. It returns whether
// the policy tolerates it.
func (d *Decoder) Spec(detail string) bool { return d.behind(RuleSpec, detail) }
