package jsonwire

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape resolves the escapes of RFC 8259, 7. Half of a surrogate pair becomes U+FFFD, as with encoding/json.
func unescape(raw string) (string, bool) {
	b := make([]byte, 0, len(raw))
	for {
		i := strings.IndexByte(raw, '\\')
		if i < 0 {
			return string(append(b, raw...)), true
		}
		b = append(b, raw[:i]...)
		raw = raw[i+1:]
		if raw == "" {
			return "", false
		}
		if raw[0] == 'u' {
			r, n := hexRune(raw[1:])
			if n == 0 {
				return "", false
			}
			b = utf8.AppendRune(b, r)
			raw = raw[1+n:]
			continue
		}
		c := short(raw[0])
		if c == 0 {
			return "", false
		}
		b = append(b, c)
		raw = raw[1:]
	}
}

// short returns what the two-character escape with c stands for, 0 when there is none.
func short(c byte) byte {
	switch c {
	case '"', '\\', '/':
		return c
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return 0
}

// hexRune reads four hex digits, and the second half of a surrogate pair behind them. It returns how many bytes it
// took, 0 for bad digits.
func hexRune(s string) (rune, int) {
	r, ok := hex4(s)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 4
	}
	if len(s) >= 10 && s[4] == '\\' && s[5] == 'u' {
		if low, ok := hex4(s[6:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, 10
			}
		}
	}
	return utf8.RuneError, 4
}

func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	var r rune
	for i := range 4 {
		c := s[i]
		switch {
		case isDigit(c):
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
