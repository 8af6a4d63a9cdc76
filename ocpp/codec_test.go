package ocpp_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
	"github.com/chargeyard/chargeyard/ocpp"
)

func TestRulesAreThoseOfTheRuntime(t *testing.T) {
	for ours, theirs := range map[ocpp.Rule]jsonwire.Rule{
		ocpp.RuleSyntax: jsonwire.RuleSyntax, ocpp.RuleDuplicateKey: jsonwire.RuleDuplicateKey,
		ocpp.RuleUnknownProperty: jsonwire.RuleUnknownProperty, ocpp.RuleTimeForm: jsonwire.RuleTimeForm,
		ocpp.RuleMissing: jsonwire.RuleMissing, ocpp.RuleNull: jsonwire.RuleNull, ocpp.RuleType: jsonwire.RuleType,
		ocpp.RuleIntegerForm: jsonwire.RuleIntegerForm, ocpp.RuleLength: jsonwire.RuleLength,
		ocpp.RuleEnum: jsonwire.RuleEnum, ocpp.RuleRange: jsonwire.RuleRange,
		ocpp.RuleEmptyList: jsonwire.RuleEmptyList, ocpp.RuleItems: jsonwire.RuleItems, ocpp.RuleSpec: jsonwire.RuleSpec,
	} {
		if uint8(ours) != uint8(theirs) {
			t.Errorf("%s is %d here and %d there", ours, ours, theirs)
		}
	}
}

// Each row breaks one rule: it is refused without, and accepted and reported with tolerance for that rule.
var violations = []struct {
	rule          ocpp.Rule
	text, pointer string
}{
	{ocpp.RuleDuplicateKey, `{"id":"a","id":"b","count":1}`, "/id"},
	{ocpp.RuleUnknownProperty, `{"id":"b","count":1,"extra":[{}]}`, "/extra"},
	{ocpp.RuleUnknownProperty, `{"id":"b","nested":{"count":2,"id":"n","e/x~":1},"count":1}`, "/nested/e~1x~0"},
	{ocpp.RuleTimeForm, `{"id":"b","count":1,"at":"2026-11-22 10:15:30"}`, "/at"},
	{ocpp.RuleTimeForm, `{"id":"b","count":1,"at":""}`, "/at"},
	{ocpp.RuleMissing, `{"id":"b"}`, "/count"},
	{ocpp.RuleMissing, `{"id":"b","count":1,"nested":{"count":2 } }`, "/nested/id"},
	{ocpp.RuleNull, `{"id":"b","count":1,"label":null}`, "/label"},
	{ocpp.RuleNull, `{"id":"b","count":1,"nested":null}`, "/nested"},
	{ocpp.RuleNull, `{"id":"b","count":1,"list":["Red", null]}`, "/list/1"},
	{ocpp.RuleType, `{"id":"b","count":1,"label":{"a":[1]}}`, "/label"},
	{ocpp.RuleType, `{"id":"b","count":1,"nested":[]}`, "/nested"},
	{ocpp.RuleType, `{"id":"b","count":1,"at":1}`, "/at"},
	{ocpp.RuleType, `{"id":"b","count":1,"limit":"1"}`, "/limit"},
	{ocpp.RuleType, `{"id":"b","count":1,"list":"Red"}`, "/list"},
	{ocpp.RuleType, `{"id":"b","count":1,"kind":0}`, "/kind"},
	{ocpp.RuleType, `{"id":"b","count":1,"custom~/":0}`, "/custom~0~1"},
	{ocpp.RuleIntegerForm, `{"id":"b","count":1.0}`, "/count"},
	{ocpp.RuleLength, `{"id":"abcdef","count":1}`, "/id"},
	{ocpp.RuleLength, `{"id":"b","count":1,"custom~/":{"vendorId":"` + strings.Repeat("v", 256) + `"}}`, "/custom~0~1/vendorId"},
	{ocpp.RuleEnum, `{"id":"b","count":1,"kind":"Green"}`, "/kind"},
	{ocpp.RuleEnum, `{"id":"b","count":1,"list":["Red","Green"]}`, "/list/1"},
	{ocpp.RuleRange, `{"id":"b","count":10}`, "/count"},
	{ocpp.RuleRange, `{"id":"b","count":1,"limit":0.15}`, "/limit"},
	{ocpp.RuleEmptyList, `{"id":"b","count":1,"list":[]}`, "/list"},
	{ocpp.RuleItems, `{"id":"b","count":1,"list":["Red","Red","Blue"]}`, "/list"},
	{ocpp.RuleSpec, `{"id":"b","count":7}`, "/count"},
}

