package ocppgen

import (
	"fmt"
	"slices"
	"strings"
)

// signature describes an object without the order of its fields; equal signatures are one Go type.
func (o *Object) signature() string {
	var lines []string
	for _, f := range o.Fields {
		c := *f
		c.Enum, c.Object = nil, nil
		lines = append(lines, fmt.Sprintf("%+v %s", c, f.goType()))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// signature describes an enumeration without the order of its values.
func (e *Enum) signature() string {
	var wires []string
	for _, v := range e.Values {
		wires = append(wires, v.Wire)
	}
	slices.Sort(wires)
	return strings.Join(wires, "\n")
}

// markUse notes for every object and enumeration which actions use it.
func markUse(v *Version) {
	for _, a := range v.Actions {
		markObject(a.Request, a.Name)
		if a.Response != nil {
			markObject(a.Response, a.Name)
		}
	}
}

func markObject(o *Object, action string) {
	if slices.Contains(o.UsedBy, action) {
		if o.Action == nil {
			return
		}
	} else {
		o.UsedBy = append(o.UsedBy, action)
	}
	for _, f := range o.Fields {
		if f.Object != nil {
			markObject(f.Object, action)
		}
		if f.Enum != nil && !slices.Contains(f.Enum.UsedBy, action) {
			f.Enum.UsedBy = append(f.Enum.UsedBy, action)
		}
	}
}

// checkNames refuses two declarations of one name in a package, and two fields of one name in an object.
func checkNames(v *Version) error {
	seen := map[string]string{"Protocol": "the protocol table"}
	declare := func(name, what string) error {
		if old, ok := seen[name]; ok {
			return fmt.Errorf("%s is the name of %s and of %s", name, old, what)
		}
		seen[name] = what
		return nil
	}
	for _, o := range v.all() {
		if err := declare(o.Go, "an object"); err != nil {
			return err
		}
		if err := checkFields(o); err != nil {
			return err
		}
	}
	for _, e := range v.Enums {
		if err := declare(e.Go, "an enumeration"); err != nil {
			return err
		}
		for _, x := range e.Values {
			if err := declare(x.Go, "the value "+x.Wire+" of "+e.Go); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkFields(o *Object) error {
	seen := map[string]bool{}
	for _, f := range o.Fields {
		if seen[f.Go] {
			return fmt.Errorf("%s has two fields %s", o.Go, f.Go)
		}
		seen[f.Go] = true
	}
	if len(o.Fields) > 64 {
		return fmt.Errorf("%s has %d fields, more than the decoder can keep account of", o.Go, len(o.Fields))
	}
	return nil
}

// all returns every object of a version, messages included.
func (v *Version) all() []*Object {
	var out []*Object
	for _, a := range v.Actions {
		out = append(out, a.Request)
		if a.Response != nil {
			out = append(out, a.Response)
		}
	}
	return append(out, v.Objects...)
}
