package fleet

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestClip(t *testing.T) {
	for _, test := range []struct {
		in    string
		limit int
		want  string
	}{
		{"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "abc"}, {"aü", 2, "a"}, {"aü", 3, "aü"}, {"a⚡", 3, "a"}, {"😀", 3, ""},
		{"a\xffb", 9, "ab"}, {"\xff\xff\xff\xff", 3, ""},
	} {
		if got := Clip(test.in, test.limit); got != test.want {
			t.Errorf("%q in %d bytes: %q, want %q", test.in, test.limit, got, test.want)
		}
	}
}

func TestClippedTextIsShortAndValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text") + string(rapid.SliceOfN(rapid.Byte(), 0, 4).Draw(t, "bytes"))
		limit := rapid.IntRange(0, 20).Draw(t, "limit")
		got := Clip(s, limit)
		if len(got) > limit || !utf8.ValidString(got) || utf8.ValidString(s) && !strings.HasPrefix(s, got) {
			t.Fatalf("%q in %d bytes: %q", s, limit, got)
		}
		if utf8.ValidString(s) && len(s) > limit && len(got) < limit-utf8.UTFMax+1 {
			t.Fatalf("%q in %d bytes: %q is too short", s, limit, got)
		}
	})
}
