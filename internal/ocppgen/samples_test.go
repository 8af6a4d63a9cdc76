package ocppgen_test

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/chargeyard/chargeyard/internal/msgdoc"
	"github.com/chargeyard/chargeyard/ocpp"
)

// document writes a document with the wanted properties, each at the limit of what is allowed.
func document(o *msgdoc.Object, want func(msgdoc.Field) bool) string {
	var parts []string
	for _, f := range o.Fields {
		if want(f) {
			parts = append(parts, fmt.Sprintf("%q:%s", f.Name, sample(f, want)))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func sample(f msgdoc.Field, want func(msgdoc.Field) bool) string {
	if f.List {
		return "[" + item(f, want) + "]"
	}
	return item(f, want)
}

func item(f msgdoc.Field, want func(msgdoc.Field) bool) string {
	switch f.Type {
	case msgdoc.String:
		return quoted(max(1, f.MaxLength))
	case msgdoc.URI:
		return `"ftp://files.example/x"`
	case msgdoc.Enumeration:
		return fmt.Sprintf("%q", f.Enum.Values[len(f.Enum.Values)-1])
	case msgdoc.Integer, msgdoc.Number:
		return number(f)
	case msgdoc.Boolean:
		return "true"
	case msgdoc.DateTime:
		return `"2026-11-23T09:00:00.500Z"`
	case msgdoc.Nested:
		return document(f.Object, want)
	case msgdoc.CustomData:
		return `{"vendorId":"com.example","more":[1,{}]}`
	}
	return `{"any":["value",null]}`
}

func number(f msgdoc.Field) string {
	switch {
	case f.Min != "":
		return f.Min
	case f.Max != "":
		return f.Max
	case f.Type == msgdoc.Number:
		return "22.20"
	}
	return "1"
}

func quoted(n int) string { return `"` + strings.Repeat("x", n) + `"` }

// breakage is a document that breaks one rule.
type breakage struct {
	text    string
	rule    ocpp.Rule
	pointer string
}

// breakages makes documents of an object that are complete but for one property.
func breakages(o *msgdoc.Object, pointer string) []breakage {
	out := []breakage{{around(o, "", "", `"notInTheSchema":1`), ocpp.RuleUnknownProperty, pointer + "/notInTheSchema"}}
	for _, f := range o.Fields {
		at := pointer + "/" + f.Name
		if f.Required {
			out = append(out, breakage{around(o, f.Name, "", ""), ocpp.RuleMissing, at})
		}
		all := func(msgdoc.Field) bool { return true }
		twice := fmt.Sprintf("%q:%s", f.Name, sample(f, all))
		out = append(out, breakage{around(o, "", "", twice), ocpp.RuleDuplicateKey, at})
		for _, v := range wrongValues(f) {
			v.text = around(o, f.Name, v.text, "")
			v.pointer = at + v.pointer
			out = append(out, v)
		}
	}
	return out
}

// around writes a complete document with one property replaced (or left out) and something added.
func around(o *msgdoc.Object, name, value, add string) string {
	all := func(msgdoc.Field) bool { return true }
	var parts []string
	for _, f := range o.Fields {
		switch {
		case f.Name != name:
			parts = append(parts, fmt.Sprintf("%q:%s", f.Name, sample(f, all)))
		case value != "":
			parts = append(parts, fmt.Sprintf("%q:%s", f.Name, value))
		}
	}
	if add != "" {
		parts = append(parts, add)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// wrongValues lists values that a property must not have.
func wrongValues(f msgdoc.Field) []breakage {
	var out []breakage
	for _, v := range wrongItems(f) {
		if f.List {
			v.text, v.pointer = "["+v.text+"]", "/0"+v.pointer
		}
		out = append(out, v)
	}
	if !f.List {
		return out
	}
	all := func(msgdoc.Field) bool { return true }
	out = append(out, breakage{"{}", ocpp.RuleType, ""})
	if f.MinItems > 0 {
		out = append(out, breakage{"[]", ocpp.RuleEmptyList, ""})
	} else {
		out = append(out, againstTheText(f)...)
	}
	if f.MaxItems > 0 {
		many := strings.Repeat(","+item(f, all), f.MaxItems+1)[1:]
		out = append(out, breakage{"[" + many + "]", ocpp.RuleItems, ""})
	}
	return out
}

func wrongItems(f msgdoc.Field) []breakage {
	var out []breakage
	add := func(cond bool, text string, rule ocpp.Rule) {
		if cond {
			out = append(out, breakage{text, rule, ""})
		}
	}
	textual := f.Type == msgdoc.String || f.Type == msgdoc.URI || f.Type == msgdoc.Enumeration || f.Type == msgdoc.DateTime
	add(f.Type != msgdoc.Any, "[true]", ocpp.RuleType)
	add(textual, "7", ocpp.RuleType)
	add(f.Type == msgdoc.Boolean || f.Type == msgdoc.Integer, `"1"`, ocpp.RuleType)
	add(f.Type == msgdoc.Integer, "1.5", ocpp.RuleType)
	add(f.Type == msgdoc.DateTime, `"yesterday"`, ocpp.RuleTimeForm)
	add(f.Type == msgdoc.Enumeration, `"NotInTheSchema"`, ocpp.RuleEnum)
	add(f.MaxLength > 0 && f.Name != "exiResponse", quoted(f.MaxLength+1), ocpp.RuleLength)
	add(f.Min != "", "-1000", ocpp.RuleRange)
	add(f.Max != "", "1000", ocpp.RuleRange)
	add(f.MultipleOf != "", "0.25", ocpp.RuleRange)
	if !f.List {
		out = append(out, againstTheText(f)...)
	}
	if f.Type == msgdoc.Nested {
		out = append(out, breakages(f.Object, "")...)
	}
	return out
}

// againstTheText lists values that the schema allows and the text does not.
func againstTheText(f msgdoc.Field) []breakage {
	var out []breakage
	for rule := range strings.SplitSeq(f.Text, " and ") {
		var n int
		switch {
		case rule == "":
		case rule == "an identifierString":
			out = append(out, breakage{`"a b"`, ocpp.RuleSpec, ""})
		case rule == "at least 1 item":
			out = append(out, breakage{"[]", ocpp.RuleSpec, ""})
		case scan(rule, "at least %d", &n):
			out = append(out, breakage{strconv.Itoa(n - 1), ocpp.RuleSpec, ""})
		case scan(rule, "at most %d", &n):
			out = append(out, breakage{strconv.Itoa(n + 1), ocpp.RuleSpec, ""})
		default:
			panic("unknown rule of the text: " + rule)
		}
	}
	return out
}

func scan(text, format string, n *int) bool {
	_, err := fmt.Sscanf(text, format, n)
	return err == nil
}