func TestEachRuleIsStrictOrTolerant(t *testing.T) {
	for _, c := range violations {
		var v sample
		err := ocpp.Unmarshal([]byte(c.text), &v, ocpp.DecodeOptions{Policy: ocpp.Spec})
		var bad *ocpp.ValidationError
		if !errors.As(err, &bad) || bad.Rule != c.rule || bad.Pointer != c.pointer || bad.Code() != c.rule.Code() {
			t.Errorf("%s: strict: %v (%v), want %s at %s", c.text, err, bad, c.rule, c.pointer)
		}
		var told []ocpp.Violation
		v = sample{}
		err = ocpp.Unmarshal([]byte(c.text), &v, ocpp.DecodeOptions{
			Policy: ocpp.Spec.Tolerating(c.rule), OnViolation: func(x ocpp.Violation) { told = append(told, x) },
		})
		if err != nil || len(told) != 1 || told[0].Rule != c.rule || told[0].Pointer != c.pointer {
			t.Errorf("%s: tolerant: %v, told %v", c.text, err, told)
		}
	}
}

func TestWhatToleranceKeeps(t *testing.T) {
	text := `{"id":"first","id":"much too long","count":-5.0,"kind":"Green","label":null,"flag":"no","limit":0.123,
		"list":[],"nested":{"id":"n"},"data": [1, 2],"at":"2026-11-22 10:15+01","x":1}`
	var v sample
	if err := ocpp.UnmarshalJSON([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	if v.ID != "much too long" || v.Count != -5 || v.Kind != "Green" || !v.Label.IsZero() || !v.Flag.IsZero() ||
		v.Limit.Or(ocpp.Decimal{}) != ocpp.Dec(123, -3) || v.List == nil || v.Nested == nil || v.Nested.ID != "n" ||
		string(v.Data) != "[1, 2]" || v.At.String() != "2026-11-22T09:15:00Z" {
		t.Errorf("%+v", v)
	}
}

func TestDefaultPolicies(t *testing.T) {
	tolerant := map[ocpp.Rule]bool{
		ocpp.RuleUnknownProperty: true, ocpp.RuleLength: true, ocpp.RuleNull: true, ocpp.RuleTimeForm: true,
		ocpp.RuleIntegerForm: true, ocpp.RuleEmptyList: true, ocpp.RuleSpec: true,
	}
	for _, c := range violations {
		err := ocpp.Unmarshal([]byte(c.text), new(sample), ocpp.DecodeOptions{Policy: ocpp.Tolerant})
		if (err == nil) != tolerant[c.rule] {
			t.Errorf("%s under Tolerant: %v", c.rule, err)
		}
		err = ocpp.Unmarshal([]byte(c.text), new(sample), ocpp.DecodeOptions{})
		if (err == nil) != (c.rule == ocpp.RuleSpec) {
			t.Errorf("%s by default: %v", c.rule, err)
		}
	}
}

func TestNullForARequiredPropertyIsNeverEnough(t *testing.T) {
	err := ocpp.Unmarshal([]byte(`{"id":null,"count":1}`), new(sample), ocpp.DecodeOptions{Policy: ocpp.Tolerant})
	if err == nil {
		t.Error("accepted")
	}
}

// The grammar, UTF-8 and nesting are never tolerated.
func TestR17SyntaxIsNeverTolerated(t *testing.T) {
	for _, text := range []string{
		``, `{`, `{"id":"a","count":1`, `{"id":"a","count":1,}`, `{"id":"a" "count":1}`, `{"id":"a","count":01}`,
		`{"id":"\x","count":1}`, "{\"id\":\"\xff\",\"count\":1}", `{"id":"a","count":1}}`, `{"id":"a","count":1} 2`,
		`{"id":"a","count":1,"x":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `}`,
		`{"id":"a","count":1,"data":` + strings.Repeat("[", 100_000), `{"id":tru,"count":1}`, `{id:"a"}`, `true`,
	} {
		if err := ocpp.UnmarshalJSON([]byte(text), new(sample)); err == nil {
			t.Errorf("accepted %.40s", text)
		}
	}
}

func TestNullIsNothingToEncodingJSON(t *testing.T) {
	v := sample{}
	if err := ocpp.UnmarshalJSON([]byte("null"), &v); err != nil {
		t.Error(err)
	}
	if err := ocpp.Unmarshal([]byte("null"), &v, ocpp.DecodeOptions{Policy: ocpp.Tolerant}); err == nil {
		t.Error("null is no payload")
	}
}

func TestR17TheOffendingTextIsNotEchoed(t *testing.T) {
	const secret = "Sec\x7fret\u202e"
	for _, text := range []string{
		`{"id":"a","count":1,"` + secret + `":1}`, `{"id":"` + secret + `","count":1}`, `{"id":"a","count":"` + secret + `"}`,
		`{"id":"a","count":1,"kind":"` + secret + `"}`, `{"id":"a","count":1,"at":"` + secret + `"}`,
		`{"id":"a","` + strings.Repeat("Secret", 10) + `":1}`,
	} {
		err := ocpp.Unmarshal([]byte(text), new(sample), ocpp.DecodeOptions{})
		if err == nil || strings.Contains(err.Error(), "Sec") || len(err.Error()) > 100 {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestR17CodesOfViolations(t *testing.T) {
	for rule, want := range map[ocpp.Rule][2]string{
		ocpp.RuleSyntax:    {"FormationViolation", "FormatViolation"},
		ocpp.RuleMissing:   {"OccurenceConstraintViolation", "OccurrenceConstraintViolation"},
		ocpp.RuleItems:     {"OccurenceConstraintViolation", "OccurrenceConstraintViolation"},
		ocpp.RuleType:      {"TypeConstraintViolation", "TypeConstraintViolation"},
		ocpp.RuleLength:    {"PropertyConstraintViolation", "PropertyConstraintViolation"},
		ocpp.RuleEnum:      {"PropertyConstraintViolation", "PropertyConstraintViolation"},
		ocpp.RuleRange:     {"PropertyConstraintViolation", "PropertyConstraintViolation"},
		ocpp.RuleTimeForm:  {"FormationViolation", "FormatViolation"},
		ocpp.RuleEmptyList: {"OccurenceConstraintViolation", "OccurrenceConstraintViolation"},
	} {
		if got := [2]string{rule.Code().For(ocpp.V16), rule.Code().For(ocpp.V21)}; got != want {
			t.Errorf("%s: %v, want %v", rule, got, want)
		}
	}
}

func TestDecodeFromLeavesTheCursorBehindThePayload(t *testing.T) {
	var d jsonwire.Decoder
	d.Reset([]byte(`[2,"id","Sample", {"id":"a","count":12} ]`), ocpp.DecodeOptions{}.Wire())
	d.ArrayOpen()
	for range 3 {
		d.Skip()
		d.Comma()
	}
	start := d.Offset()
	err := ocpp.DecodeFrom(&d, new(sample))
	var bad *ocpp.ValidationError
	if !errors.As(err, &bad) || bad.Pointer != "/count" {
		t.Fatalf("the pointer must count from the payload: %v", err)
	}
	d.Rewind(start)
	if err := ocpp.DecodeFrom(&d, new(map[string]any)); err != nil || !d.ArrayClose() || !d.End() {
		t.Errorf("%v at %d", err, d.Offset())
	}
}

type vendor struct {
	Name string `json:"name"`
}

func TestVendorTypesGoThroughEncodingJSON(t *testing.T) {
	var v vendor
	if err := ocpp.Unmarshal([]byte(` {"name":"x"} `), &v, ocpp.DecodeOptions{}); err != nil || v.Name != "x" {
		t.Fatalf("%+v, %v", v, err)
	}
	for text, rule := range map[string]ocpp.Rule{
		`{"name":1}`: ocpp.RuleType, `{"name":`: ocpp.RuleSyntax, "{\"name\":\"\xff\"}": ocpp.RuleSyntax, `{} {}`: ocpp.RuleSyntax,
	} {
		var bad *ocpp.ValidationError
		if err := ocpp.Unmarshal([]byte(text), &v, ocpp.DecodeOptions{}); !errors.As(err, &bad) || bad.Rule != rule {
			t.Errorf("%s: %v", text, err)
		}
	}
	b, err := ocpp.Append([]byte("x"), vendor{Name: "y"}, 0)
	if err != nil || string(b) != `x{"name":"y"}` {
		t.Errorf("%s, %v", b, err)
	}
	if b, err = ocpp.Append([]byte("x"), make(chan int), 0); err == nil || string(b) != "x" {
		t.Errorf("%s, %v", b, err)
	}
}

const mostTolerant = ^ocpp.Policy(1 << ocpp.RuleSyntax)

func TestAppendValidatesByPolicy(t *testing.T) {
	for _, c := range []struct {
		name   string
		v      sample
		policy ocpp.Policy
		ok     bool
	}{
		{"good", sample{ID: "a", Count: 1}, 0, true},
		{"long", sample{ID: "abcdef", Count: 1}, 0, false},
		{"long, tolerated", sample{ID: "abcdef", Count: 1}, ocpp.Strict.Tolerating(ocpp.RuleLength), true},
		{"long, tolerated, and out of range", sample{ID: "abcdef", Count: 11}, ocpp.Strict.Tolerating(ocpp.RuleLength), false},
		{"not UTF-8", sample{ID: "\xff"}, mostTolerant, false},
		{"seven", sample{ID: "a", Count: 7}, 0, true},
		{"seven, by the text", sample{ID: "a", Count: 7}, ocpp.Spec, false},
		{"deep", sample{ID: "a", Nested: &sample{ID: "b", List: []color{red, "Green"}}}, 0, false},
	} {
		b, err := ocpp.Append([]byte("prefix"), &c.v, c.policy)
		if (err == nil) != c.ok || !strings.HasPrefix(string(b), "prefix") || !c.ok && string(b) != "prefix" {
			t.Errorf("%s: %s, %v", c.name, b, err)
		}
	}
	_, err := ocpp.Append(nil, &sample{ID: "a", Nested: &sample{ID: "b", List: []color{red, "Green"}}}, 0)
	var bad *ocpp.ValidationError
	if !errors.As(err, &bad) || bad.Pointer != "/nested/list/1" || !ocpp.SafeToRetry(err) {
		t.Errorf("%v", err)
	}
}

func TestDecodedIsAppendedAlike(t *testing.T) {
	text := `{"id":"aé\"","count":3,"at":"2026-11-22T10:15:30.120Z","kind":"Red","limit":22.20,` +
		`"nested":{"id":"","count":0},"list":["Blue","Red"],"custom~/":{"vendorId":"v", "x" : [1.50] }}`
	var v sample
	if err := ocpp.Unmarshal([]byte(text), &v, ocpp.DecodeOptions{Policy: ocpp.Spec}); err != nil {
		t.Fatal(err)
	}
	b, err := ocpp.Append(nil, &v, ocpp.Spec)
	if err != nil || string(b) != text {
		t.Errorf("%s\nwant %s\n%v", b, text, err)
	}
	var again sample
	if err := ocpp.Unmarshal(b, &again, ocpp.DecodeOptions{Owned: true}); err != nil || !reflect.DeepEqual(v, again) {
		t.Errorf("%+v\nwant %+v\n%v", again, v, err)
	}
}

func TestAppendAllocatesNothing(t *testing.T) {
	v := &sample{ID: "a", Count: 1, Limit: ocpp.Some(ocpp.Dec(222, -1)), Nested: &sample{}, List: []color{red}}
	buf := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := ocpp.Append(buf, v, 0); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestOptInJSON(t *testing.T) {
	type x struct {
		A ocpp.Opt[int]    `json:"a,omitzero"`
		B ocpp.Opt[string] `json:"b,omitzero"`
	}
	b, err := json.Marshal(x{A: ocpp.Some(0)})
	if err != nil || string(b) != `{"a":0}` {
		t.Errorf("%s, %v", b, err)
	}
	v := x{A: ocpp.Some(5)}
	if err := json.Unmarshal([]byte(`{"a":null,"b":""}`), &v); err != nil || v != (x{B: ocpp.Some("")}) {
		t.Errorf("%+v, %v", v, err)
	}
	if err := json.Unmarshal([]byte(`{"a":"x"}`), &v); err == nil || !v.A.IsZero() {
		t.Errorf("%+v, %v", v, err)
	}
	if v.B.Or("d") != "" || v.A.Or(9) != 9 {
		t.Errorf("%+v", v)
	}
	if v.B.String() != "" || v.A.String() != "absent" || ocpp.Some(4).String() != "4" {
		t.Errorf("%v %v", v.A, v.B)
	}
}
