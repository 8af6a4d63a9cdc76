package jws

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"

	"github.com/chargeyard/chargeyard/ocppj"
)

// minRSA is the shortest RSA key, in bits (RFC 7518, 3.3).
const minRSA = 2048

// Signer signs with one key. It is safe for concurrent use. Make one with NewSigner.
type Signer struct {
	key        jose.SigningKey
	thumbprint string
}

var _ ocppj.Signer = (*Signer)(nil)

// SignerOptions configures a Signer. Key is required.
type SignerOptions struct {
	// Key is an *ecdsa.PrivateKey on P-256, which signs with ES256, or an *rsa.PrivateKey of at least 2048 bits, which
	// signs with RS256.
	Key crypto.Signer

	// Certificate names the key to the peer: its SHA-256 is sent as x5t#S256. Default: the key is not named.
	Certificate *x509.Certificate

	// SHA384 makes an RSA key sign with RS384. Default: RS256.
	SHA384 bool
}

// NewSigner makes a Signer. It returns an error for a key that OCPP does not allow, or that is not the one of the
// certificate.
func NewSigner(o SignerOptions) (*Signer, error) {
	alg, err := algorithmOf(o)
	if err != nil {
		return nil, err
	}
	s := &Signer{key: jose.SigningKey{Algorithm: alg, Key: o.Key}}
	if o.Certificate != nil {
		public, ok := o.Key.Public().(interface{ Equal(crypto.PublicKey) bool })
		if !ok || !public.Equal(o.Certificate.PublicKey) {
			return nil, errors.New("jws: the certificate is not the one of the key")
		}
		s.thumbprint = Thumbprint(o.Certificate)
	}
	return s, nil
}

func algorithmOf(o SignerOptions) (jose.SignatureAlgorithm, error) {
	switch key := o.Key.(type) {
	case nil:
		return "", errors.New("jws: there is no key")
	case *ecdsa.PrivateKey:
		if key.Curve != elliptic.P256() {
			return "", errors.New("jws: an ECDSA key must be on P-256")
		}
		return jose.ES256, nil
	case *rsa.PrivateKey:
		if key.N.BitLen() < minRSA {
			return "", fmt.Errorf("jws: an RSA key must have at least %d bits", minRSA)
		}
		if o.SHA384 {
			return jose.RS384, nil
		}
		return jose.RS256, nil
	}
	return "", fmt.Errorf("jws: cannot sign with a %T", o.Key)
}

// Sign returns the flattened JWS of a payload, bound to the action and the message type.
func (s *Signer) Sign(_ context.Context, m ocppj.SignedMessage, payload []byte) ([]byte, error) {
	o := new(jose.SignerOptions).
		WithHeader(headerAction, m.Action).
		WithHeader(headerType, int(m.Type))
	if s.thumbprint != "" {
		o = o.WithHeader(headerThumbprint, s.thumbprint)
	}
	signer, err := jose.NewSigner(s.key, o)
	if err != nil {
		return nil, fmt.Errorf("jws: %w", err)
	}
	signature, err := signer.Sign(payload)
	if err != nil {
		return nil, fmt.Errorf("jws: %w", err)
	}
	return []byte(signature.FullSerialize()), nil
}
