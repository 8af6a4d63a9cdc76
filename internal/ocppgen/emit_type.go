package ocppgen

import (
	"fmt"
	"slices"
	"strings"
)

// writeObject writes the struct of an object and its codec.
func writeObject(f *fileParts, o *Object) {
	writeStruct(&f.types, o)
	writeDecode(&f.codec, o)
	writeAppend(&f.codec, o)
	writeValidate(&f.codec, o)
	writeJSON(&f.codec, o)
}

func writeStruct(s *source, o *Object) {
	s.comment(objectDoc(o))
	if len(o.Fields) == 0 {
		s.linef("type %s struct{}\n", o.Go)
		return
	}
	s.linef("type %s struct {", o.Go)
	for _, f := range o.Fields {
		s.linef("%s %s `json:%q`%s", f.Go, f.goType(), f.tag(), facts(f))
	}
	s.linef("}\n")
}

func writeJSON(s *source, o *Object) {
	s.linef("// MarshalJSON encodes v as AppendOCPP does.\nfunc (v %s) MarshalJSON() ([]byte, error) {", o.Go)
	s.linef("return v.AppendOCPP(nil), nil\n}\n")
	s.linef("// UnmarshalJSON decodes v and is tolerant wherever a value can be kept; null is an empty v.")
	s.linef("func (v *%s) UnmarshalJSON(data []byte) error {\n*v = %[1]s{}\nreturn ocpp.UnmarshalJSON(data, v)\n}\n", o.Go)
}

func objectDoc(o *Object) string {
	switch a := o.Action; {
	case a == nil:
		return fmt.Sprintf("%s is a part of %s%s.", o.Go, users(o.UsedBy), origin(o.Go, o.Def))
	case o == a.Response:
		return fmt.Sprintf("%s answers %s.", o.Go, a.Request.Go)
	default:
		return fmt.Sprintf("%s %s. %s may send it. Block: %s.", o.Go, a.Doc, sender(a.SentBy), a.Block)
	}
}

func sender(by string) string {
	switch by {
	case "station":
		return "The charging station"
	case "CSMS":
		return "The CSMS"
	}
	return "Both ends"
}

// users lists the actions that use a type, or counts them when they are many.
func users(actions []string) string {
	switch n := len(actions); {
	case n > 4:
		return fmt.Sprintf("%d actions, such as %s and %s", n, actions[0], actions[1])
	case n == 1:
		return actions[0]
	default:
		return strings.Join(actions[:n-1], ", ") + " and " + actions[n-1]
	}
}

// origin names the definition that a type comes from, where its name differs.
func origin(goName, def string) string {
	if def == "" || def == goName {
		return ""
	}
	return "; the schemas call it " + def
}

// facts writes what the schema says about a field, as a trailing comment.
func facts(f *Field) string {
	var out []string
	add := func(cond bool, format string, args ...any) {
		if cond {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	each := ""
	if f.List {
		each = "each "
	}
	add(f.Required, "required")
	add(f.MinItems > 0 && f.MaxItems > 0, "%d to %d items", f.MinItems, f.MaxItems)
	add(f.MinItems > 0 && f.MaxItems == 0, "at least %d item", f.MinItems)
	add(f.MinItems == 0 && f.MaxItems > 0, "at most %d items", f.MaxItems)
	add(f.MaxLength > 0, each+"at most %d characters", f.MaxLength)
	add(f.ReceiveLength > 0, "%d are accepted", f.ReceiveLength)
	add(f.URI, "a URI")
	add(f.Min != "" && f.Max != "", each+"%s to %s", f.Min, f.Max)
	add(f.Min != "" && f.Max == "", each+"at least %s", f.Min)
	add(f.Min == "" && f.Max != "", each+"at most %s", f.Max)
	add(f.MultipleOf != "", "a multiple of %s", f.MultipleOf)
	add(f.Default != "", "default %s", f.Default)
	add(!f.Spec.isZero(), "by the text %s", f.Spec)
	if out == nil {
		return ""
	}
	return " // " + strings.Join(out, ", ")
}

// String describes the rules of the text in words.
func (s Spec) String() string {
	var out []string
	if s.Min != "" {
		out = append(out, "at least "+s.Min)
	}
	if s.Max != "" {
		out = append(out, "at most "+s.Max)
	}
	if s.MinItems > 0 {
		out = append(out, fmt.Sprintf("at least %d item", s.MinItems))
	}
	if s.Identifier {
		out = append(out, "an identifierString")
	}
	return strings.Join(out, " and ")
}

// writeEnum writes an enumeration with its values and its decoder.
func writeEnum(f *fileParts, e *Enum) {
	s := &f.types
	s.comment(fmt.Sprintf(`%s is an enumeration in %s%s. "" is none of its values: the property is absent.`, e.Go, users(e.UsedBy),
		origin(e.Go, e.Def)))
	s.linef("type %s string\n", e.Go)
	s.comment("The values of " + e.Go + ".")
	s.linef("const (")
	for _, x := range e.Values {
		note := ""
		if x.Note != "" {
			note = " // not in every schema: " + x.Note
		}
		s.linef("%s %s = %q%s", x.Go, e.Go, x.Wire, note)
	}
	s.linef(")\n")
	writeKnown(&f.codec, e)
	writeEnumDecode(&f.codec, e)
}

func writeKnown(s *source, e *Enum) {
	var names []string
	for x := range slices.Values(e.Values) {
		names = append(names, x.Go)
	}
	s.linef("// Known reports whether v is one of the values of the schema.\nfunc (v %s) Known() bool {\nswitch v {", e.Go)
	s.linef("case %s:\nreturn true\n}\nreturn false\n}\n", wrapList(names))
}

// wrapList writes names with commas, in lines of about 110 columns.
func wrapList(names []string) string {
	var b strings.Builder
	line := 0
	for i, n := range names {
		if i > 0 {
			b.WriteByte(',')
			if line += len(n) + 2; line > 100 {
				b.WriteByte('\n')
				line = len(n)
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteString(n)
	}
	return b.String()
}

func writeEnumDecode(s *source, e *Enum) {
	s.linef("// DecodeOCPP reads a value at the cursor of d.\nfunc (v *%s) DecodeOCPP(d *jsonwire.Decoder) bool {", e.Go)
	s.linef("s, ok := d.Text()\nif !ok {\nreturn false\n}\nswitch s {")
	for _, x := range e.Values {
		s.linef("case %q:\n*v = %s", x.Wire, x.Go)
	}
	s.linef("default:\nreturn d.UnknownEnum((*string)(v), s)\n}\nreturn true\n}\n")
}
