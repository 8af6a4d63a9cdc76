package jsonwire

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShownKey is the longest property name that a pointer repeats; identifiers of OCPP have at most 50 characters.
const maxShownKey = 50

// walker finds JSON pointers for ascending offsets. It reads text that a Decoder has already accepted up to the
// offset, so it looks at structure only.
type walker struct {
	s     string
	p     int
	stack []level
}

// level is one open object or list.
type level struct {
	list  bool
	index int    // list: of the current element
	key   string // object: of the current member, still escaped
	value bool   // the current element or member has not been read yet
}

// pointer returns the pointer of f.
func (w *walker) pointer(f finding) string {
	w.advance(f.offset)
	var b strings.Builder
	for i, l := range w.stack {
		last := i == len(w.stack)-1
		if last && (f.place >= placeAround || f.place == placeAt && !l.value) {
			break
		}
		if !l.write(&b) {
			return b.String()
		}
	}
	if f.place == placeMember {
		writeSegment(&b, f.name)
	}
	return b.String()
}

// advance reads tokens until one begins at or behind offset.
func (w *walker) advance(offset int) {
	for {
		for w.p < len(w.s) && w.s[w.p] <= ' ' {
			w.p++
		}
		if w.p >= len(w.s) || w.p >= offset {
			return
		}
		w.token()
	}
}

func (w *walker) token() {
	var top *level
	if n := len(w.stack); n > 0 {
		top = &w.stack[n-1]
	}
	switch c := w.s[w.p]; c {
	case '{', '[':
		w.begin(top)
		w.stack = append(w.stack, level{list: c == '[', value: c == '['})
		w.p++
	case '}', ']':
		if top != nil {
			w.stack = w.stack[:len(w.stack)-1]
		}
		w.p++
	case ',':
		if top != nil && top.list {
			top.index++
			top.value = true
		}
		w.p++
	case ':':
		if top != nil {
			top.value = true
		}
		w.p++
	default:
		w.scalar(top)
	}
}

// begin notes that the current element or member of the level has begun.
func (w *walker) begin(top *level) {
	if top != nil {
		top.value = false
	}
}

func (w *walker) scalar(top *level) {
	start := w.p
	if w.s[w.p] == '"' {
		w.quoted()
	} else {
		for w.p < len(w.s) && !strings.ContainsRune(" \t\r\n,:]}", rune(w.s[w.p])) {
			w.p++
		}
	}
	if top != nil && !top.list && !top.value && w.followedByColon() {
		top.key = w.s[start:w.p]
		return
	}
	w.begin(top)
}

func (w *walker) quoted() {
	for w.p++; w.p < len(w.s) && w.s[w.p] != '"'; w.p++ {
		if w.s[w.p] == '\\' {
			w.p++
		}
	}
	w.p = min(w.p+1, len(w.s))
}

func (w *walker) followedByColon() bool {
	return strings.HasPrefix(strings.TrimLeft(w.s[w.p:], " \t\r\n"), ":")
}

// write appends the segment of the level's current element. It returns false for a name that is not fit to be shown.
func (l level) write(b *strings.Builder) bool {
	if l.list {
		writeSegment(b, strconv.Itoa(l.index))
		return true
	}
	if len(l.key) < 2 {
		return false
	}
	key := l.key[1 : len(l.key)-1]
	if strings.IndexByte(key, '\\') >= 0 {
		var ok bool
		if key, ok = unescape(key); !ok {
			return false
		}
	}
	if !shown(key) {
		return false
	}
	writeSegment(b, key)
	return true
}

// shown reports whether a name of the peer's choice may be repeated to it: short and printable.
func shown(key string) bool {
	if utf8.RuneCountInString(key) > maxShownKey {
		return false
	}
	for _, r := range key {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return false
		}
	}
	return true
}

// writeSegment appends "/" and the segment, escaped as RFC 6901, 3 demands.
func writeSegment(b *strings.Builder, s string) {
	b.WriteByte('/')
	for i := range len(s) {
		switch s[i] {
		case '~':
			b.WriteString("~0")
		case '/':
			b.WriteString("~1")
		default:
			b.WriteByte(s[i])
		}
	}
}
