package decode

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/chargeyard/chargeyard/internal/msgdoc"
	"github.com/chargeyard/chargeyard/ocpp"
)

func ocppViolation(err error) (ocpp.Violation, bool) {
	invalid, ok := errors.AsType[*ocpp.ValidationError](err)
	if !ok {
		return ocpp.Violation{}, false
	}
	return invalid.Violation, true
}

// locate finds the value that a pointer leads to.
func locate(raw []byte, pointer string) (start, end int, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	for step := range strings.SplitSeq(pointer, "/") {
		if step == "" && dec.InputOffset() == 0 {
			continue // before the first slash
		}
		if !enter(dec, unescape(step)) {
			return 0, 0, false
		}
	}
	var value json.RawMessage
	if dec.Decode(&value) != nil {
		return 0, 0, false
	}
	end = int(dec.InputOffset())
	return end - len(value), end, true
}

// enter goes into an object or a list, up to one member.
func enter(dec *json.Decoder, step string) bool {
	open, err := dec.Token()
	if err != nil {
		return false
	}
	for i := 0; dec.More(); i++ {
		here := strconv.Itoa(i)
		switch open {
		case json.Delim('{'):
			key, err := dec.Token()
			if err != nil {
				return false
			}
			here, _ = key.(string)
		case json.Delim('['):
		default:
			return false
		}
		if here == step {
			return true
		}
		if dec.Decode(new(json.RawMessage)) != nil {
			return false
		}
	}
	return false
}

func unescape(step string) string {
	return strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
}

func isIndex(step string) bool {
	_, err := strconv.ParseUint(step, 10, 31)
	return err == nil
}

// Expected says what the schema of a request has where it is violated, such as "one of Hard, Soft"; "" when that says nothing.
func Expected(v ocpp.Version, action string, violation ocpp.Violation) string {
	a, ok := msgdoc.Lookup(v.String(), action)
	if !ok {
		return ""
	}
	return expected(a.Request, violation)
}

// walk follows a pointer through the description of a message. It returns the property, nil for none, and the object in
// which the last step looked.
func walk(o *msgdoc.Object, pointer string) (owner *msgdoc.Object, field *msgdoc.Field) {
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		switch {
		case field != nil && field.List && isIndex(step):
			continue
		case field != nil && field.Object == nil || o == nil:
			return nil, nil
		case field != nil:
			o = field.Object
		}
		owner = o
		var ok bool
		if field, ok = o.Field(unescape(step)); !ok {
			return owner, nil
		}
	}
	return owner, field
}

// describe says what a property takes, or an item of it.
func describe(f *msgdoc.Field, item bool) string {
	one := describeOne(f)
	if !f.List || item {
		return one
	}
	switch {
	case f.MinItems > 0 && f.MaxItems > 0:
		return fmt.Sprintf("a list of %d to %d; each %s", f.MinItems, f.MaxItems, one)
	case f.MinItems > 0:
		return fmt.Sprintf("a list of at least %d; each %s", f.MinItems, one)
	case f.MaxItems > 0:
		return fmt.Sprintf("a list of at most %d; each %s", f.MaxItems, one)
	}
	return "a list; each " + one
}

func describeOne(f *msgdoc.Field) string {
	switch f.Type {
	case msgdoc.String, msgdoc.URI:
		if f.MaxLength > 0 {
			return fmt.Sprintf("a string of at most %d characters", f.MaxLength)
		}
		return "a string"
	case msgdoc.Enumeration:
		return oneOf(f.Enum.Values)
	case msgdoc.Integer:
		return "an integer" + bounds(f)
	case msgdoc.Number:
		return "a number" + bounds(f)
	case msgdoc.Boolean:
		return "true or false"
	case msgdoc.DateTime:
		return "a date-time such as 2026-05-01T10:00:00Z"
	case msgdoc.Nested:
		return "an object " + f.Object.Name
	case msgdoc.CustomData:
		return "an object with vendorId"
	}
	return "any value"
}

func bounds(f *msgdoc.Field) string {
	said := ""
	switch {
	case f.Min != "" && f.Max != "":
		said = " from " + f.Min + " to " + f.Max
	case f.Min != "":
		said = " from " + f.Min
	case f.Max != "":
		said = " up to " + f.Max
	}
	if f.MultipleOf != "" {
		said += ", a multiple of " + f.MultipleOf
	}
	return said
}

// oneOf lists values, the first ones of many.
func oneOf(values []string) string {
	const most = 12
	if len(values) > most {
		return fmt.Sprintf("one of %s, ... (%d in all)", strings.Join(values[:most], ", "), len(values))
	}
	return "one of " + strings.Join(values, ", ")
}

// shorten writes a value of the input so that a terminal can show it.
func shorten(raw []byte) string {
	const most = 60
	var compact bytes.Buffer
	if json.Compact(&compact, raw) == nil {
		raw = compact.Bytes()
	}
	runes := []rune(printable(string(raw[:min(len(raw), 4*most)])))
	if len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return string(runes)
}

// printable replaces what a terminal would obey.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}
