package storm

import (
	"encoding/json"
	"slices"
	"strconv"
)

// Message types of OCPP-J.
const (
	typeCall       = 2
	typeCallResult = 3
	typeCallError  = 4
)

// message is an OCPP-J message, as far as a light station reads it.
type message struct {
	kind    int
	id      string
	action  string          // of a CALL
	payload json.RawMessage // of a CALL and a CALLRESULT
}

// parseMessage reads a message. It scans instead of decoding: the load must cost less than what it loads.
func parseMessage(b []byte) (message, bool) {
	s := scanner{b: b}
	if !s.take('[') {
		return message{}, false
	}
	m := message{kind: s.digit()}
	if m.kind == 0 || !s.take(',') {
		return m, false
	}
	id, ok := s.text()
	m.id = id
	if !ok || m.kind == typeCallError {
		return m, ok
	}
	if m.kind == typeCall {
		if !s.take(',') {
			return m, false
		}
		if m.action, ok = s.text(); !ok {
			return m, false
		}
	}
	if !s.take(',') {
		return m, false
	}
	m.payload, ok = s.rest()
	return m, ok
}

// scanner walks over the elements of a message.
type scanner struct {
	b []byte
	i int
}

func (s *scanner) space() {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\n' || s.b[s.i] == '\t' || s.b[s.i] == '\r') {
		s.i++
	}
}

func (s *scanner) take(c byte) bool {
	s.space()
	if s.i >= len(s.b) || s.b[s.i] != c {
		return false
	}
	s.i++
	return true
}

func (s *scanner) digit() int {
	s.space()
	if s.i >= len(s.b) || s.b[s.i] < '1' || s.b[s.i] > '9' {
		return 0
	}
	s.i++
	return int(s.b[s.i-1] - '0')
}

// text reads a string.
func (s *scanner) text() (string, bool) {
	if !s.take('"') {
		return "", false
	}
	start := s.i
	for ; s.i < len(s.b); s.i++ {
		switch s.b[s.i] {
		case '\\':
			s.i++
		case '"':
			s.i++
			return unquote(s.b[start-1 : s.i])
		}
	}
	return "", false
}

func unquote(b []byte) (string, bool) {
	if slices.Contains(b, '\\') {
		var t string
		err := json.Unmarshal(b, &t)
		return t, err == nil
	}
	return string(b[1 : len(b)-1]), true
}

// rest is what lies before the closing bracket.
func (s *scanner) rest() (json.RawMessage, bool) {
	s.space()
	end := len(s.b)
	for end > s.i && s.b[end-1] != ']' {
		end--
	}
	if end <= s.i+1 {
		return nil, false
	}
	return s.b[s.i : end-1], true
}

// appendCall appends a CALL. Ids and actions of this package need no escapes.
func appendCall(b []byte, id, action, payload string) []byte {
	b = append(append(append(b, `[2,"`...), id...), `","`...)
	b = append(append(append(b, action...), `",`...), payload...)
	return append(b, ']')
}

// appendResult appends the answer to a CALL of the server.
func appendResult(b []byte, id, payload string) []byte {
	b = appendID(append(b, `[3,`...), id)
	return append(append(append(b, ','), payload...), ']')
}

// appendNotImplemented appends the CALLERROR to an action that the version does not have.
func appendNotImplemented(b []byte, id string) []byte {
	b = appendID(append(b, `[4,`...), id)
	return append(b, `,"NotImplemented","",{}]`...)
}

func appendID(b []byte, id string) []byte {
	if quoted, err := json.Marshal(id); err == nil {
		return append(b, quoted...)
	}
	return strconv.AppendQuote(b, id)
}
