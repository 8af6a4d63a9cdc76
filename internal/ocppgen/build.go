package ocppgen

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// versions lists what is generated, and the schema folders that each is read from.
func versions() []*Version {
	return []*Version{
		{Name: "1.6", Const: "V16", Package: "ocpp16", Folders: []string{"1.6", "1.6-security"}},
		{Name: "2.0.1", Const: "V201", Package: "ocpp201", Folders: []string{"2.0.1"}},
		{Name: "2.1", Const: "V21", Package: "ocpp21", Folders: []string{"2.1"}},
	}
}

// Build reads the schemas of all versions (folders 1.6, 1.6-security, 2.0.1 and 2.1 of fsys) and applies the overlay.
func Build(fsys fs.FS, overlay *Overlay) (*Model, error) {
	return build(fsys, overlay, versions())
}

func build(fsys fs.FS, overlay *Overlay, vs []*Version) (*Model, error) {
	var names []string
	for _, v := range vs {
		names = append(names, v.Name)
		schemas, err := readSchemas(fsys, v.Folders...)
		if err != nil {
			return nil, err
		}
		b := &builder{v: v, overlay: overlay, schemas: schemas, objects: map[string]*Object{}, enums: map[string]*Enum{}}
		if err := b.run(); err != nil {
			return nil, fmt.Errorf("OCPP %s: %w", v.Name, err)
		}
	}
	return &Model{vs}, overlay.unused(names)
}

// builder makes the model of one version.
type builder struct {
	v       *Version
	overlay *Overlay
	schemas map[string]*schema
	objects map[string]*Object // by Go name, messages excluded
	enums   map[string]*Enum
}

func (b *builder) run() error {
	for _, name := range slices.Sorted(maps.Keys(b.schemas)) {
		action, ok := strings.CutSuffix(name, "Request")
		if !ok {
			continue
		}
		a, err := b.action(action)
		if err != nil {
			return err
		}
		b.v.Actions = append(b.v.Actions, a)
	}
	if n := len(b.schemas); n != 0 {
		return fmt.Errorf("%d schemas belong to no request", n)
	}
	b.v.Objects = sorted(b.objects)
	b.v.Enums = sorted(b.enums)
	markUse(b.v)
	return checkNames(b.v)
}

// sorted returns the values of a map by their keys.
func sorted[T any](m map[string]T) []T {
	var out []T
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[k])
	}
	return out
}

func (b *builder) action(name string) (*Action, error) {
	rows := b.overlay.all("action", b.v.Name, name)
	if len(rows) != 1 {
		return nil, fmt.Errorf("the overlay has %d rows for action %s", len(rows), name)
	}
	a := &Action{Name: name, SentBy: rows[0].args[1], Block: rows[0].args[2], Doc: rows[0].reason}
	if !slices.Contains([]string{"station", "CSMS", "both"}, a.SentBy) {
		return nil, fmt.Errorf("action %s is sent by %q: not station, CSMS or both", name, a.SentBy)
	}
	var err, err2 error
	a.Request, err = b.message(a, name+"Request")
	if b.schemas[name+"Response"] != nil {
		a.Response, err2 = b.message(a, name+"Response")
	}
	return a, errors.Join(err, err2)
}

func (b *builder) message(a *Action, name string) (*Object, error) {
	s := b.schemas[name]
	delete(b.schemas, name)
	o, err := b.object(&scope{place: name, defs: s.Definitions}, name, s)
	if err != nil {
		return nil, err
	}
	o.Action = a
	return o, nil
}

// scope is where a schema stands: its place for the overlay, and the definitions of its file.
type scope struct {
	place string
	defs  properties
	depth int
}

func (s *scope) in(name string) *scope { return &scope{s.place + "/" + name, s.defs, s.depth + 1} }

// object makes an object of a schema, with required fields first and customData last.
func (b *builder) object(at *scope, goName string, s *schema) (*Object, error) {
	if at.depth > 20 {
		return nil, fmt.Errorf("%s: the schema contains itself; tables of this shape are not generated", at.place)
	}
	if s.Type != "object" || s.AdditionalProperties == nil || *s.AdditionalProperties {
		return nil, fmt.Errorf("%s: not a closed object", at.place)
	}
	o := &Object{Go: goName}
	for _, p := range s.Properties {
		f, err := b.field(at.in(p.Name), p)
		if err != nil {
			return nil, err
		}
		f.Required = slices.Contains(s.Required, p.Name)
		o.Fields = append(o.Fields, f)
	}
	for _, r := range s.Required {
		if s.Properties.find(r) == nil {
			return nil, fmt.Errorf("%s: requires %s, which is no property", at.place, r)
		}
	}
	slices.SortStableFunc(o.Fields, func(x, y *Field) int { return rank(x) - rank(y) })
	return o, nil
}

func rank(f *Field) int {
	switch {
	case f.Required:
		return 0
	case f.Wire == "customData":
		return 2
	}
	return 1
}

