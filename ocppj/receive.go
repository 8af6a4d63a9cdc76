package ocppj

import (
	"strings"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
	"github.com/chargeyard/chargeyard/ocpp"
)

// Receive is given each text message that arrives, in order, by one goroutine, and takes the frame over: it must not
// be changed any more. It never waits for a handler, so that answers to calls of this end pass a slow handler by;
// only when Options.MaxInbound or MaxInboundBytes is reached does it block, until there is room or the session ends.
//
// It returns the cause of the end of the session, and nil otherwise: whatever is wrong with a frame is
// answered and reported here.
func (s *Session) Receive(frame []byte) error {
	if err := s.Cause(); err != nil {
		return err
	}
	s.tap(frame, true)
	h := parseHeader(frame)
	switch {
	case h.typ == typeUnreadable:
		return s.accept(h)
	case !h.typ.In(s.version):
		s.unknownType(h)
	case h.typ == TypeCall, h.typ == TypeSend:
		return s.accept(h)
	case h.id == "":
		s.noteRefused("", "", notAMessage(h.problem)) // never answered (rule R14)
	case h.typ == TypeCallResultError:
		s.resultRefused(h)
	default:
		s.settle(h)
	}
	return nil
}

// unknownType ignores a frame of a type that the version does not have (rule R11). Only the code list of OCPP 2.0.1
// has an answer for it, which types 5 and 6 do not get: 5 is an answer itself, 6 is never answered.
func (s *Session) unknownType(h header) {
	s.noteUnknownType(h.typ)
	if s.version == ocpp.V201 && h.id != "" && h.typ != TypeCallResultError && h.typ != TypeSend {
		s.answerError("", h.id, TypeCallError, ocpp.Errorf(ocpp.MessageTypeNotSupported, "unknown message type number"))
	}
}

// resultRefused is told that the peer could not process a result of ours (rule R20).
func (s *Session) resultRefused(h header) {
	s.mu.Lock()
	action, _ := s.in.results.take(h.id)
	s.mu.Unlock()
	s.noteResultRefused(action, h.id, readError(h))
}

// accept puts a CALL or SEND, or a frame that may have been meant as one, in the queue of the worker.
func (s *Session) accept(h header) error {
	if s.version != ocpp.V16 && strings.HasSuffix(h.action, signedSuffix) {
		h.action, h.signed = strings.TrimSuffix(h.action, signedSuffix), true
	}
	if h.problem == "" && jsonwire.TooLong(h.id, maxID) {
		h.problem = "has a message id of more than 36 characters"
	}
	m := &message{header: h}
	for {
		room, err := s.enqueue(m)
		if room == nil {
			return err
		}
		select {
		case <-room:
		case <-s.ctx.Done():
			return s.Cause()
		}
	}
}
