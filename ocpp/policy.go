package ocpp

import "strings"

// Rule is one thing that validation checks. Each rule but RuleSyntax can be strict or tolerant.
type Rule uint8

// The rules.
const (
	RuleSyntax          Rule = iota // JSON grammar, escapes, UTF-8, nesting; never tolerant
	RuleDuplicateKey                // a property twice in one object; tolerant: the last one counts
	RuleUnknownProperty             // a property that the schema does not name; tolerant: skipped
	RuleTimeForm                    // a date-time that is not RFC 3339; tolerant: the near misses of rule R65
	RuleMissing                     // a required property is absent; tolerant: it keeps its zero value
	RuleNull                        // null for an optional property; tolerant: the property is absent
	RuleType                        // another JSON type; tolerant: the property is taken as absent
	RuleIntegerForm                 // an integer written 1.0 or 1e3; tolerant: taken as the integer
	RuleLength                      // a string longer than maxLength, in characters; tolerant: kept whole
	RuleEnum                        // a value outside its enumeration; tolerant: kept
	RuleRange                       // minimum, maximum, multipleOf; tolerant: kept
	RuleEmptyList                   // an empty list where minItems is 1; tolerant: kept
	RuleItems                       // fewer than minItems (but not empty) or more than maxItems; tolerant: kept
	RuleSpec                        // what the text demands and the schema leaves out; tolerant: kept
	ruleCount
)

var ruleNames = [ruleCount]string{
	"syntax", "duplicate key", "unknown property", "time form", "missing", "null", "type", "integer form",
	"length", "enum", "range", "empty list", "items", "spec",
}

// String returns the name of the rule.
func (r Rule) String() string {
	if r >= ruleCount {
		return "unknown rule"
	}
	return ruleNames[r]
}

// Code returns the RPC error code that answers a violation of the rule (docs/rules: the table of R17).
func (r Rule) Code() Code {
	switch r {
	case RuleMissing, RuleEmptyList, RuleItems:
		return OccurrenceConstraintViolation
	case RuleType, RuleNull, RuleIntegerForm:
		return TypeConstraintViolation
	case RuleLength, RuleEnum, RuleRange, RuleSpec:
		return PropertyConstraintViolation
	}
	return FormatViolation
}

// Policy says which rules are tolerant: bit 1<<rule is set for a tolerant one. A tolerant rule keeps the value
// and reports the violation; a strict one refuses the message. Policies are values: one per connection, never a
// global. The zero Policy means "the default of this end" in options, see Or.
type Policy uint32

const (
	// Strict is the default for everything that is sent and for what a station receives. RuleSpec, which goes
	// beyond the schemas, is tolerant in it.
	Strict Policy = 1 << RuleSpec

	// Tolerant is the default for what a CSMS receives: stations in the field send unknown properties, long
	// strings, nulls, odd times, 1.0 for 1 and empty lists. It stays strict where a value would change meaning.
	Tolerant = Strict | 1<<RuleUnknownProperty | 1<<RuleLength | 1<<RuleNull | 1<<RuleTimeForm | 1<<RuleIntegerForm |
		1<<RuleEmptyList

	// Spec is strict in every rule, those of the text included. Bit 31 keeps it apart from the zero Policy.
	Spec Policy = 1 << 31
)

// Or returns p, or def when p is zero.
func (p Policy) Or(def Policy) Policy {
	if p == 0 {
		return def
	}
	return p
}

// Tolerating returns p with the given rules tolerant. RuleSyntax cannot be.
func (p Policy) Tolerating(rules ...Rule) Policy {
	for _, r := range rules {
		if r != RuleSyntax && r < ruleCount {
			p |= 1 << r
		}
	}
	return p
}

// Refusing returns p with the given rules strict.
func (p Policy) Refusing(rules ...Rule) Policy {
	for _, r := range rules {
		p &^= 1 << r
	}
	return p | Spec
}

// Tolerates reports whether rule r is tolerant.
func (p Policy) Tolerates(r Rule) bool { return p&(1<<r) != 0 }

// String lists the tolerant rules.
func (p Policy) String() string {
	var names []string
	for r := range ruleCount {
		if p.Tolerates(r) {
			names = append(names, r.String())
		}
	}
	if names == nil {
		return "strict"
	}
	return "tolerant in " + strings.Join(names, ", ")
}
