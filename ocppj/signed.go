package ocppj

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
	"github.com/chargeyard/chargeyard/ocpp"
)

// signedSuffix marks the action of a signed message (OCPP-J 2.1 Part 4, 7.1).
const signedSuffix = "-Signed"

// SignedMessage is what a signature is bound to, besides the payload (OCPP-J 2.x Part 4, 7.1).
type SignedMessage struct {
	Identity  string
	Type      MessageType // TypeCall, TypeCallResult or TypeSend
	MessageID string
	Action    string // without the suffix -Signed
	Inbound   bool   // the peer sent it
}

// Signer signs payloads. Package ocppj/jws has one. It must be safe for concurrent use.
type Signer interface {
	// Sign returns the flattened JSON serialization of a JWS over payload, which it must not keep.
	Sign(ctx context.Context, m SignedMessage, payload []byte) (jws []byte, err error)
}

// Verifier checks signatures. Package ocppj/jws has one. It must be safe for concurrent use.
type Verifier interface {
	// Verify checks a flattened JWS and returns its payload. It must not keep or change jws.
	Verify(ctx context.Context, m SignedMessage, jws []byte) (payload []byte, err error)
}

// SignaturePolicy says what is demanded of the peer's messages.
type SignaturePolicy uint8

// The signature policies.
const (
	// SignaturesUnwrapped takes signed messages without looking at the signature, and unsigned ones.
	SignaturesUnwrapped SignaturePolicy = iota
	// SignaturesVerified refuses signed messages that cannot be verified, and takes unsigned ones.
	SignaturesVerified
	// SignaturesRequired refuses unsigned CALLs, SENDs and CALLRESULTs, too.
	SignaturesRequired
)

// Signing configures signed messages, which exist in OCPP 2.x only (rule R22). The zero Signing unwraps the
// peer's signed messages and signs nothing.
type Signing struct {
	// Signer signs the answers to signed requests, and the requests that Requests names. Default: none are signed.
	Signer Signer

	// Requests says which actions this end signs when it sends them. A peer signs its answers to signed requests only.
	// Default: all with SignaturesRequired, none otherwise.
	Requests func(action string) bool

	// Verifier checks the peer's signatures. Without one no signature can be verified.
	Verifier Verifier

	// Policy says what is demanded of the peer. CALLERRORs are never signed.
	Policy SignaturePolicy
}

func (s *Session) signsRequest(action string) bool {
	sign := &s.o.Signing
	switch {
	case sign.Signer == nil || s.version == ocpp.V16:
		return false
	case sign.Requests == nil:
		return sign.Policy == SignaturesRequired
	}
	return sign.Requests(action)
}

func (s *Session) signedMessage(t MessageType, action, id string) SignedMessage {
	return SignedMessage{Identity: s.identity, Type: t, MessageID: id, Action: action}
}

// openPayload returns the payload that the signature of a CALL or SEND brings, nil for an unsigned one.
func (s *Session) openPayload(m *message) ([]byte, *ocpp.Error) {
	if !m.signed {
		if s.demandsSignature() {
			return nil, ocpp.Errorf(ocpp.SecurityError, "the message is not signed")
		}
		return nil, nil
	}
	jws, err := rawPayload(&m.header)
	if err != nil {
		return nil, asRefusal(err)
	}
	payload, err := s.open(s.ctx, s.signedMessage(m.typ, m.action, m.id), jws)
	if err != nil {
		return nil, asRefusal(err)
	}
	return payload, nil
}

// openResult is openPayload for a CALLRESULT, which looks like a JWS or does not.
func (s *Session) openResult(ctx context.Context, x *ocpp.Exchange, h *header) ([]byte, error) {
	if s.version == ocpp.V16 {
		return nil, nil
	}
	if bytes.Contains(h.frame, []byte(`"signature"`)) {
		jws, err := rawPayload(h)
		if err == nil && looksSigned(jws) {
			return s.open(ctx, s.signedMessage(TypeCallResult, x.Action.Name, h.id), jws)
		}
	}
	if s.demandsSignature() {
		return nil, ocpp.Errorf(ocpp.SecurityError, "the message is not signed")
	}
	return nil, nil
}

func (s *Session) demandsSignature() bool {
	return s.version != ocpp.V16 && s.o.Signing.Policy == SignaturesRequired
}

// open verifies by policy and unwraps always.
func (s *Session) open(ctx context.Context, m SignedMessage, jws []byte) ([]byte, error) {
	m.Inbound = true
	if s.o.Signing.Policy == SignaturesUnwrapped {
		return unwrap(jws)
	}
	if s.o.Signing.Verifier == nil {
		return nil, ocpp.Errorf(ocpp.SecurityError, "the signature cannot be verified")
	}
	payload, err := s.o.Signing.Verifier.Verify(ctx, m, jws)
	if err != nil {
		return nil, ocpp.Errorf(ocpp.SecurityError, "the signature is not valid")
	}
	return payload, nil
}

// flattened is a JWS in the flattened JSON serialization (RFC 7515, 7.2.2).
type flattened struct {
	Payload   *string `json:"payload"`
	Protected *string `json:"protected"`
	Signature *string `json:"signature"`
}

func looksSigned(b []byte) bool {
	var f flattened
	return json.Unmarshal(b, &f) == nil && f.Payload != nil && f.Protected != nil && f.Signature != nil
}

// unwrap returns the payload of a JWS without looking at its signature.
func unwrap(jws []byte) ([]byte, error) {
	var f flattened
	if json.Unmarshal(jws, &f) != nil || f.Payload == nil {
		return nil, ocpp.Errorf(ocpp.FormatViolation, "the payload is not a flattened JWS")
	}
	payload, err := base64.RawURLEncoding.DecodeString(*f.Payload)
	if err != nil {
		return nil, ocpp.Errorf(ocpp.FormatViolation, "the payload of the JWS is not base64url")
	}
	return payload, nil
}

// rawPayload returns the payload of h as it stands.
func rawPayload(h *header) ([]byte, error) {
	var d jsonwire.Decoder
	d.Reset(h.frame, jsonwire.Options{Owned: true})
	d.Rewind(h.body)
	var raw json.RawMessage
	if !d.Raw(&raw) {
		return nil, ocpp.DecodeError(&d)
	}
	r := reader{d: d}
	return raw, r.endFrame()
}
