package jws

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"

	"github.com/go-jose/go-jose/v4"
)

// The members of the protected header that OCPP adds (OCPP-J 2.1 Part 4, 7.1 and 7.4).
const (
	headerAction     jose.HeaderKey = "OCPPAction"
	headerType       jose.HeaderKey = "OCPPMessageTypeId"
	headerThumbprint jose.HeaderKey = "x5t#S256"
)

// algorithms are those that OCPP allows (OCPP-J 2.1 Part 4, 7.3).
var algorithms = [...]jose.SignatureAlgorithm{jose.ES256, jose.RS256, jose.RS384}

// Thumbprint returns the value of x5t#S256 for a certificate: the SHA-256 of its DER encoding, as base64url.
func Thumbprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
