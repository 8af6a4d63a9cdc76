package jsonwire

import (
	"math"
	"strings"
	"testing"
)

// read decodes text by f and returns the rule and detail of a refusal.
func read(text string, policy uint32, f func(*Decoder) bool) (ok bool, d *Decoder) {
	d = new(Decoder)
	d.Reset([]byte(text), Options{Policy: policy})
	ok = f(d) && d.End()
	return ok, d
}

const tolerateAll = ^uint32(0)

func TestStr(t *testing.T) {
	for _, c := range []struct {
		text, want string
		rule       Rule
		ok         bool
	}{
		{text: `"abc"`, want: "abc", ok: true},
		{text: " \t\r\n\"\" ", want: "", ok: true},
		{text: `"a\"\\\/\b\f\n\r\tz"`, want: "a\"\\/\b\f\n\r\tz", ok: true},
		{text: `"\u0041\u00e9\u20AC"`, want: "Aé€", ok: true},
		{text: `"\ud83d\ude00!"`, want: "😀!", ok: true},
		{text: `"\ud83d"`, want: "\uFFFD", ok: true},
		{text: `"\ude00\ud83d"`, want: "\uFFFD\uFFFD", ok: true},
		{text: `"\ud83dx"`, want: "\uFFFDx", ok: true},
		{text: `"\ud83d\u0041"`, want: "\uFFFDA", ok: true},
		{text: `"ééééé12345"`, want: "ééééé12345", ok: true}, // ten characters, fifteen bytes
		{text: `"ééééé123456"`, rule: RuleLength},
		{text: `"12345678901"`, rule: RuleLength},
		{text: `"😀😀😀😀😀😀😀😀😀😀"`, want: "😀😀😀😀😀😀😀😀😀😀", ok: true},
		{text: `"\q"`, rule: RuleSyntax},
		{text: `"\u12"`, rule: RuleSyntax},
		{text: `"\u12G4"`, rule: RuleSyntax},
		{text: `"\`, rule: RuleSyntax},
		{text: `"\"`, rule: RuleSyntax},
		{text: `"abc`, rule: RuleSyntax},
		{text: `"`, rule: RuleSyntax},
		{text: ``, rule: RuleSyntax},
		{text: "\"a\x00b\"", rule: RuleSyntax},
		{text: "\"a\x1f\"", rule: RuleSyntax},
		{text: "\"a\x7f\"", want: "a\x7f", ok: true},
		{text: "\"\xff\"", rule: RuleSyntax},
		{text: "\"12345678\xc3\"", rule: RuleSyntax},
		{text: "\"\xed\xa0\x80\"", rule: RuleSyntax}, // a surrogate in UTF-8
		{text: `12`, rule: RuleType},
		{text: `null`, rule: RuleNull},
		{text: `nul`, rule: RuleType},
		{text: `xyz`, rule: RuleSyntax},
		{text: `'a'`, rule: RuleSyntax},
		{text: `"a" "b"`, rule: RuleSyntax},
		{text: "\ufeff\"a\"", rule: RuleSyntax},
	} {
		var got string
		ok, d := read(c.text, 0, func(d *Decoder) bool { return d.Str(&got, 10) })
		if ok != c.ok || ok && got != c.want || !ok && d.bad.rule != c.rule {
			t.Errorf("%q: %v %q, rule %d; want %v %q, rule %d", c.text, ok, got, d.bad.rule, c.ok, c.want, c.rule)
		}
	}
}

func TestSpecialBytesAtEveryPosition(t *testing.T) {
	for n := range 40 {
		for _, special := range []string{"", `\n`, "é", "\x01", "\xff", `"`} {
			text := `"` + strings.Repeat("a", n) + special + `b"`
			var got string
			ok, _ := read(text, 0, func(d *Decoder) bool { return d.Str(&got, 0) })
			want := special == "" || special == `\n` || special == "é"
			if ok != want {
				t.Fatalf("%q: %v, want %v", text, ok, want)
			}
			if ok && got != strings.ReplaceAll(text[1:len(text)-1], `\n`, "\n") {
				t.Fatalf("%q became %q", text, got)
			}
		}
	}
}

func TestInt(t *testing.T) {
	const form = 1 << RuleIntegerForm
	for _, c := range []struct {
		text   string
		policy uint32
		want   int64
		rule   Rule
		ok     bool
	}{
		{text: "0", ok: true},
		{text: "-0", ok: true},
		{text: "7", want: 7, ok: true},
		{text: "-12", want: -12, ok: true},
		{text: "999999999999999999", want: 999999999999999999, ok: true},
		{text: "9223372036854775807", want: math.MaxInt64, ok: true},
		{text: "-9223372036854775808", want: math.MinInt64, ok: true},
		{text: "9223372036854775808", rule: RuleRange},
		{text: "-9223372036854775809", policy: tolerateAll, rule: RuleRange},
		{text: "100000000000000000000000", rule: RuleRange},
		{text: "1.0", rule: RuleIntegerForm},
		{text: "1.0", policy: form, want: 1, ok: true},
		{text: "1e3", policy: form, want: 1000, ok: true},
		{text: "1E+3", policy: form, want: 1000, ok: true},
		{text: "-1200e-2", policy: form, want: -12, ok: true},
		{text: "0.0", policy: form, ok: true},
		{text: "0e5", policy: form, ok: true},
		{text: "9223372036854775807.0", policy: form, want: math.MaxInt64, ok: true},
		{text: "9223372036854775808.0", policy: form, rule: RuleRange},
		{text: "1e18", policy: form, want: 1e18, ok: true},
		{text: "1e19", policy: form, rule: RuleRange},
		{text: "1e999999999999999", policy: form, rule: RuleRange},
		{text: "1.5", rule: RuleType},
		{text: "1e-1", rule: RuleType},
		{text: "1.00000000000000000000000001", rule: RuleType},
		{text: "1e-999999999999", rule: RuleType},
		{text: "01", rule: RuleSyntax},
		{text: "-", rule: RuleSyntax},
		{text: "+1", rule: RuleSyntax},
		{text: "1.", rule: RuleSyntax},
		{text: ".5", rule: RuleSyntax},
		{text: "1e", rule: RuleSyntax},
		{text: "1e+", rule: RuleSyntax},
		{text: "0x1", rule: RuleSyntax},
		{text: `"1"`, rule: RuleType},
		{text: "null", rule: RuleNull},
		{text: "NaN", rule: RuleSyntax},
	} {
		var got int64
		ok, d := read(c.text, c.policy, func(d *Decoder) bool { return d.Int64(&got, MinInt, MaxInt) })
		if ok != c.ok || got != c.want || !ok && d.bad.rule != c.rule {
			t.Errorf("%q: %v %d, rule %d; want %v %d, rule %d", c.text, ok, got, d.bad.rule, c.ok, c.want, c.rule)
		}
	}
}

func TestIntLimits(t *testing.T) {
	for _, c := range []struct {
		text   string
		policy uint32
		ok     bool
	}{
		{"0", 0, true}, {"3", 0, true}, {"-1", 0, false}, {"4", 0, false},
		{"4", 1 << RuleRange, true}, {"3.0", 1 << RuleIntegerForm, true}, {"4.0", 1 << RuleIntegerForm, false},
	} {
		var got int
		ok, d := read(c.text, c.policy, func(d *Decoder) bool { return d.Int(&got, 0, 3) })
		if ok != c.ok || !ok && d.bad.rule != RuleRange {
			t.Errorf("%s under %b: %v, rule %d", c.text, c.policy, ok, d.bad.rule)
		}
	}
}

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		text string
		coef int64
		exp  int8
		rule Rule
		ok   bool
	}{
		{text: "0", ok: true},
		{text: "-0", ok: true},
		{text: "0.00", exp: -2, ok: true},
		{text: "22.20", coef: 2220, exp: -2, ok: true},
		{text: "-22.2", coef: -222, exp: -1, ok: true},
		{text: "1e3", coef: 1000, ok: true},
		{text: "1.5E-3", coef: 15, exp: -4, ok: true},
		{text: "1e20", coef: 1e18, exp: 2, ok: true},
		{text: "0e999", ok: true},
		{text: "0e-999", exp: -128, ok: true},
		{text: "0.1234567890123456789", coef: 1234567890123456789, exp: -19, ok: true},
		{text: "9.223372036854775807", coef: math.MaxInt64, exp: -18, ok: true},
		{text: "9.223372036854775808", coef: 922337203685477581, exp: -17, ok: true},
		{text: "0.33333333333333333333333", coef: 3333333333333333333, exp: -19, ok: true},
		{text: "0.66666666666666666666666", coef: 6666666666666666667, exp: -19, ok: true},
		{text: "-0.66666666666666666666666", coef: -6666666666666666667, exp: -19, ok: true},
		{text: "123456789012345678901", coef: 1234567890123456789, exp: 2, ok: true},
		{text: "1e-128", coef: 1, exp: -128, ok: true},
		{text: "15e-129", coef: 2, exp: -128, ok: true},
		{text: "1e-500", exp: -128, ok: true},
		{text: "1e145", coef: 1e18, exp: 127, ok: true},
		{text: "1e146", rule: RuleRange},
		{text: "1e99999999999999999999", rule: RuleRange},
		{text: "1.", rule: RuleSyntax},
		{text: "00", rule: RuleSyntax},
		{text: "--1", rule: RuleSyntax},
		{text: "Infinity", rule: RuleSyntax},
		{text: "true", rule: RuleType},
		{text: "[]", rule: RuleType},
		{text: "null", rule: RuleNull},
	} {
		var coef int64
		var exp int8
		ok, d := read(c.text, 0, func(d *Decoder) (ok bool) {
			coef, exp, ok = d.Number(MinInt, MaxInt, false)
			return ok
		})
		if ok != c.ok || coef != c.coef || exp != c.exp || !ok && d.bad.rule != c.rule {
			t.Errorf("%s: %v %de%d, rule %d; want %v %de%d, rule %d",
				c.text, ok, coef, exp, d.bad.rule, c.ok, c.coef, c.exp, c.rule)
		}
	}
}

