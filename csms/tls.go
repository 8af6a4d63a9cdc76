package csms

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// TLSOptions describes a listener of security profiles 2 and 3.
type TLSOptions struct {
	// Certificates of the server, each with its key. Required. The standard wants two, an ECDSA and an RSA one,
	// so that stations with either kind of suite find theirs (OCPP 2.1 Part 2, A00.FR.318).
	Certificates []tls.Certificate

	// ClientCAs are the authorities of the stations' certificates. Set, a station may present one, which is then
	// verified (profile 3); a station without one is on profile 2. Default: none is asked for.
	ClientCAs *x509.CertPool

	// RequireClientCertificate refuses handshakes without a client certificate.
	RequireClientCertificate bool

	// RSAKeyExchange offers the suites TLS_RSA_WITH_AES_128_GCM_SHA256 and TLS_RSA_WITH_AES_256_GCM_SHA384, which
	// the standard demands and old stations need. They have no forward secrecy: Go leaves them out by default,
	// and so do we.
	RSAKeyExchange bool
}

// TLSConfig makes the configuration of a listener (rule R62): TLS 1.2 or newer, with the suites that a CSMS
// shall support. Session tickets are on, so that a station which comes back costs no full handshake; Go never
// compresses TLS.
func TLSConfig(o TLSOptions) (*tls.Config, error) {
	if len(o.Certificates) == 0 {
		return nil, errors.New("csms: TLS needs a server certificate")
	}
	if o.RequireClientCertificate && o.ClientCAs == nil {
		return nil, errors.New("csms: client certificates cannot be verified without ClientCAs")
	}
	return &tls.Config{
		Certificates: o.Certificates,
		MinVersion:   tls.VersionTLS12,
		CipherSuites: cipherSuites(o.RSAKeyExchange),
		ClientCAs:    o.ClientCAs,
		ClientAuth:   clientAuth(o),
		NextProtos:   []string{"http/1.1"}, // a WebSocket handshake needs HTTP/1.1
	}, nil
}

// cipherSuites returns the suites for TLS 1.2; those of TLS 1.3 are fixed.
func cipherSuites(rsaKeyExchange bool) []uint16 {
	suites := []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	}
	if rsaKeyExchange {
		suites = append(suites, tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_GCM_SHA384)
	}
	return suites
}

func clientAuth(o TLSOptions) tls.ClientAuthType {
	switch {
	case o.RequireClientCertificate:
		return tls.RequireAndVerifyClientCert
	case o.ClientCAs != nil:
		return tls.VerifyClientCertIfGiven
	}
	return tls.NoClientCert
}
