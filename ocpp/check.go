package ocpp

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
)

// The functions of this file are what the generated Validate methods are made of. Each takes the name of the
// property that it checks, "" for the value itself, and returns nil or a *ValidationError.

// Invalid returns a *ValidationError for one property.
func Invalid(rule Rule, name, detail string) error {
	return &ValidationError{Violation{Rule: rule, Pointer: segment(name), Detail: detail}}
}

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

// segment returns the pointer to a property.
func segment(name string) string {
	if name == "" {
		return ""
	}
	return "/" + pointerEscaper.Replace(name)
}

// Within puts a property in front of the pointer of a *ValidationError. Nil stays nil.
func Within(name string, err error) error {
	if err == nil {
		return nil
	}
	if v, ok := errors.AsType[*ValidationError](err); ok {
		moved := *v
		moved.Pointer = segment(name) + v.Pointer
		return &moved
	}
	return err
}

// WithinItem is Within for the element i of a list.
func WithinItem(name string, i int, err error) error {
	if err == nil {
		return nil
	}
	return Within(name, Within(strconv.Itoa(i), err))
}

// CheckString checks that s is UTF-8 and has at most maxLen characters; 0 is no limit.
func CheckString(name, s string, maxLen int) error {
	if maxLen != 0 && jsonwire.TooLong(s, maxLen) {
		return Invalid(RuleLength, name, "is longer than "+strconv.Itoa(maxLen)+" characters")
	}
	if !utf8.ValidString(s) {
		return Invalid(RuleSyntax, name, "is not UTF-8")
	}
	return nil
}

// CheckInt checks that lo <= n <= hi.
func CheckInt(name string, n, lo, hi int64) error {
	return checkRange(name, n < lo, n > hi, lo, hi)
}

func checkRange(name string, below, above bool, lo, hi int64) error {
	switch {
	case below:
		return Invalid(RuleRange, name, "is less than "+strconv.FormatInt(lo, 10))
	case above:
		return Invalid(RuleRange, name, "is greater than "+strconv.FormatInt(hi, 10))
	}
	return nil
}

// CheckDecimal checks that lo <= x <= hi; jsonwire.MinInt and MaxInt are no limits.
func CheckDecimal(name string, x Decimal, lo, hi int64) error {
	below := lo != jsonwire.MinInt && jsonwire.CompareInt(x.Coef, int(x.Exp), false, lo) < 0
	above := hi != jsonwire.MaxInt && jsonwire.CompareInt(x.Coef, int(x.Exp), false, hi) > 0
	return checkRange(name, below, above, lo, hi)
}

// CheckTenths checks that x is a multiple of 0.1.
func CheckTenths(name string, x Decimal) error {
	c, e := x.Coef, x.Exp
	for ; e < -1 && c != 0; e++ {
		if c%10 != 0 {
			return Invalid(RuleRange, name, "is not a multiple of 0.1")
		}
		c /= 10
	}
	return nil
}

// CheckTime checks that t is there and has a year of four digits.
func CheckTime(name string, t Time) error {
	if t.IsZero() {
		return Invalid(RuleMissing, name, "is missing")
	}
	if year := t.UTC().Year(); year < 0 || year > 9999 {
		return Invalid(RuleTimeForm, name, "is not a date-time")
	}
	return nil
}

// CheckEnum checks that s is there and is known.
func CheckEnum(name, s string, known bool) error {
	if s == "" {
		return Invalid(RuleMissing, name, "is missing")
	}
	if !known {
		return Invalid(RuleEnum, name, "is not a value of the enumeration")
	}
	return nil
}

// CheckItems checks that a list is there and that its n items are at least minItems and at most maxItems; 0 is no
// limit.
func CheckItems(name string, n int, missing bool, minItems, maxItems int) error {
	switch {
	case missing:
		return Invalid(RuleMissing, name, "is missing")
	case n == 0 && minItems > 0:
		return Invalid(RuleEmptyList, name, "is an empty list")
	case n < minItems:
		return Invalid(RuleItems, name, "has fewer than "+strconv.Itoa(minItems)+" items")
	case maxItems != 0 && n > maxItems:
		return Invalid(RuleItems, name, "has more than "+strconv.Itoa(maxItems)+" items")
	}
	return nil
}

// CheckRaw checks that raw, unless it is nil, is one JSON value.
func CheckRaw(name string, raw json.RawMessage) error {
	if raw == nil {
		return nil
	}
	var d jsonwire.Decoder
	d.Reset(raw, jsonwire.Options{Owned: true})
	if !d.Skip() || !d.End() {
		return Within(name, DecodeError(&d))
	}
	return nil
}
