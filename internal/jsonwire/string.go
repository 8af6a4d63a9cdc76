package jsonwire

import (
	"encoding/binary"
	"math/bits"
	"strconv"
	"unicode/utf8"
	"unsafe"
)

// Text reads a string and returns a view that may point into the message: it is to be looked at, not kept.
func (d *Decoder) Text() (string, bool) {
	if d.space() != '"' {
		return "", d.wrongType("is not a string")
	}
	return d.quoted()
}

// Str reads a string of at most maxLen characters; 0 is no limit.
func (d *Decoder) Str(v *string, maxLen int) bool {
	s, ok := d.Text()
	if !ok {
		return false
	}
	if maxLen != 0 && TooLong(s, maxLen) && !d.tooLong(maxLen) {
		return false
	}
	*v = d.keep(s)
	return true
}

// TooLong reports whether s has more than n characters.
func TooLong(s string, n int) bool { return len(s) > n && utf8.RuneCountInString(s) > n }

func (d *Decoder) tooLong(maxLen int) bool {
	return d.behind(RuleLength, "is longer than "+strconv.Itoa(maxLen)+" characters")
}

// UnknownEnum handles a value s outside its enumeration, just read by Text: a tolerant policy keeps it.
func (d *Decoder) UnknownEnum(v *string, s string) bool {
	if !d.behind(RuleEnum, "is not a value of the enumeration") {
		return false
	}
	*v = d.keep(s)
	return true
}

// Lengths of the pieces in which strings are copied: a kept string keeps at most chunkSize bytes of its message
// alive.
const (
	chunkSize = 512
	ownChunk  = 128 // a string of this length is copied alone
)

// keep returns s such that it may be kept.
func (d *Decoder) keep(s string) string {
	if d.opts.Owned || s == "" {
		return s
	}
	return d.copy(s)
}

// copy copies s, small strings together.
func (d *Decoder) copy(s string) string {
	if len(s) >= ownChunk {
		return string([]byte(s))
	}
	if cap(d.chunk)-len(d.chunk) < len(s) {
		rest := len(d.s) - d.p + len(s)
		d.chunk = make([]byte, 0, min(rest, chunkSize))
	}
	n := len(d.chunk)
	d.chunk = append(d.chunk, s...)
	return unsafe.String(&d.chunk[n], len(s))
}

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// special returns a mask whose lowest set bit belongs to the first byte of w that ends a run of plain characters:
// a quote, a backslash, a control character, or anything beyond ASCII. Higher bits may be set wrongly.
func special(w uint64) uint64 {
	quote, backslash := w^(lowBits*'"'), w^(lowBits*'\\')
	return (w | (w - lowBits*0x20) | (quote - lowBits) | (backslash - lowBits)) & highBits
}

// plain tells for each byte whether it is ASCII that stands for itself in a JSON string.
func plain(c byte) bool { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' }

// quoted reads the string whose opening quote is at the cursor.
func (d *Decoder) quoted() (string, bool) {
	s := d.s
	p := d.p + 1
	start := p
	for p+8 <= len(s) {
		w := binary.LittleEndian.Uint64(unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(unsafe.StringData(s)), p)), 8))
		if m := special(w); m != 0 {
			p += bits.TrailingZeros64(m) >> 3
			break
		}
		p += 8
	}
	for p < len(s) && plain(s[p]) {
		p++
	}
	if p < len(s) && s[p] == '"' {
		d.p = p + 1
		return s[start:p], true
	}
	return d.quotedSlow(start, p)
}

// quotedSlow goes on at p, the first character that is not plain.
func (d *Decoder) quotedSlow(start, p int) (string, bool) {
	s := d.s
	escaped := false
	for p < len(s) {
		switch c := s[p]; {
		case c == '"':
			return d.finish(s[start:p], p+1, escaped)
		case c == '\\':
			escaped = true
			p += 2
		case c < 0x20:
			return "", d.syntax("a string has a control character")
		default:
			p++
		}
	}
	return "", d.syntax("a string does not end")
}

// finish checks and unescapes raw, which lies before end.
func (d *Decoder) finish(raw string, end int, escaped bool) (string, bool) {
	if !utf8.ValidString(raw) {
		return "", d.syntax("a string is not UTF-8")
	}
	if escaped {
		var ok bool
		if raw, ok = unescape(raw); !ok {
			return "", d.syntax("a string has a bad escape")
		}
	}
	d.p = end
	return raw, true
}
