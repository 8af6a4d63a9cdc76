package ocppgen

import "fmt"

// writeAppend writes the encoder of an object: required properties first, then optional ones, customData last,
// each group in the order of the schema.
func writeAppend(s *source, o *Object) {
	s.linef("// AppendOCPP appends v as JSON to b, without validating it.")
	s.linef("func (v *%s) AppendOCPP(b []byte) []byte {", o.Go)
	if len(o.Fields) == 0 {
		s.linef("return append(b, \"{}\"...)\n}\n")
		return
	}
	begun := o.Fields[0].Required
	if !begun {
		s.linef("b = append(b, '{')")
	}
	for i, f := range o.Fields {
		appendField(s, f, appendName(f.Wire, begun, i == 0))
	}
	s.linef("return append(b, '}')\n}\n")
}

// appendName returns the statement that appends the name of a property. When the object has a required
// property, it is known that a comma is due.
func appendName(wire string, begun, first bool) string {
	switch {
	case !begun:
		return fmt.Sprintf("b = jsonwire.AppendName(b, `%q:`)", wire)
	case first:
		return fmt.Sprintf("b = append(b, `{%q:`...)", wire)
	}
	return fmt.Sprintf("b = append(b, `,%q:`...)", wire)
}

func appendField(s *source, f *Field, name string) {
	value := "v." + f.Go
	switch {
	case f.Required:
		s.linef("%s\nb = %s", name, appendValue(f, value))
	case f.opt():
		s.linef("if x, ok := %s.Get(); ok {\n%s\nb = %s\n}", value, name, appendValue(f, "x"))
	default:
		s.linef("if %s {\n%s\nb = %s\n}", present(f), name, appendValue(f, value))
	}
}

// present returns the condition under which an optional field that is no Opt is there.
func present(f *Field) string {
	value := "v." + f.Go
	switch {
	case f.List:
		return "len(" + value + ") != 0"
	case f.Kind == EnumKind:
		return value + ` != ""`
	case f.Kind == DateTime:
		return "!" + value + ".IsZero()"
	}
	return value + " != nil"
}

// appendValue returns the call that appends a value.
func appendValue(f *Field, value string) string {
	if f.List {
		return appendList(f, value)
	}
	switch f.Kind {
	case String:
		return fmt.Sprintf("jsonwire.AppendString(b, %s)", value)
	case EnumKind:
		return fmt.Sprintf("jsonwire.AppendString(b, string(%s))", value)
	case Integer:
		if f.Wide {
			return fmt.Sprintf("jsonwire.AppendInt(b, %s)", value)
		}
		return fmt.Sprintf("jsonwire.AppendInt(b, int64(%s))", value)
	case Boolean:
		return fmt.Sprintf("jsonwire.AppendBool(b, %s)", value)
	case Any:
		return fmt.Sprintf("jsonwire.AppendRaw(b, %s)", value)
	}
	return value + ".AppendOCPP(b)"
}

func appendList(f *Field, value string) string {
	switch f.Kind {
	case String:
		return fmt.Sprintf("jsonwire.AppendStrings(b, %s)", value)
	case EnumKind:
		return fmt.Sprintf("jsonwire.AppendEnums(b, %s)", value)
	case Integer:
		return fmt.Sprintf("jsonwire.AppendInts(b, %s)", value)
	}
	return fmt.Sprintf("jsonwire.AppendList(b, %s, (*%s).AppendOCPP)", value, f.elem())
}
