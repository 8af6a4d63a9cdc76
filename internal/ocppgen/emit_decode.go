package ocppgen

import (
	"fmt"
	"strings"
)

// writeDecode writes the one-pass decoder of an object. Required properties have the lowest bits of seen.
func writeDecode(s *source, o *Object) {
	s.linef("// DecodeOCPP reads v at the cursor of d. When it is false, d says why.")
	s.linef("func (v *%s) DecodeOCPP(d *jsonwire.Decoder) bool {\nif !d.Object() {\nreturn false\n}", o.Go)
	if len(o.Fields) == 0 {
		s.linef("for _, more := d.First(); more; _, more = d.Next() {")
		s.linef("if !d.Unknown() && d.Failed() {\nreturn false\n}\n}\nreturn !d.Failed()\n}\n")
		return
	}
	s.linef("var seen uint64\nfor key, more := d.First(); more; key, more = d.Next() {")
	s.linef("var bit uint64\nvar ok bool\nswitch key {")
	for i, f := range o.Fields {
		s.linef("case %q:\nbit = 1 << %d\n%s", f.Wire, i, decodeField(f))
		if !f.Spec.isZero() {
			writeSpec(s, f)
		}
	}
	s.linef("default:\nok = d.Unknown()\n}")
	s.linef("if !ok {\nif d.Failed() {\nreturn false\n}\ncontinue\n}")
	s.linef("if seen&bit != 0 && !d.Duplicate(key) {\nreturn false\n}\nseen |= bit\n}")
	writeMissing(s, o)
	s.linef("return !d.Failed()\n}\n")
}

func writeMissing(s *source, o *Object) {
	var names []string
	for _, f := range o.Fields {
		if f.Required {
			names = append(names, f.Wire)
		}
	}
	if names == nil {
		return
	}
	mask := uint64(1)<<len(names) - 1
	s.linef("if seen&%#x != %#[1]x {\nreturn d.Missing(%#[1]x&^seen, %q)\n}", mask, strings.Join(names, ","))
}

// decodeField returns the statements that decode one field and set ok.
func decodeField(f *Field) string {
	if f.List {
		return "ok = " + decodeList(f)
	}
	if f.opt() {
		return fmt.Sprintf("if ok = %s; !ok {\nv.%s.Clear()\n}", decodeScalar(f, "v."+f.Go+".Set()", "v."+f.Go+".Set()"), f.Go)
	}
	if f.pointer() {
		return fmt.Sprintf("x := new(%s)\nif ok = x.DecodeOCPP(d); ok {\nv.%s = x\n}", f.elem(), f.Go)
	}
	if f.Kind == ObjectKind || f.Kind == CustomData {
		return fmt.Sprintf("if seen&bit != 0 {\nv.%s = %s{}\n}\nok = v.%[1]s.DecodeOCPP(d)", f.Go, f.elem())
	}
	return "ok = " + decodeScalar(f, "&v."+f.Go, "v."+f.Go)
}

// decodeScalar returns the call that decodes a single value into ptr; recv is what methods are called on.
func decodeScalar(f *Field, ptr, recv string) string {
	lo, hi := limits(f)
	switch f.Kind {
	case String:
		return fmt.Sprintf("d.Str(%s, %d)", ptr, max(f.MaxLength, f.ReceiveLength))
	case Integer:
		return fmt.Sprintf("d.%s(%s, %s, %s)", intDecoder(f), ptr, lo, hi)
	case Boolean:
		return fmt.Sprintf("d.Bool(%s)", ptr)
	case Any:
		return fmt.Sprintf("d.Raw(%s)", ptr)
	case Number:
		if f.MultipleOf != "" {
			return recv + ".DecodeTenths(d)"
		}
		if f.Min != "" || f.Max != "" {
			return fmt.Sprintf("%s.DecodeWithin(d, %s, %s)", recv, lo, hi)
		}
	}
	return recv + ".DecodeOCPP(d)"
}

func intDecoder(f *Field) string {
	if f.Wide {
		return "Int64"
	}
	return "Int"
}

// limits returns the bounds of a number as Go source.
func limits(f *Field) (lo, hi string) {
	lo, hi = "jsonwire.MinInt", "jsonwire.MaxInt"
	if f.Min != "" {
		lo = f.Min
	}
	if f.Max != "" {
		hi = f.Max
	}
	return lo, hi
}

// decodeList returns the call that decodes a list.
func decodeList(f *Field) string {
	lo, hi := limits(f)
	switch f.Kind {
	case String:
		return fmt.Sprintf("d.Strings(&v.%s, %d, %d, %d)", f.Go, f.MinItems, f.MaxItems, f.MaxLength)
	case Integer:
		return fmt.Sprintf("d.Ints(&v.%s, %d, %d, %s, %s)", f.Go, f.MinItems, f.MaxItems, lo, hi)
	}
	return fmt.Sprintf("jsonwire.List(d, &v.%s, %d, %d, (*%s).DecodeOCPP)", f.Go, f.MinItems, f.MaxItems, f.elem())
}

// writeSpec writes what the text demands of a field that was decoded.
func writeSpec(s *source, f *Field) {
	value := "v." + f.Go
	switch {
	case f.opt() && f.Kind == String:
		value += `.Or("")`
	case f.opt():
		value += ".Or(0)"
	}
	if f.Spec.Identifier {
		s.linef("ok = ok && (jsonwire.IsIdentifier(%s) || d.Spec(%q))", value, "is no identifierString")
	}
	if f.Spec.Min != "" {
		s.linef("ok = ok && (%s >= %s || d.Spec(%q))", value, f.Spec.Min, "is less than "+f.Spec.Min)
	}
	if f.Spec.Max != "" {
		s.linef("ok = ok && (%s <= %s || d.Spec(%q))", value, f.Spec.Max, "is more than "+f.Spec.Max)
	}
	if f.Spec.MinItems > 0 {
		s.linef("ok = ok && (len(%s) > 0 || d.Spec(%q))", value, "is empty")
	}
}
