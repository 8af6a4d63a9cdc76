package station

import (
	"bytes"
	"strings"
	"testing"
)

func TestR60AuthorizationKeyIsDecoded(t *testing.T) {
	got, err := AuthorizationKey("00FF3a" + strings.Repeat("ab", 13))
	want := append([]byte{0, 0xff, ':'}, bytes.Repeat([]byte{0xab}, 13)...)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %x, %v; want %x", got, err, want)
	}
	for _, bad := range []string{"", strings.Repeat("a", 30), strings.Repeat("a", 33), strings.Repeat("a", 42), strings.Repeat("g", 32)} {
		if _, err := AuthorizationKey(bad); err == nil {
			t.Errorf("%q was taken", bad)
		} else if bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

func TestR60BasicAuthPasswordIsUTF8(t *testing.T) {
	got, err := BasicAuthPassword("Straße 4711, süß")
	if err != nil || string(got) != "Straße 4711, süß" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, bad := range []string{"", "fifteen letters", strings.Repeat("x", 65), "not UTF-8 \xff......"} {
		if _, err := BasicAuthPassword(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
