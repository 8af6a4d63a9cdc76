package ocppj

import (
	"errors"
	"strconv"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
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

// typeUnreadable is the type of a frame whose first element is no integer.
const typeUnreadable MessageType = -1 << 31

// maxType stands for a type number that is too large for us; no version has it.
const maxType MessageType = 1<<31 - 1

// maxReadableID is the longest id under which a message is answered, in characters: the peer wants to know which
// of its messages was refused even when its ids are longer than allowed.
const maxReadableID = 255

// header is the front of a frame. id and action point into the frame.
type header struct {
	frame   []byte
	typ     MessageType
	id      string // "" when it cannot be read
	action  string // of a CALL or SEND, without -Signed
	signed  bool   // the action had the suffix -Signed
	body    int    // offset of what follows: the payload, or the error code; 0 when there is nothing
	problem string // why the frame is no message; "" when it may be one
}

// parseHeader reads the front of a frame, up to the payload, which is read later from there on. It never fails: what
// cannot be read is left out, and problem says so.
func parseHeader(frame []byte) header {
	h := header{frame: frame, typ: typeUnreadable}
	var d jsonwire.Decoder
	d.Reset(frame, jsonwire.Options{Owned: true})
	if !d.ArrayOpen() {
		h.problem = "is not a JSON array"
		return h
	}
	if h.typ = readType(&d); h.typ == typeUnreadable {
		h.problem = "has no message type number"
	}
	if h.id = readID(&d); h.id == "" {
		return h.wrong("has no readable message id")
	}
	if h.typ == TypeCall || h.typ == TypeSend {
		if h.action = readText(&d); h.action == "" {
			return h.wrong("names no action")
		}
	}
	if !d.Comma() {
		return h.wrong("has too few elements")
	}
	h.body = d.Offset()
	return h
}

func (h header) wrong(problem string) header {
	if h.problem == "" {
		h.problem = problem
	}
	return h
}

// readType reads the first element of a frame.
func readType(d *jsonwire.Decoder) MessageType {
	kind := d.Kind()
	start := d.Offset()
	if !d.Skip() || kind != '0' && kind != '-' {
		return typeUnreadable
	}
	n, err := strconv.ParseInt(string(d.Since(start)), 10, 32)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return maxType
	case err != nil:
		return typeUnreadable
	}
	return MessageType(n)
}

// readID reads the second element of a frame; "" cannot be read.
func readID(d *jsonwire.Decoder) string {
	id := readText(d)
	if jsonwire.TooLong(id, maxReadableID) {
		return ""
	}
	return id
}

// readText reads the next element if it is a string.
func readText(d *jsonwire.Decoder) string {
	if !d.Comma() || d.Kind() != '"' {
		return ""
	}
	s, _ := d.Text() // false comes with ""
	return s
}
