package jsonwire

import "strings"

// Object enters an object. First and Next then yield its members.
func (d *Decoder) Object() bool {
	if d.space() != '{' {
		return d.wrongType("is not an object")
	}
	d.p++
	return true
}

// First returns the name of the first member of an object just entered, with the cursor on its value. more is
// false at the end of the object and after a failure. The name may point into the message.
func (d *Decoder) First() (key string, more bool) {
	if d.space() == '}' {
		d.p++
		return "", false
	}
	return d.key()
}

// Next returns the name of the member that follows the value just read, like First.
func (d *Decoder) Next() (key string, more bool) {
	switch d.space() {
	case ',':
		d.p++
		return d.key()
	case '}':
		d.p++
		return "", false
	}
	return "", d.syntax("a comma or a closing brace is missing")
}

// key reads a name and its colon.
func (d *Decoder) key() (string, bool) {
	if d.space() != '"' {
		return "", d.syntax("a property name is missing")
	}
	k, ok := d.quoted()
	if !ok {
		return "", false
	}
	if d.space() != ':' {
		return "", d.syntax("a colon is missing")
	}
	d.p++
	return k, true
}

// Unknown handles a member that the schema does not name, the cursor on its value. It always returns false:
// there is nothing to keep.
func (d *Decoder) Unknown() bool {
	if d.at(RuleUnknownProperty, "is not a known property") {
		d.Skip()
	}
	return false
}

// SkipUnknown is Unknown for objects that may have more members than the schema names.
func (d *Decoder) SkipUnknown() bool {
	d.Skip()
	return false
}

// Duplicate handles a second member of the same name, the cursor behind its value. It returns whether decoding
// goes on.
func (d *Decoder) Duplicate(name string) bool {
	return d.violate(finding{
		rule: RuleDuplicateKey, place: placeMember, offset: d.p, name: strings.Clone(name), detail: "appears twice",
	})
}

// Missing handles required members that are not there, the cursor behind the object: bit i of missing stands for
// the i-th of the comma-separated names. It returns whether decoding goes on.
func (d *Decoder) Missing(missing uint64, names string) bool {
	for ; missing != 0 && !d.failed; missing >>= 1 {
		name, rest, _ := strings.Cut(names, ",")
		names = rest
		if missing&1 != 0 {
			d.violate(finding{
				rule: RuleMissing, place: placeMember, offset: d.p - 1, name: name, detail: "is missing",
			})
		}
	}
	return !d.failed
}