func TestNumberLimits(t *testing.T) {
	for _, c := range []struct {
		text   string
		lo, hi int64
		tenths bool
		ok     bool
	}{
		{"100", 0, 100, false, true},
		{"100.0", 0, 100, false, true},
		{"1e2", 0, 100, false, true},
		{"100.00000000000000000000001", 0, 100, false, false},
		{"99.999999999999999999999999", 0, 100, false, true},
		{"-0.0000000000000000000000001", 0, 100, false, false},
		{"-0.0", 0, 100, false, true},
		{"0.1", MinInt, 0, false, false},
		{"-1e100", MinInt, 0, false, true},
		{"1e100", MinInt, 0, false, false},
		{"1e19", 0, MaxInt, false, true},
		{"0.1", MinInt, MaxInt, true, true},
		{"0.10", MinInt, MaxInt, true, true},
		{"0.15", MinInt, MaxInt, true, false},
		{"0.1000000000000000000000000001", MinInt, MaxInt, true, false},
		{"15e-1", MinInt, MaxInt, true, true},
		{"1e-500", MinInt, MaxInt, true, false},
		{"0e-500", MinInt, MaxInt, true, true},
	} {
		ok, d := read(c.text, 0, func(d *Decoder) bool {
			_, _, ok := d.Number(c.lo, c.hi, c.tenths)
			return ok
		})
		if ok != c.ok || !ok && d.bad.rule != RuleRange {
			t.Errorf("%s in %d..%d, tenths %v: %v, rule %d", c.text, c.lo, c.hi, c.tenths, ok, d.bad.rule)
		}
	}
}

