package jws

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"strconv"

	"github.com/go-jose/go-jose/v4"

	"github.com/chargeyard/chargeyard/ocppj"
)

// Verifier verifies signatures. It is safe for concurrent use. Make one with NewVerifier or NewCertificateVerifier.
type Verifier struct {
	find func(ctx context.Context, m ocppj.SignedMessage, thumbprint string) (crypto.PublicKey, error)
}

var _ ocppj.Verifier = (*Verifier)(nil)

// ErrUnknownKey says that a message was signed with a key that is not known.
var ErrUnknownKey = errors.New("jws: the key is not known")

// NewVerifier makes a Verifier that asks find for the public key of a message: an *ecdsa.PublicKey or
// *rsa.PublicKey. thumbprint is the x5t#S256 of the message, "" when it names no key. find says which keys may sign
// for m.Identity; how it knows them is outside of OCPP. It is called concurrently.
func NewVerifier(find func(ctx context.Context, m ocppj.SignedMessage, thumbprint string) (crypto.PublicKey, error)) *Verifier {
	return &Verifier{find: find}
}

// NewCertificateVerifier makes a Verifier that trusts the keys of the given certificates. A message that names no key
// is verified with the first one. It does not look at validity: which certificates are good is the caller's matter.
func NewCertificateVerifier(certs ...*x509.Certificate) *Verifier {
	keys := make(map[string]crypto.PublicKey, len(certs)+1)
	for _, c := range certs {
		keys[Thumbprint(c)] = c.PublicKey
	}
	if len(certs) > 0 {
		keys[""] = certs[0].PublicKey
	}
	return NewVerifier(func(_ context.Context, _ ocppj.SignedMessage, thumbprint string) (crypto.PublicKey, error) {
		key, ok := keys[thumbprint]
		if !ok {
			return nil, ErrUnknownKey
		}
		return key, nil
	})
}

// Verify checks a flattened JWS: its algorithm, its key, its signature, and that the header names the action and the
// type of the message, so that a signature cannot be moved to another one.
func (v *Verifier) Verify(ctx context.Context, m ocppj.SignedMessage, jws []byte) ([]byte, error) {
	signature, err := jose.ParseSignedJSON(string(jws), algorithms[:])
	if err != nil {
		return nil, fmt.Errorf("jws: %w", err)
	}
	if len(signature.Signatures) != 1 {
		return nil, errors.New("jws: there is not exactly one signature")
	}
	protected := signature.Signatures[0].Protected.ExtraHeaders
	if err := checkBinding(m, protected); err != nil {
		return nil, err
	}
	thumbprint, _ := protected[headerThumbprint].(string) // "": not named
	key, err := v.find(ctx, m, thumbprint)
	if err != nil {
		return nil, err
	}
	payload, err := signature.Verify(key)
	if err != nil {
		return nil, fmt.Errorf("jws: %w", err)
	}
	return payload, nil
}

// checkBinding compares the header with the message around it.
func checkBinding(m ocppj.SignedMessage, protected map[jose.HeaderKey]any) error {
	if action, _ := protected[headerAction].(string); action != m.Action {
		return errors.New("jws: the signature is for another action")
	}
	number := fmt.Sprint(protected[headerType]) // a number, or a string of digits
	if number != strconv.Itoa(int(m.Type)) {
		return errors.New("jws: the signature is for another message type")
	}
	return nil
}
