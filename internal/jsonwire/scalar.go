package jsonwire

import "encoding/json"

// Bool reads true or false.
func (d *Decoder) Bool(v *bool) bool {
	switch d.space() {
	case 't':
		*v = true
		return d.word("true")
	case 'f':
		*v = false
		return d.word("false")
	}
	return d.wrongType("is not a boolean")
}

// Null consumes null and reports whether it was there.
func (d *Decoder) Null() bool {
	return d.space() == 'n' && d.word("null")
}

// word consumes w.
func (d *Decoder) word(w string) bool {
	if len(d.s)-d.p < len(w) || d.s[d.p:d.p+len(w)] != w {
		return d.syntax("there is no JSON value")
	}
	d.p += len(w)
	return true
}

// Raw reads any JSON value as it stands.
func (d *Decoder) Raw(v *json.RawMessage) bool {
	d.space()
	start := d.p
	if !d.Skip() {
		return false
	}
	*v = json.RawMessage(d.Since(start))
	return true
}
