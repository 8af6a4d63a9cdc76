package ocppgen

import (
	"fmt"
	"strings"
)

// messageTables writes the tables of package msgdoc for one version: a variable for every enumeration and
// object, and the list of actions. The tables point at each other, so the linker lays them out and nothing runs
// when a program starts.
func messageTables(v *Version) ([]byte, error) {
	t := &tables{v: v, suffix: strings.TrimPrefix(v.Const, "V")}
	t.linef("// actions%s has the actions of OCPP %s by name.\nvar actions%[1]s = []*Action{", t.suffix, v.Name)
	for _, a := range v.Actions {
		t.action(a)
	}
	t.linef("}\n")
	for _, o := range v.all() {
		t.object(o)
	}
	for _, e := range v.Enums {
		t.enum(e)
	}
	return t.file("OCPP "+v.Name+" schemas", "msgdoc")
}

type tables struct {
	source
	v      *Version
	suffix string
}

func (t *tables) action(a *Action) {
	response := ""
	if a.Response != nil {
		response = fmt.Sprintf(", Response: &o%s%s", t.suffix, a.Response.Go)
	}
	t.linef("{Version: %q, Name: %q, SentBy: %q, Block: %q, Doc: %q,\nRequest: &o%s%s%s},", t.v.Name, a.Name, a.SentBy, a.Block,
		a.Doc, t.suffix, a.Request.Go, response)
}

func (t *tables) object(o *Object) {
	t.linef("var o%s%s = Object{Name: %q, Fields: []Field{", t.suffix, o.Go, o.Go)
	for _, f := range o.Fields {
		t.linef("{%s},", t.field(f))
	}
	t.linef("}}\n")
}

// field writes the fields of a Field that are not zero.
func (t *tables) field(f *Field) string {
	out := []string{fmt.Sprintf("Name: %q, Type: %s", f.Wire, tableType(f))}
	add := func(cond bool, format string, arg any) {
		if cond {
			out = append(out, fmt.Sprintf(format, arg))
		}
	}
	add(f.Required, "Required: %v", true)
	add(f.List, "List: %v", true)
	add(f.MinItems > 0, "MinItems: %d", f.MinItems)
	add(f.MaxItems > 0, "MaxItems: %d", f.MaxItems)
	add(f.MaxLength > 0, "MaxLength: %d", f.MaxLength)
	add(f.Min != "", "Min: %q", f.Min)
	add(f.Max != "", "Max: %q", f.Max)
	add(f.MultipleOf != "", "MultipleOf: %q", f.MultipleOf)
	add(f.Default != "", "Default: %q", f.Default)
	add(!f.Spec.isZero(), "Text: %q", f.Spec.String())
	if f.Enum != nil {
		add(true, "Enum: &e%s", t.suffix+f.Enum.Go)
	}
	if f.Object != nil {
		add(true, "Object: &o%s", t.suffix+f.Object.Go)
	}
	return strings.Join(out, ", ")
}

func tableType(f *Field) string {
	if f.URI {
		return "URI"
	}
	return [...]string{"String", "Enumeration", "Integer", "Number", "Boolean", "DateTime", "Nested", "CustomData",
		"Any"}[f.Kind]
}

func (t *tables) enum(e *Enum) {
	var values []string
	for _, x := range e.Values {
		values = append(values, fmt.Sprintf("%q", x.Wire))
	}
	t.linef("var e%s%s = Enum{Name: %q, Values: []string{\n%s,\n}}\n", t.suffix, e.Go, e.Go, wrapList(values))
}
