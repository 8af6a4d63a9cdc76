package adapter

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// The answers to requests about certificates, as long as nothing here issues any: no station is left in the belief that
// somebody works on its request (A02.FR.12, M06.FR.04, M07.FR.02).
const (
	ReasonUnsupported = "UnsupportedRequest" // of the appendix' reason codes
	ReasonInvalidCSR  = "InvalidCSR"         // of the appendix' reason codes
	NoAuthority       = "no certificate authority is set up here"
)

// Limits of requests for certificates: what is beyond them costs too much to look at.
const (
	maxCSR  = 16 << 10 // characters; the schemas allow 5500
	maxBits = 8192     // of an RSA key
)

// SigningRequest describes a certificate that a station wants to have signed. It is refused in any case; the reason tells
// a request that nobody could sign from one that nobody here signs.
func SigningRequest(station, csr string) fleet.CertificateRequest {
	r := fleet.CertificateRequest{Station: station, Wish: fleet.WishSign, Status: "Rejected", Reason: ReasonUnsupported}
	if err := readCSR(&r, csr); err != nil {
		r.Fault, r.Reason = err.Error(), ReasonInvalidCSR
	}
	return r
}

// readCSR fills in what a request says: PEM, or, as some stations send it, the base64 of DER alone.
func readCSR(r *fleet.CertificateRequest, csr string) error {
	if len(csr) > maxCSR {
		return fmt.Errorf("it is longer than %d characters", maxCSR)
	}
	der, err := derOf(csr)
	if err != nil {
		r.Fingerprint = fingerprint([]byte(csr))
		return err
	}
	r.Fingerprint = fingerprint(der)
	parsed, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return fmt.Errorf("it is no PKCS #10 request: %w", err)
	}
	r.Subject = parsed.Subject.String()
	if err := describeKey(r, parsed.PublicKey); err != nil {
		return err
	}
	if err := parsed.CheckSignature(); err != nil {
		return fmt.Errorf("its signature does not fit: %w", err)
	}
	return nil
}

func derOf(csr string) ([]byte, error) {
	if block, _ := pem.Decode([]byte(csr)); block != nil {
		return block.Bytes, nil
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(csr), ""))
	if err != nil || len(der) == 0 {
		return nil, fmt.Errorf("it is not in PEM")
	}
	return der, nil
}

func fingerprint(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// describeKey refuses keys whose signatures would take long to check.
func describeKey(r *fleet.CertificateRequest, key any) error {
	switch key := key.(type) {
	case *rsa.PublicKey:
		r.KeyAlgorithm, r.KeyBits = "RSA", key.N.BitLen()
	case *ecdsa.PublicKey:
		r.KeyAlgorithm, r.KeyBits = "ECDSA", key.Curve.Params().BitSize
	case ed25519.PublicKey:
		r.KeyAlgorithm, r.KeyBits = "Ed25519", 8*len(key)
	default:
		return fmt.Errorf("its key is of a kind that is not known")
	}
	if r.KeyBits > maxBits {
		return fmt.Errorf("its key has more than %d bits", maxBits)
	}
	return nil
}
