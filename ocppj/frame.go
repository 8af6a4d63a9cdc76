package ocppj

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"
	"unsafe"

	"github.com/chargeyard/chargeyard/ocpp"
)

// MessageType is the message type number of a frame (OCPP-J 2.1 Part 4, 4.1.3).
type MessageType int

// The message types. CALLRESULTERROR and SEND exist in OCPP 2.1 only.
const (
	TypeCall            MessageType = 2
	TypeCallResult      MessageType = 3
	TypeCallError       MessageType = 4
	TypeCallResultError MessageType = 5
	TypeSend            MessageType = 6
)

// String returns "CALL" and the like.
func (t MessageType) String() string {
	switch t {
	case TypeCall:
		return "CALL"
	case TypeCallResult:
		return "CALLRESULT"
	case TypeCallError:
		return "CALLERROR"
	case TypeCallResultError:
		return "CALLRESULTERROR"
	case TypeSend:
		return "SEND"
	}
	return "type " + strconv.Itoa(int(t))
}

// In reports whether version v has the message type (rule R10).
func (t MessageType) In(v ocpp.Version) bool {
	if v == ocpp.V21 {
		return t >= TypeCall && t <= TypeSend
	}
	return t >= TypeCall && t <= TypeCallError
}

// maxReadableID is the longest id under which a message is answered, in characters: the peer wants to know which
// of its messages was refused even when its ids are longer than allowed.
const maxReadableID = 255

// header is the front of a frame. id and action point into the frame.
type header struct {
	frame   []byte
	typ     MessageType
	id      string // "" when it cannot be read
	action  string // of a CALL or SEND
	body    int    // offset of what follows: the payload, or the error code
	problem string // why the frame is no message; "" when it may be one
}

// parseHeader reads the front of a frame, up to the payload, in one pass. It never fails: what cannot be read is
// left out, and problem says so.
func parseHeader(frame []byte) header {
	h := header{frame: frame}
	c := scanner{b: frame}
	if !c.next('[') {
		h.problem = "not a JSON array"
		return h
	}
	var typed bool
	h.typ, typed = c.messageType()
	if !typed {
		h.problem = "no message type number"
	}
	if !c.next(',') {
		return h.wrong("no message id")
	}
	id, ok := c.str()
	if !ok || id == "" || utf8.RuneCountInString(id) > maxReadableID {
		return h.wrong("no readable message id")
	}
	h.id = id
	if h.typ == TypeCall || h.typ == TypeSend {
		if h.action, ok = c.element(); !ok {
			return h.wrong("no action")
		}
	}
	if !c.next(',') {
		return h.wrong("too few elements")
	}
	h.body = c.p
	return h
}

func (h header) wrong(problem string) header {
	if h.problem == "" {
		h.problem = problem
	}
	return h
}

// scanner reads the few tokens of a header.
type scanner struct {
	b []byte
	p int
}

func (c *scanner) space() {
	for c.p < len(c.b) && (c.b[c.p] == ' ' || c.b[c.p] == '\t' || c.b[c.p] == '\n' || c.b[c.p] == '\r') {
		c.p++
	}
}

func (c *scanner) next(want byte) bool {
	c.space()
	if c.p >= len(c.b) || c.b[c.p] != want {
		return false
	}
	c.p++
	return true
}

// element reads a comma and a string.
func (c *scanner) element() (string, bool) {
	if !c.next(',') {
		return "", false
	}
	return c.str()
}

// messageType reads a number, or passes over another scalar.
func (c *scanner) messageType() (MessageType, bool) {
	c.space()
	start := c.p
	for c.p < len(c.b) && c.b[c.p] != ',' && c.b[c.p] != ']' && c.b[c.p] > ' ' {
		c.p++
	}
	word := c.b[start:c.p]
	n, err := strconv.Atoi(string(word))
	return MessageType(n), err == nil && json.Valid(word)
}

// str reads a string; one without escapes is a part of the frame.
func (c *scanner) str() (string, bool) {
	if !c.next('"') {
		return "", false
	}
	start, plain := c.p, true
	for ; c.p < len(c.b) && c.b[c.p] != '"'; c.p++ {
		switch {
		case c.b[c.p] == '\\':
			plain = false
			c.p++
		case c.b[c.p] < ' ' || c.b[c.p] >= utf8.RuneSelf:
			plain = false
		}
	}
	if c.p >= len(c.b) {
		return "", false
	}
	raw := c.b[start:c.p]
	c.p++
	if plain {
		return unsafe.String(unsafe.SliceData(raw), len(raw)), true
	}
	var s string
	if !utf8.Valid(raw) || json.Unmarshal(c.b[start-1:c.p], &s) != nil {
		return "", false
	}
	return s, true
}
