package jsonwire

import (
	"encoding/binary"
	"encoding/json"
	"strconv"
	"unicode/utf8"
	"unsafe"
)

// AppendName appends quoted, a name in quotes with its colon, and the comma before it unless the object was only
// just opened.
func AppendName(b []byte, quoted string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(b, quoted...)
}

// AppendInt appends an integer.
func AppendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

// AppendBool appends true or false.
func AppendBool(b []byte, v bool) []byte { return strconv.AppendBool(b, v) }

// AppendRaw appends a JSON value as it stands, null for none.
func AppendRaw(b []byte, v json.RawMessage) []byte {
	if len(v) == 0 {
		return append(b, "null"...)
	}
	return append(b, v...)
}

// AppendList appends a list; app appends an element.
func AppendList[T any](b []byte, list []T, app func(*T, []byte) []byte) []byte {
	b = append(b, '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = app(&list[i], b)
	}
	return append(b, ']')
}

// AppendStrings appends a list of strings.
func AppendStrings(b []byte, list []string) []byte { return AppendEnums(b, list) }

// AppendEnums appends a list of enum values.
func AppendEnums[T ~string](b []byte, list []T) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendString(b, string(s))
	}
	return append(b, ']')
}

// AppendInts appends a list of integers.
func AppendInts(b []byte, list []int) []byte {
	b = append(b, '[')
	for i, n := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendInt(b, int64(n))
	}
	return append(b, ']')
}

// AppendString appends a string in quotes. Bytes that are not UTF-8 become U+FFFD.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	i := 0
	if len(s) > longString {
		i = plainWords(s)
	}
	for i < len(s) && plain(s[i]) {
		i++
	}
	b = append(b, s[:i]...)
	if i < len(s) {
		b = appendEscaped(b, s[i:])
	}
	return append(b, '"')
}

// longString is the length from which on a call for words of eight bytes is worth it.
const longString = 64

// plainWords returns how many bytes s begins with that are plain, in words of eight.
func plainWords(s string) (n int) {
	for n+8 <= len(s) && special(binary.LittleEndian.Uint64(unsafe.Slice(unsafe.StringData(s[n:]), 8))) == 0 {
		n += 8
	}
	return n
}

const hexDigits = "0123456789abcdef"

func appendEscaped(b []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += n
			continue
		}
		i++
		switch {
		case plain(c):
			b = append(b, c)
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return b
}