func TestBool(t *testing.T) {
	for _, c := range []struct {
		text     string
		want, ok bool
		rule     Rule
	}{
		{text: "true", want: true, ok: true},
		{text: " false ", ok: true},
		{text: "tru", rule: RuleSyntax},
		{text: "truee", rule: RuleSyntax},
		{text: "fals", rule: RuleSyntax},
		{text: "TRUE", rule: RuleSyntax},
		{text: `"true"`, rule: RuleType},
		{text: "1", rule: RuleType},
		{text: "null", rule: RuleNull},
	} {
		var got bool
		ok, d := read(c.text, 0, func(d *Decoder) bool { return d.Bool(&got) })
		if ok != c.ok || ok && got != c.want || !ok && d.bad.rule != c.rule {
			t.Errorf("%q: %v %v, rule %d", c.text, ok, got, d.bad.rule)
		}
	}
}

func TestList(t *testing.T) {
	for _, c := range []struct {
		text   string
		policy uint32
		n      int
		rule   Rule
		ok     bool
	}{
		{text: `["a"]`, n: 1, ok: true},
		{text: ` [ "a" , "b" , "c" ] `, n: 3, ok: true},
		{text: `["a","b","c","d"]`, rule: RuleItems},
		{text: `["a","b","c","d"]`, policy: 1 << RuleItems, n: 4, ok: true},
		{text: `[]`, rule: RuleEmptyList},
		{text: `[]`, policy: 1 << RuleEmptyList, ok: true},
		{text: `["a",]`, rule: RuleSyntax},
		{text: `[,"a"]`, rule: RuleSyntax},
		{text: `["a" "b"]`, rule: RuleSyntax},
		{text: `["a"`, rule: RuleSyntax},
		{text: `["a"}`, rule: RuleSyntax},
		{text: `[`, rule: RuleSyntax},
		{text: `{}`, rule: RuleType},
		{text: `null`, rule: RuleNull},
		{text: `["a",1]`, rule: RuleType},
		{text: `["a",1,[[]],"b"]`, policy: 1 << RuleType, n: 2, ok: true},
		{text: `["a",null]`, policy: 1 << RuleNull, n: 1, ok: true},
		{text: `["toolong"]`, rule: RuleLength},
	} {
		var got []string
		ok, d := read(c.text, c.policy, func(d *Decoder) bool { return d.Strings(&got, 1, 3, 5) })
		if ok != c.ok || len(got) != c.n || ok && got == nil || !ok && d.bad.rule != c.rule {
			t.Errorf("%s: %v %q, rule %d; want rule %d", c.text, ok, got, d.bad.rule, c.rule)
		}
	}
}

