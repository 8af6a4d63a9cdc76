package ocppj

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
	"github.com/chargeyard/chargeyard/ocpp"
)

// maxDescription is the longest ErrorDescription, in characters (rule R18).
const maxDescription = 255

// answerResult sends a CALLRESULT; a response that breaks its schema is a failure of the handler.
func (s *Session) answerResult(m *message, resp any) {
	buf := s.o.Buffers.get()
	defer s.o.Buffers.put(buf)
	b := appendHead((*buf)[:0], TypeCallResult, m.id)
	b, err := s.appendBody(s.ctx, b, s.signedMessage(TypeCallResult, m.action, m.id), m.signed, resp)
	if err != nil {
		s.noteHandlerFailed(m.action, m.id, fmt.Errorf("its response cannot be sent: %w", err))
		s.answerFailure(m)
		return
	}
	b = append(b, ']')
	*buf = b
	m.answered.Store(true)
	s.remember(m, *buf)
	if s.version == ocpp.V21 {
		s.mu.Lock()
		s.in.results.add(strings.Clone(m.id), m.action)
		s.mu.Unlock()
	}
	s.sendAnswer(m.action, m.id, *buf)
}

// answerError sends a CALLERROR or CALLRESULTERROR.
func (s *Session) answerError(action, id string, t MessageType, e *ocpp.Error) {
	buf := s.o.Buffers.get()
	defer s.o.Buffers.put(buf)
	b := appendHead((*buf)[:0], t, id)
	b = jsonwire.AppendString(b, e.Code.For(s.version))
	b = append(b, ',')
	b = jsonwire.AppendString(b, shortened(e.Description))
	b = append(b, ',')
	b = append(appendDetails(b, e.Details), ']')
	*buf = b
	s.sendAnswer(action, id, b)
}

func (s *Session) sendAnswer(action, id string, frame []byte) {
	if err := s.send(frame); err != nil {
		s.noteAnswerLost(action, id, err)
	}
}

// appendHead appends the type and the id of a frame, and a comma.
func appendHead(b []byte, t MessageType, id string) []byte {
	b = append(b, '[', byte('0'+t), ',')
	return append(jsonwire.AppendString(b, id), ',')
}

// appendDetails appends ErrorDetails, always an object (rule R18).
func appendDetails(b []byte, details json.RawMessage) []byte {
	var object map[string]json.RawMessage
	if len(details) == 0 || json.Unmarshal(details, &object) != nil || object == nil {
		return append(b, "{}"...)
	}
	return append(b, details...)
}

func shortened(s string) string {
	if len(s) <= maxDescription || utf8.RuneCountInString(s) <= maxDescription {
		return s
	}
	return string([]rune(s)[:maxDescription])
}

// readError reads a CALLERROR or CALLRESULTERROR. Missing elements, which many stations leave out, are empty; a
// missing code is GenericError (rule R18).
func readError(h header) *ocpp.Error {
	e := &ocpp.Error{Code: ocpp.GenericError, FromPeer: true}
	var d jsonwire.Decoder
	d.Reset(h.frame, jsonwire.Options{Owned: true})
	d.Rewind(h.body)
	if h.body == 0 || d.Kind() != '"' {
		return e
	}
	if code, ok := d.Text(); ok && code != "" {
		e.Code, _ = ocpp.ParseCode(code) // an unknown code is kept
	}
	e.Description = readText(&d)
	if d.Comma() && d.Kind() == '{' {
		var details json.RawMessage
		if d.Raw(&details) {
			e.Details = details
		}
	}
	return e
}
