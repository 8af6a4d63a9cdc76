package ocppj

import "context"

// SignedMessage is what a signature is made over, besides the payload (OCPP-J 2.x Part 4, 7).
type SignedMessage struct {
	Identity  string
	Type      MessageType // TypeCall, TypeCallResult or TypeSend
	MessageID string
	Action    string // without the suffix -Signed
	Inbound   bool
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
	// SignaturesRequired refuses unsigned messages, too.
	SignaturesRequired
)

// Signing configures signed messages, which exist in OCPP 2.x only (rule R22). The zero Signing unwraps the
// peer's signed messages and signs nothing.
type Signing struct {
	// Signer signs the answers to signed requests, and the requests that Requests names. Default: none are signed.
	Signer Signer

	// Requests says which actions this end signs when it sends them. Default: none.
	Requests func(action string) bool

	// Verifier checks the peer's signatures. Without one no signature can be verified.
	Verifier Verifier

	// Policy says what is demanded of the peer. CALLERRORs are never signed.
	Policy SignaturePolicy
}
