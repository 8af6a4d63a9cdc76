package csms

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"strings"
)

// Profile is a security profile (OCPP 2.1 Part 2, A00; the security whitepaper of 1.6).
type Profile uint8

// The security profiles.
const (
	ProfileNone      Profile = iota // no credentials
	ProfileBasic                    // HTTP Basic authentication without TLS
	ProfileTLS                      // TLS with HTTP Basic authentication
	ProfileMutualTLS                // TLS with a client certificate
)

// Credential is what a station brought to prove who it is.
type Credential struct {
	// User and Password are those of HTTP Basic. The password is bytes, not text: it may hold NUL, 0xFF and
	// colons (rule R60).
	User     string
	Password []byte

	// Basic reports whether there was a Basic credential at all; an empty password is one, too.
	Basic bool

	// Certificates is the verified chain of the client's certificate, leaf first; nil without one.
	Certificates []*x509.Certificate

	// TLS reports whether the connection is encrypted up to this server.
	TLS bool
}

// Profile returns the security profile of a connection with this credential. TLS without a password and
// without a certificate counts as ProfileNone.
func (c Credential) Profile() Profile {
	switch {
	case c.TLS && c.Certificates != nil:
		return ProfileMutualTLS
	case c.TLS && c.Basic:
		return ProfileTLS
	case c.Basic:
		return ProfileBasic
	}
	return ProfileNone
}

// requestCredential reads the credential of a request. It fails on an Authorization header that is malformed
// or of another scheme.
func requestCredential(r *http.Request, identity string) (Credential, error) {
	c := Credential{TLS: r.TLS != nil}
	if r.TLS != nil && len(r.TLS.VerifiedChains) > 0 {
		c.Certificates = r.TLS.VerifiedChains[0]
	}
	header := r.Header.Get("Authorization")
	if header == "" {
		return c, nil
	}
	var ok bool
	c.User, c.Password, ok = parseBasic(header, identity)
	c.Basic = ok
	if !ok {
		return c, ErrBadCredential
	}
	return c, nil
}

// parseBasic splits a Basic credential at its first colon (RFC 7617): the rest is the password, whatever bytes it has.
// An identity of 1.6 may have colons itself, a MAC address for instance; it is known from the path, and so is its end.
func parseBasic(header, identity string) (user string, password []byte, ok bool) {
	scheme, encoded, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Basic") {
		return "", nil, false
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return "", nil, false
	}
	if password, ok := bytes.CutPrefix(raw, []byte(identity+":")); ok {
		return identity, password, true
	}
	name, password, ok := bytes.Cut(raw, []byte{':'})
	return string(name), password, ok
}
