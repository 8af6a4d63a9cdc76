package ocppj

import (
	"context"
	"errors"
	"reflect"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
	"github.com/chargeyard/chargeyard/ocpp"
)

// errNoMessage says that a handler returned nothing, or a caller gave nothing.
var errNoMessage = errors.New("there is no message")

func missing(v any) bool {
	r := reflect.ValueOf(v)
	return v == nil || r.Kind() == reflect.Pointer && r.IsNil()
}

// appendBody validates a message of this end and appends its JSON, signed if asked to.
func (s *Session) appendBody(ctx context.Context, b []byte, m SignedMessage, sign bool, v any) ([]byte, error) {
	if missing(v) {
		return b, errNoMessage
	}
	if !sign || s.o.Signing.Signer == nil {
		return ocpp.Append(b, v, s.o.SendPolicy)
	}
	buf := s.o.Buffers.get()
	defer s.o.Buffers.put(buf)
	payload, err := ocpp.Append((*buf)[:0], v, s.o.SendPolicy)
	if err != nil {
		return b, err
	}
	*buf = payload
	jws, err := s.o.Signing.Signer.Sign(ctx, m, payload)
	return append(b, jws...), err
}

// decode decodes the payload of h into v, or the one that its signature brought. A payload of null is {} (rule R15).
func (s *Session) decode(h *header, unwrapped []byte, action string, v any) error {
	r := s.o.Buffers.reader()
	defer s.o.Buffers.putReader(r)
	r.session, r.action, r.id = s, action, h.id
	if unwrapped != nil {
		r.d.Reset(unwrapped, r.options())
		if err := r.payload(v); err != nil {
			return err
		}
		return r.end()
	}
	r.d.Reset(h.frame, r.options())
	r.d.Rewind(h.body)
	if err := r.payload(v); err != nil {
		return err
	}
	return r.endFrame()
}

// reader decodes one payload at a time.
type reader struct {
	d          jsonwire.Decoder
	session    *Session
	action, id string
	report     func(rule jsonwire.Rule, pointer, detail string) // r.tolerated, made once
}

func newReader() *reader {
	r := new(reader)
	r.report = r.tolerated
	return r
}

func (r *reader) options() jsonwire.Options {
	w := jsonwire.Options{Policy: uint32(r.session.policy), Owned: true, Location: r.session.location}
	if r.session.listens() {
		w.OnViolation = r.report
	}
	return w
}

func (r *reader) tolerated(rule jsonwire.Rule, pointer, detail string) {
	r.session.noteTolerated(r.action, r.id, ocpp.Violation{Rule: ocpp.Rule(rule), Pointer: pointer, Detail: detail})
}

// payload decodes the value at the cursor.
func (r *reader) payload(v any) error {
	if r.d.Kind() != 'n' {
		return ocpp.DecodeFrom(&r.d, v)
	}
	r.d.Payload()
	if !r.d.Null() {
		return ocpp.DecodeError(&r.d)
	}
	return ocpp.Unmarshal([]byte("{}"), v, ocpp.DecodeOptions{Policy: r.session.policy})
}

func (r *reader) end() error {
	if !r.d.End() {
		return ocpp.DecodeError(&r.d)
	}
	return nil
}

// endFrame checks that the frame ends behind the payload (rule R10).
func (r *reader) endFrame() error {
	if r.d.Comma() {
		return ocpp.Errorf(ocpp.RpcFrameworkError, "the message has too many elements")
	}
	if !r.d.ArrayClose() {
		return ocpp.DecodeError(&r.d)
	}
	return r.end()
}
