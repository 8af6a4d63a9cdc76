package jsonwire

// Rule mirrors ocpp.Rule, value for value; a test of package ocpp compares them.
type Rule uint8

// The rules; ocpp.Rule describes them.
const (
	RuleSyntax Rule = iota
	RuleDuplicateKey
	RuleUnknownProperty
	RuleTimeForm
	RuleMissing
	RuleNull
	RuleType
	RuleIntegerForm
	RuleLength
	RuleEnum
	RuleRange
	RuleEmptyList
	RuleItems
	RuleSpec
)

// MaxDepth is the deepest nesting accepted in a value that the schema does not describe: an unknown property,
// custom data, data of any type.
const MaxDepth = 64
