package stormserver

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// Authority signs the certificates of a storm: the server's, and those of the stations (security profile 3).
type Authority struct {
	cert   *x509.Certificate
	key    *ecdsa.PrivateKey
	client *ecdsa.PrivateKey // of all stations: their certificates differ, their keys need not
	serial atomic.Int64
}

// NewAuthority makes an authority that is valid for a day.
func NewAuthority() (*Authority, error) {
	a := &Authority{}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	if a.client, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	t := a.template("Chargeyard storm")
	t.IsCA, t.BasicConstraintsValid, t.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, t, t, a.key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	a.cert, err = x509.ParseCertificate(der)
	return a, err
}

// LoadAuthority reads an authority from PEM files: its certificate and its ECDSA key.
func LoadAuthority(certFile, keyFile string) (*Authority, error) {
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("the authority of the stations' certificates: %w", err)
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s: the key has to be an ECDSA key", keyFile)
	}
	a := &Authority{cert: pair.Leaf, key: key}
	a.client, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return a, err
}

func (a *Authority) template(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(a.serial.Add(1)), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
}

// Pool holds the authority, for whoever is to trust it.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// Client makes the certificate of a station, whose common name is its identity.
func (a *Authority) Client(identity string) (tls.Certificate, error) {
	t := a.template(identity)
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, a.client.Public(), a.key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.client}, err
}

// Files are what a server on loopback needs, in PEM form.
type Files struct{ Cert, Key, CA string }

// Write makes the certificate of a server on loopback and writes it into a directory.
func (a *Authority) Write(dir string) (Files, error) {
	f := Files{filepath.Join(dir, "server.pem"), filepath.Join(dir, "server.key"), filepath.Join(dir, "ca.pem")}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return f, err
	}
	t := a.template("localhost")
	t.IPAddresses, t.DNSNames = []net.IP{net.IPv4(127, 0, 0, 1)}, []string{"localhost"}
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, key.Public(), a.key)
	if err != nil {
		return f, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return f, err
	}
	for _, p := range []struct{ path, kind, der string }{
		{f.Cert, "CERTIFICATE", string(der)}, {f.Key, "PRIVATE KEY", string(keyDER)}, {f.CA, "CERTIFICATE", string(a.cert.Raw)},
	} {
		block := pem.EncodeToMemory(&pem.Block{Type: p.kind, Bytes: []byte(p.der)})
		if err := os.WriteFile(p.path, block, 0o600); err != nil {
			return f, err
		}
	}
	return f, nil
}
