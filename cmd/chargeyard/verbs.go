package main

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

type verbsCmd struct {
	Verb string `arg:"" optional:"" help:"The verb to explain."`
}

// Help explains more than the one line.
func (verbsCmd) Help() string {
	return `"chargeyard do STATION VERB" uses them, and POST /api/v1/stations/{id}/VERB of the API.

    chargeyard verbs           list them
    chargeyard verbs start     say what one does, and which arguments it takes`
}

// Run lists verbs, or explains one.
func (c *verbsCmd) Run(s streams) error {
	if c.Verb == "" {
		t := newTable(s.out, column{title: "VERB"}, column{title: "WHAT IT DOES"})
		for _, kind := range fleet.VerbKinds() {
			t.row(kind.Name, kind.Summary)
		}
		return t.end("")
	}
	kind, err := verbOf(c.Verb)
	if err != nil {
		return &exitError{exitNotFound, err}
	}
	_, err = fmt.Fprintf(s.out, "%s. %s\n\n%s\nAs JSON, for example:\n\n    %s\n", kind.Summary, kind.Help, argumentHelp(reflect.TypeOf(kind.New()).Elem()), kind.Example)
	return err
}

// argumentHelp describes the arguments of a verb, one below the other.
func argumentHelp(arguments reflect.Type) string {
	var b strings.Builder
	for _, a := range argumentsOf(arguments, "", true) {
		required := ""
		if a.required {
			required = " (needed)"
		}
		values := ""
		if a.values != "" {
			values = " One of " + strings.ReplaceAll(a.values, ",", ", ") + "."
		}
		fmt.Fprintf(&b, "    %s=%s%s\n", a.name, a.kind, required)
		if words := strings.TrimSpace(sentence(a.doc) + values); words != "" {
			fmt.Fprintf(&b, "        %s\n", words)
		}
	}
	if b.Len() == 0 {
		return "It takes no arguments.\n"
	}
	return "Arguments:\n\n" + b.String()
}

// sentence ends a text that has no end yet; "" stays.
func sentence(text string) string {
	if text == "" || strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}

// argument is one that a person may give.
type argument struct {
	name, kind, doc, values string
	required                bool
}

// argumentsOf lists the arguments of a struct, those of the objects in it with dots. Nothing is needed in an object that
// is not.
func argumentsOf(t reflect.Type, prefix string, needed bool) (list []argument) {
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		required := needed && !strings.Contains(options, "omitempty")
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		switch {
		case f.Anonymous:
			list = append(list, argumentsOf(f.Type, prefix, needed)...)
			continue
		case name == "-" || name == "":
			continue
		case isObject(inner):
			list = append(list, argumentsOf(inner, prefix+name+".", required)...)
			continue
		}
		list = append(list, argument{
			name: prefix + name, kind: kindOf(inner), doc: f.Tag.Get("doc"), values: f.Tag.Get("enum"),
			required: required,
		})
	}
	return list
}

// kindOf says what a value looks like.
func kindOf(t reflect.Type) string {
	switch {
	case isTime(t):
		return "TIME"
	case isRaw(t):
		return "JSON"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true|false"
	case reflect.Int, reflect.Int64, reflect.Float64:
		return "NUMBER"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.String {
			return "TEXT,TEXT"
		}
		return "JSON"
	case reflect.String:
		return "TEXT"
	}
	return "JSON"
}
