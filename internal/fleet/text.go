package fleet

import (
	"strings"
	"unicode/utf8"
)

// Clip returns the beginning of s as valid UTF-8 of at most limit bytes. It is for text that strangers chose.
func Clip(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit]
		for i := 1; i < utf8.UTFMax && i <= len(s); i++ { // a character that was cut in two
			if tail := s[len(s)-i:]; utf8.RuneStart(tail[0]) {
				if !utf8.FullRuneInString(tail) {
					s = s[:len(s)-i]
				}
				break
			}
		}
	}
	return strings.ToValidUTF8(s, "")
}