// field makes a field of a property, and of its items if it is a list.
func (b *builder) field(at *scope, p property) (*Field, error) {
	f := &Field{Wire: p.Name, Go: goName(p.Name)}
	s := p.Schema
	if s.Type == "array" {
		if s.Items == nil {
			return nil, fmt.Errorf("%s: a list without items", at.place)
		}
		f.List, f.MinItems, f.MaxItems = true, s.MinItems, s.MaxItems
		s = s.Items
	}
	if err := b.value(at, f, s); err != nil {
		return nil, err
	}
	return f, b.amend(at.place, f)
}

// value fills in what the schema of a value says.
func (b *builder) value(at *scope, f *Field, s *schema) error {
	if _, ok := b.overlay.find("any", b.v.Name, at.place); ok {
		f.Kind = Any
		return nil
	}
	f.setDefault(s)
	switch {
	case s.Ref != "":
		return b.reference(at, f, s.Ref)
	case s.Enum != nil:
		return b.inlineEnum(at, f, s)
	case s.Type == "object":
		return b.inlineObject(at, f, s)
	}
	return f.scalar(at.place, s)
}

func (f *Field) setDefault(s *schema) {
	if s.Default != nil {
		f.Default = strings.Trim(string(s.Default), `"`)
	}
}

// scalar fills in a value that is neither object nor enumeration.
func (f *Field) scalar(place string, s *schema) error {
	f.MaxLength, f.Min, f.Max, f.MultipleOf = s.MaxLength, number(s.Minimum), number(s.Maximum), number(s.MultipleOf)
	switch s.Type + " " + s.Format {
	case "string ":
		f.Kind = String
	case "string uri":
		f.Kind, f.URI = String, true
	case "string date-time":
		f.Kind = DateTime
	case "integer ":
		f.Kind = Integer
	case "number ":
		f.Kind = Number
	case "boolean ":
		f.Kind = Boolean
	case " ":
		f.Kind = Any
	default:
		return fmt.Errorf("%s: type %q with format %q is not known", place, s.Type, s.Format)
	}
	return nil
}

// number writes the limits of the schemas, 0.0 or 100.0, in the short form.
func number(n fmt.Stringer) string { return strings.TrimSuffix(n.String(), ".0") }

// reference fills in a value that a definition of the same file describes.
func (b *builder) reference(at *scope, f *Field, ref string) error {
	def, ok := strings.CutPrefix(ref, "#/definitions/")
	s := at.defs.find(def)
	if !ok || s == nil {
		return fmt.Errorf("%s: no definition for %s", at.place, ref)
	}
	if def == "CustomDataType" {
		f.Kind = CustomData
		return nil
	}
	f.setDefault(s)
	name := b.defName(at, def)
	inner := &scope{def, at.defs, at.depth + 1}
	if s.Enum != nil {
		return b.enum(inner, f, s, name, def)
	}
	return b.part(inner, f, s, name, def)
}

func (b *builder) defName(at *scope, def string) string {
	if name, ok := b.overlay.find("name", b.v.Name, def); ok {
		return name
	}
	return defName(def, func(d string) bool { return at.defs.find(d) != nil })
}

func (b *builder) inlineEnum(at *scope, f *Field, s *schema) error {
	name, ok := b.overlay.find("name", b.v.Name, at.place)
	if !ok {
		return fmt.Errorf("%s: the overlay has no name for this enumeration", at.place)
	}
	return b.enum(at, f, s, name, "")
}

func (b *builder) inlineObject(at *scope, f *Field, s *schema) error {
	name, ok := b.overlay.find("name", b.v.Name, at.place)
	if !ok {
		return fmt.Errorf("%s: the overlay has no name for this object", at.place)
	}
	return b.part(at, f, s, name, "")
}

// part makes the object of a field. The same name must mean the same object everywhere in a version.
func (b *builder) part(at *scope, f *Field, s *schema, name, def string) error {
	o, err := b.object(at, name, s)
	if err != nil {
		return err
	}
	o.Def = def
	f.Kind, f.Object = ObjectKind, o
	if old := b.objects[name]; old != nil {
		f.Object = old
		return same(at.place, name, old.signature(), o.signature())
	}
	b.objects[name] = o
	return nil
}

// enum makes the enumeration of a field, with the overlay's additional values.
func (b *builder) enum(at *scope, f *Field, s *schema, name, def string) error {
	e := &Enum{Go: name, Def: def}
	for _, v := range s.Enum {
		e.Values = append(e.Values, Value{Wire: v, Go: name + goName(v)})
	}
	for _, r := range b.overlay.all("values", b.v.Name, name) {
		for v := range strings.FieldsSeq(r.args[1]) {
			if !slices.Contains(s.Enum, v) {
				e.Values = append(e.Values, Value{v, name + goName(v), r.reason})
			}
		}
	}
	f.Kind, f.Enum = EnumKind, e
	if old := b.enums[name]; old != nil {
		f.Enum = old
		return same(at.place, name, old.signature(), e.signature())
	}
	b.enums[name] = e
	return nil
}

func same(place, name, a, b string) error {
	if a != b {
		return fmt.Errorf("%s: %s has two bodies:\n%s\n%s", place, name, a, b)
	}
	return nil
}
