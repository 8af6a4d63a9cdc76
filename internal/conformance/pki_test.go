package conformance

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/server"
)

// pki signs the certificates of a file's server and stations.
type pki struct {
	t         *testing.T
	dir       string
	ca, other authority // the operator's, and one that nobody trusts
}

// authority is a certificate that signs others.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newPKI(t *testing.T) *pki {
	t.Helper()
	p := &pki{t: t, dir: t.TempDir()}
	p.ca, p.other = newAuthority(t, "Operator CA"), newAuthority(t, "Other CA")
	p.write("ca.pem", "CERTIFICATE", p.ca.cert.Raw)
	return p
}

func newAuthority(t *testing.T, name string) authority {
	t.Helper()
	key := ecKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key}
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (p *pki) write(name, kind string, der []byte) string {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}

func (p *pki) caFile() string { return filepath.Join(p.dir, "ca.pem") }

// issue makes a certificate for a key; days is how long it is valid.
func (a authority) issue(name string, key crypto.Signer, until time.Time) ([]byte, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name, Organization: []string{"Operator"}},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until, KeyUsage: x509.KeyUsageDigitalSignature,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	return x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
}

// server makes the two certificates of the server.
func (p *pki) server() []server.CertificateFiles {
	p.t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		p.t.Fatal(err)
	}
	var list []server.CertificateFiles
	for name, key := range map[string]crypto.Signer{"ec": ecKey(p.t), "rsa": rsaKey} {
		der, err := p.ca.issue("server", key, time.Now().Add(time.Hour))
		if err != nil {
			p.t.Fatal(err)
		}
		keyDER, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			p.t.Fatal(err)
		}
		list = append(list, server.CertificateFiles{Cert: p.write(name+".pem", "CERTIFICATE", der), Key: p.write(name+".key", "PRIVATE KEY", keyDER)})
	}
	return list
}

// client trusts the operator's CA and shows a certificate: NAME for one of that CA with this CN, other:NAME for one of
// another CA, expired:NAME for one whose time is over, "" for none.
func (p *pki) client(certificate string) (*tls.Config, error) {
	pool := x509.NewCertPool()
	pool.AddCert(p.ca.cert)
	config := &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	if certificate == "" {
		return config, nil
	}
	signer, until, name := p.ca, time.Now().Add(time.Hour), certificate
	switch kind, rest, found := strings.Cut(certificate, ":"); {
	case found && kind == "other":
		signer, name = p.other, rest
	case found && kind == "expired":
		until, name = time.Now().Add(-time.Hour), rest
	}
	key := ecKey(p.t)
	der, err := signer.issue(name, key, until)
	if err != nil {
		return nil, fmt.Errorf("the certificate of %s: %w", name, err)
	}
	shown := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &shown, nil } // whatever is asked for
	return config, nil
}
