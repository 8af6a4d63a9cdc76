package jsonwire

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestAppendString(t *testing.T) {
	all := make([]rune, 0, 0x300)
	for r := range rune(0x300) {
		all = append(all, r)
	}
	for _, s := range []string{"", "plain", `a"b\c`, "\b\f\n\r\t\x00\x1f\x7f", "é€😀\u2028<&>", string(all)} {
		b := AppendString(nil, s)
		var back string
		if err := json.Unmarshal(b, &back); err != nil || back != s {
			t.Errorf("%q became %s, read back as %q: %v", s, b, back, err)
		}
		var d Decoder
		d.Reset(b, Options{})
		if !d.Str(&back, 0) || back != s {
			t.Errorf("%q became %s, decoded as %q", s, b, back)
		}
	}
	if got := string(AppendString(nil, "a\xffb")); got != "\"a\uFFFDb\"" {
		t.Errorf("bad UTF-8 became %q", got)
	}
}

func TestAppendNumber(t *testing.T) {
	for _, c := range []struct {
		coef int64
		exp  int8
		want string
	}{
		{0, 0, "0"}, {0, -2, "0.00"}, {0, 5, "0"}, {2220, -2, "22.20"}, {-2220, -2, "-22.20"}, {5, -1, "0.5"},
		{-5, -3, "-0.005"}, {12, 3, "12000"}, {math.MinInt64, 0, "-9223372036854775808"},
		{math.MinInt64, -18, "-9.223372036854775808"}, {math.MinInt64, -19, "-0.9223372036854775808"},
		{math.MaxInt64, -20, "0.09223372036854775807"},
	} {
		if got := string(AppendNumber(nil, c.coef, c.exp)); got != c.want {
			t.Errorf("%de%d: %s, want %s", c.coef, c.exp, got, c.want)
		}
	}
}

func TestAppendTheRest(t *testing.T) {
	b := AppendName([]byte("{"), `"a":`)
	b = AppendInts(b, []int{1, -2})
	b = AppendName(b, `"b":`)
	b = AppendStrings(b, []string{"x", "y"})
	b = AppendName(b, `"c":`)
	b = AppendBool(b, true)
	b = AppendName(b, `"d":`)
	b = AppendRaw(b, nil)
	b = AppendName(b, `"e":`)
	b = AppendRaw(b, json.RawMessage(`{"k": 1}`))
	b = AppendName(b, `"f":`)
	b = AppendList(b, []int{3, 4}, func(n *int, b []byte) []byte { return AppendInt(b, int64(*n)) })
	b = AppendName(b, `"g":`)
	b = AppendStrings(b, nil)
	want := `{"a":[1,-2],"b":["x","y"],"c":true,"d":null,"e":{"k": 1},"f":[3,4],"g":[]`
	if string(b) != want {
		t.Errorf("%s\nwant %s", b, want)
	}
}

// Every byte at every place of strings of all lengths around those that are looked at in words.
func TestAppendLongString(t *testing.T) {
	for n := longString - 2; n < longString+20; n++ {
		for at := range n {
			for _, c := range []string{"\x00", "\x1f", " ", "\"", "\\", "~", "\x7f", "\u0080", "\u00ff", "\U0001f50c"} {
				s := strings.Repeat("x", at) + c + strings.Repeat("y", n-at-1)
				var got string
				if err := json.Unmarshal(AppendString(nil, s), &got); err != nil || got != s {
					t.Fatalf("%q became %q: %v", s, AppendString(nil, s), err)
				}
			}
		}
	}
}
