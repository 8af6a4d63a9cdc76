package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDifferences(t *testing.T) {
	for _, c := range []struct {
		pattern, got string
		part         bool
		want         string // in the first difference; "" is none
	}{
		{`{"a":1}`, `{"a":1}`, false, ""},
		{`{"a":1}`, `{"a":2}`, false, "/a: got 2, want 1"},
		{`{"a":1}`, `{"a":1.0}`, false, "/a: got 1.0"},
		{`{"a":1}`, `{"a":1,"b":2}`, false, "/b: got 2, want nothing"},
		{`{"a":1}`, `{"a":1,"b":2}`, true, ""},
		{`{"a":1, ...}`, `{"a":1,"b":2}`, false, ""},
		{`{...}`, `{"b":2}`, false, ""},
		{`{"a":{...}}`, `{"a":3}`, false, "/a: got 3"},
		{`{"a":1}`, `{}`, true, "/a: is missing"},
		{`{"a":"$absent"}`, `{"b":1}`, true, ""},
		{`{"a":"$absent"}`, `{"a":1}`, true, "/a: got 1, want nothing"},
		{`{"a":"$any"}`, `{"a":[1]}`, false, ""},
		{`{"a":"$any"}`, `{}`, false, "/a: is missing"},
		{`["$x","$x"]`, `["1","1"]`, false, ""},
		{`["$x","$x"]`, `["1","2"]`, false, `/1: got "2", want "1" ($x)`},
		{`["$x"]`, `[1]`, false, "want a string"},
		{`["$intX"]`, `[1]`, false, ""},
		{`["$intX"]`, `[1.5]`, false, "want an integer"},
		{`["$now"]`, `["2026-05-01T10:00:00Z"]`, false, ""},
		{`["$now","$now"]`, `["2026-05-01T10:00:00Z","2026-05-01T10:00:01Z"]`, false, ""},
		{`["$timeX"]`, `["yesterday"]`, false, "want a date-time"},
		{`["~^a+$"]`, `["aaa"]`, false, ""},
		{`["~^a+$"]`, `["ab"]`, false, "want ~^a+$"},
		{`[1,2]`, `[1,2,3]`, true, "got 3 elements, want 2"},
		{`[..., {"a":2}, ...]`, `[{"a":1},{"a":2,"b":1},{"a":3}]`, true, ""},
		{`[..., {"a":4}, ...]`, `[{"a":1}]`, true, "no element is"},
		{`[..., {"a":2}, {"a":1}, ...]`, `[{"a":1},{"a":2}]`, true, "no element is"},
		{`{"a":"${known}-2"}`, `{"a":"K-2"}`, false, ""},
		{`{"a":`, `{}`, false, "not JSON"},
		{`{}`, `{"a":`, false, "is not JSON"},
	} {
		v := Values{}
		v.Set("known", "K")
		got := v.Differences(c.pattern, c.got, c.part)
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) == 0 || !strings.Contains(got[0], c.want)) {
			t.Errorf("%s, %s: %q, want %q", c.pattern, c.got, got, c.want)
		}
	}
}

func TestValuesThatAreSent(t *testing.T) {
	v := Values{}
	v.Set("n", "7")
	v.Set("s", "CAFE")
	v.Set("o", `{"a":1}`)
	if got := v.Message(`{"n":"$n","s":"$s","o":"$o","t":"x-${s}-${n}","seq":["$seq","$seq"]}`); got !=
		`{"n":7,"s":"CAFE","o":{"a":1},"t":"x-CAFE-7","seq":[0,1]}` {
		t.Error(got)
	}
	if a, b := v.Message(`"$fresh"`), v.Message(`"$fresh"`); a != b || a == v.Message(`"$other"`) {
		t.Error(a, b)
	}
	if got := v.Path("/tokens/${s}:$n"); got != "/tokens/CAFE:7" {
		t.Error(got)
	}
}

func TestScriptsThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"version 3":                          "unknown version",
		"case A":                             "there is no version",
		"version 1.6\nuse B":                 "there is no case",
		"version 1.6\ncase A\nshout":         `unknown verb "shout"`,
		" more":                              "no line to continue",
		"version 1.6\ncase A\nserver tls":    "before the first case",
		"version 1.6\ncase A\ndo":            "do what",
		"version 1.6\ncase A\ndo nothing":    "nothing.txt",
		"version 1.6\ncase A\neach x\nclose": "each has no end",
		"version 1.6\ncase A\neach x\nend":   "x.txt",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "f.txt"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadFiles(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
