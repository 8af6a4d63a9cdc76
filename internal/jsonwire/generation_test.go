package jsonwire

import (
	"strings"
	"testing"
)

func TestIdentifiersHaveTheCharactersOfTheText(t *testing.T) {
	const allowed = "*-_=:+|@.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for c := range rune(0x100) {
		if got, want := IsIdentifier("a"+string(c)), strings.ContainsRune(allowed, c); got != want {
			t.Errorf("%q: %v", c, got)
		}
	}
	if !IsIdentifier("") || !IsIdentifier(allowed) {
		t.Error("a whole identifier is refused")
	}
}
