package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"os"
	"time"

	"github.com/chargeyard/chargeyard/simulator"
)

// access sets what the stations prove themselves and the server with.
func (c *simulateCmd) access(o *simulator.Options) error {
	if c.CA != "" {
		roots, err := rootsWith(c.CA)
		if err != nil {
			return err
		}
		o.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	switch {
	case (c.ClientCert == "") != (c.ClientKey == ""):
		return errors.New("--client-cert and --client-key come together")
	case (c.ClientsCA == "") != (c.ClientsKey == ""):
		return errors.New("--clients-ca and --clients-ca-key come together")
	case c.ClientCert != "" && c.ClientsCA != "":
		return errors.New("--client-cert gives all stations one certificate, --clients-ca each its own: give one of them")
	case c.ClientCert != "":
		pair, err := tls.LoadX509KeyPair(c.ClientCert, c.ClientKey)
		if err != nil {
			return fmt.Errorf("--client-cert: %w", err)
		}
		o.Certificate = func(string) (tls.Certificate, error) { return pair, nil }
	case c.ClientsCA != "":
		a, err := newAuthority(c.ClientsCA, c.ClientsKey, c.ClientsOrg)
		if err != nil {
			return fmt.Errorf("--clients-ca: %w", err)
		}
		o.Certificate = a.issue
	}
	return nil
}

// rootsWith returns the system's certificate authorities and those of a file.
func rootsWith(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--ca: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("--ca: %s has no certificate in PEM form", file)
	}
	return roots, nil
}

// authority makes client certificates.
type authority struct {
	ca           *x509.Certificate
	key          crypto.PrivateKey
	organization string
}

func newAuthority(certFile, keyFile, organization string) (*authority, error) {
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, err
	}
	return &authority{ca: pair.Leaf, key: pair.PrivateKey, organization: organization}, nil
}

// validity is how long the certificates of simulated stations are valid.
const validity = 30 * 24 * time.Hour

// issue makes the certificate of a station: the identity is its common name (rule R63).
func (a *authority) issue(identity string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: identity, Organization: []string{a.organization}},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(validity),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, a.ca, key.Public(), a.key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der, a.ca.Raw}, PrivateKey: key}, nil
}
