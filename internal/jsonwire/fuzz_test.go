package jsonwire

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzSkip: the scanner accepts what encoding/json calls well-formed, bad UTF-8 and deep nesting aside.
func FuzzSkip(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,-2.5e+3,"x\u00e9\ud83d\ude00",true,false,null,{}],"b":{"c":[[]]}}`, `[2,"id","Heartbeat",{}]`,
		`[3,"id",{"currentTime":"2026-11-22T10:15:30Z"}]`, ` [ ] `, `"a\`, `01`, `[1,]`, "\"\xff\"", `[[[[[[`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var d Decoder
		d.Reset(bytes.Clone(data), Options{})
		got := d.Skip() && d.End()
		want := json.Valid(data) && utf8.Valid(data) && depth(data) <= MaxDepth
		if got != want {
			rule, pointer, detail := d.Violation()
			t.Fatalf("%q: %v, want %v (rule %d at %q: %s)", data, got, want, rule, pointer, detail)
		}
		if !got {
			d.Violation() // must not panic
			return
		}
		var list []json.RawMessage
		d.Rewind(0)
		if d.Kind() == '[' && List(&d, &list, 0, 0, func(v *json.RawMessage, d *Decoder) bool { return d.Raw(v) }) {
			var oracle []json.RawMessage
			if err := json.Unmarshal(data, &oracle); err != nil || len(oracle) != len(list) {
				t.Fatalf("%q: %d elements, want %d: %v", data, len(list), len(oracle), err)
			}
		}
		var text, oracle string
		d.Rewind(0)
		if d.Kind() == '"' && d.Str(&text, 0) {
			if err := json.Unmarshal(data, &oracle); err != nil || text != oracle {
				t.Fatalf("%q: %q, want %q: %v", data, text, oracle, err)
			}
		}
	})
}

// depth returns how deep the brackets of well-formed JSON nest.
func depth(data []byte) int {
	deepest, now, quoted := 0, 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			now++
			deepest = max(deepest, now)
		case c == ']' || c == '}':
			now--
		}
	}
	return deepest
}

// FuzzTime: what is called exact, package time accepts as RFC 3339 and reads alike, and the other way round; what
// is sent is read back.
func FuzzTime(f *testing.F) {
	for _, s := range []string{
		"2026-11-22T10:15:30Z", "2026-11-22T10:15:30.123+03:00", "2026-11-22 10:15+03", "2016-12-31T23:59:60Z",
		"2026-02-29T00:00:00Z", "0000-02-29t23:59:59.999999999-00:00", "2026-11-22T10:15:30,5",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, form := ParseTime(s, nil)
		want, err := time.Parse(time.RFC3339, s)
		strict := err == nil && len(s) >= 20 && s[13] == ':' && s[10] == 'T' && !strings.Contains(s, ",") &&
			!strings.HasSuffix(s, ":60") && !strings.Contains(s[19:], "24:") // package time takes such offsets, RFC 3339 does not
		switch {
		case strict && form != TimeExact:
			t.Fatalf("%q: form %d", s, form)
		case strict && !got.Equal(want):
			t.Fatalf("%q: %v, want %v", s, got, want)
		case form == TimeExact && err != nil && s[17:19] != "60" && s[10] == 'T' && s[len(s)-1] != 'z':
			t.Fatalf("%q is not RFC 3339: %v", s, err)
		case form == TimeBad || got.Year() < 0 || got.Year() > 9999:
			return
		}
		sent := AppendTime(nil, got)
		back, form := ParseTime(string(sent[1:len(sent)-1]), nil)
		if form != TimeExact || !back.Equal(got.Truncate(time.Millisecond)) {
			t.Fatalf("%q: %v was sent as %s and came back as %v", s, got, sent, back)
		}
	})
}
