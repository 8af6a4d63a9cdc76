package ocppgen

import (
	"fmt"
	"strconv"
	"strings"
)

// amend applies the overlay's rows about one field.
func (b *builder) amend(place string, f *Field) error {
	if _, ok := b.overlay.find("wide", b.v.Name, place); ok {
		if f.Kind != Integer {
			return fmt.Errorf("%s is wide but no integer", place)
		}
		f.Wide = true
	}
	if n, ok := b.overlay.find("receive", b.v.Name, place); ok {
		length, err := strconv.Atoi(n)
		if err != nil || length <= f.MaxLength {
			return fmt.Errorf("%s: %q is no greater length than the schema's", place, n)
		}
		f.ReceiveLength = length
	}
	for _, r := range b.overlay.all("spec", b.v.Name, place) {
		if err := f.addSpec(r.args[1]); err != nil {
			return fmt.Errorf("%s: %w", place, err)
		}
	}
	return nil
}

// addSpec adds rules of the text: "min 0", "max 9", "minItems 1", "identifier". What the schema says already is
// left out, so that one row can serve versions with and without it; so are items of lists, of which the text
// demands nothing that the schemas lack.
func (f *Field) addSpec(rules string) error {
	for rule := range strings.SplitSeq(rules, ",") {
		word, arg, _ := strings.Cut(strings.TrimSpace(rule), " ")
		switch {
		case f.List && (word == "min" || word == "max"):
		case word == "min" && f.Kind == Integer:
			f.Spec.Min = unless(f.Min, arg)
		case word == "max" && f.Kind == Integer:
			f.Spec.Max = unless(f.Max, arg)
		case word == "minItems" && arg == "1" && f.List:
			f.Spec.MinItems = 1 - min(f.MinItems, 1)
		case word == "identifier" && f.Kind == String && !f.List:
			f.Spec.Identifier = true
		default:
			return fmt.Errorf("the rule %q does not fit", rule)
		}
	}
	return nil
}

// unless returns arg if the schema does not say the same.
func unless(schema, arg string) string {
	if schema == arg {
		return ""
	}
	return arg
}