func TestListOfFewerThanMinItems(t *testing.T) {
	var got []int
	ok, d := read("[1]", 1<<RuleEmptyList, func(d *Decoder) bool { return d.Ints(&got, 2, 0, 0, 9) })
	if ok || d.bad.rule != RuleItems {
		t.Errorf("one item of two: %v, rule %d", ok, d.bad.rule)
	}
}

func TestStringsAreCopiedUnlessOwned(t *testing.T) {
	for _, owned := range []bool{true, false} {
		data := []byte(`["short","` + strings.Repeat("x", ownChunk) + `","more"]`)
		var d Decoder
		var got []string
		d.Reset(data, Options{Owned: owned})
		if !d.Strings(&got, 0, 0, 0) {
			t.Fatal(d.Violation())
		}
		for i := range data {
			data[i] = '#'
		}
		for i, want := range []string{"short", strings.Repeat("x", ownChunk), "more"} {
			if changed := got[i] != want; changed != owned {
				t.Errorf("owned %v: %q", owned, got[i])
			}
		}
	}
}

func TestCopiedStringsShareFewAllocations(t *testing.T) {
	data := []byte(`["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","cccccccccccccccccccc"]`)
	var d Decoder
	got := make([]string, 3)
	if n := testing.AllocsPerRun(10, func() {
		d.Reset(data, Options{})
		d.ArrayOpen()
		for i := range got {
			d.Str(&got[i], 0)
			d.Comma()
		}
	}); n != 1 {
		t.Errorf("%v allocations", n)
	}
}

func TestRawIsClipped(t *testing.T) {
	data := []byte(`[{"a": [1]} ,2]`)
	var d Decoder
	d.Reset(data, Options{Owned: true})
	var raw []byte
	if !d.ArrayOpen() || !d.Raw((*rawMessage)(&raw)) || string(raw) != `{"a": [1]}` {
		t.Fatalf("%s", raw)
	}
	if cap(raw) != len(raw) {
		t.Error("appending to raw would overwrite the message")
	}
}

func TestRawIsCopiedUnlessOwned(t *testing.T) {
	for _, owned := range []bool{true, false} {
		data := []byte(`{"a":1}`)
		var d Decoder
		d.Reset(data, Options{Owned: owned})
		var raw rawMessage
		if !d.Raw(&raw) {
			t.Fatal(d.Violation())
		}
		if data[2] = 'b'; (raw[2] == 'b') != owned {
			t.Errorf("owned %v: %s", owned, raw)
		}
	}
}
